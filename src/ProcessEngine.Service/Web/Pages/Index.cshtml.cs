namespace ProcessEngine.Service.Web.Pages;

public sealed class IndexModel : DeskPage;

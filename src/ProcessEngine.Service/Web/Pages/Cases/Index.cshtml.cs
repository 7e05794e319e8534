using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Web.Pages.Admin;
using ProcessEngine.Service.Web.Pages.HandOvers;
using ProcessEngine.Service.Web.Pages.Procedures;
using ProcessEngine.Service.Web.Pages.Studio;

namespace ProcessEngine.Service.Web.Pages.Cases;

/// <summary>The cases of the reader's offices.</summary>
public sealed class IndexModel(CaseList cases, TimeProvider time) : DeskPage
{
    public IReadOnlyList<CaseRow> Rows { get; private set; } = [];
    public string? Search { get; private set; }
    public string? Status { get; private set; }
    public string? Procedure { get; private set; }
    public bool Later { get; private set; }
    public string? NextPage { get; private set; }
    public DateTimeOffset Now { get; private set; }

    public async Task OnGetAsync()
    {
        Search = HttpContext.Text("q")?.Trim() is { Length: > 0 } asked ? asked : null;
        (Status, Procedure, Now) = (HttpContext.OneOf("status", CaseList.Statuses), HttpContext.Text("procedure"), time.GetUtcNow());
        Guid? after = Guid.TryParse(HttpContext.Text("after"), out var id) ? id : null;
        Later = after is not null;
        (Rows, var next) = await cases.FindAsync(Caller, Search, Status, Procedure, after, RequestAborted);
        NextPage = next is null
            ? null
            : PageLink.To("/cases", ("q", Search), ("status", Status), ("procedure", Procedure), ("after", next.ToString()));
    }

    public string FirstPage => PageLink.To("/cases", ("q", Search), ("status", Status), ("procedure", Procedure));
}

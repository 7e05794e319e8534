using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Web.Pages.Admin;
using ProcessEngine.Service.Web.Pages.Cases;
using ProcessEngine.Service.Web.Pages.HandOvers;
using ProcessEngine.Service.Web.Pages.Studio;

namespace ProcessEngine.Service.Web.Pages.Procedures;

/// <summary>The catalogue: which procedures there are, by the group that runs them.</summary>
public sealed class IndexModel(Web.Procedures procedures) : DeskPage
{
    /// <summary>Whether somebody begins cases anywhere; others come here to read.</summary>
    public static bool MayStart(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.Memberships.Any(m => Permissions.Starting.Contains(m.Role))
            || caller.Orders.Any(o => Permissions.Starting.Contains(o.Role));
    }

    public bool Starts => MayStart(Caller);

    public string? Search { get; private set; }
    public IReadOnlyList<IGrouping<string, ProcedureCard>> Groups { get; private set; } = [];

    public async Task OnGetAsync()
    {
        Search = HttpContext.Text("q")?.Trim() is { Length: > 0 } asked ? asked : null;
        var cards = await procedures.ListAsync(Caller.Memberships.Select(m => m.Office).FirstOrDefault(), RequestAborted);
        Groups = [.. cards.Where(c => Search is null || Web.Procedures.Matches(c, Search))
            .GroupBy(c => c.Group.Length > 0 ? c.Group : W["อื่น ๆ", "Others"]).OrderBy(g => g.Key, StringComparer.Ordinal)];
    }
}

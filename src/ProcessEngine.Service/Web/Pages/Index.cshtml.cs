using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Web.Pages.Admin;
using ProcessEngine.Service.Web.Pages.Cases;
using ProcessEngine.Service.Web.Pages.HandOvers;
using ProcessEngine.Service.Web.Pages.Procedures;
using ProcessEngine.Service.Web.Pages.Studio;

namespace ProcessEngine.Service.Web.Pages;

/// <summary>งานของฉัน: what waits for the reader, the most pressing first, and what the reader waits for.</summary>
public sealed class IndexModel(Inbox inbox, TimeProvider time) : DeskPage
{
    public InboxPage Mine { get; private set; } = null!;
    public IReadOnlyList<InboxItem> Awaited { get; private set; } = [];
    public string? Search { get; private set; }
    public string? After { get; private set; }
    public string Version { get; private set; } = "";
    public DateTimeOffset Now { get; private set; }

    public async Task<IActionResult> OnGetAsync()
    {
        if (Reports.ComplianceModel.OnlyOversees(Caller))
            return Redirect("/reports/overview");
        // Who looks after the system alone has no work of an office: what they look after is their first page.
        if (Caller.IsSystemAdministrator && Caller.Orders.IsEmpty && Caller.Memberships.All(m => m.Office == Caller.EveryOffice)
            && HttpContext.Text("q") is null)
            return Redirect("/admin");
        (Search, After, Now) = (
            HttpContext.Text("q")?.Trim() is { Length: > 0 } asked ? asked : null, HttpContext.Text("after"), time.GetUtcNow());
        // Before the list: what comes in between is then told once more, and not lost.
        Version = await inbox.VersionAsync(Caller, RequestAborted);
        Mine = await inbox.MineAsync(Caller, Search, After, RequestAborted);
        if (Search is null && After is null)
            Awaited = await inbox.AwaitedAsync(Caller, RequestAborted);
        return Page();
    }

    /// <summary>The groups in the order of the list, which is by urgency, then by due time.</summary>
    public IEnumerable<(Urgency Urgency, IEnumerable<InboxItem> Items)> Groups =>
        Mine.Items.GroupBy(item => item.Urgency).OrderBy(group => group.Key).Select(group => (group.Key, group.AsEnumerable()));

    public string NameOf(Urgency urgency) => urgency switch
    {
        Urgency.Marked => W["ด่วน", "Urgent"],
        Urgency.Overdue => W["เกินกำหนด", "Overdue"],
        Urgency.DueToday => W["ครบกำหนดวันนี้", "Due today"],
        Urgency.AtRisk => W["ใกล้ครบกำหนด", "Due soon"],
        Urgency.Later => W["งานอื่น", "Other work"],
    };

    /// <summary>Whether any of these can be done together with others.</summary>
    public bool Many => Mine.Items.Any(item => item.MayBeTicked);

    /// <summary>Whether an act on several can be meant for one of these.</summary>
    public bool Any(string act) => Mine.Items.Any(
        item => item.MayBeTicked && (act == "return" ? InboxItem.MayBeReturned(item.Definition, item.Step) : item.ManyAct == act));

    /// <summary>What a heading says besides its number: urgent work that is late is both.</summary>
    public string LateAmong(Urgency urgency) => (urgency, Mine.MarkedCounts.GetValueOrDefault(Urgency.Overdue)) switch
    {
        (Urgency.Marked, > 0 and var late) => W[$" · เกินกำหนด {late}", $" · {late} overdue"],
        (Urgency.Overdue, > 0 and var late) => W[$" · และงานด่วนอีก {late}", $" · and {late} urgent"],
        _ => "",
    };

    public string Here => PageLink.To("/", ("q", Search), ("after", After));

    public string? NextPage => Mine.Next is { } next ? PageLink.To("/", ("q", Search), ("after", next)) : null;

    public string FirstPage => PageLink.To("/", ("q", Search));
}

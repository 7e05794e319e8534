using System.Data.Common;
using ProcessEngine.Core;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Web.Pages;
using ProcessEngine.Service.Web.Pages.Procedures;
using ProcessEngine.Service.Web.Pages.Reports;

namespace ProcessEngine.Service.Web;

/// <summary>A place of the main menu.</summary>
/// <param name="Here">What a page calls itself by, to be marked as the one that is open.</param>
/// <param name="Narrow">For the narrow bar of a phone.</param>
public sealed record MenuPlace(string Path, string Here, LocalizedText Name, LocalizedText Narrow);

/// <summary>What stands at the top of every page: whose office it is, where one can go, and whether something new came.</summary>
public sealed class PageHead(UnreadNotices unread, OfficeCalendars offices)
{
    /// <summary>How many places fit into the bar at the bottom of a phone; the others stand in the menu there.</summary>
    public const int OnPhone = 4;

    /// <summary>The places that somebody may go to, what they need most first.</summary>
    public static IReadOnlyList<MenuPlace> PlacesOf(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        var places = new List<MenuPlace>
        {
            new("/", "inbox", new("งานของฉัน", "My work"), new("งาน", "Work")),
            new("/cases", "cases", new("เรื่องทั้งหมด", "Cases"), new("เรื่อง", "Cases")),
            Pages.Procedures.IndexModel.MayStart(caller)
                ? new("/procedures", "procedures", new("เริ่มเรื่องใหม่", "Start"), new("เริ่มเรื่อง", "Start"))
                : new("/procedures", "procedures", new("กระบวนงานทั้งหมด", "Procedures"), new("กระบวนงาน", "Procedures")),
        };
        if (TeamModel.MayLook(caller))
            places.Add(new("/team", "team", new("ทีม", "Team"), new("ทีม", "Team")));
        if (ComplianceModel.MayLook(caller))
            places.Add(new("/reports/overview", "reports", new("รายงาน", "Reports"), new("รายงาน", "Reports")));
        if (AdminPage.MayLook(caller))
            places.Add(new("/admin", "admin", new("ดูแลระบบ", "Administration"), new("ดูแล", "Admin")));
        if (Studio.StudioAccess.OfficesOf(caller).Count > 0)
            places.Add(new("/studio", "studio", new("กระบวนงาน", "Definitions"), new("นิยาม", "Definitions")));
        return places;
    }

    /// <summary>The office of somebody, and how many others they work in; null for whoever looks after all alone.</summary>
    public async Task<(Office Office, int Others)?> OfficeOfAsync(Caller caller, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        var own = caller.Memberships.Select(m => m.Office).Where(o => o != Caller.EveryOffice).Distinct().ToList();
        return own.Count > 0 && await offices.FindOfficeAsync(own[0], ct) is { } office ? (office, own.Count - 1) : null;
    }

    /// <summary>How many notices are new; null when it cannot be found out: no page fails by its bell.</summary>
    public async Task<int?> UnreadAsync(Caller caller, CancellationToken ct)
    {
        try
        {
            return await unread.CountAsync(caller, ct);
        }
        catch (Exception e) when (e is DbException or TimeoutException)
        {
            return null;
        }
    }
}

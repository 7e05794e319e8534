using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Web.Pages;

/// <summary>Who has what, for the heads of an office; and the way to give work to somebody else (<see cref="GiveModel"/>).</summary>
public sealed class TeamModel(Team team, OfficeCalendars offices, TimeProvider time) : DeskPage
{
    [BindProperty(SupportsGet = true)]
    public string? Office { get; set; }

    /// <summary>Whose tasks are shown: a person's id, or a role.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Who { get; set; }

    /// <summary>Which group is looked at; null for the whole office.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? Group { get; set; }

    /// <summary>The group of a head who heads no more than that.</summary>
    public Guid? MyGroup { get; private set; }

    public IReadOnlyList<OfficeGroup> AllGroups { get; private set; } = [];

    /// <summary>The name of the group that is shown.</summary>
    public string? GroupName => AllGroups.FirstOrDefault(g => g.GroupId == Group)?.Name;

    bool HeadsOffice => Team.Heads.Any(role => role != Roles.GroupDirector && Caller.Holds(role, Office ?? ""));

    public IReadOnlyList<string> Offices { get; private set; } = [];
    public Office TheOffice { get; private set; } = null!;
    public IReadOnlyList<Load> Loads { get; private set; } = [];
    public Load? Shown { get; private set; }
    public IReadOnlyList<InboxItem> Tasks { get; private set; } = [];
    public DateTimeOffset Now { get; private set; }

    public static bool MayLook(Caller caller) => caller?.Memberships.Any(m => Team.Heads.Contains(m.Role)) == true;

    public async Task<IActionResult> OnGetAsync() => await ShowAsync() ?? Page();

    async Task<IActionResult?> ShowAsync()
    {
        Offices = await OfficesWhereAsync(Team.Heads);
        Office ??= Offices.Count > 0 ? Offices[0] : null;
        if (Office is null || !Offices.Contains(Office) || await offices.FindOfficeAsync(Office, RequestAborted) is not { } office)
            return StatusCode(StatusCodes.Status403Forbidden);
        (TheOffice, Now) = (office, time.GetUtcNow());
        await using (var connection = await Of<Storage.Database>().OpenAsync(RequestAborted))
            MyGroup = HeadsOffice ? null : await Groups.OfAsync(connection, office.Code, Caller.UserId);
        AllGroups = MyGroup is null && !HeadsOffice ? [] : await Of<Groups>().ListAsync(office.Code, RequestAborted);
        // Who heads a group sees the group; who heads the office looks at all of it, or at one group.
        var shown = MyGroup ?? (HeadsOffice ? Group : null);
        if (shown is { } chosen && AllGroups.All(g => g.GroupId != chosen))
            return NotFound();
        Group = shown;
        Loads = await team.LoadsAsync(office, shown, RequestAborted);
        if (Who is null)
            return null;
        var user = Guid.TryParse(Who, out var id) ? id : (Guid?)null;
        Shown = Loads.FirstOrDefault(l => user is not null ? l.User == user : l.Role == Who);
        if (Shown is null)
            return user is null && Roles.Acting.Contains(Who) && Group is null ? null : NotFound();
        Tasks = await team.TasksAsync(office, user, user is null ? Who : null, RequestAborted);
        return null;
    }
}

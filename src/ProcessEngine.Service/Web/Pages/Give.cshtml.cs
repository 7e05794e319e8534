using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages;

/// <summary>One of the tasks that are given to somebody else.</summary>
/// <param name="Refused">Why it cannot be, or was not, given, or taken back.</param>
public sealed record GivenTask(Guid Task, int Revision, string Title, string Step, LocalizedText? Refused);

/// <summary>
/// One or several tasks go to somebody else: whom is searched by name, post or user name, what would become of each is shown, and for
/// ten seconds all of it can be taken back.
/// </summary>
public sealed class GiveModel(TaskReader tasks, People people, OfficeCalendars calendars, IMediator mediator, TimeProvider time) : DeskPage
{
    /// <summary>How many people are offered without a search.</summary>
    public const int MostShown = 20;

    /// <summary>Id and revision of each, with a full stop between.</summary>
    [BindProperty(SupportsGet = true)]
    public string[] Task { get; set => field = FormRequest.Chosen(value); } = [];

    /// <summary>Part of a name, a post or a user name.</summary>
    [BindProperty]
    public string? Find { get; set; }

    [BindProperty]
    public Guid? Assignee { get; set; }

    [BindProperty]
    public string? Comment { get; set; }

    /// <summary>The page of ours to go back to.</summary>
    [BindProperty]
    public string? Back { get; set; }

    public IReadOnlyList<GivenTask> Items { get; private set; } = [];
    public IReadOnlyList<PersonCard> Takers { get; private set; } = [];

    /// <summary>How many there are before the search.</summary>
    public int AllTakers { get; private set; }

    public PersonCard? Chosen { get; private set; }

    /// <summary>Somebody pressed on without having chosen anybody.</summary>
    public bool LacksTaker { get; private set; }

    /// <summary>What is asked: whether this is what is meant.</summary>
    public bool Asked { get; private set; }

    public bool Stored { get; private set; }
    public bool Undone { get; private set; }
    public string NewKey { get; } = FormRequest.NewKey();

    public string BackTo => Back is ['/', not ('/' or '\\'), ..] ? Back : "/";

    public async Task<IActionResult> OnGetAsync() =>
        Task.Length == 0 ? Redirect(TeamModel.MayLook(Caller) ? "/team" : "/") : await OnPostAsync();

    public async Task<IActionResult> OnPostAsync() =>
        await EachAsync(_ => System.Threading.Tasks.Task.FromResult<Rejection?>(null)) ?? Page();

    public async Task<IActionResult> OnPostReviewAsync()
    {
        if (Assignee is null)
        {
            LacksTaker = true;
            return await OnPostAsync();
        }

        Asked = true;
        LetBackShowIt();
        return await EachAsync(async act =>
        {
            var outcome = await mediator.Send(new PreviewAct.Query(act), RequestAborted);
            return outcome.Rejection ?? (outcome.Value!.Task.Row.Revision is var now && now != act.Expected
                ? new TaskChanged(act.TaskId, act.Expected!.Value, now)
                : null);
        }) ?? Page();
    }

    public async Task<IActionResult> OnPostActAsync()
    {
        Stored = true;
        var request = await HttpContext.IdentifyFormAsync();
        return await EachAsync(
            async act => (await mediator.Send(act with { Id = request.Part(act.TaskId) }, RequestAborted)).Rejection) ?? Page();
    }

    public async Task<IActionResult> OnPostUndoAsync()
    {
        (Stored, Undone) = (true, true);
        var request = await HttpContext.IdentifyFormAsync();
        return await EachAsync(async act => (await mediator.Send(
            new UndoUserTask.Command(act.TaskId, Caller, request.Part(act.TaskId)), RequestAborted)).Rejection) ?? Page();
    }

    /// <summary>The tasks, each with what an act on it came to, and who could have them.</summary>
    async Task<IActionResult?> EachAsync(Func<ActOnUserTask.Command, Task<Rejection?>> todo)
    {
        if (Task.Length > Inbox.PageSize)
            return NotFound();
        var comment = Comment?.ReplaceLineEndings("\n").Trim() is { Length: > 0 } text ? text : null;
        var (items, able) = (new List<GivenTask>(), new Dictionary<Guid, string>());
        var holders = new HashSet<Guid?>();
        foreach (var asked in Task.Distinct())
        {
            if (asked.Split('.') is not [var first, var second]
                || !Guid.TryParse(first, out var id)
                || !int.TryParse(second, out var revision))
                return NotFound();
            var found = await tasks.FindAsync(id, Caller, RequestAborted);
            if (found.Value is { } task)
            {
                holders.Add(task.Row.Assignee);
                var moment = await calendars.MomentAsync(task.Row.Office, task.Definition.Key, time.GetUtcNow());
                foreach (var person in await people.AbleAsync(moment, task.Row.Role, RequestAborted))
                    able.TryAdd(person.UserId, task.Row.Office);
            }

            var refused = found.Rejection ?? await todo(new ActOnUserTask.Command(
                "reassign", id, revision, Caller, new(Caller.UserId, null, []), comment, null, null, Assignee?.ToString(), null));
            items.Add(new GivenTask(
                id, revision, found.Value?.State.Title ?? W["งานที่ดูไม่ได้แล้ว", "A task that is no longer yours to see"],
                found.Value is { } seen ? PlainHistory.StepName(W, seen.Definition, seen.Row.StepId) : "",
                refused is null ? null : Problems.From(refused).Why));
        }

        // Whoever has all of them already is not offered them.
        if (!Stored && holders is { Count: 1 } && holders.Single() is { } holder)
            able.Remove(holder);
        Items = items;
        var cards = new List<PersonCard>();
        foreach (var office in able.GroupBy(a => a.Value))
            cards.AddRange(await people.CardsAsync(office.Key, office.Select(a => a.Key), RequestAborted));
        Chosen = cards.Find(c => c.UserId == Assignee);
        AllTakers = cards.Count;
        Takers =
        [
            .. cards.Where(c => string.IsNullOrWhiteSpace(Find) || SearchText.Holds($"{c.DisplayName} {c.Post} {c.UserName}", Find.Trim()))
                .OrderBy(c => c.DisplayName, StringComparer.Ordinal).Take(MostShown),
        ];
        return Assignee is not null && Chosen is null && !Undone ? NotFound() : null;
    }
}

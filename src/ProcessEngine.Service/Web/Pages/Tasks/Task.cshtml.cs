using System.Text.Json;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Cases.Attachments;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Web.Pages.Tasks;

/// <summary>
/// One task: what is to be done, by when and why, what happened so far, and the acts that the reader may do.
/// A decision is shown with what follows from it before it is stored (<c>review</c>), and sent with the revision that was seen.
/// </summary>
public sealed partial class TaskModel(
    TaskReader tasks,
    IMediator mediator,
    CaseHistory history,
    People people,
    OfficeCalendars calendars,
    ProcessStore store,
    FlowCharts charts,
    Web.Procedures procedures,
    FormDrafts drafts,
    AttachmentReader files,
    ProposalReader proposals,
    TimeProvider time) : DeskPage
{
    IReadOnlyList<PastEvent> events = [];

    /// <summary>Whether the texts and limits of the procedure are what a manual prints, and not the office's own.</summary>
    public bool SaysTheManual { get; private set; }

    static readonly string[] Direct = ["claim", "release", "pause", "continue", "reassign", "comments"];

    [BindProperty]
    public string? Act { get; set; }

    [BindProperty]
    public string? Comment { get; set; }

    /// <summary>A comment that closes nothing.</summary>
    [BindProperty(Name = "said")]
    public string? Remark { get; set; }

    [BindProperty]
    public string? ToStep { get; set; }

    [BindProperty]
    public string? Assignee { get; set; }

    [BindProperty]
    public int? Revision { get; set; }

    /// <summary>User names of those whom a comment is to reach, besides those whom it names.</summary>
    [BindProperty]
    public string[] Tell { get; set => field = FormRequest.Chosen(value); } = [];

    public VisibleTask Seen { get; private set; } = null!;
    public UserTaskDetail Task { get; private set; } = null!;

    /// <summary>What was written before, that the task rests on; null on a page that does not show it.</summary>
    public ProposalView? Proposal { get; private set; }

    public DeadlineExplained Deadline { get; private set; } = null!;
    public PossibleActs Possible { get; private set; } = null!;
    public FormEntry? Entry { get; private set; }

    /// <summary>What the reader had begun to write earlier; it stands in the form.</summary>
    public FormDraft? Draft { get; private set; }

    public IReadOnlyList<HistoryLine> History { get; private set; } = [];
    public IReadOnlyDictionary<Guid, string> Names { get; private set; } = new Dictionary<Guid, string>();
    public IReadOnlyList<PersonName> Colleagues { get; private set; } = [];

    /// <summary>Whom a comment may reach.</summary>
    public IReadOnlyList<Colleague> Members { get; private set; } = [];
    public FlowChart? Chart { get; private set; }
    public IReadOnlyList<AttachmentView> Files { get; private set; } = [];
    public DateTimeOffset Now { get; private set; }
    public int? DaysLeft { get; private set; }
    public int PercentUsed { get; private set; }
    public string NewKey { get; } = FormRequest.NewKey();

    /// <summary>Why an act was refused; what the person wrote stands in the form.</summary>
    public Problem? Refused { get; private set; }

    /// <summary>What happened since the person looked at the task.</summary>
    public IReadOnlyList<HistoryLine> Since { get; private set; } = [];

    /// <summary>Of the page that asks before a decision: what follows from it.</summary>
    public ActPreview? Preview { get; private set; }

    public IReadOnlyList<string> Next { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(Guid id) => await ShowAsync(id) ?? Page();

    /// <summary>What happened since the page was opened; put into it where it stands.</summary>
    public async Task<IActionResult> OnGetNewsAsync(Guid id, int since)
    {
        if (await ShowAsync(id) is { } refused)
            return refused;
        Since = [.. History.Where(line => line.Sequence > since)];
        return Partial("_TaskNews", this);
    }

    /// <summary>What was written so far is kept for its writer; nothing of it is part of the case.</summary>
    public async Task<IActionResult> OnPostDraftAsync(Guid id)
    {
        if (await LoadForActAsync(id) is { } refused)
            return refused;
        if (!await drafts.SaveAsync(Caller.UserId, FormDrafts.OfTask(id), Request.Form, RequestAborted))
            return StatusCode(StatusCodes.Status413PayloadTooLarge);
        if (Request.Headers.ContainsKey("HX-Request"))
            return Content(W[$"เก็บร่างแล้ว {W.Time(Now)}", $"Draft kept at {W.Time(Now)}"], "text/plain; charset=utf-8");
        SetFlash(W[
            "เก็บร่างแล้ว กลับมาทำต่อได้ทุกเมื่อ ท่านเท่านั้นที่เห็น",
            "Your draft is kept. Come back to it whenever you like; nobody else sees it."]);
        return Redirect($"/tasks/{id}");
    }

    public async Task<IActionResult> OnPostForgetAsync(Guid id)
    {
        await drafts.ForgetAsync(Caller.UserId, FormDrafts.OfTask(id), RequestAborted);
        SetFlash(W["ทิ้งร่างแล้ว", "The draft is gone."]);
        return Redirect($"/tasks/{id}");
    }

    /// <summary>Nothing is stored: the page asks whether this is what is meant.</summary>
    public async Task<IActionResult> OnPostReviewAsync(Guid id)
    {
        if (Act == "draft")
            return await OnPostDraftAsync(id);
        if (Direct.Contains(Act))
            return await OnPostActAsync(id);
        var (command, refused) = await CommandAsync(id);
        if (command is null)
            return refused!;
        var outcome = Entry?.Faults.Count > 0
            ? new InvalidInput([.. Entry.Faults.Select(f => new FieldError(f.Key, f.Value))])
            : await mediator.Send(new PreviewAct.Query(command, Seen), RequestAborted);
        if (outcome.Rejection is { } rejection)
            return await RefuseAsync(id, rejection);
        Preview = outcome.Value!;
        if (Revision is { } seen && Preview.Task.Row.Revision != seen)
            return await RefuseAsync(id, new TaskChanged(id, seen, Preview.Task.Row.Revision));
        Names = await people.NamesAsync([.. WhatNext.Mentioned(Preview.After), Seen.Row.Assignee], RequestAborted);
        Next = WhatNext.Of(W, Seen.Definition, Seen.State, Preview.After, Names);
        if (Seen.Step.IsApproval)
            Proposal = await proposals.OfAsync(Seen, Caller, RequestAborted);
        LetBackShowIt();
        return Page();
    }

    /// <summary>Back from the question to the form, with everything that was written.</summary>
    public async Task<IActionResult> OnPostEditAsync(Guid id) => await ShowAsync(id, fill: false) ?? Page();

    public async Task<IActionResult> OnPostActAsync(Guid id)
    {
        var (command, refused) = await CommandAsync(id);
        if (command is null)
            return refused!;
        var outcome = await mediator.Send(command, RequestAborted);
        if (outcome.Rejection is { } rejection)
            return await RefuseAsync(id, rejection);
        if (!Direct.Contains(Act))
        {
            await drafts.ForgetAsync(Caller.UserId, FormDrafts.OfTask(id), RequestAborted);
            return Redirect(PageLink.To($"/tasks/{id}", ("handler", "done"), ("act", Act)));
        }

        // What else stands in the form is not sent yet.
        if (Act == "comments" && Request.Form.ContainsKey("said"))
            await drafts.SaveAsync(
                Caller.UserId, FormDrafts.OfTask(id), new FormCollection(Request.Form.Where(f => f.Key != "said").ToDictionary()),
                RequestAborted);
        SetFlash(ActWords.Of(W, Act!, Seen.Step.Type).Done);
        // Whoever has given a task away may not see it any more.
        return Redirect(Act == "reassign" && (await tasks.FindAsync(id, Caller, RequestAborted)).Rejection is not null
            ? "/"
            : $"/tasks/{id}");
    }

    /// <summary>Whether a page of ours has a button for it: an act of the API; of a vote, with what is voted.</summary>
    static bool IsOffered(string? act) =>
        act is "vote.approve" or "vote.reject" or "vote.abstain" || (act is not (null or "vote") && ActOnUserTask.Knows(act));

    async Task<(ActOnUserTask.Command? Command, IActionResult? Refused)> CommandAsync(Guid id)
    {
        if (await LoadForActAsync(id) is { } refused)
            return (null, refused);
        var (action, vote) = Act is ['v', 'o', 't', 'e', '.', .. var voted] && Enum.TryParse<Vote>(voted, ignoreCase: true, out var cast)
            ? ("vote", (Vote?)cast)
            : (Act ?? "", null);
        if (!IsOffered(Act))
            return (null, NotFound());
        JsonElement? outputs = null;
        if (Entry is not null)
        {
            var data = Entry.ToData();
            outputs = action is "complete" or "approve" ? data : null;
        }

        var comment = (action == "comments" ? Remark ?? Comment : Comment)?.ReplaceLineEndings("\n").Trim();
        if (action == "comments" && comment is { Length: > 0 } && string.Join(
            ' ', Tell.Select(name => "@" + name).Where(name => !comment.Contains(name, StringComparison.Ordinal))) is { Length: > 0 } told)
            comment += "\n" + told;
        return (new ActOnUserTask.Command(
            action, id, Revision, Caller, await HttpContext.IdentifyFormAsync(), string.IsNullOrEmpty(comment) ? null : comment, outputs,
            action == "return" && !string.IsNullOrEmpty(ToStep) ? ToStep : null, action == "reassign" ? Assignee : null, vote), null);
    }

    /// <summary>The page again, with why it was refused, what happened meanwhile, and everything that was written.</summary>
    async Task<IActionResult> RefuseAsync(Guid id, Rejection rejection)
    {
        Refused = Problems.From(rejection);
        Response.StatusCode = Refused.Status;
        Preview = null;
        foreach (var error in Refused.Errors ?? [])
            Entry?.Refuse(error.Field ?? "", error.Message);
        if (await ShowAsync(id, fill: false) is { } gone)
        {
            // What they wrote must not be lost even when the task is not theirs any more.
            Response.StatusCode = Refused.Status;
            return Seen is null ? gone : Page();
        }

        if (rejection is TaskChanged or TaskNotOpen or TaskHeldByAnother && Revision is { } seen)
            Since = [.. History.Where(line => line.Sequence > seen)];
        return Page();
    }

    /// <summary>The task as its reader may see it; a refusal when it is none of theirs.</summary>
    async Task<IActionResult?> FindAsync(Guid id)
    {
        var found = await tasks.FindAsync(id, Caller, RequestAborted);
        if (found.Rejection is { } rejection)
            return StatusCode(rejection is NotAllowed ? StatusCodes.Status403Forbidden : StatusCodes.Status404NotFound);
        Seen = found.Value!;
        (Task, Now) = (Seen.Detail(), time.GetUtcNow());
        return null;
    }

    /// <summary>What an act needs: the task, and what was written; nothing of what only the page shows.</summary>
    async Task<IActionResult?> LoadForActAsync(Guid id)
    {
        if (await FindAsync(id) is { } refused)
            return refused;
        await ReadFormAsync(Request.HasFormContentType ? Request.Form : null);
        return null;
    }

    /// <param name="written">What a person has written; null: the form shows what the case knows.</param>
    async Task ReadFormAsync(IFormCollection? written)
    {
        if (Entry is not null || Task.Form is not { } fields)
            return;
        Entry = written is null
            ? FormEntry.Of(fields, Seen.State.Variables, Seen.Step.FormIsOptional)
            : FormEntry.Read(fields, written);
        // Whoever is asked for is chosen from the people of the office.
        if (Seen.Definition.PersonVariables.Any(name => fields.Any(f => f.Name == name)))
            Entry.Naming(Seen.Definition.PersonVariables, await people.MembersAsync(Seen.Row.Office, RequestAborted));
    }

    /// <summary>Everything that the page shows.</summary>
    /// <param name="fill">With the draft that is kept; else with what was sent.</param>
    async Task<IActionResult?> ShowAsync(Guid id, bool fill = true)
    {
        if (await FindAsync(id) is { } refused)
            return refused;
        Draft = fill && Task.State == "open" ? await drafts.FindAsync(Caller.UserId, FormDrafts.OfTask(id), RequestAborted) : null;
        if (Draft is not null)
            (Comment, ToStep, Remark) = (Draft.Text("comment"), Draft.Text("toStep"), Draft.Text("said"));
        await ReadFormAsync(Draft is not null ? Draft.AsForm() : !fill && Request.HasFormContentType ? Request.Form : null);
        Deadline = await tasks.ExplainAsync(Seen, RequestAborted);
        Possible = await PossibleActs.OfAsync(Seen, Caller, calendars, store);
        events = await history.OfAsync(Seen.Row.InstanceId, RequestAborted);
        Files = await files.ListAsync(
            Seen.Row.InstanceId, null, Caller, null, Service.Cases.Attachments.AttachFile.MaxFiles, RequestAborted)
            ?? [];
        Names = await people.NamesAsync(
            [
                Seen.Row.Assignee, .. Files.SelectMany(f => new[] { f.CreatedBy, f.Withdrawn?.By }), Seen.Row.ClosedBy,
                Seen.State.StartedBy,
                .. PlainHistory.Mentioned(events), .. WhatNext.Mentioned(Seen.State), .. ProposalView.PeopleIn(Seen),
            ],
            RequestAborted);
        var reached = await people.UserNamesAsync(PlainHistory.ReachedBy(events), RequestAborted);
        History = new PlainHistory(W, Seen.Definition, Seen.Kind, Names, reached).Tell(events);
        Proposal = ProposalView.Of(Seen, events, Files, Names);
        Chart = await charts.ReadAsync(W, Seen.Definition, Seen.Row.Office, Seen.State, Now, RequestAborted);
        SaysTheManual = (await procedures.OfVersionAsync(Seen.Definition.Key, Seen.Definition.Version, RequestAborted)).SaysTheManual;
        if (Possible.Acts.Contains("reassign"))
            Colleagues = [.. (await people.AbleAsync(
                await calendars.MomentAsync(Seen.Row.Office, Seen.Definition.Key, store.Now()), Seen.Row.Role, RequestAborted))
                .Where(p => p.UserId != Seen.Row.Assignee)];
        if (Possible.Acts.Contains("comments"))
            Members = [.. (await people.MembersAsync(Seen.Row.Office, RequestAborted)).Where(m => m.UserId != Caller.UserId)];
        if (Deadline.DueAt is { } due)
        {
            var calendar = await calendars.AsOfAsync(Seen.Row.Office, Deadline.CalendarVersion!.Value, RequestAborted);
            DaysLeft = Inbox.DaysLeft(calendar, Now, due);
            PercentUsed = Inbox.PercentUsed(calendar, Deadline.ReceivedAt!.Value, Now, due);
        }

        return null;
    }

    /// <summary>The deciding acts that the reader may do, in the order of their buttons.</summary>
    public IEnumerable<ActWords> Decisions =>
        (Possible.Acts.Contains("vote")
            ? (IEnumerable<string>)["vote.approve", "vote.reject", "vote.abstain"]
            : Possible.Acts.Where(a => a is "complete" or "approve" or "return" or "reject").OrderBy(a => a == "reject"))
        .Concat(Possible.Acts.Where(a => a == "fail")).Select(a => ActWords.Of(W, a, Seen.Step.Type));

    /// <summary>The key that presses a button: a for yes; r for no, and where there are two ways of it, for the softer one.</summary>
    public string? KeyOf(string act) => act switch
    {
        "approve" or "complete" or "vote.approve" => "a",
        "return" or "vote.reject" => "r",
        "reject" when !Possible.Acts.Contains("return") => "r",
        _ => null,
    };

    public IEnumerable<ActWords> Handling =>
        Possible.Acts.Where(a => a is "claim" or "release" or "continue").Select(a => ActWords.Of(W, a, Seen.Step.Type));

    /// <summary>The order by which the reader would act; null when the post is their own, or not theirs at all.</summary>
    public CapacityView? ByOrder =>
        Caller.In(Seen.State.Office, Seen.State.DefinitionKey) is var actor
            && !actor.Roles.Contains(Seen.Row.Role)
            && actor.OrderFor(Seen.Row.Role, null) is { } order
            ? CapacityView.Of(order.Capacity, Seen.Kind)
            : null;

    public bool SeesWithdrawn => AttachmentReader.SeesWithdrawn(Caller, Seen.State.Office);

    public string StepName(string id, int? level = null) => PlainHistory.StepName(W, Seen.Definition, id, level);

    public string NameOf(Guid? user) => user is { } id && Names.TryGetValue(id, out var name) ? name : W["ผู้ใช้", "a user"];

    /// <summary>Days that were not counted: those with a name one by one, weekends together.</summary>
    public (int Weekends, IReadOnlyList<SkippedView> Named) Skipped => (
        Deadline.Skipped.Count(s => s.NameEn is "Saturday" or "Sunday"),
        [.. Deadline.Skipped.Where(s => s.NameEn is not ("Saturday" or "Sunday"))]);
}

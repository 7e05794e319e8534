using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages;

/// <summary>One of several tasks that are decided together.</summary>
/// <param name="Refused">Why it cannot be, or was not, stored.</param>
public sealed record ManyItem(Guid Task, int Revision, string Title, string Step, IReadOnlyList<string> Next, LocalizedText? Refused)
{
    /// <summary>What it rests on, and the case of it; null where it cannot be seen, and once it is decided.</summary>
    public (ProposalView Proposal, Guid Case)? About { get; init; }
}

/// <summary>Several tasks taken note of, approved or returned with one comment: each an act of its own, stored or refused alone.</summary>
public sealed class ManyModel(TaskReader tasks, ProposalReader proposals, IMediator mediator, People people) : DeskPage
{
    [BindProperty]
    public string? Act { get; set; }

    [BindProperty]
    public string? Comment { get; set; }

    /// <summary>Id and revision of each, with a full stop between.</summary>
    [BindProperty]
    public string[] Task { get; set => field = FormRequest.Chosen(value); } = [];

    public IReadOnlyList<ManyItem> Items { get; private set; } = [];
    public bool Stored { get; private set; }

    /// <summary>They were taken back, as far as that could be.</summary>
    public bool Undone { get; private set; }

    /// <summary>Nobody is sent anything back without being told why.</summary>
    public bool LacksReason => Act == "return" && string.IsNullOrWhiteSpace(Comment);

    /// <summary>What waits for the reader next, of the page that says what came of it.</summary>
    public InboxItem? NextTask { get; private set; }

    public string NewKey { get; } = FormRequest.NewKey();
    public ActWords Words => ActWords.Of(W, Act!, Act == "complete" ? StepType.Acknowledge : StepType.Approval);

    public IActionResult OnGet() => Redirect("/");

    public Task<IActionResult> OnPostAsync()
    {
        LetBackShowIt();
        return EachAsync(PreviewAsync);
    }

    public async Task<IActionResult> OnPostActAsync()
    {
        Stored = true;
        var request = await HttpContext.IdentifyFormAsync();
        var page = await EachAsync(async (task, act) =>
        {
            var outcome = await mediator.Send(act with { Id = request.Part(act.TaskId) }, RequestAborted);
            return outcome.Rejection is { } no ? ([], no) : (await WhereItIsAsync(task), null);
        });
        var done = Items.Where(i => i.Refused is null).Select(i => i.Task).ToHashSet();
        NextTask = await Of<Inbox>().NextAsync(Caller, id => !done.Contains(id), RequestAborted);
        return page;
    }

    /// <summary>What was stored together is taken back together: each as far as nobody has gone on from it.</summary>
    public async Task<IActionResult> OnPostUndoAsync()
    {
        (Stored, Undone) = (true, true);
        var request = await HttpContext.IdentifyFormAsync();
        return await EachAsync(async (task, act) =>
        {
            var outcome = await mediator.Send(new UndoUserTask.Command(act.TaskId, Caller, request.Part(act.TaskId)), RequestAborted);
            return outcome.Rejection is { } no ? ([], no) : (await WhereItIsAsync(task), null);
        });
    }

    async Task<IReadOnlyList<string>> WhereItIsAsync(VisibleTask task)
    {
        var now = (await tasks.FindAsync(task.Row.TaskId, Caller, RequestAborted)).Value ?? task;
        return WhatNext.Of(W, now.Definition, null, now.State, await people.NamesAsync(WhatNext.Mentioned(now.State), RequestAborted));
    }

    async Task<(IReadOnlyList<string> Next, Rejection? Refused)> PreviewAsync(VisibleTask task, ActOnUserTask.Command act)
    {
        var outcome = await mediator.Send(new PreviewAct.Query(act, task), RequestAborted);
        return outcome.Rejection is { } no ? ([], no)
            : act.Expected != task.Row.Revision ? ([], new TaskChanged(act.TaskId, act.Expected!.Value, task.Row.Revision))
            : (
                WhatNext.Of(
                    W,
                    task.Definition,
                    task.State,
                    outcome.Value!.After,
                    await people.NamesAsync(WhatNext.Mentioned(outcome.Value.After), RequestAborted)),
                null);
    }

    async Task<IActionResult> EachAsync(
        Func<VisibleTask, ActOnUserTask.Command, Task<(IReadOnlyList<string> Next, Rejection? Refused)>> todo)
    {
        if (Act is not ("complete" or "approve" or "return") || Task.Length > Inbox.PageSize)
            return NotFound();
        var comment = Comment?.ReplaceLineEndings("\n").Trim() is { Length: > 0 } text ? text : null;
        var items = new List<ManyItem>();
        foreach (var asked in Task.Distinct())
        {
            if (asked.Split('.') is not [var first, var second]
                || !Guid.TryParse(first, out var id)
                || !int.TryParse(second, out var revision))
                return NotFound();
            var found = await tasks.FindAsync(id, Caller, RequestAborted);
            if (found.Value is not { } task)
            {
                items.Add(new ManyItem(
                    id, revision, W["งานที่ดูไม่ได้แล้ว", "A task that is no longer yours to see"], "", [],
                    Problems.From(found.Rejection!).Message));
                continue;
            }

            var item = new ManyItem(
                id, revision, task.State.Title, PlainHistory.StepName(W, task.Definition, task.Row.StepId), [], WrongKind);
            if (Fits(task))
            {
                var (next, refused) = await todo(
                    task,
                    new ActOnUserTask.Command(Act, id, revision, Caller, new(Caller.UserId, null, []), comment, null, null, null, null));
                item = item with { Next = next, Refused = refused is null ? null : Problems.From(refused).Why };
            }

            if (!Stored)
                item = item with { About = (await proposals.OfAsync(task, Caller, RequestAborted), task.Row.InstanceId) };
            items.Add(item);
        }

        Items = items;
        return Page();
    }

    bool Fits(VisibleTask task) =>
        Act == "return" ? InboxItem.MayBeReturned(task.Definition, task.Step) : InboxItem.ManyActOf(task.Step) == Act;

    LocalizedText WrongKind => Act == "return"
        ? new("งานนี้ส่งกลับพร้อมงานอื่นไม่ได้", "It cannot be returned together with others.")
        : Act == "approve"
        ? new("งานนี้ไม่ใช่งานพิจารณาเห็นชอบ หรือต้องกรอกแบบฟอร์มก่อน", "It is not an approval, or has a form to fill in first.")
        : new("งานนี้ไม่ใช่งานรับทราบ หรือต้องกรอกแบบฟอร์มก่อน", "It is not something to take note of, or has a form to fill in first.");
}

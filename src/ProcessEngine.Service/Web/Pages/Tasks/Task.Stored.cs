using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web.Pages.Tasks;

/// <remarks>After an act was stored: what happens next, what is next for the reader, and taking it back.</remarks>
public sealed partial class TaskModel
{
    /// <summary>The act that was stored, of the page that says so.</summary>
    public ActWords? Stored { get; private set; }

    /// <summary>Of that page: how long it can still be taken back; 0 when it cannot.</summary>
    public int SecondsToUndo { get; private set; }

    /// <summary>Of that page: what waits for the reader next; null when nothing does.</summary>
    public InboxItem? NextTask { get; private set; }

    public async Task<IActionResult> OnGetDoneAsync(Guid id, string? act)
    {
        if (await ShowAsync(id) is { } refused)
            return refused;
        if (act is null || !IsOffered(act))
            return NotFound();
        Stored = ActWords.Of(W, act, Seen.Step.Type);
        Next = WhatNext.Of(W, Seen.Definition, null, Seen.State, Names);
        SecondsToUndo = await SecondsToUndoAsync();
        NextTask = await Of<Inbox>().NextAsync(Caller, task => task != id, RequestAborted);
        return Page();
    }

    /// <summary>How long what was stored can still be taken back, as the core says; 0 when it cannot.</summary>
    async Task<int> SecondsToUndoAsync()
    {
        var undo = Undo;
        if (Seen.Row.ClosedAt is not { } at || Seen.Row.ClosedBy != Caller.UserId || undo.History.Length < Seen.State.Revision)
            return 0;
        var moment = await calendars.MomentAsync(Seen.Row.Office, Seen.Definition.Key, store.Now());
        return ProcessDecider.Decide(Seen.Definition, Seen.State, undo, moment).Rejection is null
            ? (int)(at + Undoing.Within - moment.Now).TotalSeconds
            : 0;
    }

    /// <summary>
    /// What taking it back would be. A very long history is known from its end only: then the last decision, and not whether it can be.
    /// </summary>
    UndoAct Undo => new(
        Seen.Row.TaskId, [.. events.Where(e => e.Event is not null).Select(e => new RecordedEvent(e.Sequence, e.At, e.Actor, e.Event!))])
    {
        By = Caller.In(Seen.State.Office, Seen.State.DefinitionKey),
    };

    /// <summary>What was written stands in the form again.</summary>
    public async Task<IActionResult> OnPostUndoAsync(Guid id)
    {
        if (await LoadForActAsync(id) is { } refused)
            return refused;
        events = await history.OfAsync(Seen.Row.InstanceId, RequestAborted);
        var undo = Undo;
        var outcome = await mediator.Send(new UndoUserTask.Command(id, Caller, await HttpContext.IdentifyFormAsync()), RequestAborted);
        if (outcome.Rejection is { } rejection)
            return await RefuseAsync(id, rejection);
        if (undo.DecidedAt is >= 0 and var at)
            await drafts.SaveAsync(Caller.UserId, FormDrafts.OfTask(id), SentForm.Of(undo.History[at].Event, Seen.Step), RequestAborted);
        SetFlash(
            W["เลิกทำแล้ว งานกลับมาที่ท่าน สิ่งที่เขียนไว้ยังอยู่", "Taken back. The task is yours again, with what you had written."]);
        return Redirect($"/tasks/{id}");
    }
}

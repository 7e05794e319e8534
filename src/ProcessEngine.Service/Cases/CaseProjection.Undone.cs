using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases;

/// <remarks>What an act that is taken back leaves of the rows.</remarks>
static partial class CaseProjection
{
    const string ReopenTask = """
        UPDATE user_task
        SET state = 'open', outcome = NULL, closed_at = NULL, closed_by = NULL, capacity_kind = NULL, capacity_order = NULL,
            assignee = $2, deadline_id = $3, due_at = $4, due_order = $5, revision = $6, measured = FALSE
        WHERE task_id = $1
        """;

    const string ReopenDeadline =
        "UPDATE deadline SET state = 'open', result = NULL, closed_at = NULL, wake_at = $2, paused = $3, measured = FALSE "
        + "WHERE deadline_id = $1";

    const string DeleteAnswer =
        "DELETE FROM form_answer WHERE office = $1 AND definition_key = $2 AND step_id = $3 AND answered_at = $4 AND task_id = $5";

    /// <summary>The rows say again what the state says.</summary>
    static void StoreUndone(WriteSession session, ProcessState undone, ProcessState state, RecordedEvent recorded, ActUndone e)
    {
        foreach (var task in undone.OpenTasks.Where(t => state.FindOpenTask(t.TaskId) is null))
            session.Enqueue(CloseTask, task.TaskId, "cancelled", TaskOutcomes.Cancelled, recorded.At, null, null, recorded.Sequence);
        foreach (var task in state.OpenTasks.Except(undone.OpenTasks))
            session.Enqueue(
                ReopenTask, task.TaskId, task.Assignee, task.DeadlineId, state.DueAtOf(task), PlaceOf(state, task, state.DueAtOf(task)),
                task.Revision);
        foreach (var clock in undone.OpenDeadlines.Where(d => state.FindOpenDeadline(d.DeadlineId) is null))
            session.Enqueue(CloseDeadline, clock.DeadlineId, "cancelled", nameof(DeadlineResult.Cancelled).ToLowerInvariant(), recorded.At);
        foreach (var clock in state.OpenDeadlines.Where(d => undone.FindOpenDeadline(d.DeadlineId) is null))
            session.Enqueue(ReopenDeadline, clock.DeadlineId, clock.NextRung?.At, clock.PausedAt is not null);
        foreach (var wait in undone.Waits.Except(state.Waits))
            session.Enqueue(DeleteWait, wait.WaitId);
        foreach (var wait in state.Waits.Except(undone.Waits))
            Insert(session, state, wait);
        if (e.TaskId is { } id)
            session.Enqueue(DeleteAnswer, state.Office, state.DefinitionKey, state.FindOpenTask(id)!.StepId, e.DecidedAt, id);
    }
}

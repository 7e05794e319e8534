using System.Data.Common;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases;

/// <summary>What one read finds before a decision: the case, the first answer to the same request, and the row of the task.</summary>
sealed record LoadedCase(ProcessState? State, byte[] HeadHash, Outcome<StoredAnswer>? Known, OldTask? Task)
{
    public static LoadedCase From(DbDataReader row, RequestId request) => new(
        row.IsDBNull(0) ? null : ProcessStore.ReadState(row.GetString(2)),
        row.IsDBNull(0) ? [] : row.Bytes(1),
        row.IsDBNull(3) ? (Outcome<StoredAnswer>?)null : IdempotencyRows.Read(row, 3, request),
        row.FieldCount > 8 && !row.IsDBNull(10)
            ? new OldTask(
                row.IdOrNull(8), row.IdOrNull(9), row.GetString(10), row.TextOrNull(11), row.IsDBNull(12) ? null : row.Instant(12))
            : null);

    /// <summary>What stands in the way before the procedure is asked; null when nothing does.</summary>
    /// <param name="task">That was named; null where it was a case.</param>
    public Rejection? Refusal(RequestId request, Guid? task, ProcessState state, Actor actor, ProcessCommand command) =>
        ChangedSince(request.IfMatch, task, state, command) ?? RefusalForOldTask(state, actor, command);

    /// <summary>What the caller saw, by the ETag that they send back, is no longer so. Acts on tasks ask the core.</summary>
    static Rejection? ChangedSince(int? ifMatch, Guid? task, ProcessState state, ProcessCommand command) =>
        ifMatch is not { } seen ? null
        : task is null ? (seen == state.Revision ? null : new CaseChanged(state.InstanceId, seen, state.Revision))
        : command is ConfirmDeadline && state.FindOpenTask(task.Value) is { } open && open.Revision != seen
            ? new TaskChanged(open.TaskId, seen, open.Revision)
            : null;

    /// <summary>
    /// A task of an earlier round is no longer in the snapshot; what happened to it stands in its row.
    /// Whoever the task named is told; the others learn only that it is not theirs.
    /// </summary>
    Rejection? RefusalForOldTask(ProcessState state, Actor actor, ProcessCommand command)
    {
        if (Task is not { Outcome: { } outcome } old || command is not TaskCommand { TaskId: var id })
            return null;
        return state.FindOpenTask(id) is not null ? null
            : actor.Holds(old.Role) || actor.UserId == old.ClosedBy || actor.UserId == old.Assignee
                ? new TaskNotOpen(id, outcome, old.ClosedBy, old.ClosedAt)
            : null;
    }
}

/// <summary>A task as its row says that it was left.</summary>
sealed record OldTask(Guid? Assignee, Guid? ClosedBy, string Role, string? Outcome, DateTimeOffset? ClosedAt);

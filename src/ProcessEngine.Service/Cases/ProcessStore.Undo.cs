using System.Collections.Immutable;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases;

/// <remarks>What somebody has just done is taken back. What people would have been told of it goes with it.</remarks>
public sealed partial class ProcessStore
{
    const string ToldSql = "SELECT m.told FROM outbox m WHERE m.message_id = $1";
    const string CalledSql = "SELECT 1 FROM case_call c WHERE c.child_id = $1";
    const string WithdrawNotice = "DELETE FROM outbox WHERE message_id = $1 AND NOT told";

    /// <summary>Somebody takes back what they have just decided on a task.</summary>
    public Task<Outcome<StoredAnswer>> UndoAsync(
        Guid taskId, Caller caller, RequestId request, Func<CaseChange, StoredAnswer> answer, CancellationToken ct) =>
        TakeBackAsync(
            LoadByTask, taskId, new TaskNotFound(taskId), caller, request, (history, by) => new UndoAct(taskId, history) { By = by },
            answer, ct);

    /// <summary>Somebody takes back what they have just done to a case as a whole.</summary>
    /// <param name="after">The revision on which they did it.</param>
    public Task<Outcome<StoredAnswer>> UndoCaseActAsync(
        Guid instanceId, int after, Caller caller, RequestId request, Func<CaseChange, StoredAnswer> answer, CancellationToken ct) =>
        TakeBackAsync(
            LoadByInstance, instanceId, new InstanceNotFound(instanceId), caller, request,
            (history, by) => new UndoCaseAct(after, history) { By = by }, answer, ct);

    Task<Outcome<StoredAnswer>> TakeBackAsync(
        string loadSql,
        Guid what,
        Rejection notFound,
        Caller caller,
        RequestId request,
        Func<ImmutableArray<RecordedEvent>, Actor, TakeBack> command,
        Func<CaseChange, StoredAnswer> answer,
        CancellationToken ct)
    {
        List<Guid> notices = [];
        return ExecuteAsync(
            loadSql, [what], notFound, caller, request,
            async (session, state, by) =>
            {
                var undo = command([.. await HistoryAsync(session, state.InstanceId)], by);
                notices = [.. undo.Notices().Select(n => n.Id)];
                var outside = false;
                foreach (var notice in notices)
                    await session.QueryAsync(ToldSql, new object?[] { notice }, row => outside |= row.GetBoolean(0));
                if (state.HasEnded)
                    await session.QueryAsync(CalledSql, new object?[] { state.InstanceId }, _ => outside = true);
                return undo with { IsKnownOutside = outside };
            },
            answer, ct,
            (session, _) =>
            {
                foreach (var notice in notices)
                    session.Enqueue(WithdrawNotice, notice);
            });
    }
}

using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases;

/// <summary>Turns the events of one decision into the rows that are stored with them. Looks nothing up.</summary>
static partial class CaseProjection
{

    const int YearsAhead = 500;

    /// <summary>Most decisions are stored by one of these: n events in one statement, to be bound and answered once.</summary>
    static readonly string[] InsertEvents = [.. Enumerable.Range(1, 8).Select(InsertEventsSql)];

    const string InsertInstance = """
        INSERT INTO process_instance (instance_id, definition_key, definition_version, office, title, business_key, status,
            started_at, started_by, ended_at, next_due_at, revision, head_hash, state, search_key, outcome)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        """;

    const string UpdateInstance = """
        UPDATE process_instance
        SET status = $2, ended_at = $3, next_due_at = $4, revision = $5, head_hash = $6, state = $7, definition_version = $8, outcome = $9
        WHERE instance_id = $1 AND revision = $10
        """;

    const string InsertTask = """
        INSERT INTO user_task (task_id, instance_id, office, definition_key, definition_version, step_id, state, attempt, role,
            created_at, deadline_id, due_at, due_order, revision, assignee, level, item, personal, decides, priority)
        VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
        """;

    const string AssignTask = "UPDATE user_task SET assignee = $2, revision = $3 WHERE task_id = $1";
    const string PauseTask = "UPDATE user_task SET paused = $2, revision = $3 WHERE task_id = $1";
    const string ScheduleTask = "UPDATE user_task SET deadline_id = $2, due_at = $3, due_order = $4 WHERE task_id = $1";
    const string RankTask = "UPDATE user_task SET priority = $2, due_order = $3 WHERE task_id = $1";
    const string MarkTask = "UPDATE user_task SET provisional = $2, awaits_confirmation = $3 WHERE task_id = $1";
    const string RenameTask = "UPDATE user_task SET definition_version = $2, step_id = $3 WHERE task_id = $1";

    const string SendBackTask = "UPDATE user_task SET sent_back = $2, sent_back_reason = $3 WHERE task_id = $1";

    const string CloseTask = """
        UPDATE user_task
        SET state = $2, outcome = $3, closed_at = $4, closed_by = $5, assignee = COALESCE(assignee, $6), revision = $7
        WHERE task_id = $1
        """;

    const string DecideUnderOrder = "UPDATE user_task SET capacity_kind = $2, capacity_order = $3 WHERE task_id = $1";

    const string InsertDeadline = """
        INSERT INTO deadline (deadline_id, instance_id, office, definition_key, step_id, state, received_at, due_at, fiscal_month, wake_at,
            failures)
        VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9, 0)
        """;

    const string WakeDeadline = "UPDATE deadline SET wake_at = $2, failures = 0 WHERE deadline_id = $1";

    const string PauseDeadline = "UPDATE deadline SET wake_at = NULL, paused = TRUE, failures = 0 WHERE deadline_id = $1";

    const string MoveDeadline = """
        UPDATE deadline
        SET due_at = $2, wake_at = $3, awaits_confirmation = $4, paused = $5, failures = 0
        WHERE deadline_id = $1
        """;
    const string ConfirmDeadline = "UPDATE deadline SET wake_at = $2, awaits_confirmation = FALSE, failures = 0 WHERE deadline_id = $1";

    const string InsertWait = """
        INSERT INTO process_wait (wait_id, instance_id, office, node_id, kind, wake_at, message, correlation, failures)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)
        """;

    const string DeleteWait = "DELETE FROM process_wait WHERE wait_id = $1";
    const string WakeWait = "UPDATE process_wait SET wake_at = $2 WHERE wait_id = $1";

    const string InsertCall = """
        INSERT INTO case_call (child_id, parent_id, wait_id, definition_key, office, state, created_at, node_id)
        VALUES ($1, $2, $3, $4, $5, 'wanted', $6, $7)
        """;

    const string InsertIncident =
        "INSERT INTO incident (incident_id, instance_id, office, node_id, code, detail, raised_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    const string DeleteIncident = "DELETE FROM incident WHERE incident_id = $1";

    // Most cases were called by nobody; then this finds no row.
    const string RecallCall = """
        UPDATE case_call SET state = CASE WHEN state = 'wanted' THEN 'refused' ELSE 'recalled' END
        WHERE parent_id = $1 AND wait_id = $2 AND (state = 'wanted' OR state = 'started')
        """;

    const string EndCall = "UPDATE case_call SET state = 'ended', outcome = $2 WHERE child_id = $1 AND state <> 'ended'";

    const string CloseDeadline = """
        UPDATE deadline
        SET state = $2, result = $3, closed_at = $4, wake_at = NULL
        WHERE deadline_id = $1
        """;

    const string WithdrawFile =
        "UPDATE attachment SET withdrawn_at = $2, withdrawn_by = $3, withdrawn_reason = $4 WHERE attachment_id = $1";

    const string InsertAnswer = """
        INSERT INTO form_answer (office, definition_key, step_id, answered_at, task_id, instance_id, sequence)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """;

    const string InsertMessage = """
        INSERT INTO outbox (message_id, instance_id, office, kind, task_id, to_role, to_user, created_at, reason)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """;

    /// <summary>Queues every row that the events owe; nothing when there are none.</summary>
    /// <param name="definition">By which it was made.</param>
    /// <param name="before">The state that the decision was made on.</param>
    /// <param name="changes">The events, each folded already where it was decided.</param>
    /// <param name="headHash">Hash of the last event stored so far.</param>
    public static void Store(
        WriteSession session, ProcessDefinition definition, ProcessState before, ImmutableArray<StateChange> changes, byte[] headHash)
    {
        if (changes.IsEmpty)
            return;
        var after = changes[^1].After;
        // The case's row is locked before its events are inserted: the sweep takes its locks in the same order.
        var rows = new object?[changes.Length][];
        for (var i = 0; i < changes.Length; i++)
        {
            var recorded = changes[i].Recorded;
            var (type, payload) = EventTypes.Write(recorded.Event);
            headHash = AuditChain.Hash(headHash, after.InstanceId, recorded.Sequence, type, recorded.At, recorded.Actor, payload);
            rows[i] = [after.InstanceId, recorded.Sequence, type, recorded.At, recorded.Actor, payload, headHash];
        }

        StoreInstance(session, before, after, headHash);
        foreach (var some in rows.Chunk(InsertEvents.Length))
            session.Enqueue(InsertEvents[some.Length - 1], [.. some.SelectMany(row => row)]);

        StoreIncidents(session, before, after);
        var earlier = before;
        foreach (var (recorded, state) in changes)
        {
            if (recorded.Event is ActUndone undone)
                StoreUndone(session, earlier, state, recorded, undone);
            else
                StoreRows(session, definition, state, recorded);
            earlier = state;
        }

        foreach (var (change, notice) in Notice.OfDecision(changes))
        {
            session.Enqueue(
                InsertMessage, notice.Id, after.InstanceId, after.Office, notice.Kind, notice.TaskId, notice.ToRole, notice.ToUser,
                change.Recorded.At, notice.Reason);
            if (notice.Kind is NoticeKinds.WorkRejected or NoticeKinds.WorkSentBack)
                session.Enqueue(
                    SendBackTask, notice.TaskId, notice.Kind == NoticeKinds.WorkRejected ? "rejected" : "returned", notice.Reason);
        }
    }

    static void StoreIncidents(WriteSession session, ProcessState before, ProcessState after)
    {
        if (before.Incidents.IsEmpty && after.Incidents.IsEmpty)
            return;
        foreach (var solved in before.Incidents.Except(after.Incidents))
            session.Enqueue(DeleteIncident, solved.IncidentId);
        // Who sits in which post is asked when somebody looks.
        foreach (var raised in after.Incidents.Except(before.Incidents).Where(i => i.Code != IncidentCodes.NobodyHoldsRole))
            session.Enqueue(
                InsertIncident, raised.IncidentId, after.InstanceId, after.Office, raised.NodeId, raised.Code, raised.Detail, raised.At);
    }

    static string InsertEventsSql(int rows)
    {
        const int Columns = 7;
        var values = Enumerable.Range(0, rows)
            .Select(row => $"({string.Join(", ", Enumerable.Range(1, Columns).Select(column => $"${(row * Columns) + column}"))})");
        return $"INSERT INTO audit_event (instance_id, sequence, type, at, actor, payload, hash)\nVALUES {string.Join(", ", values)}";
    }

    static void StoreInstance(WriteSession session, ProcessState before, ProcessState after, byte[] headHash)
    {
        var snapshot = System.Text.Json.JsonSerializer.Serialize(after, StorageJson.Instance.ProcessState);
        // What stands still makes no case overdue, nor a moment that the calendar put into the past and nobody has confirmed.
        var nextDue = after.OpenDeadlines.Where(d => !d.IsHeld).Min(d => (DateTimeOffset?)d.Terms.DueAt);
        if (before.Revision == 0)
        {
            session.Enqueue(
                InsertInstance, after.InstanceId, after.DefinitionKey, after.DefinitionVersion, after.Office, after.Title,
                after.BusinessKey,
                StatusNames.Of(after.Status), after.StartedAt, after.StartedBy, after.EndedAt, nextDue, after.Revision, headHash, snapshot,
                SearchText.Key(after.Title, after.BusinessKey), after.Outcome);
        }
        else
        {
            session.Enqueue(
                UpdateInstance, after.InstanceId, StatusNames.Of(after.Status), after.EndedAt, nextDue, after.Revision, headHash, snapshot,
                after.DefinitionVersion, after.Outcome, before.Revision);
        }
    }

    static void Insert(WriteSession session, ProcessState state, OpenWait wait) => session.Enqueue(
        InsertWait, wait.WaitId, state.InstanceId, state.Office, wait.NodeId, wait.Kind.ToString().ToLowerInvariant(), wait.WakesAt,
        wait.Message, wait.Correlation);

    static void StoreRows(WriteSession session, ProcessDefinition definition, ProcessState state, RecordedEvent recorded)
    {
        switch (recorded.Event)
        {
            case TaskOpened e:
                var (opened, step) = (state.FindOpenTask(e.TaskId)!, definition.FindStep(e.StepId));
                var dueAt = e.DeadlineId is { } clock ? state.FindOpenDeadline(clock)?.Terms.DueAt : null;
                session.Enqueue(
                    InsertTask, e.TaskId, state.InstanceId, state.Office, state.DefinitionKey, state.DefinitionVersion, e.StepId, e.Attempt,
                    e.Role,
                    recorded.At, e.DeadlineId, dueAt, PlaceOf(state, opened, dueAt), recorded.Sequence, e.Assignee, e.Level, e.Item,
                    e.Assignee is not null && step is not null && state.IsForPerson(step, e.Level), step?.IsApproval == true,
                    (int?)state.PriorityOf(opened));
                if (e.DeadlineId is { } joined
                    && state.FindOpenDeadline(joined) is { } running
                    && (running.Terms.Provisional || running.AwaitsConfirmation))
                    session.Enqueue(MarkTask, e.TaskId, running.Terms.Provisional, running.AwaitsConfirmation);
                break;
            case PriorityChanged:
                foreach (var task in state.OpenTasks)
                    session.Enqueue(RankTask, task.TaskId, (int?)state.PriorityOf(task), PlaceOf(state, task, state.DueAtOf(task)));
                break;
            case TaskReleased e:
                session.Enqueue(AssignTask, e.TaskId, null, recorded.Sequence);
                break;
            case TaskPaused e:
                session.Enqueue(PauseTask, e.TaskId, true, recorded.Sequence);
                break;
            case TaskContinued e:
                session.Enqueue(PauseTask, e.TaskId, false, recorded.Sequence);
                break;
            case TaskClaimed e:
                session.Enqueue(AssignTask, e.TaskId, e.Assignee, recorded.Sequence);
                break;
            case TaskReassigned e:
                session.Enqueue(AssignTask, e.TaskId, e.To, recorded.Sequence);
                break;
            case TaskCompleted e:
                Close(e.TaskId, "completed", TaskOutcomes.Completed);
                Answer(e.TaskId, e.Outputs.IsEmpty);
                break;
            case TaskApproved e:
                Close(e.TaskId, "completed", TaskOutcomes.Approved);
                Answer(e.TaskId, e.Outputs.IsEmpty);
                break;
            case TaskRejected e:
                Close(e.TaskId, "completed", TaskOutcomes.Rejected);
                break;
            case TaskReturned e:
                Close(e.TaskId, "completed", TaskOutcomes.Returned);
                break;
            case TaskFailed e:
                Close(e.TaskId, "completed", TaskOutcomes.Failed);
                break;
            case VoteCast e:
                Close(e.TaskId, "completed", TaskOutcomes.Voted);
                break;
            case TaskTimedOut e:
                session.Enqueue(CloseTask, e.TaskId, "cancelled", TaskOutcomes.TimedOut, recorded.At, null, null, recorded.Sequence);
                break;
            case TaskCancelled e:
                session.Enqueue(CloseTask, e.TaskId, "cancelled", TaskOutcomes.Cancelled, recorded.At, null, null, recorded.Sequence);
                break;
            case DeadlineSet e:
                session.Enqueue(
                    InsertDeadline, e.DeadlineId, state.InstanceId, state.Office, state.DefinitionKey, e.StepId, e.Terms.ReceivedAt,
                    e.Terms.DueAt,
                    FiscalMonthOf(e.Terms.ReceivedAt), e.Rungs.IsEmpty ? null : (object)e.Rungs[0].At);
                Reschedule(e.DeadlineId, e.Terms.DueAt);
                if (e.Terms.Provisional)
                    Mark(e.DeadlineId);
                break;
            case DeadlinePaused e:
                session.Enqueue(PauseDeadline, e.DeadlineId);
                break;
            case DeadlineMoved e:
                var clockNow = state.FindOpenDeadline(e.DeadlineId);
                session.Enqueue(
                    MoveDeadline, e.DeadlineId, e.Terms.DueAt, clockNow?.NextRung?.At, e.AwaitsConfirmation,
                    clockNow?.PausedAt is not null);
                Reschedule(e.DeadlineId, e.Terms.DueAt);
                Mark(e.DeadlineId);
                break;
            case DeadlineConfirmed e:
                session.Enqueue(ConfirmDeadline, e.DeadlineId, state.FindOpenDeadline(e.DeadlineId)?.NextRung?.At);
                Mark(e.DeadlineId);
                break;
            case WaitStarted e:
                Insert(session, state, state.Waits.Single(w => w.WaitId == e.WaitId));
                if (e.Call is { } awaited)
                    session.Enqueue(
                        InsertCall, awaited.ChildId, state.InstanceId, e.WaitId, awaited.DefinitionKey, awaited.Office ?? state.Office,
                        recorded.At, e.NodeId);
                break;
            case WaitEnded e:
                session.Enqueue(DeleteWait, e.WaitId);
                break;
            case WaitCancelled e:
                session.Enqueue(DeleteWait, e.WaitId);
                if (e.Recalled == true)
                    session.Enqueue(RecallCall, state.InstanceId, e.WaitId);
                break;
            case WaitPaused e:
                session.Enqueue(WakeWait, e.WaitId, null);
                break;
            case WaitContinued e:
                session.Enqueue(WakeWait, e.WaitId, e.Until);
                break;
            case CaseHandedOver e:
                session.Enqueue(
                    InsertCall, e.Call.ChildId, state.InstanceId, null, e.Call.DefinitionKey, e.Call.Office ?? state.Office, recorded.At,
                    e.NodeId);
                break;
            case InstanceSuspended:
                foreach (var wait in state.Waits.Where(w => w.Until is not null))
                    session.Enqueue(WakeWait, wait.WaitId, null);
                break;
            case InstanceResumed:
                foreach (var wait in state.Waits.Where(w => w.Until is not null))
                    session.Enqueue(WakeWait, wait.WaitId, wait.WakesAt);
                break;
            case InstanceMigrated e:
                foreach (var task in state.OpenTasks)
                    session.Enqueue(RenameTask, task.TaskId, e.ToVersion, task.StepId);
                break;
            case InstanceCompleted e:
                session.Enqueue(EndCall, state.InstanceId, e.Outcome);
                break;
            case InstanceCancelled:
                session.Enqueue(EndCall, state.InstanceId, StatusNames.Of(InstanceStatus.Cancelled));
                break;
            case ServiceRated e:
                session.Enqueue(
                    InsertAnswer, state.Office, state.DefinitionKey, PublicService.RatingStep, recorded.At, e.RatingId, state.InstanceId,
                    recorded.Sequence);
                break;
            case FileWithdrawn e:
                session.Enqueue(WithdrawFile, e.AttachmentId, recorded.At, recorded.Actor, e.Comment);
                break;
            case RungTaken e:
                session.Enqueue(WakeDeadline, e.DeadlineId, state.FindOpenDeadline(e.DeadlineId)?.NextRung?.At);
                break;
            case DeadlineClosed e:
                session.Enqueue(
                    CloseDeadline, e.DeadlineId, e.Result == DeadlineResult.Cancelled ? "cancelled" : "closed",
                    e.Result.ToString().ToLowerInvariant(), recorded.At);
                break;
        }

        // Tasks that were open before their limit was known, or whose limit moved.
        void Reschedule(Guid clock, DateTimeOffset dueAt)
        {
            foreach (var task in state.OpenTasks.Where(t => t.DeadlineId == clock))
                session.Enqueue(ScheduleTask, task.TaskId, clock, dueAt, PlaceOf(state, task, dueAt));
        }

        void Mark(Guid clock)
        {
            var deadline = state.FindOpenDeadline(clock)!;
            foreach (var task in state.OpenTasks.Where(t => t.DeadlineId == clock))
                session.Enqueue(MarkTask, task.TaskId, deadline.Terms.Provisional, deadline.AwaitsConfirmation);
        }

        void Answer(Guid taskId, bool empty)
        {
            if (!empty && state.Steps.FirstOrDefault(s => s.Last?.TaskId == taskId) is { } step)
                session.Enqueue(
                    InsertAnswer, state.Office, state.DefinitionKey, step.StepId, recorded.At, taskId, state.InstanceId, recorded.Sequence);
        }

        void Close(Guid taskId, string taskState, string outcome)
        {
            session.Enqueue(CloseTask, taskId, taskState, outcome, recorded.At, recorded.Actor, recorded.Actor, recorded.Sequence);
            if (recorded.Event.Capacity is { } order)
                session.Enqueue(DecideUnderOrder, taskId, order.Kind.ToString().ToLowerInvariant(), order.OrderNumber);
        }
    }

    /// <summary>
    /// Where a task stands in an inbox: by its due moment, without a limit last. The more urgent before all others, by as many ages as no
    /// due moment spans, and without a limit by when it came: so the lists keep one order and one index.
    /// </summary>
    static DateTimeOffset PlaceOf(ProcessState state, OpenTask task, DateTimeOffset? dueAt) =>
        state.PriorityOf(task) is { } priority ? (dueAt ?? task.OpenedAt).AddYears(-YearsAhead * (int)priority) : dueAt ?? DbValues.NoLimit;

    /// <summary>Gregorian year and month of the receipt in Bangkok, as yyyymm: sorts, and groups into fiscal months and years.</summary>
    static int FiscalMonthOf(DateTimeOffset receivedAt)
    {
        var date = BangkokTime.DateOf(receivedAt);
        return (date.Year * 100) + date.Month;
    }
}

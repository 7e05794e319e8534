using System.Collections.Immutable;
using ProcessEngine.Core.Instances.Events;

namespace ProcessEngine.Core.Instances.State;

/// <remarks>
/// The fold. It runs for every event that is decided, and for whole histories: its arms capture nothing, as a closure here would be paid
/// for by every event of every kind.
/// </remarks>
public sealed partial record ProcessState
{
    /// <summary>The state after one more event.</summary>
    public static ProcessState Evolve(ProcessState state, RecordedEvent recorded)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(recorded);
        var next = Apply(state, recorded);
        if (ReferenceEquals(next, state))
            return state with { Revision = recorded.Sequence };
        // A copy that nobody else has seen yet: to copy it once more only for its number would double the cost of every event.
        next.revision = recorded.Sequence;
        return next;
    }

    public static ProcessState Replay(IEnumerable<RecordedEvent> history) => history.Aggregate(NotStarted, Evolve);

    static ProcessState Apply(ProcessState s, RecordedEvent recorded) => recorded.Event switch
    {
        InstanceStarted e => s.Start(e, recorded),
        TaskOpened e => s.Open(e, recorded),
        TaskClaimed e => s.Assign(e.TaskId, recorded, e.Assignee, e.Capacity),
        TaskReleased e => s.FindOpenTask(e.TaskId) is { } task ? s.Put(task with { Assignee = null, TakenUnder = null }, recorded) : s,
        TaskReassigned e => s.Assign(e.TaskId, recorded, e.To, e.ToCapacity),
        TaskPaused e => s.FindOpenTask(e.TaskId) is { } task ? s.Put(task with { Paused = true }, recorded) : s,
        TaskContinued e => s.FindOpenTask(e.TaskId) is { } task ? s.Put(task with { Paused = false }, recorded) : s,
        TaskCompleted e => s.Close(e.TaskId, TaskOutcomes.Completed, recorded, e.Outputs),
        TaskApproved e => s.Close(e.TaskId, TaskOutcomes.Approved, recorded, e.Outputs),
        TaskRejected e => s.Close(e.TaskId, TaskOutcomes.Rejected, recorded),
        TaskReturned e => s.Close(e.TaskId, TaskOutcomes.Returned, recorded),
        TaskFailed e => s.Close(e.TaskId, TaskOutcomes.Failed, recorded),
        TaskTimedOut e => s.Close(e.TaskId, TaskOutcomes.TimedOut, recorded),
        TaskCancelled e => s.Close(e.TaskId, TaskOutcomes.Cancelled, recorded),
        VoteCast e => s.Close(e.TaskId, TaskOutcomes.Voted, recorded, vote: e.Vote),
        TaskGroupOpened e => s.Open(e),
        TaskGroupClosed e => s.FindGroup(e.StepId) is { } group ? s with { Groups = s.Groups.Remove(group) } : s,
        DeadlineSet e => s.Set(e),
        DeadlinePaused e => s.FindOpenDeadline(e.DeadlineId) is { } clock ? s.Put(clock with { PausedAt = recorded.At }) : s,
        DeadlineMoved e => s.FindOpenDeadline(e.DeadlineId) is { } clock ? s.Put(clock.Moved(e, recorded.At)) : s,
        DeadlineConfirmed e => s.FindOpenDeadline(e.DeadlineId) is { } clock ? s.Put(clock with { AwaitsConfirmation = false }) : s,
        RungTaken e => s.FindOpenDeadline(e.DeadlineId) is { } clock ? s.Put(clock with { RungsTaken = clock.RungsTaken + 1 }) : s,
        DeadlineClosed e => s.IndexOfClock(e.DeadlineId) is >= 0 and var at ? s with { OpenDeadlines = s.OpenDeadlines.RemoveAt(at) } : s,
        BranchArrived e => s with { Arrivals = s.Arrivals.Add(new Arrival(e.JoinId, e.From, e.Port)) },
        BranchUndone e => s with { Arrivals = s.Arrivals.Remove(new Arrival(e.JoinId, e.From, e.Port)) },
        BranchesJoined e => s.Join(e.JoinId),
        WaitStarted e => s.Start(e),
        PriorityChanged e => s with { Priority = e.Priority },
        WaitEnded e => s.End(e.WaitId, e.Data, e.Decides),
        WaitCancelled e => s.End(e.WaitId, null),
        WaitPaused e => s.FindWait(e.WaitId) is { } wait ? s.Put(wait, wait with { PausedAt = recorded.At }) : s,
        WaitContinued e => s.FindWait(e.WaitId) is { } wait
            ? s.Put(wait, wait with { PausedAt = null, Until = e.Until, LastDay = e.LastDay })
            : s,
        CaseHandedOver { InsteadOf: { } refused } => s.HandOverAgain(refused),
        IncidentRaised e => s.Raise(e, recorded),
        VariablesChanged e => s with { Variables = s.Variables.SetItems(e.Changes) },
        AnswersCleared e => s with
        {
            Variables = s.Variables.RemoveRange(e.Names),
            Brought = Left(s.Brought?.RemoveAll(b => e.Names.Contains(b.Variable))),
        },
        InstanceCompleted => s.End(InstanceStatus.Completed, recorded),
        InstanceCancelled => s.End(InstanceStatus.Cancelled, recorded),
        InstanceSuspended => s with { Status = InstanceStatus.Suspended },
        InstanceResumed => s with { Status = InstanceStatus.Running },
        InstanceReopened => s with { Status = InstanceStatus.Running, EndedAt = null, Outcome = null },
        InstanceMigrated e => s.Rename(e),
        ActUndone e => s.Restore(e, recorded),
        ServiceRated => s with { RatedAt = recorded.At },
        FileWithdrawn e => s with { WithdrawnFiles = [.. s.WithdrawnFiles ?? [], e.AttachmentId] },
        CommentAdded or DecisionTaken or BranchEnded or CaseHandedOver or InstanceMoved or FileAttached or ContentRedacted => s,
        _ => throw UnknownKind.Of(recorded.Event),
    };

    ProcessState Start(InstanceStarted e, RecordedEvent recorded) => this with
    {
        InstanceId = e.InstanceId,
        Status = InstanceStatus.Running,
        DefinitionKey = e.DefinitionKey,
        DefinitionVersion = e.DefinitionVersion,
        Office = e.Office,
        Title = e.Title,
        BusinessKey = e.BusinessKey,
        Priority = e.Priority,
        Variables = e.Variables,
        StartedBy = recorded.Actor,
        StartedAt = recorded.At,
        Format = CurrentFormat,
    };

    ProcessState End(InstanceStatus status, RecordedEvent recorded) => this with
    {
        Status = status,
        EndedAt = recorded.At,
        Outcome = CaseOutcomes.Of(recorded.Event, recorded.Actor, StartedBy),
    };

    // Tasks ----------------------------------------------------------------------------------------------------------------------------

    ProcessState Open(TaskOpened e, RecordedEvent recorded) => this with
    {
        Steps = Remember(e.StepId, e.Attempt),
        OpenTasks = OpenTasks.Add(
            new OpenTask(e.TaskId, e.StepId, e.Attempt, e.Role, e.Assignee, recorded.At, recorded.Sequence, e.DeadlineId)
            {
                Level = e.Level,
                Item = e.Item,
                Priority = e.Priority,
            }),
    };

    ProcessState Open(TaskGroupOpened e) => this with
    {
        Steps = Remember(e.StepId, e.Attempt),
        Groups = Groups.Add(new TaskGroup(e.StepId, e.Attempt, e.Kind, e.Size, [])),
    };

    ProcessState Assign(Guid taskId, RecordedEvent recorded, Guid assignee, Capacity? under)
    {
        if (FindOpenTask(taskId) is not { } task)
            return this;
        return this with
        {
            OpenTasks = TasksWith(task with { Assignee = assignee, TakenUnder = under }, recorded),
            Incidents = SolvedAt(task.StepId),
        };
    }

    /// <summary>An open task as it is now.</summary>
    ProcessState Put(OpenTask changed, RecordedEvent recorded) => this with { OpenTasks = TasksWith(changed, recorded) };

    ImmutableArray<OpenTask> TasksWith(OpenTask changed, RecordedEvent recorded)
    {
        for (var i = 0; i < OpenTasks.Length; i++)
        {
            if (OpenTasks[i].TaskId == changed.TaskId)
                return OpenTasks.SetItem(i, changed with { Revision = recorded.Sequence });
        }

        return OpenTasks;
    }

    ProcessState Close(
        Guid taskId, string outcome, RecordedEvent recorded, ImmutableSortedDictionary<string, string>? outputs = null, Vote? vote = null)
    {
        var task = FindOpenTask(taskId) ?? throw new InvalidOperationException($"Task {taskId} is not open in this history.");
        var undone = outcome is TaskOutcomes.Cancelled or TaskOutcomes.TimedOut;
        var group = undone ? null : FindGroup(task.StepId);
        var at = IndexOf(task.StepId);
        var closed = new ClosedTask(taskId, task.Attempt, outcome, recorded.Actor, recorded.At);
        return this with
        {
            Steps = Steps.SetItem(at, undone ? Steps[at] with { Last = closed } : Steps[at].Done(closed, recorded.Actor)),
            OpenTasks = OpenTasks.Remove(task),
            Incidents = SolvedAt(task.StepId),
            Groups = group is null ? Groups : Groups.Replace(group, group with
            {
                Answers = group.Answers.Add(new GroupAnswer(taskId, recorded.Actor, task.Item, vote, outputs)),
            }),
            // What the members of a group answer is collected when the group closes; it does not overwrite one another.
            Variables = outputs is null || outputs.IsEmpty || group is not null ? Variables : Variables.SetItems(outputs),
        };
    }

    ImmutableArray<StepRecord> Remember(string stepId, int attempts) => IndexOf(stepId) is >= 0 and var at
        ? Steps.SetItem(at, Steps[at] with { Attempts = attempts })
        : Steps.Add(new StepRecord(stepId, attempts, null));

    int IndexOf(string stepId)
    {
        for (var i = 0; i < Steps.Length; i++)
        {
            if (Steps[i].StepId == stepId)
                return i;
        }

        return -1;
    }

    ProcessState Restore(ActUndone e, RecordedEvent recorded)
    {
        // An undoing does not make the case forget what has been remembered since.
        var restored = (e.Restored.Format < FormatOfDoers ? WithDoersOf(e.Restored) : e.Restored) with { Format = Format };
        return e.TaskId is { } id && restored.FindOpenTask(id) is { } task
            ? restored.Put(task, recorded)
            : restored with { Revision = recorded.Sequence };
    }

    /// <summary>A state stored before everybody who did a step was remembered, with the earlier ones.</summary>
    ProcessState WithDoersOf(ProcessState stored) => stored with
    {
        Steps =
        [
            .. stored.Steps.Select(step => step with
            {
                EarlierBy = FindStep(step.StepId)?.EarlierBy?.RemoveAll(by => by == step.DoneBy) is { IsEmpty: false } before
                    ? before
                    : null,
            }),
        ],
    };

    // Clocks ---------------------------------------------------------------------------------------------------------------------------

    ProcessState Set(DeadlineSet e)
    {
        var clocks = OpenDeadlines.Add(new OpenDeadline(e.DeadlineId, e.StepId, e.Attempt, e.Terms, e.Rungs, 0));
        // A limit whose date became known while its step was open.
        var tasks = OpenTasks;
        for (var i = 0; i < tasks.Length; i++)
        {
            if (IsTimedBy(e, tasks[i]))
                tasks = tasks.SetItem(i, tasks[i] with { DeadlineId = e.DeadlineId });
        }

        return this with { OpenDeadlines = clocks, OpenTasks = tasks };
    }

    static bool IsTimedBy(DeadlineSet clock, OpenTask task) =>
        task.DeadlineId is null && (task.StepId == clock.StepId || (clock.AlsoTimes is { } others && others.Contains(task.TaskId)));

    /// <summary>A running clock as it is now.</summary>
    ProcessState Put(OpenDeadline changed) =>
        this with { OpenDeadlines = OpenDeadlines.SetItem(IndexOfClock(changed.DeadlineId), changed) };

    int IndexOfClock(Guid deadlineId)
    {
        for (var i = 0; i < OpenDeadlines.Length; i++)
        {
            if (OpenDeadlines[i].DeadlineId == deadlineId)
                return i;
        }

        return -1;
    }

    // Branches, waits and incidents ----------------------------------------------------------------------------------------------------

    ProcessState Join(string joinId) => this with { Arrivals = Arrivals.RemoveAll(a => a.JoinId == joinId) };

    ProcessState Start(WaitStarted e) => this with
    {
        Waits = Waits.Add(
            new OpenWait(e.WaitId, e.NodeId, e.Kind, e.Port, e.Until, e.Message, e.Correlation, e.Call) { LastDay = e.LastDay }),
    };

    ProcessState Put(OpenWait wait, OpenWait changed) => this with { Waits = Waits.Replace(wait, changed) };

    ProcessState End(Guid waitId, ImmutableSortedDictionary<string, string>? data, ImmutableArray<string>? decides = null)
    {
        var variables = data is null ? Variables : Variables.SetItems(data);
        return FindWait(waitId) is not { } wait ? this with { Variables = variables } : this with
        {
            Variables = variables,
            Waits = Waits.Remove(wait),
            Brought = decides is { } names
                ? [.. (Brought ?? []).RemoveAll(b => names.Contains(b.Variable)), .. names.Select(n => new BroughtAnswer(n, wait.NodeId))]
                : Brought,
            Incidents = wait.Kind == WaitKind.Incident ? SolvedAt(wait.NodeId) : Incidents,
        };
    }

    static ImmutableArray<BroughtAnswer>? Left(ImmutableArray<BroughtAnswer>? brought) =>
        brought is { IsEmpty: false } ? brought : null;

    ProcessState HandOverAgain(Guid refused) => this with { Incidents = Incidents.RemoveAll(i => i.Call?.ChildId == refused) };

    ProcessState Raise(IncidentRaised e, RecordedEvent recorded)
    {
        var id = DerivedId.Of(InstanceId, recorded.Sequence, (byte)'i', recorded.At);
        return this with { Incidents = Incidents.Add(new OpenIncident(id, e.NodeId, e.Code, e.Detail, recorded.At) { Call = e.Call }) };
    }

    /// <summary>
    /// What stood in the way at a node is over: somebody took the work, or the case does not wait there any more. Work that was handed over
    /// in vain outlives it.
    /// </summary>
    ImmutableArray<OpenIncident> SolvedAt(string nodeId)
    {
        if (Incidents.IsEmpty)
            return Incidents;
        var left = ImmutableArray.CreateBuilder<OpenIncident>(Incidents.Length);
        foreach (var incident in Incidents)
        {
            if (incident.NodeId != nodeId || incident.Call is not null)
                left.Add(incident);
        }

        return left.Count == Incidents.Length ? Incidents : left.DrainToImmutable();
    }

    ProcessState Rename(InstanceMigrated e)
    {
        return e.Moves.IsEmpty ? this with { DefinitionVersion = e.ToVersion } : this with
        {
            DefinitionVersion = e.ToVersion,
            OpenTasks = [.. OpenTasks.Select(t => t with { StepId = Of(t.StepId) })],
            Groups = [.. Groups.Select(g => g with { StepId = Of(g.StepId) })],
            Waits = [.. Waits.Select(w => w with { NodeId = Of(w.NodeId) })],
            Brought = Brought is { } brought ? [.. brought.Select(b => b with { NodeId = Of(b.NodeId) })] : null,
            Arrivals = [.. Arrivals.Select(a => a with { JoinId = Of(a.JoinId), From = Of(a.From) })],
            OpenDeadlines = [.. OpenDeadlines.Select(d => d with { StepId = Of(d.StepId) })],
            Incidents = [.. Incidents.Select(i => i with { NodeId = Of(i.NodeId) })],
            // Two steps that have become one: whoever did either has done it.
            Steps =
            [
                .. Steps.Select(s => s with { StepId = Of(s.StepId) }).GroupBy(s => s.StepId)
                    .Select(s => s.Aggregate((a, b) => a.Merged(b))),
            ],
        };

        string Of(string id) => e.Moves.FirstOrDefault(m => m.From == id)?.To ?? id;
    }
}

using System.Collections.Immutable;
using System.Text.Json;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Deciding;
using ProcessEngine.Core.Instances.Events;

namespace ProcessEngine.Core.Instances.State;

public enum InstanceStatus
{
    NotStarted,
    Running,
    Suspended,
    Completed,
    Cancelled,
}

/// <summary>Where a case stands: the fold of its events and nothing else.</summary>
/// <remarks>
/// A case rests at steps (their open tasks), at waits, and at joins (branches that have arrived). No step is entered twice at once:
/// a definition where that could happen is not published.
/// </remarks>
public sealed record ProcessState
{
    int revision;

    public static ProcessState NotStarted { get; } = new();

    public Guid InstanceId { get; init; }
    public InstanceStatus Status { get; init; }

    /// <summary>Number of events so far; the sequence of the last one.</summary>
    public int Revision
    {
        get => revision;
        init => revision = value;
    }

    public string DefinitionKey { get; init; } = "";
    public int DefinitionVersion { get; init; }
    public string Office { get; init; } = "";
    public string Title { get; init; } = "";
    public string? BusinessKey { get; init; }
    public Priority? Priority { get; init; }
    public Guid? StartedBy { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Name → JSON text.</summary>
    public ImmutableSortedDictionary<string, string> Variables { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public ImmutableArray<OpenTask> OpenTasks { get; init; } = [];
    public ImmutableArray<TaskGroup> Groups { get; init; } = [];
    public ImmutableArray<OpenWait> Waits { get; init; } = [];
    public ImmutableArray<Arrival> Arrivals { get; init; } = [];
    public ImmutableArray<OpenDeadline> OpenDeadlines { get; init; } = [];

    /// <summary>What an administrator has to look at, until it is put right.</summary>
    public ImmutableArray<OpenIncident> Incidents
    {
        get;
        // Snapshots that were written before there were any have none.
        init => field = value.IsDefault ? [] : value;
    } = [];

    /// <summary>What is remembered of each step: bounded by the definition, not by the number of rounds.</summary>
    public ImmutableArray<StepRecord> Steps { get; init; } = [];

    public bool IsRunning => Status == InstanceStatus.Running;
    public bool HasEnded => Status is InstanceStatus.Completed or InstanceStatus.Cancelled;

    /// <summary>Whether anything is left that can move the case on.</summary>
    public bool Rests => !OpenTasks.IsEmpty || !Waits.IsEmpty || !Arrivals.IsEmpty;

    public OpenTask? FindOpenTask(Guid taskId)
    {
        foreach (var task in OpenTasks)
        {
            if (task.TaskId == taskId)
                return task;
        }

        return null;
    }

    public bool HasOpenTaskOf(string stepId)
    {
        foreach (var task in OpenTasks)
        {
            if (task.StepId == stepId)
                return true;
        }

        return false;
    }

    public TaskGroup? FindGroup(string stepId)
    {
        foreach (var group in Groups)
        {
            if (group.StepId == stepId)
                return group;
        }

        return null;
    }

    public OpenDeadline? FindOpenDeadline(Guid deadlineId)
    {
        foreach (var deadline in OpenDeadlines)
        {
            if (deadline.DeadlineId == deadlineId)
                return deadline;
        }

        return null;
    }

    public StepRecord? FindStep(string stepId) => IndexOf(stepId) is >= 0 and var at ? Steps[at] : null;

    /// <summary>Passes through a step so far, the open one included.</summary>
    public int AttemptsOf(string stepId) => FindStep(stepId)?.Attempts ?? 0;

    /// <summary>Four eyes: the step that somebody did and whose doer may not do this one; null when they may.</summary>
    public string? ActedBefore(Step step, Guid? person)
    {
        ArgumentNullException.ThrowIfNull(step);
        foreach (var earlier in step.NotDoneBy)
        {
            if (person is not null && person == (earlier == Step.Requester ? StartedBy : FindStep(earlier)?.DoneBy))
                return earlier;
        }

        return null;
    }

    /// <summary>For whom a task of a step is, by the data as they are now: the first assignment whose condition holds; null: for whoever of the role.</summary>
    public Assignment? AssignmentOf(Step step, int? level)
    {
        ArgumentNullException.ThrowIfNull(step);
        foreach (var assignment in step.AssignmentsOf(level))
        {
            if (assignment.When is null || assignment.Condition?.IsTrue(Variables) == true)
                return assignment;
        }

        return null;
    }

    /// <summary>Whom an assignment means; null when there is no such person, and when only the list of the office says who.</summary>
    public Guid? PersonFor(Assignment assignment)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        return assignment.Kind switch
        {
            AssignmentKind.Requester => StartedBy,
            AssignmentKind.DoerOf => FindStep(assignment.Name)?.DoneBy,
            AssignmentKind.Variable => Guid.TryParse(Text(assignment.Name), out var id) ? id : null,
            _ => null,
        };
    }

    /// <summary>Whether the definition says which person does it, and not only in which post. Nobody does that in their place; who looks after a field sits in a post.</summary>
    public bool IsForPerson(Step step, int? level)
    {
        ArgumentNullException.ThrowIfNull(step);
        return step.Committee is not null || step.ForEach is { ItemIsPerson: true } || AssignmentOf(step, level) is { Kind: not AssignmentKind.Responsible };
    }

    /// <summary>Whether a task is not its holder's to give back: a member's, an entry's, or one that the definition gives to that very person.</summary>
    public bool IsGiven(Step step, OpenTask task)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(task);
        return FindGroup(step.Id) is not null || (AssignmentOf(step, task.Level) is { } assignment && PersonFor(assignment) is { } person && person == task.Assignee);
    }

    /// <summary>A text among the data of the case; null when there is none.</summary>
    internal string? Text(string variable)
    {
        if (!Variables.TryGetValue(variable, out var json))
            return null;
        using var value = JsonDocument.Parse(json);
        return value.RootElement.ValueKind is JsonValueKind.String ? value.RootElement.GetString() : null;
    }

    /// <summary>How urgent a task is: as its step or as the case, whichever is more; null: ordinary.</summary>
    public Priority? PriorityOf(OpenTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.Priority > Priority || Priority is null ? task.Priority : Priority;
    }

    /// <summary>When the work of a task is due; null when no limit is stated.</summary>
    public DateTimeOffset? DueAtOf(OpenTask task) => ClockOf(task)?.Terms.DueAt;

    /// <summary>The clock that times a task; null when none does.</summary>
    public OpenDeadline? ClockOf(OpenTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.DeadlineId is { } id ? FindOpenDeadline(id) : null;
    }

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
        InstanceStarted e => s with
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
        },
        TaskOpened e => s with
        {
            Steps = s.Remember(e.StepId, e.Attempt),
            OpenTasks = s.OpenTasks.Add(new OpenTask(e.TaskId, e.StepId, e.Attempt, e.Role, e.Assignee, recorded.At, recorded.Sequence, e.DeadlineId)
            {
                Level = e.Level,
                Item = e.Item,
                Priority = e.Priority,
            }),
        },
        TaskClaimed e => s.Assign(e.TaskId, recorded, e.Assignee, e.Capacity),
        TaskReleased e => s.Change(e.TaskId, recorded, task => task with { Assignee = null, TakenUnder = null }),
        TaskReassigned e => s.Assign(e.TaskId, recorded, e.To, e.ToCapacity),
        TaskPaused e => s.Change(e.TaskId, recorded, task => task with { Paused = true }),
        TaskContinued e => s.Change(e.TaskId, recorded, task => task with { Paused = false }),
        TaskCompleted e => s.Close(e.TaskId, TaskOutcomes.Completed, recorded, e.Outputs),
        TaskApproved e => s.Close(e.TaskId, TaskOutcomes.Approved, recorded, e.Outputs),
        TaskRejected e => s.Close(e.TaskId, TaskOutcomes.Rejected, recorded),
        TaskReturned e => s.Close(e.TaskId, TaskOutcomes.Returned, recorded),
        TaskFailed e => s.Close(e.TaskId, TaskOutcomes.Failed, recorded),
        TaskTimedOut e => s.Close(e.TaskId, TaskOutcomes.TimedOut, recorded),
        TaskCancelled e => s.Close(e.TaskId, TaskOutcomes.Cancelled, recorded),
        VoteCast e => s.Close(e.TaskId, TaskOutcomes.Voted, recorded, vote: e.Vote),
        TaskGroupOpened e => s with { Steps = s.Remember(e.StepId, e.Attempt), Groups = s.Groups.Add(new TaskGroup(e.StepId, e.Attempt, e.Kind, e.Size, [])) },
        TaskGroupClosed e => s with { Groups = s.Groups.RemoveAll(g => g.StepId == e.StepId) },
        DeadlineSet e => s with
        {
            OpenDeadlines = s.OpenDeadlines.Add(new OpenDeadline(e.DeadlineId, e.StepId, e.Attempt, e.Terms, e.Rungs, 0)),
            // A limit whose date became known while its step was open.
            OpenTasks = s.OpenTasks.Any(t => IsTimedBy(e, t)) ? [.. s.OpenTasks.Select(t => IsTimedBy(e, t) ? t with { DeadlineId = e.DeadlineId } : t)] : s.OpenTasks,
        },
        DeadlinePaused e => s.Change(e.DeadlineId, d => d with { PausedAt = recorded.At }),
        DeadlineMoved e => s.Change(e.DeadlineId, d => d.Moved(e, recorded.At)),
        DeadlineConfirmed e => s.Change(e.DeadlineId, d => d with { AwaitsConfirmation = false }),
        RungTaken e => s.Change(e.DeadlineId, d => d with { RungsTaken = d.RungsTaken + 1 }),
        DeadlineClosed e => s with { OpenDeadlines = s.OpenDeadlines.RemoveAll(d => d.DeadlineId == e.DeadlineId) },
        BranchArrived e => s with { Arrivals = s.Arrivals.Add(new Arrival(e.JoinId, e.From, e.Port)) },
        BranchUndone e => s with { Arrivals = s.Arrivals.Remove(new Arrival(e.JoinId, e.From, e.Port)) },
        BranchesJoined e => s with { Arrivals = s.Arrivals.RemoveAll(a => a.JoinId == e.JoinId) },
        WaitStarted e => s with { Waits = s.Waits.Add(new OpenWait(e.WaitId, e.NodeId, e.Kind, e.Port, e.Until, e.Message, e.Correlation, e.Call)) },
        PriorityChanged e => s with { Priority = e.Priority },
        WaitEnded e => s.End(e.WaitId) with { Variables = e.Data is null ? s.Variables : s.Variables.SetItems(e.Data) },
        WaitCancelled e => s.End(e.WaitId),
        CaseHandedOver { InsteadOf: { } refused } => s with { Incidents = s.Incidents.RemoveAll(i => i.Call?.ChildId == refused) },
        IncidentRaised e => s with
        {
            Incidents = s.Incidents.Add(new OpenIncident(DerivedId.Of(s.InstanceId, recorded.Sequence, (byte)'i', recorded.At), e.NodeId, e.Code, e.Detail, recorded.At) { Call = e.Call }),
        },
        VariablesChanged e => s with { Variables = s.Variables.SetItems(e.Changes) },
        InstanceCompleted => s with { Status = InstanceStatus.Completed, EndedAt = recorded.At },
        InstanceCancelled => s with { Status = InstanceStatus.Cancelled, EndedAt = recorded.At },
        InstanceSuspended => s with { Status = InstanceStatus.Suspended },
        InstanceResumed => s with { Status = InstanceStatus.Running },
        InstanceReopened => s with { Status = InstanceStatus.Running, EndedAt = null },
        InstanceMigrated e => s.Rename(e),
        ActUndone e => e.Restored with { OpenTasks = [.. e.Restored.OpenTasks.Select(t => t.TaskId == e.TaskId ? t with { Revision = recorded.Sequence } : t)] },
        CommentAdded or DecisionTaken or BranchEnded or CaseHandedOver or InstanceMoved or FileAttached => s,
        _ => throw new NotSupportedException($"An event of an unknown kind: {recorded.Event.GetType().Name}"),
    };

    static bool IsTimedBy(DeadlineSet clock, OpenTask task) =>
        task.DeadlineId is null && (task.StepId == clock.StepId || (clock.AlsoTimes is { } others && others.Contains(task.TaskId)));

    ProcessState Assign(Guid taskId, RecordedEvent recorded, Guid assignee, Capacity? under) =>
        Change(taskId, recorded, task => task with { Assignee = assignee, TakenUnder = under }) with { Incidents = FindOpenTask(taskId) is { } task ? SolvedAt(task.StepId) : Incidents };

    ProcessState End(Guid waitId)
    {
        if (Waits.FirstOrDefault(w => w.WaitId == waitId) is not { } wait)
            return this;
        return this with { Waits = Waits.Remove(wait), Incidents = wait.Kind == WaitKind.Incident ? SolvedAt(wait.NodeId) : Incidents };
    }

    /// <summary>What stood in the way at a node is over: somebody took the work, or the case does not wait there any more. Work that was handed over in vain outlives it.</summary>
    ImmutableArray<OpenIncident> SolvedAt(string nodeId) => Incidents.IsEmpty ? Incidents : Incidents.RemoveAll(i => i.NodeId == nodeId && i.Call is null);

    ProcessState Change(Guid taskId, RecordedEvent recorded, Func<OpenTask, OpenTask> change) =>
        this with { OpenTasks = [.. OpenTasks.Select(task => task.TaskId == taskId ? change(task) with { Revision = recorded.Sequence } : task)] };

    ProcessState Change(Guid deadlineId, Func<OpenDeadline, OpenDeadline> change) =>
        this with { OpenDeadlines = [.. OpenDeadlines.Select(d => d.DeadlineId == deadlineId ? change(d) : d)] };

    ProcessState Close(Guid taskId, string outcome, RecordedEvent recorded, ImmutableSortedDictionary<string, string>? outputs = null, Vote? vote = null)
    {
        var task = FindOpenTask(taskId) ?? throw new InvalidOperationException($"Task {taskId} is not open in this history.");
        var group = outcome is TaskOutcomes.Cancelled or TaskOutcomes.TimedOut ? null : FindGroup(task.StepId);
        var undone = outcome is TaskOutcomes.Cancelled or TaskOutcomes.TimedOut;
        var at = IndexOf(task.StepId);
        return this with
        {
            Steps = Steps.SetItem(at, Steps[at] with
            {
                Last = new ClosedTask(taskId, task.Attempt, outcome, recorded.Actor, recorded.At),
                DoneBy = undone ? Steps[at].DoneBy : recorded.Actor,
            }),
            OpenTasks = OpenTasks.Remove(task),
            Incidents = SolvedAt(task.StepId),
            Groups = group is null ? Groups : Groups.Replace(group, group with { Answers = group.Answers.Add(new GroupAnswer(taskId, recorded.Actor, task.Item, vote, outputs)) }),
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

    ProcessState Rename(InstanceMigrated e)
    {
        return e.Moves.IsEmpty ? this with { DefinitionVersion = e.ToVersion } : this with
        {
            DefinitionVersion = e.ToVersion,
            OpenTasks = [.. OpenTasks.Select(t => t with { StepId = Of(t.StepId) })],
            Groups = [.. Groups.Select(g => g with { StepId = Of(g.StepId) })],
            Waits = [.. Waits.Select(w => w with { NodeId = Of(w.NodeId) })],
            Arrivals = [.. Arrivals.Select(a => a with { JoinId = Of(a.JoinId), From = Of(a.From) })],
            OpenDeadlines = [.. OpenDeadlines.Select(d => d with { StepId = Of(d.StepId) })],
            Incidents = [.. Incidents.Select(i => i with { NodeId = Of(i.NodeId) })],
            Steps = [.. Steps.Select(s => s with { StepId = Of(s.StepId) })],
        };

        string Of(string id) => e.Moves.FirstOrDefault(m => m.From == id)?.To ?? id;
    }
}

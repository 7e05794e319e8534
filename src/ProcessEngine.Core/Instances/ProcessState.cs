using System.Collections.Immutable;
using ProcessEngine.Core.Escalations;

namespace ProcessEngine.Core.Instances;

public enum InstanceStatus
{
    NotStarted,
    Running,
    Completed,
    Cancelled,
}

/// <summary>Where a case stands: the fold of its events and nothing else.</summary>
public sealed record ProcessState
{
    public static ProcessState NotStarted { get; } = new();

    public Guid InstanceId { get; init; }
    public InstanceStatus Status { get; init; }

    /// <summary>Number of events so far; the sequence of the last one.</summary>
    public int Revision { get; init; }

    public string DefinitionKey { get; init; } = "";
    public int DefinitionVersion { get; init; }
    public string Office { get; init; } = "";
    public string Title { get; init; } = "";
    public string? BusinessKey { get; init; }
    public Guid? StartedBy { get; init; }
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Name → JSON text.</summary>
    public ImmutableSortedDictionary<string, string> Variables { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public ImmutableArray<OpenTask> OpenTasks { get; init; } = [];
    public ImmutableArray<OpenDeadline> OpenDeadlines { get; init; } = [];

    /// <summary>What is remembered of each step: bounded by the definition, not by the number of rounds.</summary>
    public ImmutableArray<StepRecord> Steps { get; init; } = [];

    public bool IsRunning => Status == InstanceStatus.Running;

    public OpenTask? FindOpenTask(Guid taskId)
    {
        foreach (var task in OpenTasks)
        {
            if (task.TaskId == taskId)
                return task;
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

    public StepRecord? FindStep(string stepId)
    {
        foreach (var step in Steps)
        {
            if (step.StepId == stepId)
                return step;
        }

        return null;
    }

    /// <summary>Passes through a step so far, the open one included.</summary>
    public int AttemptsOf(string stepId) => FindStep(stepId)?.Attempts ?? 0;

    /// <summary>When the work of a task is due; null when no limit is stated.</summary>
    public DateTimeOffset? DueAtOf(OpenTask task) =>
        task.DeadlineId is { } id ? FindOpenDeadline(id)?.Terms.DueAt : null;

    /// <summary>The state after one more event.</summary>
    public static ProcessState Evolve(ProcessState state, RecordedEvent recorded)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(recorded);
        var next = Apply(state, recorded);
        return next with { Revision = recorded.Sequence };
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
            Variables = e.Variables,
            StartedBy = recorded.Actor,
            StartedAt = recorded.At,
        },
        DeadlineSet e => s with { OpenDeadlines = s.OpenDeadlines.Add(new OpenDeadline(e.DeadlineId, e.StepId, e.Attempt, e.Terms, e.Rungs, 0)) },
        TaskOpened e => s.Remember(e.StepId, step => step with { Attempts = e.Attempt }) with
        {
            OpenTasks = s.OpenTasks.Add(new OpenTask(e.TaskId, e.StepId, e.Attempt, e.Role, null, recorded.At, recorded.Sequence, e.DeadlineId)),
        },
        TaskClaimed e => s.Change(e.TaskId, task => task with { Assignee = e.Assignee, Revision = recorded.Sequence }),
        TaskReassigned e => s.Change(e.TaskId, task => task with { Assignee = e.To, Revision = recorded.Sequence }),
        TaskCompleted e => s.Close(e.TaskId, TaskOutcomes.Completed, recorded) with { Variables = s.Variables.SetItems(e.Outputs) },
        TaskApproved e => s.Close(e.TaskId, TaskOutcomes.Approved, recorded) with { Variables = s.Variables.SetItems(e.Outputs) },
        TaskRejected e => s.Close(e.TaskId, TaskOutcomes.Rejected, recorded),
        TaskReturned e => s.Close(e.TaskId, TaskOutcomes.Returned, recorded),
        TaskCancelled e => s.Close(e.TaskId, TaskOutcomes.Cancelled, recorded),
        DeadlineClosed e => s with { OpenDeadlines = s.OpenDeadlines.RemoveAll(d => d.DeadlineId == e.DeadlineId) },
        RungTaken e => s with { OpenDeadlines = [.. s.OpenDeadlines.Select(d => d.DeadlineId == e.DeadlineId ? d with { RungsTaken = d.RungsTaken + 1 } : d)] },
        InstanceCompleted => s with { Status = InstanceStatus.Completed, EndedAt = recorded.At },
        InstanceCancelled => s with { Status = InstanceStatus.Cancelled, EndedAt = recorded.At },
        CommentAdded => s,
        _ => throw new NotSupportedException($"An event of an unknown kind: {recorded.Event.GetType().Name}"),
    };

    ProcessState Change(Guid taskId, Func<OpenTask, OpenTask> change) =>
        this with { OpenTasks = [.. OpenTasks.Select(task => task.TaskId == taskId ? change(task) : task)] };

    ProcessState Close(Guid taskId, string outcome, RecordedEvent recorded)
    {
        var task = FindOpenTask(taskId) ?? throw new InvalidOperationException($"Task {taskId} is not open in this history.");
        return Remember(task.StepId, step => step with { Last = new ClosedTask(taskId, task.Attempt, outcome, recorded.Actor, recorded.At) }) with
        {
            OpenTasks = OpenTasks.Remove(task),
        };
    }

    ProcessState Remember(string stepId, Func<StepRecord, StepRecord> change) => FindStep(stepId) is { } known
        ? this with { Steps = Steps.Replace(known, change(known)) }
        : this with { Steps = Steps.Add(change(new StepRecord(stepId, 0, null))) };
}

/// <summary>Work that waits for somebody.</summary>
/// <param name="Assignee">Who took it or was given it; null while it waits for anyone of the role.</param>
/// <param name="Revision">Sequence of the last event that changed the task: what an If-Match guards.</param>
public sealed record OpenTask(
    Guid TaskId,
    string StepId,
    int Attempt,
    string Role,
    Guid? Assignee,
    DateTimeOffset OpenedAt,
    int Revision,
    Guid? DeadlineId);

/// <summary>A running clock and how far up its ladder it is.</summary>
public sealed record OpenDeadline(
    Guid DeadlineId,
    string StepId,
    int Attempt,
    DeadlineTerms Terms,
    ImmutableArray<EscalationRung> Rungs,
    int RungsTaken)
{
    /// <summary>The rung that comes next; null when all are taken.</summary>
    public EscalationRung? NextRung => RungsTaken < Rungs.Length ? Rungs[RungsTaken] : null;
}

/// <param name="Attempts">Passes through the step so far.</param>
/// <param name="Last">How its last task ended; null while none has.</param>
public sealed record StepRecord(string StepId, int Attempts, ClosedTask? Last);

public sealed record ClosedTask(Guid TaskId, int Attempt, string Outcome, Guid? By, DateTimeOffset At);

/// <summary>How a task ended, as stored and shown.</summary>
public static class TaskOutcomes
{
    public const string Completed = "completed";
    public const string Approved = "approved";
    public const string Rejected = "rejected";
    public const string Returned = "returned";
    public const string Cancelled = "cancelled";
}

using System.Collections.Immutable;
using System.Text.Json;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Events;

namespace ProcessEngine.Core.Instances.State;

/// <summary>Where a case stands: the fold of its events and nothing else.</summary>
/// <remarks>
/// A case rests at steps (their open tasks), at waits, and at joins (branches that have arrived). No step is entered twice at once:
/// a definition where that could happen is not published.
/// </remarks>
public sealed partial record ProcessState
{
    int revision;

    // What a case began with does not change any more: every event copies the rest, and only points here.
    Beginning beginning = Beginning.None;

    public static ProcessState NotStarted { get; } = new();

    public Guid InstanceId
    {
        get => beginning.InstanceId;
        init => beginning = beginning with { InstanceId = value };
    }

    public InstanceStatus Status { get; init; }

    /// <summary>Number of events so far; the sequence of the last one.</summary>
    public int Revision
    {
        get => revision;
        init => revision = value;
    }

    public string DefinitionKey
    {
        get => beginning.DefinitionKey;
        init => beginning = beginning with { DefinitionKey = value };
    }

    public int DefinitionVersion { get; init; }

    public string Office
    {
        get => beginning.Office;
        init => beginning = beginning with { Office = value };
    }

    public string Title
    {
        get => beginning.Title;
        init => beginning = beginning with { Title = value };
    }

    public string? BusinessKey
    {
        get => beginning.BusinessKey;
        init => beginning = beginning with { BusinessKey = value };
    }

    public Priority? Priority { get; init; }

    public Guid? StartedBy
    {
        get => beginning.StartedBy;
        init => beginning = beginning with { StartedBy = value };
    }

    public DateTimeOffset StartedAt
    {
        get => beginning.StartedAt;
        init => beginning = beginning with { StartedAt = value };
    }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How it ended (<see cref="CaseOutcomes"/>); null while it runs, and in a snapshot of before.</summary>
    public string? Outcome { get; init; }

    /// <summary>
    /// What the snapshot remembers: one with a lower number than <see cref="CurrentFormat"/> was written before something was, and is
    /// folded anew from the events before anything is decided on it.
    /// </summary>
    public int Format
    {
        get => beginning.Format;
        init => beginning = beginning with { Format = value };
    }

    /// <summary>
    /// 1: everybody who did a step (<see cref="FormatOfDoers"/>), and not only who did it last. 2: how the case ended, and what messages
    /// brought.
    /// </summary>
    public const int CurrentFormat = 2;

    /// <summary>Since when everybody who did a step is remembered.</summary>
    const int FormatOfDoers = 1;

    /// <summary>Name → JSON text.</summary>
    public ImmutableSortedDictionary<string, string> Variables { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public ImmutableArray<OpenTask> OpenTasks { get; init; } = [];

    // A snapshot that was written before there were any has none of these; nor has it incidents.

    public ImmutableArray<TaskGroup> Groups
    {
        get;
        init => field = value.IsDefault ? [] : value;
    } = [];

    public ImmutableArray<OpenWait> Waits
    {
        get;
        init => field = value.IsDefault ? [] : value;
    } = [];

    public ImmutableArray<Arrival> Arrivals
    {
        get;
        init => field = value.IsDefault ? [] : value;
    } = [];

    public ImmutableArray<OpenDeadline> OpenDeadlines { get; init; } = [];

    /// <summary>What an administrator has to look at, until it is put right.</summary>
    public ImmutableArray<OpenIncident> Incidents
    {
        get;
        init => field = value.IsDefault ? [] : value;
    } = [];

    /// <summary>When the requester said what they think of it; null: they have not.</summary>
    public DateTimeOffset? RatedAt { get; init; }

    /// <summary>Files that are not part of the case any more; null when there are none.</summary>
    public ImmutableArray<Guid>? WithdrawnFiles { get; init; }

    /// <summary>What messages brought and decisions go by, until a loop asks it anew; null when there is none.</summary>
    public ImmutableArray<BroughtAnswer>? Brought { get; init; }

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

    public OpenWait? FindWait(Guid waitId)
    {
        foreach (var wait in Waits)
        {
            if (wait.WaitId == waitId)
                return wait;
        }

        return null;
    }

    public StepRecord? FindStep(string stepId) => IndexOf(stepId) is >= 0 and var at ? Steps[at] : null;

    /// <summary>Passes through a step so far, the open one included.</summary>
    public int AttemptsOf(string stepId) => FindStep(stepId)?.Attempts ?? 0;

    /// <summary>
    /// Four eyes: the step that somebody did, in whatever round, and whose doers may not do this one; null when they may.
    /// </summary>
    public string? ActedBefore(Step step, Guid? person)
    {
        ArgumentNullException.ThrowIfNull(step);
        foreach (var earlier in step.NotDoneBy)
        {
            if (person is { } by && (earlier == Step.Requester ? by == StartedBy : FindStep(earlier)?.WasDoneBy(by) == true))
                return earlier;
        }

        return null;
    }

    /// <summary>
    /// For whom a task of a step is, by the data as they are now: the first assignment whose condition holds; null: for whoever of the
    /// role.
    /// </summary>
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
            AssignmentKind.Responsible => null,
        };
    }

    /// <summary>
    /// Whether the definition says which person does it, and not only in which post. Nobody does that in their place; who looks after a
    /// field sits in a post.
    /// </summary>
    public bool IsForPerson(Step step, int? level)
    {
        ArgumentNullException.ThrowIfNull(step);
        return step.Committee is not null || step.ForEach is { ItemIsPerson: true }
            || AssignmentOf(step, level) is { Kind: not AssignmentKind.Responsible };
    }

    /// <summary>
    /// Whether a task is not its holder's to give back: a member's, an entry's, or one that the definition gives to that very person.
    /// </summary>
    public bool IsAssignedByDefinition(Step step, OpenTask task)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(task);
        return FindGroup(step.Id) is not null
            || (AssignmentOf(step, task.Level) is { } assignment && PersonFor(assignment) is { } person && person == task.Assignee);
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

    sealed record Beginning(
        Guid InstanceId, string DefinitionKey, string Office, string Title, string? BusinessKey, Guid? StartedBy, DateTimeOffset StartedAt,
        int Format)
    {
        public static Beginning None { get; } = new(Guid.Empty, "", "", "", null, null, default, 0);
    }
}

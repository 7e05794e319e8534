using System.Collections.Immutable;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Deciding;

/// <summary>Whoever has just done something takes it back.</summary>
/// <param name="History">Of the case, from its first event on.</param>
public abstract record TakeBack(ImmutableArray<RecordedEvent> History) : ProcessCommand
{
    /// <summary>Somebody was told outside of the service, or another case waits for this one's end: then it is too late.</summary>
    public bool IsKnownOutside { get; init; }

    /// <summary>Where in the history it begins; -1 when nothing there can be meant.</summary>
    public abstract int DecidedAt { get; }

    /// <summary>What people are to be told because of it.</summary>
    public IEnumerable<Notice> Notices()
    {
        var (state, decided) = (ProcessState.NotStarted, DecidedAt);
        for (var i = 0; decided >= 0 && i < History.Length; i++)
        {
            state = ProcessState.Evolve(state, History[i]);
            foreach (var notice in i < decided ? [] : Notice.For(state, History[i]))
                yield return notice;
        }
    }
}

/// <summary>A decision on a task, or giving it to somebody else.</summary>
public sealed record UndoAct(Guid TaskId, ImmutableArray<RecordedEvent> History) : TakeBack(History)
{
    /// <summary>Where the task was decided, or given away, last.</summary>
    public override int DecidedAt
    {
        get
        {
            var at = History.Length - 1;
            while (at >= 0 && !IsOfTask(History[at].Event))
                at--;
            return at;
        }
    }

    bool IsOfTask(ProcessEvent e) => e switch
    {
        TaskReassigned given => given.TaskId == TaskId,
        DecisionEvent decided => TaskOutcomes.Of(decided)?.TaskId == TaskId,
        _ => false,
    };
}

/// <summary>An act on a case as a whole.</summary>
/// <param name="After">The revision of the case that it was done on: what came after it is meant.</param>
public sealed record UndoCaseAct(int After, ImmutableArray<RecordedEvent> History) : TakeBack(History)
{
    public override int DecidedAt =>
        After >= 1 && After < History.Length && Begins && History.Skip(After).Any(Undoing.Governs) ? After : -1;

    /// <summary>Whether an act begins there, and not only something that follows from one: a case never stood in between.</summary>
    bool Begins => (History[After].Actor, History[After].At) != (History[After - 1].Actor, History[After - 1].At);
}

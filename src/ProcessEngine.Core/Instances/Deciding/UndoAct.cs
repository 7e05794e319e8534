using System.Collections.Immutable;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Deciding;

/// <summary>Whoever has just decided a task takes it back.</summary>
/// <param name="History">Of the case, from its first event on.</param>
public sealed record UndoAct(Guid TaskId, ImmutableArray<RecordedEvent> History) : ProcessCommand
{
    /// <summary>Somebody was told outside of the service, or another case waits for this one's end: then it is too late.</summary>
    public bool IsKnownOutside { get; init; }

    /// <summary>Where in the history the task was decided last; -1 when it was not.</summary>
    public int DecidedAt
    {
        get
        {
            var at = History.Length - 1;
            while (at >= 0 && !(History[at].Event is DecisionEvent decided && TaskOutcomes.Of(decided)?.TaskId == TaskId))
                at--;
            return at;
        }
    }

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

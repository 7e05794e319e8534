using System.Collections.Immutable;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Deciding;

/// <summary>Whether a case can go on by another version of its definition, and where it will stand there.</summary>
/// <remarks>
/// A case moves as it stands: its open tasks keep their holder, role, attempt and clock. So every place where it rests must exist in the
/// other version with the same meaning, and from there the case must be able to end.
/// </remarks>
public static class Migration
{
    /// <param name="moves">Old node id → new node id, where they differ.</param>
    /// <returns>Why it cannot move; null when it can.</returns>
    public static CannotMigrate? Obstacle(ProcessDefinition to, ProcessState state, ImmutableSortedDictionary<string, string> moves)
    {
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(moves);
        if (to.Key != state.DefinitionKey)
            return new CannotMigrate("other-definition", to.Key);
        var resting = new HashSet<string>(StringComparer.Ordinal);
        foreach (var task in state.OpenTasks)
        {
            if (StepObstacle(to, state, task, Of(task.StepId)) is { } reason)
                return new CannotMigrate(reason, task.StepId);
            resting.Add(Of(task.StepId));
        }

        foreach (var wait in state.Waits)
        {
            if (!Fits(to, wait, Of(wait.NodeId)))
                return new CannotMigrate("wait-has-no-place", wait.NodeId);
            resting.Add(Of(wait.NodeId));
        }

        foreach (var clock in state.OpenDeadlines)
        {
            if (clock.StepId.Length > 0 && to.FindStep(Of(clock.StepId)) is null)
                return new CannotMigrate("clock-has-no-step", clock.StepId);
        }

        var arrived = new List<Transition>();
        foreach (var arrival in state.Arrivals)
        {
            var arrow = new Transition(Of(arrival.From), arrival.Port, Of(arrival.JoinId));
            if (!to.ArrowsFrom(arrow.From, arrow.Port).Contains(arrow))
                return new CannotMigrate("branch-has-no-join", arrival.JoinId);
            arrived.Add(arrow);
        }

        return Soundness.EndsFrom(to, resting, arrived)
            ? null
            : new CannotMigrate("could-not-end", string.Join(", ", resting.Order(StringComparer.Ordinal)));

        string Of(string id) => moves.GetValueOrDefault(id, id);
    }

    /// <summary>
    /// The timers that the open steps of a case get with another version. They count from the move on: what nobody knew of does not fire at
    /// once. One that the step had before runs on, or has fired.
    /// </summary>
    /// <param name="state">The case as the version that it leaves names its steps.</param>
    public static IReadOnlyList<(Step Step, BoundaryTimer Timer)> NewTimers(
        ProcessDefinition from, ProcessDefinition to, ProcessState state, ImmutableSortedDictionary<string, string> moves)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(moves);
        return
        [
            .. from id in state.OpenTasks.Select(t => t.StepId).Distinct()
               let had = @from.FindStep(id)?.Timers ?? []
               let step = to.FindStep(moves.GetValueOrDefault(id, id))
               where step is not null
               from timer in step.Timers
               where had.All(t => t.Port != timer.Port)
               select (step, timer),
        ];
    }

    static string? StepObstacle(ProcessDefinition to, ProcessState state, OpenTask task, string stepId)
    {
        if (to.FindStep(stepId) is not { } step)
            return "step-is-gone";
        var kind = state.FindGroup(task.StepId)?.Kind;
        if (step.Committee is not null != (kind == TaskGroupKind.Committee) || step.ForEach is not null != (kind == TaskGroupKind.ForEach))
            return "step-is-of-another-kind";
        var hasLevel = step.Levels.IsEmpty ? task.Level is null : task.Level <= step.Levels.Length;
        return hasLevel ? null : "level-is-gone";
    }

    static bool Fits(ProcessDefinition to, OpenWait wait, string nodeId)
    {
        var node = to.Find(nodeId);
        return wait.Kind switch
        {
            WaitKind.Date => node is TimerNode,
            WaitKind.Call => node is CallNode { Waits: true },
            WaitKind.Message => node is MessageNode message && message.Message == wait.Message,
            WaitKind.Interrupting => node is Step step && step.Timers.Any(t => t.Interrupts && t.Port == wait.Port),
            WaitKind.Beside => node is Step step && step.Timers.Any(t => !t.Interrupts && t.Port == wait.Port),
            WaitKind.Incident => node is Step or CallNode { Waits: true },
        };
    }
}

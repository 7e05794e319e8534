using System.Collections.Immutable;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Execution;

/// <summary>
/// A case while one command is carried out. Every change of it is an event, folded at once, so that what follows sees it.
/// </summary>
/// <param name="before">The state that the command meets.</param>
/// <param name="actor">Whose command it is; null when it is the service's.</param>
sealed class CaseUpdate(ProcessDefinition definition, ProcessState before, Guid? actor, Moment moment)
{
    // An approval that opens the next step makes four.
    readonly ImmutableArray<StateChange>.Builder changes = ImmutableArray.CreateBuilder<StateChange>(4);

    public ProcessDefinition Definition { get; private set; } = definition;
    public Moment Moment => moment;

    /// <summary>The state with the events so far folded in.</summary>
    public ProcessState State { get; private set; } = before;

    /// <summary>From here on by another version.</summary>
    public void GoOnBy(ProcessDefinition version) => Definition = version;

    public void Add(ProcessEvent e)
    {
        var recorded = new RecordedEvent(State.Revision + 1, moment.Now, actor, e);
        State = ProcessState.Evolve(State, recorded);
        changes.Add(new StateChange(recorded, State));
    }

    /// <summary>The id of what the next event brings into being.</summary>
    /// <param name="purpose">What it is an id of; one letter for each sort of thing.</param>
    public Guid NextId(char purpose) => DerivedId.Of(State.InstanceId, State.Revision + 1, (byte)purpose, moment.Now);

    /// <summary>Everything that has happened. Called once, at the end.</summary>
    public ImmutableArray<StateChange> TakeChanges() => changes.DrainToImmutable();
}

using ProcessEngine.Core.Instances.Events;

namespace ProcessEngine.Core.Instances.State;

/// <summary>
/// Whoever decided took it back before anybody had gone on from it. What was decided stays in the history, and the case stands as before.
/// The state is kept with the event, as nothing but the state before it could give it back (decision record 11).
/// </summary>
/// <param name="TaskId">That was decided; null: an act on the case as a whole.</param>
/// <param name="From">Sequence of the act that is undone …</param>
/// <param name="Through">… and of the last event that followed from it.</param>
public sealed record ActUndone(Guid? TaskId, int From, int Through, DateTimeOffset DecidedAt, ProcessState Restored) : ProcessEvent;

using ProcessEngine.Core.Instances.Events;

namespace ProcessEngine.Core.Instances.State;

/// <summary>
/// An event and the state that it leads to: folded once, where it is decided, for everybody who needs the state between two events.
/// </summary>
public readonly record struct StateChange(RecordedEvent Recorded, ProcessState After);

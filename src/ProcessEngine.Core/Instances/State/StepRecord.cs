namespace ProcessEngine.Core.Instances.State;

/// <param name="Attempts">Passes through the step so far.</param>
/// <param name="Last">How its last task ended; null while none has.</param>
public sealed record StepRecord(string StepId, int Attempts, ClosedTask? Last)
{
    /// <summary>Who did it last; a cancelled task was done by nobody.</summary>
    public Guid? DoneBy { get; init; }
}

public sealed record ClosedTask(Guid TaskId, int Attempt, string Outcome, Guid? By, DateTimeOffset At);

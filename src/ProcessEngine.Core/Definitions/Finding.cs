namespace ProcessEngine.Core.Definitions;

/// <param name="ActivityId">The node at fault; null when the fault is the whole definition's.</param>
/// <param name="Code">Stable; for programs.</param>
public sealed record Finding(string? ActivityId, string Code, LocalizedText Reason)
{
    /// <summary>Worth a look, but no reason to refuse.</summary>
    public bool Warning { get; init; }

    internal static Finding Fault(string? activityId, string code, string th, string en) =>
        new(activityId, code, new LocalizedText(th, en));

    internal static Finding Advice(string? activityId, string code, string th, string en) =>
        Fault(activityId, code, th, en) with { Warning = true };
}

namespace ProcessEngine.Core.Instances.Events;

/// <summary>
/// How a case ended, as stored and shown: by one of these, or by whatever an end of its definition says (<c>solved</c>,
/// <c>handed-over</c>).
/// </summary>
public static class CaseOutcomes
{
    /// <summary>It came to an end of which the definition says nothing else.</summary>
    public const string Completed = "completed";

    public const string Cancelled = "cancelled";

    /// <summary>Whoever had started it took it back.</summary>
    public const string Withdrawn = "withdrawn";

    /// <param name="startedBy">Who started the case that an event ends.</param>
    /// <returns>Null when the event ends none.</returns>
    public static string? Of(ProcessEvent e, Guid? actor, Guid? startedBy) => e switch
    {
        InstanceCompleted completed => completed.Outcome,
        InstanceCancelled => actor is not null && actor == startedBy ? Withdrawn : Cancelled,
        _ => null,
    };
}

namespace ProcessEngine.Core.Instances.Events;

/// <summary>How a task ended, as stored and shown.</summary>
public static class TaskOutcomes
{
    public const string Completed = "completed";
    public const string Approved = "approved";
    public const string Rejected = "rejected";
    public const string Returned = "returned";
    public const string Failed = "failed";
    public const string Voted = "voted";
    public const string TimedOut = "timedOut";
    public const string Cancelled = "cancelled";

    /// <summary>The task that an event ends, and how; null when it ends none.</summary>
    public static (Guid TaskId, string Outcome)? Of(ProcessEvent e) => e switch
    {
        TaskCompleted c => (c.TaskId, Completed),
        TaskApproved c => (c.TaskId, Approved),
        TaskRejected c => (c.TaskId, Rejected),
        TaskReturned c => (c.TaskId, Returned),
        TaskFailed c => (c.TaskId, Failed),
        VoteCast c => (c.TaskId, Voted),
        TaskTimedOut c => (c.TaskId, TimedOut),
        TaskCancelled c => (c.TaskId, Cancelled),
        DecisionEvent => throw UnknownKind.Of(e),
        // Of the other events only these two end a task.
        _ => null,
    };
}

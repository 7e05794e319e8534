namespace ProcessEngine.Core.Instances.State;

/// <summary>What a notice tells. Stored and sent: a name never changes.</summary>
public static class NoticeKinds
{
    public const string TaskOpened = "task-opened";

    /// <summary>Work that comes (back) because what was proposed was rejected.</summary>
    public const string WorkRejected = "work-rejected";

    /// <summary>Work that comes back to be corrected.</summary>
    public const string WorkSentBack = "work-sent-back";

    public const string TaskReassigned = "task-reassigned";
    public const string TaskReturned = "task-returned";

    /// <summary>Whoever asked from outside has answered a question, or the time for it is over: the work goes on.</summary>
    public const string QuestionSettled = "question-settled";

    public const string Mentioned = "mentioned";
    public const string TaskReminder = "task-reminder";
    public const string TaskOverdue = "task-overdue";
    public const string TaskEscalated = "task-escalated";
    public const string DeadlineMoved = "deadline-moved";
    public const string DeadlineToConfirm = "deadline-to-confirm";
    public const string Incident = "incident";
    public const string InstanceCompleted = "instance-completed";
    public const string InstanceCancelled = "instance-cancelled";
    public const string InstanceSuspended = "instance-suspended";
}

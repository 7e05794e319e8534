using ProcessEngine.Core.Instances;

namespace ProcessEngine.Service.Kernel;

/// <summary>The words for the status of a case, in the database and in the API.</summary>
public static class StatusNames
{
    public const string Running = "running";

    public static string Of(InstanceStatus status) => status switch
    {
        InstanceStatus.NotStarted => "notStarted",
        InstanceStatus.Running => Running,
        InstanceStatus.Suspended => "suspended",
        InstanceStatus.Completed => "completed",
        InstanceStatus.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "A status without a word."),
    };
}

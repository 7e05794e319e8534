namespace ProcessEngine.Core.Instances.State;

public enum InstanceStatus
{
    NotStarted,
    Running,
    Suspended,
    Completed,
    Cancelled,
}

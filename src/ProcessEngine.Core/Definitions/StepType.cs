namespace ProcessEngine.Core.Definitions;

/// <summary>What the person is asked: to do something, to decide (อนุมัติ/เห็นชอบ), or to take note (รับทราบ).</summary>
public enum StepType
{
    Task,
    Approval,
    Acknowledge,
}

public static class StepTypes
{
    /// <summary>As it is named in answers of the service.</summary>
    public static string NameOf(StepType type) => type switch
    {
        StepType.Task => "task",
        StepType.Approval => "approval",
        StepType.Acknowledge => "acknowledge",
    };

    /// <summary>Whether it is approved, rejected or returned, and not by whoever asked for it; false: it is done.</summary>
    public static bool IsApproval(StepType type) => type switch
    {
        StepType.Approval => true,
        StepType.Task or StepType.Acknowledge => false,
    };
}

namespace ProcessEngine.Service.Tests;

/// <summary>Nothing is published without a reason.</summary>
static class Why
{
    public static object Published { get; } = new { reason = "ตามมติที่ประชุม" };
}

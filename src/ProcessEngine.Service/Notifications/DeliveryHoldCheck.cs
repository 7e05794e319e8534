using ProcessEngine.Core;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Notifications;

/// <summary>Looks every hour whether this is still the database that the node knows.</summary>
public sealed class DeliveryHoldCheck(DeliveryHold hold) : IRecurringJob
{
    public string Name => "sending-check";
    public LocalizedText Title => new("การตรวจว่าเป็นฐานข้อมูลเดิม", "Whether this is still the same database");
    public TimeSpan Interval => TimeSpan.FromHours(1);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        await hold.CheckAsync(ct);
        return 0;
    }
}

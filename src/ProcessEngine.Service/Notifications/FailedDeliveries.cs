using Dapper;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Notifications;

/// <summary>What was given up after its last try: administrators see it, and have it tried once more.</summary>
public sealed class FailedDeliveries(Database database, TimeProvider time) : ICleanUp
{
    static readonly TimeSpan KeepFor = TimeSpan.FromDays(30);

    /// <summary>What could not be sent, of some offices; the newest first.</summary>
    public async Task<IReadOnlyList<FailedDelivery>> ReadAsync(IReadOnlyList<string> offices, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(offices);
        var failed = new List<FailedDelivery>();
        await using var connection = await database.OpenAsync(ct);
        foreach (var office in offices)
        {
            // Index: ix_delivery_failed.
            failed.AddRange(await connection.QueryAsync<FailedDelivery>(
                """
                SELECT d.delivery_id, d.office, d.channel, d.kind, d.about, d.attempts, d.error, d.created_at, u.display_name
                FROM delivery d
                JOIN app_user u ON u.user_id = d.user_id
                WHERE d.office = @office AND d.state = 'failed'
                ORDER BY d.delivery_id DESC
                LIMIT 100
                """,
                new { office }));
        }

        return failed;
    }

    /// <summary>Tries everything of an office once more that could not be sent.</summary>
    public Task RetryAsync(string office, CancellationToken ct) => database.TransactAsync(
        session =>
        {
            session.Enqueue(
                "UPDATE delivery SET state = 'waiting', attempts = 0, next_at = $2 WHERE office = $1 AND state = 'failed'",
                office,
                Instants.Truncate(time.GetUtcNow()));
            return ValueTask.FromResult(true);
        },
        ct);

    // Index: ix_delivery_old.
    public void ForgetOld(WriteSession session, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue("DELETE FROM delivery WHERE state <> 'waiting' AND created_at < $1", now - KeepFor);
    }
}

public sealed record FailedDelivery
{
    public Guid DeliveryId { get; init; }
    public string Office { get; init; } = "";
    public string Channel { get; init; } = "";
    public string Kind { get; init; } = "";
    public string About { get; init; } = "";
    public int Attempts { get; init; }
    public string? Error { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public string DisplayName { get; init; } = "";
}

using ProcessEngine.Core;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases;

/// <summary>
/// How cases ended that had ended before their outcome was written beside them. Not at the start: there may be a million, and nobody waits
/// for them but who filters by it.
/// </summary>
public sealed class EarlierOutcomes(Database database) : IRecurringJob
{
    public string Name => "earlier-outcomes";
    public LocalizedText Title => new("ผลของเรื่องเดิมที่สิ้นสุดแล้ว", "Outcomes of cases that ended before");
    public TimeSpan Interval => TimeSpan.FromMinutes(1);

    // Index: ix_instance_no_outcome; the events are bounded by one case.
    public Task<int> RunAsync(CancellationToken ct) => MissingKeys.FillAsync(
        database,
        """
        SELECT i.instance_id, i.started_by, e.actor, e.type, e.payload
        FROM process_instance i
        JOIN audit_event e ON e.instance_id = i.instance_id AND e.sequence = (
            SELECT MAX(x.sequence)
            FROM audit_event x
            WHERE x.instance_id = i.instance_id AND x.type IN ('InstanceCompleted', 'InstanceCancelled'))
        WHERE i.ended_at IS NOT NULL AND i.outcome IS NULL
        ORDER BY i.instance_id
        LIMIT $1
        """,
        "UPDATE process_instance SET outcome = $2 WHERE instance_id = $1 AND ended_at IS NOT NULL AND outcome IS NULL",
        row =>
        [
            row.Id(0),
            CaseOutcomes.Of(EventTypes.Read(row.GetString(3), row.GetString(4)), row.IdOrNull(2), row.IdOrNull(1)),
        ],
        ct);
}

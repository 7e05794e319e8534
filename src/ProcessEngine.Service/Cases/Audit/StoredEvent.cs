using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Audit;

/// <summary>A row of the record as it is stored, whatever somebody has made of it: what is damaged can still be read, and told.</summary>
sealed class StoredEvent
{
    readonly object type;
    readonly object at;
    readonly object actor;
    readonly object payload;
    readonly object hash;
    DateTimeOffset instant;
    Guid? user;

    /// <param name="row">instance_id, sequence, type, at, actor, payload, hash.</param>
    public StoredEvent(DbDataReader row)
    {
        ArgumentNullException.ThrowIfNull(row);
        (InstanceId, Sequence) = (Stored.Id(row.GetValue(0)), Stored.Number(row.GetValue(1)));
        (type, at, actor, payload, hash) = (row.GetValue(2), row.GetValue(3), row.GetValue(4), row.GetValue(5), row.GetValue(6));
    }

    /// <summary>Null when what stands there is the id of nothing.</summary>
    public Guid? InstanceId { get; }

    public int? Sequence { get; }

    /// <summary>When it is said to have happened; known once <see cref="TryHash"/> has said yes.</summary>
    public DateTimeOffset Instant => instant;

    public byte[] Hash => hash as byte[] ?? [];

    /// <returns>False when it cannot have been written by the service.</returns>
    public bool TryHash(byte[] previous, Guid instanceId, int sequence, out byte[] computed)
    {
        computed = [];
        if (type is not string name || payload is not string text || !TryRead())
            return false;
        computed = AuditChain.Hash(previous, instanceId, sequence, name, instant, user, text);
        return true;
    }

    /// <summary>Of what stands there now.</summary>
    public string PayloadHash => Anchor.Hex(SHA256.HashData(Encoding.UTF8.GetBytes(payload as string ?? "")));

    public RecordedEvent ToEvent(int sequence) => new(sequence, instant, user, EventTypes.Read((string)type, (string)payload));

    public bool IsRedaction => type is "ContentRedacted";

    /// <summary>What it says of events before it; nothing where it cannot be read.</summary>
    public IEnumerable<RedactedEvent> Redacted() =>
        payload is string text
        && EventTypes.ReadOrNull("ContentRedacted", text) is ContentRedacted e && !e.Events.IsDefault ? e.Events : [];

    bool TryRead()
    {
        if (Stored.Instant(at) is not { } read)
            return false;
        instant = read;
        if (actor is DBNull)
            return true;
        user = Stored.Id(actor);
        return user is not null;
    }
}

/// <summary>Values as the two databases give them; null for what the service would not have written.</summary>
static class Stored
{
    public static Guid? Id(object value) => value switch
    {
        Guid id => id,
        string text when Guid.TryParseExact(text, "D", out var id) && DbValues.ToText(id) == text => id,
        _ => null,
    };

    public static int? Number(object value) => value switch
    {
        int number => number,
        long number and >= int.MinValue and <= int.MaxValue => (int)number,
        _ => null,
    };

    public static DateTimeOffset? Instant(object value) => value switch
    {
        DateTime utc => new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc)),
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var instant) && DbValues.ToText(instant) == text =>
            instant.ToUniversalTime(),
        _ => null,
    };
}

/// <summary>What a case says of itself.</summary>
sealed record CaseHead(Guid Id, string Office, int Revision, byte[] Hash, string State)
{
    /// <param name="row">instance_id, office, revision, head_hash, state.</param>
    /// <returns>Null when the id is none.</returns>
    public static CaseHead? From(DbDataReader row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return Stored.Id(row.GetValue(0)) is not { } id ? null : new CaseHead(
            id, row.GetValue(1) as string ?? "", Stored.Number(row.GetValue(2)) ?? 0, row.GetValue(3) as byte[] ?? [],
            row.GetValue(4) as string ?? "");
    }
}

/// <summary>What was sealed of a case: how many events it had, and the hash of the last of them.</summary>
sealed record SealedCase(Guid InstanceId, int Events, string Office, byte[] Hash)
{
    /// <param name="row">instance_id, events, office, hash.</param>
    public static SealedCase From(DbDataReader row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new(
            Stored.Id(row.GetValue(0)) ?? Guid.Empty, Stored.Number(row.GetValue(1)) ?? 0, row.GetValue(2) as string ?? "",
            row.GetValue(3) as byte[] ?? []);
    }
}

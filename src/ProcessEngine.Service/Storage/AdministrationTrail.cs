using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Storage;

/// <summary>What an administrator did, or somebody with their own account.</summary>
/// <param name="Action">A stable name, such as <c>roles-set</c>; docs/http-api.md lists them.</param>
/// <param name="Office">Where it counts; <c>*</c> for the whole installation.</param>
/// <param name="OnUser">Whose account it is about; null when it is about nobody's.</param>
/// <param name="Detail">What was changed, for people and programs. Never a secret.</param>
/// <param name="Reason">In the words of whoever did it.</param>
public sealed record AdministrationAct(string Action, string Office, Guid? OnUser = null, object? Detail = null, string? Reason = null);

/// <summary>An event as it is stored.</summary>
public sealed record AdministrationRow
{
    public int Sequence { get; init; }
    public DateTimeOffset At { get; init; }
    public Guid? Actor { get; init; }
    public string Action { get; init; } = "";
    public Guid? OnUser { get; init; }
    public string Office { get; init; } = "";
    public string Detail { get; init; } = "";
    public string? Reason { get; init; }
    public string Door { get; init; } = "";
    public Guid? DoorId { get; init; }
    public string? Address { get; init; }
    public byte[] Hash { get; init; } = [];

    /// <summary>Over the bytes as stored, and the hash of the event before.</summary>
    public byte[] HashAfter(byte[] previous)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {Sequence}
            {DbValues.ToText(At)}
            {Id(Actor)}
            {Action}
            {Id(OnUser)}
            {Office}
            {Door}
            {Id(DoorId)}
            {Address}
            {Reason?.Length ?? -1}
            {Reason}

            """);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        hash.AppendData(Encoding.UTF8.GetBytes(head));
        hash.AppendData(Encoding.UTF8.GetBytes(Detail));
        return hash.GetHashAndReset();

        static string Id(Guid? id) => id is { } given ? DbValues.ToText(given) : "";
    }
}

/// <summary>
/// Who changed people, roles, keys, passwords and second factors. Every door that does goes through here, in the transaction of the change:
/// neither is stored without the other (promise P13). One chain of hashes for the whole installation.
/// </summary>
public static class AdministrationTrail
{
    /// <summary>What the first event is chained to.</summary>
    public static byte[] Beginning { get; } = new byte[SHA256.HashSizeInBytes];

    const string NextSql = "UPDATE admin_trail SET length = length + $1 WHERE one = 1 RETURNING length, hash";

    // So that the queue stays short.
    const int FlushEvery = 500;

    const string EndSql = "UPDATE admin_trail SET hash = $1 WHERE one = 1";
    const string InsertSql = """
        INSERT INTO admin_event (sequence, at, actor, action, on_user, office, detail, reason, door, door_id, address, hash)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """;

    /// <summary>
    /// Only within <see cref="Database.TransactAsync"/>: others that write to the trail wait until this transaction has ended.
    /// </summary>
    /// <param name="by">Null for the service itself, at its first start.</param>
    public static ValueTask RecordAsync(WriteSession session, Caller? by, AdministrationAct act, DateTimeOffset now) =>
        RecordAsync(session, by, [act], now);

    /// <summary>Several acts of one transaction, in their order: the trail is asked for its end once.</summary>
    public static async ValueTask RecordAsync(WriteSession session, Caller? by, IReadOnlyList<AdministrationAct> acts, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(acts);
        if (acts.Count == 0)
            return;
        // What is queued comes first: an event points to the account that was made with it.
        await session.FlushAsync();
        var (length, hash) = (0, Beginning);
        await session.QueryAsync(NextSql, new object?[] { acts.Count }, row => (length, hash) = (row.GetInt32(0), row.Bytes(1)));
        var from = by?.From ?? Kernel.Origin.Start;
        foreach (var (n, act) in acts.Index())
        {
            var e = new AdministrationRow
            {
                Sequence = length - acts.Count + 1 + n,
                At = now,
                Actor = by?.UserId,
                Action = act.Action,
                OnUser = act.OnUser,
                Office = act.Office,
                Detail = act.Detail is null ? "{}" : JsonShape.Write(act.Detail),
                Reason = string.IsNullOrWhiteSpace(act.Reason) ? null : act.Reason.Trim(),
                Door = from.Door,
                DoorId = from.Id,
                Address = from.Address,
            };
            hash = e.HashAfter(hash);
            session.Enqueue(
                InsertSql, e.Sequence, e.At, e.Actor, e.Action, e.OnUser, e.Office, e.Detail, e.Reason, e.Door, e.DoorId, e.Address, hash);
            if (n % FlushEvery == FlushEvery - 1)
                await session.FlushAsync();
        }

        session.Enqueue(EndSql, hash);
        await session.FlushAsync();
    }
}

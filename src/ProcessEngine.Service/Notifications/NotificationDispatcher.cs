using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Notifications;

/// <summary>
/// Makes deliveries of the outbox: one for each person that is told, on each channel that they want, in one transaction with the mark
/// that they were made. <see cref="ChannelSender"/> sends them.
/// </summary>
public sealed class NotificationDispatcher(
    Database database,
    OfficeCalendars calendars,
    IEnumerable<INotificationChannel> channels,
    WorkItems items,
    TimeProvider time,
    DeadlineOptions pace) : IItemJob
{
    public const string JobName = "deliveries";

    public string Name => JobName;
    public LocalizedText Title => new("การเตรียมการแจ้งเตือน", "Addressing of notices");
    public TimeSpan Interval => pace.SweepInterval;

    const int Batch = 200;

    /// <summary>What is undone at once is told to nobody. The clocks of nodes may differ by the rest.</summary>
    static readonly TimeSpan WithdrawnWithin = Undoing.Within + TimeSpan.FromSeconds(5);

    const string Columns = """
        SELECT m.message_id, m.kind, m.office, m.to_role, m.to_user, m.instance_id, m.task_id, d.name_th, d.definition_key, m.created_at,
            m.reason
        FROM outbox m
        JOIN process_instance i ON i.instance_id = m.instance_id
        JOIN process_definition d ON d.definition_key = i.definition_key
        """;

    // Index: ix_outbox_untold.
    const string UntoldSql = Columns + """

        WHERE NOT m.told AND m.created_at <= $2
        ORDER BY m.message_id
        LIMIT $1
        """;

    // Indexes: the primary keys. One that is parked counts as told, so that no batch takes it.
    const string OneSql = Columns + "\nWHERE m.message_id = $1";

    // Indexes: the primary keys; of a role, ix_membership_office. Few people of an office hold one role.
    const string ToUserSql = """
        SELECT s.user_id, s.email, s.email_when, s.webhook, s.quiet FROM notification_setting s JOIN app_user u ON u.user_id = s.user_id
        WHERE s.user_id = $1 AND u.active = $2
        """;
    const string ToRoleSql = """
        SELECT s.user_id, s.email, s.email_when, s.webhook, s.quiet
        FROM notification_setting s
        JOIN app_user u ON u.user_id = s.user_id
        WHERE u.active = $3 AND EXISTS (SELECT 1 FROM role_held h WHERE h.user_id = s.user_id AND h.office = $1 AND h.role = $2)
        LIMIT 500
        """;

    const string ToldSql = "UPDATE outbox SET told = $2 WHERE message_id = $1";

    const string InsertSql = """
        INSERT INTO delivery (delivery_id, message_id, user_id, office, channel, kind, about, link, state, attempts, next_at, created_at,
            reason)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', 0, $9, $10, $11)
        ON CONFLICT (delivery_id) DO NOTHING
        """;

    sealed record Message(
        Guid Id,
        string Kind,
        string Office,
        string? ToRole,
        Guid? ToUser,
        Guid Instance,
        Guid? Task,
        string Procedure,
        string DefinitionKey,
        DateTimeOffset CreatedAt,
        string? Reason)
    {
        public string Link => Task is { } task ? $"/tasks/{task}" : $"/cases/{Instance}";

        public static Message Read(DbDataReader r) => new(
            r.Id(0),
            r.GetString(1),
            r.GetString(2),
            r.TextOrNull(3),
            r.IdOrNull(4),
            r.Id(5),
            r.IdOrNull(6),
            r.GetString(7),
            r.GetString(8),
            r.Instant(9),
            r.TextOrNull(10));
    }

    /// <summary>Everything that is to be told now.</summary>
    /// <returns>How many notices were told.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var total = await items.RetryAsync(this, ct);
        int taken;
        do
        {
            taken = await items.WorkOffAsync(
                this, () => TellAsync(UntoldSql, [Batch, BeforeWithdrawal()], ct), () => UntoldAsync(ct), ct);
            total += taken;
        }
        while (taken == Batch);
        return total;
    }

    DateTimeOffset BeforeWithdrawal() => Instants.Truncate(time.GetUtcNow()) - WithdrawnWithin;

    /// <summary>The notices of the same batch.</summary>
    async Task<IReadOnlyList<WorkItem>> UntoldAsync(CancellationToken ct) =>
        [
            .. (await database.OptimisticAsync(
                async session => await session.QueryListAsync(UntoldSql, new object?[] { Batch, BeforeWithdrawal() }, Message.Read), ct))
                .Select(m => new WorkItem(m.Id.ToString(), m.Office, m.Procedure, m.Link)),
        ];

    public void Park(WriteSession session, string item)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(ToldSql, Guid.Parse(item), true);
    }

    public Task WorkOffAsync(string item, CancellationToken ct) => TellAsync(OneSql, [Guid.Parse(item)], ct);

    /// <summary>While sending is held, what waits for it is no fault of the job.</summary>
    public async Task<DateTimeOffset?> OldestWaitingAsync(DbConnection connection, DateTimeOffset now) =>
        await DeliveryHold.IsHeldAsync(connection)
            ? null
            : await connection.OldestAsync(
                "SELECT MIN(created_at) AS at FROM outbox WHERE NOT told AND created_at < @now", now - WithdrawnWithin);

    /// <summary>In one transaction. Told twice, the same notice makes no second delivery: its id is derived.</summary>
    Task<int> TellAsync(string sql, object?[] which, CancellationToken ct)
    {
        var now = Instants.Truncate(time.GetUtcNow());
        return database.TransactAsync(
            async session =>
            {
                if (await DeliveryHold.NowAsync(session) is not { } allowed)
                    return 0;
                var messages = await session.QueryListAsync(
                    $"{sql} {database.SkipLocked("m")}", which, Message.Read);
                foreach (var message in messages)
                {
                    foreach (var one in allowed.Drops(message.CreatedAt) ? [] : await RecipientsAsync(session, message, now))
                    {
                        foreach (var channel in channels.Where(c => c.Reaches(one)))
                        {
                            var at = await WhenAsync(message.Office, channel.IsDaily(one), one.Quiet, now, ct);
                            session.Enqueue(
                                InsertSql, IdOf(message.Id, one.User, channel.Name), message.Id, one.User, message.Office, channel.Name,
                                message.Kind, message.Procedure, message.Link, at, now, message.Reason);
                        }
                    }

                    session.Enqueue(ToldSql, message.Id, true);
                }

                return messages.Count;
            },
            ct);
    }

    /// <summary>Of a role: whoever holds it, and whoever sits in it by an order that covers the procedure.</summary>
    async Task<IReadOnlyList<Recipient>> RecipientsAsync(WriteSession session, Message message, DateTimeOffset now)
    {
        if (message.ToUser is { } user)
            return await One(user);
        if (message.ToRole is not { } role)
            return [];
        var recipients = await session.QueryListAsync(ToRoleSql, new object?[] { message.Office, role, true }, Read);
        var byOrder = (await calendars.MomentAsync(message.Office, message.DefinitionKey, now)).ByOrder;
        foreach (var acting in byOrder.GetValueOrDefault(role, []))
            recipients.AddRange(await One(acting));
        return [.. recipients.DistinctBy(r => r.User)];

        async Task<IReadOnlyList<Recipient>> One(Guid id) => await session.QueryListAsync(ToUserSql, new object?[] { id, true }, Read);

        static Recipient Read(DbDataReader r) => new(r.Id(0), r.TextOrNull(1), r.GetString(2), r.TextOrNull(3), r.GetBoolean(4));
    }

    /// <summary>
    /// The same notice to the same person keeps its id, also when it is made anew from a backup; it sorts by the moment of its message.
    /// </summary>
    static Guid IdOf(Guid message, Guid user, string channel)
    {
        var from = message.ToByteArray(bigEndian: true);
        var id = SHA256.HashData([.. from, .. user.ToByteArray(bigEndian: true), .. Encoding.ASCII.GetBytes(channel)])[..16];
        from[..6].CopyTo(id, 0);
        // Version 8 of RFC 9562: of one's own making.
        (id[6], id[8]) = ((byte)(0x80 | (id[6] & 0x0F)), (byte)(0x80 | (id[8] & 0x3F)));
        return new Guid(id, bigEndian: true);
    }

    /// <summary>Now; or at the next opening of the office, for those who want quiet or one mail a day.</summary>
    async ValueTask<DateTimeOffset> WhenAsync(string office, bool daily, bool quiet, DateTimeOffset now, CancellationToken ct)
    {
        var calendar = await calendars.FindAsync(office, ct);
        var (today, clock) = (BangkokTime.DateOf(now), BangkokTime.TimeOf(now));
        try
        {
            var open = calendar is null || (calendar.IsWorkingDay(today) && clock >= WorkingHours.Open && clock < WorkingHours.Close);
            if (!daily && (!quiet || open))
                return now;
            var day = calendar is null ? today.AddDays(1) : calendar.OnOrAfter(clock < WorkingHours.Open ? today : today.AddDays(1));
            return BangkokTime.At(day, WorkingHours.Open);
        }
        catch (CalendarNotLoadedException)
        {
            return now;
        }
    }
}

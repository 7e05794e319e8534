using System.Data.Common;
using System.Net;
using System.Net.Http.Json;
using System.Net.Mail;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Notifications;

/// <summary>
/// Sends what people are told by e-mail and webhook. Deliveries are made of the outbox in one transaction with the mark that they were;
/// they are sent at least once, tried again for about four hours, then put where administrators see them.
/// </summary>
public sealed class NotificationDispatcher(
    Database database,
    OfficeCalendars calendars,
    DeliveryHold hold,
    NotificationOptions options,
    IHttpClientFactory http,
    TimeProvider time,
    DeadlineOptions pace,
    ILogger<NotificationDispatcher> log) : IRecurringJob, ICleanUp
{
    public const string JobName = "deliveries";

    public string Name => JobName;
    public LocalizedText Title => new("การส่งแจ้งเตือน", "Sending of notices");
    public TimeSpan Interval => pace.SweepInterval;

    const int Batch = 200;
    const int MostAttempts = 8;
    const int ErrorLength = 300;

    /// <summary>What is undone at once is told to nobody. The clocks of nodes may differ by the rest.</summary>
    static readonly TimeSpan WithdrawnWithin = Undoing.Within + TimeSpan.FromSeconds(5);

    static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);
    static readonly TimeSpan KeepFor = TimeSpan.FromDays(30);

    // Index: ix_outbox_untold.
    const string UntoldSql = """
        SELECT m.message_id, m.kind, m.office, m.to_role, m.to_user, m.instance_id, m.task_id, d.name_th, d.definition_key, m.created_at
        FROM outbox m
        JOIN process_instance i ON i.instance_id = m.instance_id
        JOIN process_definition d ON d.definition_key = i.definition_key
        WHERE NOT m.told AND m.created_at <= $2
        ORDER BY m.message_id
        LIMIT $1
        """;

    // Indexes: the primary keys; of a role, ix_membership_office. Few people of an office hold one role.
    const string ToUserSql =
        """
        SELECT s.user_id, s.email_when, s.webhook, s.quiet FROM notification_setting s JOIN app_user u ON u.user_id = s.user_id
        WHERE s.user_id = $1 AND u.active = $2
        """;
    const string ToRoleSql = """
        SELECT s.user_id, s.email_when, s.webhook, s.quiet
        FROM notification_setting s
        JOIN app_user u ON u.user_id = s.user_id
        WHERE u.active = $3 AND EXISTS (SELECT 1 FROM role_held h WHERE h.user_id = s.user_id AND h.office = $1 AND h.role = $2)
        LIMIT 500
        """;

    const string InsertSql = """
        INSERT INTO delivery (delivery_id, message_id, user_id, office, channel, kind, about, link, state, attempts, next_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', 0, $9, $10)
        """;

    // Index: ix_delivery_due.
    const string DueSql = """
        SELECT d.delivery_id, d.user_id, d.channel, d.kind, d.about, d.link, d.attempts, s.email, s.email_when, s.webhook, d.created_at
        FROM delivery d
        JOIN notification_setting s ON s.user_id = d.user_id
        WHERE d.state = 'waiting' AND d.next_at <= $1
        ORDER BY d.next_at
        LIMIT $2
        """;

    const string EndSql = "UPDATE delivery SET state = $2, error = NULL WHERE delivery_id = $1";
    const string FailSql = "UPDATE delivery SET state = $2, next_at = $3, error = $4 WHERE delivery_id = $1";

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
        DateTimeOffset CreatedAt);

    sealed record Recipient(Guid User, string EmailWhen, string? Webhook, bool Quiet);

    sealed record Due(
        Guid Id,
        Guid User,
        string Channel,
        string Kind,
        string About,
        string Link,
        int Attempts,
        string? Email,
        string EmailWhen,
        string? Webhook,
        DateTimeOffset CreatedAt)
    {
        public bool Dropped { get; init; }
    }

    /// <summary>While sending is held, what waits for it is no fault of the job.</summary>
    public async Task<DateTimeOffset?> OldestWaitingAsync(DbConnection connection, DateTimeOffset now) =>
        await DeliveryHold.IsHeldAsync(connection)
        ? null
        : await connection.OldestAsync("SELECT MIN(next_at) AS at FROM delivery WHERE state = 'waiting' AND next_at < @now", now);

    /// <summary>Everything that is to be told or sent now.</summary>
    /// <returns>How many notices were told, and how many deliveries taken.</returns>
    public async Task<int> RunAsync(CancellationToken ct) => await AllOf(FanOutAsync, ct) + await AllOf(SendAsync, ct);

    static async Task<int> AllOf(Func<CancellationToken, Task<int>> next, CancellationToken ct)
    {
        var total = 0;
        int taken;
        do
            total += taken = await next(ct);
        while (taken == Batch);
        return total;
    }

    Task<int> FanOutAsync(CancellationToken ct)
    {
        var now = Instants.Truncate(time.GetUtcNow());
        return database.TransactAsync(
            async session =>
            {
                if (await DeliveryHold.NowAsync(session) is not { } allowed)
                    return 0;
                var messages = await session.QueryListAsync(
                    $"{UntoldSql} {database.SkipLocked("m")}", new object?[] { Batch, now - WithdrawnWithin },
                    r => new Message(
                        r.Id(0),
                        r.GetString(1),
                        r.GetString(2),
                        r.TextOrNull(3),
                        r.IdOrNull(4),
                        r.Id(5),
                        r.IdOrNull(6),
                        r.GetString(7),
                        r.GetString(8),
                        r.Instant(9)));
                foreach (var message in messages)
                {
                    foreach (var one in allowed.Drops(message.CreatedAt) ? [] : await RecipientsAsync(session, message, now))
                    {
                        if (options.HasMail && one.EmailWhen != "never")
                            Add(
                                session,
                                message,
                                one.User,
                                "email",
                                await WhenAsync(message.Office, one.EmailWhen == "daily", one.Quiet, now, ct),
                                now);
                        if (options.Allows(one.Webhook))
                            Add(session, message, one.User, "webhook", await WhenAsync(message.Office, false, one.Quiet, now, ct), now);
                    }

                    session.Enqueue("UPDATE outbox SET told = $2 WHERE message_id = $1", message.Id, true);
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

        static Recipient Read(System.Data.Common.DbDataReader r) => new(r.Id(0), r.GetString(1), r.TextOrNull(2), r.GetBoolean(3));
    }

    static void Add(WriteSession session, Message message, Guid user, string channel, DateTimeOffset at, DateTimeOffset now) =>
        session.Enqueue(
        InsertSql, IdOf(message.Id, user, channel), message.Id, user, message.Office, channel, message.Kind, message.Procedure,
        message.Task is { } task ? $"/tasks/{task}" : $"/cases/{message.Instance}", at, now);

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

    async Task<int> SendAsync(CancellationToken ct)
    {
        var now = Instants.Truncate(time.GetUtcNow());
        // Taken for a while: another node leaves them alone, and whatever was not ended by then is tried again.
        var (due, mark) = await database.TransactAsync<(IReadOnlyList<Due>, HighWaterMark?)>(
            async session =>
            {
                if (await DeliveryHold.NowAsync(session) is not { } allowed)
                    return ([], null);
                var rows = await session.QueryListAsync(
                    $"{DueSql} {database.SkipLocked("d")}", new object?[] { now, Batch },
                    r => new Due(
                        r.Id(0),
                        r.Id(1),
                        r.GetString(2),
                        r.GetString(3),
                        r.GetString(4),
                        r.GetString(5),
                        r.GetInt32(6),
                        r.TextOrNull(7),
                        r.GetString(8),
                        r.TextOrNull(9),
                        r.Instant(10)));
                if (rows.Count == 0 || await hold.CountAsync(session) is not { } counted)
                    return (rows, null);
                foreach (var row in rows)
                    session.Enqueue(
                        "UPDATE delivery SET next_at = $2, attempts = attempts + 1 WHERE delivery_id = $1",
                        row.Id,
                        now + Lease);

                return ([.. rows.Select(r => r with { Dropped = allowed.Drops(r.CreatedAt) })], counted);
            },
            ct);
        if (due.Count == 0)
            return 0;
        if (mark is null)
        {
            // Not the database that this node knew: another one was put in its place, or another node has looked at it since.
            await hold.CheckAsync(ct);
            return 0;
        }

        hold.Keep(mark);
        foreach (var together in due.GroupBy(d => (d.User, d.Channel, d.Dropped)))
            await SendAsync([.. together], ct);
        return due.Count;
    }

    async Task SendAsync(IReadOnlyList<Due> together, CancellationToken ct)
    {
        var first = together[0];
        var wanted = !first.Dropped
            && (first.Channel == "email"
                ? options.HasMail && first.EmailWhen != "never" && first.Email is not null
                : options.Allows(first.Webhook));
        string? error = null;
        if (wanted)
        {
            try
            {
                using var timeout = new CancellationTokenSource(Timeout, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
                await (first.Channel == "email" ? MailAsync(together, either.Token) : PostAsync(together, either.Token));
            }
            catch (Exception e) when (!ct.IsCancellationRequested && e is SmtpException or HttpRequestException
            or OperationCanceledException or IOException or InvalidOperationException)
            {
                error = e.InnerException is null ? e.Message : $"{e.Message} {e.InnerException.Message}";
                Log.NotSent(log, first.Channel, together.Count, error);
            }
        }

        var now = Instants.Truncate(time.GetUtcNow());
        await database.TransactAsync(
            session =>
            {
                foreach (var one in together)
                {
                    if (error is null)
                        session.Enqueue(EndSql, one.Id, wanted ? "sent" : "off");
                    else
                        session.Enqueue(
                            FailSql,
                            one.Id,
                            one.Attempts + 1 >= MostAttempts ? "failed" : "waiting",
                            now + TimeSpan.FromMinutes(Math.Pow(2, one.Attempts)),
                            error.Length > ErrorLength ? error[..ErrorLength] : error);
                }

                return ValueTask.FromResult(true);
            },
            ct);
    }

    async Task MailAsync(IReadOnlyList<Due> together, CancellationToken ct)
    {
        var body = new StringBuilder();
        foreach (var one in together)
            body.Append(NoticeWords.Of(one.Kind).Th)
                .Append('\n')
                .Append(one.About)
                .Append('\n')
                .Append(options.PublicUrl.TrimEnd('/'))
                .Append(one.Link)
                .Append("\n\n");
        body.Append("เปลี่ยนวิธีแจ้งเตือน: ").Append(options.PublicUrl.TrimEnd('/')).Append("/account/notifications\n");
        using var mail = new MailMessage(options.From, together[0].Email!)
        {
            // No name and no title: a subject is read over shoulders and on locked screens.
            Subject = together.Count == 1 ? NoticeWords.Of(together[0].Kind).Th : $"การแจ้งเตือน {together.Count} รายการ",
            SubjectEncoding = Encoding.UTF8,
            Body = body.ToString(),
            BodyEncoding = Encoding.UTF8,
        };
        mail.Headers.Add("Message-ID", $"<{together[0].Id}@processengine>");
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        using var smtp = new SmtpClient(options.SmtpHost, options.SmtpPort) { EnableSsl = options.SmtpTls };
        if (options.SmtpUser.Length > 0)
            smtp.Credentials = new NetworkCredential(options.SmtpUser, options.SmtpPassword);
        await smtp.SendMailAsync(mail, ct);
    }

    async Task PostAsync(IReadOnlyList<Due> together, CancellationToken ct)
    {
        using var client = http.CreateClient(nameof(NotificationDispatcher));
        foreach (var one in together)
        {
            var said = NoticeWords.Of(one.Kind);
            using var answer = await client.PostAsJsonAsync(
                one.Webhook,
                new
                {
                    id = one.Id,
                    kind = one.Kind,
                    text = $"{said.Th}: {one.About}",
                    textEn = said.En,
                    link = options.PublicUrl.TrimEnd('/') + one.Link,
                },
                ct);
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>What could not be sent, of some offices; the newest first.</summary>
    public async Task<IReadOnlyList<FailedDelivery>> FailedAsync(IReadOnlyList<string> offices, CancellationToken ct)
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

static partial class Log
{
    [LoggerMessage(2101, LogLevel.Warning, "{Count} notices by {Channel} could not be sent: {Error}")]
    public static partial void NotSent(ILogger logger, string channel, int count, string error);
}

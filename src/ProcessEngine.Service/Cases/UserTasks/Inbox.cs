using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.UserTasks;

/// <summary>How pressing a task is.</summary>
public enum Urgency
{
    /// <summary>Marked as urgent, whenever it is due.</summary>
    Marked,

    Overdue,
    DueToday,

    /// <summary>Due within <see cref="Inbox.AtRiskDays"/> working days.</summary>
    AtRisk,
    Later,
}

/// <summary>A task in somebody's inbox.</summary>
/// <param name="DaysLeft">Working days from today to the due date; negative when it lies behind; null when no limit is stated.</param>
public sealed record InboxItem(InboxRow Row, ProcessDefinition Definition, Step Step, Urgency Urgency, int? DaysLeft)
{
    /// <summary>The act that may be done on it together with others: <c>complete</c> to take note, <c>approve</c>, or null.</summary>
    public string? ManyAct => Row.Paused || Row.Status != StatusNames.Running ? null : ManyActOf(Step);

    /// <summary>It is late, however urgent it is marked as.</summary>
    public bool IsOverdue { get; init; }

    /// <summary>Whether it may be chosen in a list, to be done together with others.</summary>
    public bool MayBeTicked => ManyAct is not null || (!Row.Paused && Row.Status == StatusNames.Running && MayBeReturned(Definition, Step));

    /// <summary>Approvals of one person from which there is a way back; with whatever form: it is not filled in for that.</summary>
    public static bool MayBeReturned(ProcessDefinition definition, Step step)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(step);
        return step.IsApproval && step.Committee is null && definition.ReturnTargets(step).Any();
    }

    /// <summary>Taking note and approving, where nothing has to be filled in and nobody votes.</summary>
    public static string? ManyActOf(Step step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return step.Committee is not null || step is { Form: not null, FormIsOptional: false } ? null
            : step.Type switch { StepType.Acknowledge => "complete", StepType.Approval => "approve", StepType.Task => null };
    }
}

/// <param name="Next">Cursor of the next page; null on the last one.</param>
/// <param name="Counts">By the group in which they stand: what is marked as urgent, then by due date.</param>
/// <param name="MarkedCounts">Of what is marked as urgent, by due date: late work is late, however it is marked.</param>
public sealed record InboxPage(
    IReadOnlyList<InboxItem> Items,
    string? Next,
    IReadOnlyDictionary<Urgency, int> Counts,
    IReadOnlyDictionary<Urgency, int> MarkedCounts)
{
    public int Total => Counts.Values.Sum();

    /// <summary>How many there are of a kind; by due date together with those that are marked as urgent.</summary>
    public int Of(Urgency urgency) => Counts.GetValueOrDefault(urgency) + MarkedCounts.GetValueOrDefault(urgency);

    /// <summary>There are more than were counted.</summary>
    public bool IsMore => Total >= Inbox.MaxCounted;
}

/// <summary>What waits for a person, and what a person waits for. The same tasks as <c>GET /user-tasks</c>, with their cases.</summary>
public sealed class Inbox(Database database, DefinitionCatalog definitions, OfficeCalendars calendars, TimeProvider time)
{
    public const int AtRiskDays = 2;
    public const int PageSize = 30;

    /// <summary>How many tasks of others are shown that a person waits for, and how far back their own acts are looked at.</summary>
    public const int MaxWaiting = 30;

    /// <summary>A number beyond which nobody counts their work, and a page should not either.</summary>
    public const int MaxCounted = 1000;

    const int LooksBack = 200;

    const string From = """
        FROM user_task t
        JOIN process_instance i ON i.instance_id = t.instance_id
        JOIN process_definition d ON d.definition_key = t.definition_key
        """;

    const string Late = $"t.due_at < @now AND NOT t.awaits_confirmation AND NOT {TaskReader.StandsStill}";

    /// <param name="search">Part of a title, a reference or the name of a procedure; null for all.</param>
    /// <param name="cursor">The <see cref="InboxPage.Next"/> of the page before; null for the first.</param>
    public async Task<InboxPage> MineAsync(Caller caller, string? search, string? cursor, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        var now = Instants.Truncate(time.GetUtcNow());
        var calendar = await CalendarOfAsync(caller, ct);
        var today = BangkokTime.DateOf(now);
        var (tomorrow, later) = (StartOf(today.AddDays(1)), StartOf(calendar.AddWorkingDays(today, AtRiskDays).AddDays(1)));
        var (afterDue, afterId) = After(cursor);
        var arguments = new DynamicParameters(new
        {
            user = caller.UserId,
            now,
            tomorrow,
            later,
            like = SearchText.Like(search),
            afterDue,
            afterId,
            take = PageSize + 1,
        });
        var parts = TaskReader.OpenTasksOf(caller, arguments);
        var filter = search is null ? "" : " AND " + SearchText.Condition("i", "d");
        var beyond = afterId is null ? "" : " AND (t.due_order, t.task_id) > (@afterDue, @afterId)";

        await using var connection = await database.OpenAsync(ct);
        var rows = (await connection.QueryAsync<InboxRow>(
            string.Join(
                "\nUNION ALL\n",
                parts.Select(part =>
                    $"""
                    SELECT *
                    FROM (SELECT {TaskReader.Columns}, i.title, i.business_key, i.status {From}
                        WHERE {part}{filter}{beyond}
                        ORDER BY t.due_order, t.task_id
                        LIMIT @take) AS part
                    """))
            + "\nORDER BY due_order, task_id LIMIT @take",
            arguments)).AsList();
        // The same indexes, the most pressing first; no further than MaxCounted for each way of being named.
        var joined = search is null ? "FROM user_task t" : From;
        string CountOf(string part) => $"""
            SELECT *
            FROM (SELECT CASE WHEN t.priority IS NULL THEN 0 ELSE 1 END AS marked, CASE
                    WHEN {Late} THEN 1
                    WHEN {TaskReader.StandsStill} OR t.awaits_confirmation OR t.due_at IS NULL OR t.due_at >= @later THEN 4
                    WHEN t.due_at < @tomorrow THEN 2
                    ELSE 3 END AS urgency
                {joined}
                WHERE {part}{filter}
                ORDER BY t.due_order, t.task_id
                LIMIT {MaxCounted}) AS part
            """;
        var counts = (await connection.QueryAsync<(int Marked, int Urgency, long Number)>(
            $"""
            SELECT marked, urgency, COUNT(*) FROM (
            {string.Join("\nUNION ALL\n", parts.Select(CountOf))}
            ) AS mine
            GROUP BY marked, urgency
            """,
            arguments)).AsList();
        var marked = counts.Where(c => c.Marked == 1).ToDictionary(c => (Urgency)c.Urgency, c => (int)c.Number);
        var byGroup = counts.Where(c => c.Marked == 0).ToDictionary(c => (Urgency)c.Urgency, c => (int)c.Number);
        if (marked.Count > 0)
            byGroup[Urgency.Marked] = marked.Values.Sum();

        var more = rows.Count > PageSize;
        var items = new List<InboxItem>();
        foreach (var row in rows.Take(PageSize))
            items.Add(await ItemAsync(row, calendar, now, tomorrow, later));
        return new InboxPage(
            items, more ? $"{DbValues.ToText(rows[PageSize - 1].DueOrder)}_{rows[PageSize - 1].TaskId}" : null,
            byGroup, marked);
    }

    /// <summary>The most pressing task on the first page that can be worked on; null when nothing is left there.</summary>
    public async Task<InboxItem?> NextAsync(Caller caller, Func<Guid, bool> which, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(which);
        return (await MineAsync(caller, null, null, ct)).Items.FirstOrDefault(i => !i.Row.StandsStill && which(i.Row.TaskId));
    }

    /// <summary>
    /// Changes whenever the first page of somebody's tasks does, or something new
    /// reaches them. Costs the first rows of each index, not all their tasks.
    /// </summary>
    public async Task<string> VersionAsync(Caller caller, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        var arguments = new DynamicParameters(new { user = caller.UserId, take = PageSize + 1 });
        var parts = TaskReader.OpenTasksOf(caller, arguments)
            .Select(part =>
                $"""
                SELECT t.task_id AS id, t.revision, t.due_order
                FROM user_task t
                WHERE {part}
                ORDER BY t.due_order, t.task_id
                LIMIT @take
                """)
            // Indexes: ix_outbox_user, ix_outbox_role.
            .Append(
                """
                SELECT message_id AS id, 0 AS revision, created_at AS due_order
                FROM outbox
                WHERE to_user = @user AND to_user IS NOT NULL
                ORDER BY message_id DESC
                LIMIT 1
                """)
            .Concat(caller.Memberships.Where(m => m.Office != Caller.EveryOffice && Roles.Acting.Contains(m.Role)).Distinct()
                .Select((_, i) =>
                    $"""
                    SELECT message_id AS id, 0 AS revision, created_at AS due_order
                    FROM outbox
                    WHERE office = @office{i} AND to_role = @role{i}
                    ORDER BY message_id DESC
                    LIMIT 1
                    """));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var connection = await database.OpenAsync(ct);
        foreach (var row in await connection.QueryAsync<VersionRow>(
            string.Join("\nUNION ALL\n", parts.Select(part => $"SELECT * FROM ({part}) AS part")), arguments))
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"{row.Id} {row.Revision} {row.DueOrder.UtcTicks}\n")));
        return Convert.ToHexStringLower(hash.GetHashAndReset()[..8]);
    }

    sealed record VersionRow
    {
        public Guid Id { get; init; }
        public int Revision { get; init; }
        public DateTimeOffset DueOrder { get; init; }
    }

    /// <summary>Open tasks of others, in cases that the person started or has worked on.</summary>
    public async Task<IReadOnlyList<InboxItem>> AwaitedAsync(Caller caller, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        var now = Instants.Truncate(time.GetUtcNow());
        var calendar = await CalendarOfAsync(caller, ct);
        var today = BangkokTime.DateOf(now);
        var arguments = new DynamicParameters(new { user = caller.UserId, take = MaxWaiting });
        var mine = string.Join(" OR ", TaskReader.OpenTasksOf(caller, arguments).Select(part => $"({part})"));
        List<InboxRow> rows;
        await using (var connection = await database.OpenAsync(ct))
        {
            // Indexes: ix_instance_started_by, ix_task_closed_by, then ix_task_instance.
            rows = (await connection.QueryAsync<InboxRow>(
                $"""
                SELECT {TaskReader.Columns}, i.title, i.business_key, i.status, u.display_name AS assignee_name
                {From}
                LEFT JOIN app_user u ON u.user_id = t.assignee
                WHERE t.state = 'open' AND NOT ({mine}) AND t.instance_id IN (
                    SELECT instance_id FROM process_instance WHERE started_by = @user AND status = 'running'
                    UNION
                    SELECT instance_id
                    FROM (SELECT instance_id
                        FROM user_task
                        WHERE closed_by = @user AND closed_by IS NOT NULL AND state = 'completed'
                        ORDER BY task_id DESC
                        LIMIT {LooksBack}) AS recent)
                ORDER BY t.due_order, t.task_id
                LIMIT @take
                """,
                arguments)).AsList();
        }

        var (tomorrow, later) = (StartOf(today.AddDays(1)), StartOf(calendar.AddWorkingDays(today, AtRiskDays).AddDays(1)));
        var items = new List<InboxItem>();
        foreach (var row in rows.Where(r => caller.BelongsTo(r.Office)))
            items.Add(await ItemAsync(row, calendar, now, tomorrow, later));
        return items;
    }

    async Task<InboxItem> ItemAsync(
        InboxRow row, WorkingCalendar calendar, DateTimeOffset now, DateTimeOffset tomorrow, DateTimeOffset later)
    {
        var definition = await definitions.GetAsync(row.DefinitionKey, row.DefinitionVersion);
        var held = row.StandsStill || row.AwaitsConfirmation;
        var byDue = held || row.DueAt is not { } due || due >= later ? Urgency.Later
            : due < now ? Urgency.Overdue
            : due < tomorrow ? Urgency.DueToday
            : Urgency.AtRisk;
        return new InboxItem(
            row, definition, definition.FindStep(row.StepId)!, row.Priority is null ? byDue : Urgency.Marked,
            DaysLeft(calendar, now, row.DueAt))
        {
            IsOverdue = byDue == Urgency.Overdue,
        };
    }

    /// <summary>Working days from today to a due date; null beyond the calendar, or when there is no date.</summary>
    public static int? DaysLeft(WorkingCalendar calendar, DateTimeOffset now, DateTimeOffset? dueAt)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        try
        {
            return dueAt is { } due ? calendar.WorkingDaysBetween(BangkokTime.DateOf(now), BangkokTime.DateOf(due)) : null;
        }
        catch (CalendarNotLoadedException)
        {
            return null;
        }
    }

    /// <summary>How much of the working time up to a due date has passed; 0 beyond the calendar.</summary>
    public static int PercentUsed(WorkingCalendar calendar, DateTimeOffset from, DateTimeOffset now, DateTimeOffset due)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        try
        {
            var all = calendar.WorkingMinutesBetween(from, due);
            return all <= 0 ? 100 : (int)Math.Clamp(100 * calendar.WorkingMinutesBetween(from, now) / all, 0, 100);
        }
        catch (CalendarNotLoadedException)
        {
            return 0;
        }
    }

    /// <summary>The calendar by which a person counts: of the first of their offices.</summary>
    async ValueTask<WorkingCalendar> CalendarOfAsync(Caller caller, CancellationToken ct)
    {
        var edition = await calendars.LatestAsync(ct);
        var own = caller.Memberships.FirstOrDefault(m => m.Office != Caller.EveryOffice)?.Office;
        return own is not null && await calendars.FindOfficeAsync(own, ct) is { } office ? edition.For(office) : edition.For((string?)null);
    }

    static DateTimeOffset StartOf(DateOnly day) => BangkokTime.At(day, TimeOnly.MinValue);

    static (DateTimeOffset Due, Guid? Id) After(string? cursor)
    {
        if (cursor is null)
            return (default, null);
        return cursor.Split('_') is [var due, var id]
            && DateTimeOffset.TryParse(due, CultureInfo.InvariantCulture, out var at)
            && Guid.TryParse(id, out var task)
            ? (at.ToUniversalTime(), task)
            : throw RefusedRequestException.At("after", "ไม่ใช่หน้าที่มีอยู่", "It is no page of the list.");
    }
}

/// <summary>A row of user_task, with its case.</summary>
public sealed record InboxRow : TaskRow
{
    public string Title { get; init; } = "";
    public string? BusinessKey { get; init; }

    /// <summary>Of the case.</summary>
    public string Status { get; init; } = "";

    /// <summary>It waits for an outsider, or its case is suspended.</summary>
    public bool StandsStill => Paused || Status == StatusNames.Of(Core.Instances.State.InstanceStatus.Suspended);

    /// <summary>Of somebody else who has the task; null when nobody has, or when it was not asked for.</summary>
    public string? AssigneeName { get; init; }
}

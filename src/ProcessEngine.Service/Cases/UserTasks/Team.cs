using Dapper;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.UserTasks;

/// <summary>What somebody of an office has to do, or what waits for a role that nobody has taken it for.</summary>
/// <param name="User">Null for what waits for a role.</param>
/// <param name="Open">At most <see cref="Team.MaxCounted"/>.</param>
public sealed record Load(Guid? User, string? Role, string Name, IReadOnlyList<string> Roles, int Open, int Overdue, int AtRisk)
{
    /// <summary>Of a person: what waits for the roles that they hold, for them and for the others who hold them.</summary>
    public int Waiting { get; init; }
}

/// <summary>The work of an office as its heads see it.</summary>
public sealed class Team(Database database, DefinitionCatalog definitions, OfficeCalendars calendars, TimeProvider time)
{
    /// <summary>Nobody's load is counted further than this: a look must not cost more the more there is.</summary>
    public const int MaxCounted = 500;

    /// <summary>Those whom the core lets give away others' work.</summary>
    public static IReadOnlyList<string> Heads => Permissions.Supervising;

    const int MaxPeople = 200;

    // Indexes: ix_membership_office, the primary keys. Of one group, or of all.
    const string PeopleSql = """
        SELECT u.user_id, u.display_name, m.role
        FROM membership m
        JOIN app_user u ON u.user_id = m.user_id
        WHERE m.office = @office AND u.active = @yes
            AND (@all OR EXISTS (SELECT 1 FROM office_member d WHERE d.office = @office AND d.user_id = u.user_id AND d.group_id = @group))
        ORDER BY u.display_name, u.user_id, m.role
        LIMIT 1000
        """;

    // Indexes: ix_task_assignee, ix_task_role. The most pressing come first, so that these are counted rightly.
    const string OfPerson = $"""
        SELECT t.due_at, {TaskReader.StandsStill} AS paused, t.awaits_confirmation
        FROM user_task t
        WHERE t.assignee = @user AND t.state = 'open' AND t.assignee IS NOT NULL AND t.office = @office
        ORDER BY t.due_order, t.task_id
        LIMIT @most
        """;
    const string OfRole = $"""
        SELECT t.due_at, {TaskReader.StandsStill} AS paused, t.awaits_confirmation
        FROM user_task t
        WHERE t.office = @office AND t.role = @role AND t.state = 'open' AND t.assignee IS NULL
        ORDER BY t.due_order, t.task_id
        LIMIT @most
        """;

    /// <summary>Everybody of the office who acts in cases, and what waits for each role; whoever has most that is overdue first.</summary>
    /// <param name="group">Of one group alone: its people, and what waits for the roles that they hold; null for the whole office.</param>
    public async Task<IReadOnlyList<Load>> LoadsAsync(Office office, Guid? group, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(office);
        var (now, soon) = await MomentsAsync(office, ct);
        await using var connection = await database.OpenAsync(ct);
        var people = (await connection.QueryAsync<PersonRow>(
            PeopleSql, new { office = office.Code, yes = true, all = group is null, group = group ?? Guid.Empty }))
            .GroupBy(p => (p.UserId, p.DisplayName))
            .Where(p => p.Any(m => Roles.Acting.Contains(m.Role))).Take(MaxPeople).ToList();
        var loads = new List<Load>();
        foreach (var person in people)
            loads.Add(await CountAsync(
                OfPerson, new Load(person.Key.UserId, null, person.Key.DisplayName, [.. person.Select(p => p.Role)], 0, 0, 0)));
        var ofGroup = people.SelectMany(p => p.Select(m => m.Role)).ToHashSet();
        var waits = new Dictionary<string, int>(StringComparer.Ordinal);
        var unclaimed = new List<Load>();
        foreach (var role in Roles.Acting.Where(r => group is null || ofGroup.Contains(r)))
        {
            var waiting = await CountAsync(OfRole, new Load(null, role, "", [role], 0, 0, 0));
            waits[role] = waiting.Open;
            if (waiting.Open > 0)
                unclaimed.Add(waiting);
        }

        loads = [.. loads.Select(l => l with { Waiting = l.Roles.Sum(r => waits.GetValueOrDefault(r)) }), .. unclaimed];
        return [.. loads.OrderByDescending(l => l.Overdue).ThenByDescending(l => l.AtRisk).ThenByDescending(l => l.Open)];

        async Task<Load> CountAsync(string sql, Load load)
        {
            var rows = (await connection.QueryAsync<DueRow>(
                sql, new { user = load.User, role = load.Role, office = office.Code, most = MaxCounted })).AsList();
            var running = rows.Where(r => !r.Paused && !r.AwaitsConfirmation).ToList();
            return load with
            {
                Open = rows.Count,
                Overdue = running.Count(r => r.DueAt < now),
                AtRisk = running.Count(r => r.DueAt >= now && r.DueAt < soon),
            };
        }
    }

    /// <summary>The tasks of a person or of a role, the most pressing first; one page.</summary>
    public async Task<IReadOnlyList<InboxItem>> TasksAsync(Office office, Guid? user, string? role, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(office);
        var (now, soon) = await MomentsAsync(office, ct);
        var calendar = (await calendars.LatestAsync(ct)).For(office);
        var part = user is not null
            ? "t.assignee = @user AND t.state = 'open' AND t.assignee IS NOT NULL AND t.office = @office"
            : "t.office = @office AND t.role = @role AND t.state = 'open' AND t.assignee IS NULL";
        List<InboxRow> rows;
        await using (var connection = await database.OpenAsync(ct))
        {
            rows = (await connection.QueryAsync<InboxRow>(
                $"""
                SELECT {TaskReader.Columns}, i.title, i.business_key, i.status
                FROM user_task t
                JOIN process_instance i ON i.instance_id = t.instance_id
                WHERE {part}
                ORDER BY t.due_order, t.task_id
                LIMIT @take
                """,
                new { user, role, office = office.Code, take = Inbox.PageSize })).AsList();
        }

        var items = new List<InboxItem>();
        foreach (var row in rows)
        {
            var definition = await definitions.GetAsync(row.DefinitionKey, row.DefinitionVersion);
            var urgency = row.StandsStill || row.AwaitsConfirmation || row.DueAt is not { } due || due >= soon ? Urgency.Later
                : due < now ? Urgency.Overdue
                : Urgency.AtRisk;
            items.Add(new InboxItem(row, definition, definition.FindStep(row.StepId)!, urgency, Inbox.DaysLeft(calendar, now, row.DueAt)));
        }

        return items;
    }

    async Task<(DateTimeOffset Now, DateTimeOffset Soon)> MomentsAsync(Office office, CancellationToken ct)
    {
        var now = Instants.Truncate(time.GetUtcNow());
        var calendar = (await calendars.LatestAsync(ct)).For(office);
        return (now, BangkokTime.At(calendar.AddWorkingDays(BangkokTime.DateOf(now), Inbox.AtRiskDays).AddDays(1), TimeOnly.MinValue));
    }

    sealed record PersonRow
    {
        public Guid UserId { get; init; }
        public string DisplayName { get; init; } = "";
        public string Role { get; init; } = "";
    }

    sealed record DueRow
    {
        public DateTimeOffset? DueAt { get; init; }
        public bool Paused { get; init; }
        public bool AwaitsConfirmation { get; init; }
    }
}

using System.Data.Common;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.HandOvers;

/// <summary>Reads hand-overs for those who may see them, and says what one would do: for the API and for the pages.</summary>
public sealed class HandOverRegister(
    Database database, DefinitionCatalog definitions, OfficeCalendars calendars, ProcessStore store, People people, TimeProvider time)
{
    /// <summary>Tasks of one hand-over: a list that somebody can still read and sign.</summary>
    public const int MaxTasks = 500;

    /// <summary>The open tasks of <c>@from</c> in <c>@office</c>. Index: ix_task_assignee.</summary>
    internal const string OpenOf = "t.assignee = @from AND t.state = 'open' AND t.assignee IS NOT NULL AND t.office = @office";

    const string Columns = """
        SELECT h.hand_over_id, h.office, h.from_user, h.from_name, h.to_user, h.to_name, h.order_no, h.reason, h.created_at, h.created_by,
            h.created_name,
            (SELECT COUNT(*) FROM hand_over_item i WHERE i.hand_over_id = h.hand_over_id AND i.state = 'given') AS given,
            (SELECT COUNT(*) FROM hand_over_item i WHERE i.hand_over_id = h.hand_over_id AND i.state = 'refused') AS refused,
            (SELECT COUNT(*) FROM hand_over_item i WHERE i.hand_over_id = h.hand_over_id AND i.state = 'waiting') AS waiting
        FROM hand_over h
        """;

    // Index: the primary keys.
    const string ItemsSql = """
        SELECT t.task_id, t.instance_id, t.definition_key, t.definition_version, t.step_id, t.attempt, t.due_at, t.state, t.why_th,
            t.why_en, i.title
        FROM hand_over_item t
        JOIN process_instance i ON i.instance_id = t.instance_id
        WHERE t.hand_over_id = @id
        ORDER BY t.position
        """;

    /// <summary>Who may hand over somebody's work: those who may give away a task of it.</summary>
    public static bool MayHandOver(Caller caller, string office)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return Team.Heads.Any(role => caller.Holds(role, office));
    }

    static bool Oversees(Caller caller, string office) => MayHandOver(caller, office) || caller.Holds(Roles.Auditor, office);

    /// <summary>One, with its tasks; null when there is none that the caller may see.</summary>
    public async Task<HandOverView?> FindAsync(Guid id, Caller caller, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        await using var connection = await database.OpenAsync(ct);
        var row = await connection.QuerySingleOrDefaultAsync<Row>($"{Columns} WHERE h.hand_over_id = @id", new { id });
        if (row is null || !(Oversees(caller, row.Office) || row.FromUser == caller.UserId || row.ToUser == caller.UserId))
            return null;
        var items = new List<HandOverItemView>();
        foreach (var item in (await connection.QueryAsync<ItemRow>(ItemsSql, new { id })).AsList())
            items.Add(await item.ToViewAsync(definitions));
        return row.ToView() with { Items = items };
    }

    /// <summary>Of an office, newest first: all of them for its heads and auditors, for others those that they are part of.</summary>
    /// <param name="after">The last of the page before; null for the newest.</param>
    public async Task<IReadOnlyList<HandOverView>> ListAsync(string office, Caller caller, Guid? after, int take, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        // Indexes: ix_hand_over_office, ix_hand_over_from, ix_hand_over_to.
        string[] parts = Oversees(caller, office)
            ? ["h.office = @office"]
            : [
                "h.from_user = @user AND h.office = @office",
                "h.to_user = @user AND h.to_user IS NOT NULL AND h.from_user <> @user AND h.office = @office",
            ];
        var older = after is null ? "" : " AND h.hand_over_id < @after";
        await using var connection = await database.OpenAsync(ct);
        var rows = await connection.QueryAsync<Row>(
            string.Join(
                "\nUNION ALL\n",
                parts.Select(part => $"SELECT * FROM ({Columns} WHERE {part}{older} ORDER BY h.hand_over_id DESC LIMIT @take) AS part"))
                + "\nORDER BY hand_over_id DESC LIMIT @take",
            new { office, user = caller.UserId, after, take });
        return [.. rows.Select(r => r.ToView())];
    }

    /// <summary>What would go and what would not, and why: the core is asked for each, and nothing is stored.</summary>
    /// <param name="to">Id or user name; null: back to everybody of the roles.</param>
    public async Task<Outcome<HandOverPreview>> PreviewAsync(string office, string from, string? to, Caller caller, CancellationToken ct)
    {
        var asked = await PartiesAsync(office, from, to, caller, ct);
        if (asked.Rejection is { } rejection)
            return rejection;
        var parties = asked.Value!;
        List<OpenRow> rows;
        await using (var connection = await database.OpenAsync(ct))
        {
            rows = (await connection.QueryAsync<OpenRow>(
                $"""
                SELECT t.task_id, t.instance_id, t.definition_key, t.definition_version, t.step_id, t.attempt, t.due_at, t.revision,
                    i.title, i.state AS snapshot
                FROM user_task t
                JOIN process_instance i ON i.instance_id = t.instance_id
                WHERE {OpenOf}
                ORDER BY t.due_order, t.task_id
                LIMIT @take
                """,
                new { from = parties.From.UserId, office, take = MaxTasks + 1 })).AsList();
        }

        var items = new List<HandOverItemView>();
        foreach (var row in rows.Take(MaxTasks))
        {
            var definition = await definitions.GetAsync(row.DefinitionKey, row.DefinitionVersion);
            var state = ProcessStore.ReadState(row.Snapshot);
            var command = CommandFor(
                row.TaskId, row.Revision, caller.In(office, state.DefinitionKey), parties.To?.In(office, state.DefinitionKey), null);
            var moment = await calendars.MomentAsync(office, definition.Key, store.Now());
            var refused = ProcessDecider.Decide(definition, state, command, moment).Rejection;
            var tried = row with { State = refused is null ? "would-go" : "refused" };
            items.Add(await tried.ToViewAsync(definitions, refused is null ? null : Problems.From(refused).Why));
        }

        return new HandOverPreview(
            parties.From.UserId, parties.From.DisplayName, parties.To?.UserId, parties.ToName, items, rows.Count > MaxTasks);
    }

    /// <summary>The act on one task: it is given to somebody, or given back.</summary>
    internal static TaskCommand CommandFor(Guid task, int revision, Actor by, Actor? to, string? comment) => to is null
        ? new ReleaseTask { By = by, TaskId = task, Expected = revision, Comment = comment }
        : new ReassignTask(to.UserId!.Value, to.Roles, comment) { By = by, TaskId = task, Expected = revision, AssigneeOrders = to.Orders };

    /// <summary>Who hands over to whom, if the caller may say so.</summary>
    internal async Task<Outcome<Parties>> PartiesAsync(string office, string from, string? to, Caller caller, CancellationToken ct)
    {
        if (!caller.BelongsTo(office) || await calendars.FindOfficeAsync(office, ct) is null)
            return new OfficeNotFound(office, "office");
        if (!MayHandOver(caller, office))
            return new NotAllowed("hand-over", Team.Heads);
        var leaving = await LeavingAsync(office, from, ct);
        if (leaving is null)
            return new UserNotFound(from, "from");
        if (to is null)
            return new Parties(leaving, null, null);
        if (await TakerAsync(office, to, ct) is not { } taker)
            return new UserNotFound(to, "to");
        if (taker.UserId == leaving.UserId)
            return InvalidInput.At("to", "ผู้รับมอบต้องเป็นคนละคนกับผู้ส่งมอบ", "Nobody hands over to themselves.");
        return new Parties(leaving, taker, (await people.NamesAsync([taker.UserId], ct)).GetValueOrDefault(taker.UserId, to));
    }

    /// <summary>
    /// Whoever leaves may be gone already; others' people are nobody's business. Indexes: the
    /// primary key and the unique user name, the primary key of membership, ix_task_assignee.
    /// </summary>
    async Task<PersonName?> LeavingAsync(string office, string from, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await connection.QueryFirstOrDefaultAsync<PersonName>(
            """
            SELECT u.user_id, u.display_name
            FROM app_user u
            WHERE (u.user_id = @id OR u.name_key = @nameKey OR u.user_name = @from)
                AND (EXISTS (SELECT 1 FROM membership m WHERE m.user_id = u.user_id AND m.office = @office)
                    OR EXISTS (SELECT 1
                        FROM user_task t
                        WHERE t.assignee = u.user_id AND t.state = 'open' AND t.assignee IS NOT NULL AND t.office = @office))
            ORDER BY CASE WHEN u.user_id = @id THEN 0 WHEN u.user_name = @from THEN 1 ELSE 2 END
            LIMIT 1
            """,
            new { id = Guid.TryParse(from, out var id) ? id : Guid.Empty, from, nameKey = UserNames.Key(from), office });
    }

    /// <summary>Who gets the work: somebody active of the office; null when there is nobody.</summary>
    internal async Task<Caller?> TakerAsync(string office, string to, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return (await CallerRows.FindAsync(connection, to))?.On(BangkokTime.DateOf(time.GetUtcNow())) is { } taker
            && taker.BelongsTo(office)
            ? taker
            : null;
    }

    /// <param name="To">Null: everybody of the roles.</param>
    internal sealed record Parties(PersonName From, Caller? To, string? ToName);

    sealed record Row
    {
        public Guid HandOverId { get; init; }
        public string Office { get; init; } = "";
        public Guid FromUser { get; init; }
        public string FromName { get; init; } = "";
        public Guid? ToUser { get; init; }
        public string? ToName { get; init; }
        public string? OrderNo { get; init; }
        public string Reason { get; init; } = "";
        public DateTimeOffset CreatedAt { get; init; }
        public Guid CreatedBy { get; init; }
        public string CreatedName { get; init; } = "";
        public int Given { get; init; }
        public int Refused { get; init; }
        public int Waiting { get; init; }

        public HandOverView ToView() => new(
            HandOverId, Office, FromUser, FromName, ToUser, ToName, OrderNo, Reason, CreatedAt, CreatedBy, CreatedName, Given, Refused,
            Waiting, null);
    }

    record ItemRow
    {
        public Guid TaskId { get; init; }
        public Guid InstanceId { get; init; }
        public string DefinitionKey { get; init; } = "";
        public int DefinitionVersion { get; init; }
        public string StepId { get; init; } = "";
        public int Attempt { get; init; }
        public DateTimeOffset? DueAt { get; init; }
        public string State { get; init; } = "";
        public string? WhyTh { get; init; }
        public string? WhyEn { get; init; }
        public string Title { get; init; } = "";

        public async ValueTask<HandOverItemView> ToViewAsync(DefinitionCatalog definitions, LocalizedText? why = null)
        {
            var definition = await definitions.GetAsync(DefinitionKey, DefinitionVersion);
            var step = definition.FindStep(StepId);
            return new HandOverItemView(
                TaskId, InstanceId, Title, definition.Name, StepId, step?.NumberAt(null),
                step?.Name ?? new LocalizedText(StepId, StepId), Attempt, DueAt, State,
                why ?? (WhyTh is null ? null : new LocalizedText(WhyTh, WhyEn!)));
        }
    }

    sealed record OpenRow : ItemRow
    {
        public int Revision { get; init; }
        public string Snapshot { get; init; } = "";
    }
}

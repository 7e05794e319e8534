using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>Something that was done to people, roles, keys, passwords, second factors or settings.</summary>
/// <param name="Actor">Null for the service itself, at its first start.</param>
/// <param name="Action">A stable name, such as <c>roles-set</c>.</param>
/// <param name="OnUser">Whose account it was about.</param>
/// <param name="Office"><c>*</c>: the whole installation.</param>
/// <param name="From">By which key or session, from where.</param>
/// <param name="Hash">SHA-256 over this event and the hash of the one before it.</param>
public sealed record AdministrationEvent(
    int Sequence, DateTimeOffset At, Guid? Actor, string? ActorName, string Action, Guid? OnUser, string? OnUserName, string Office,
    JsonNode? Detail, string? Reason,
    Origin From, string Hash);

/// <summary>
/// <c>GET /api/v1/administration/events</c>: the trail of an office, newest first, for its administrators and auditors.
/// <c>GET /api/v1/administration/events/verify</c>: whether the trail of the installation is as it was written.
/// </summary>
public static class AdministrationEvents
{
    static readonly string[] Readers = [Roles.Administrator, Roles.Auditor];

    const string Columns =
        "e.sequence, e.at, e.actor, e.action, e.on_user, e.office, e.detail, e.reason, e.door, e.door_id, e.address, e.hash";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/administration/events", GetAsync)
            .WithName("ListAdministrationEvents")
            .WithTags("Audit")
            .Produces<Page<AdministrationEvent>>()
            .Query(
                ("office", "One office; left out: all of which the caller is an administrator or auditor."),
                ("user", "Id of whose account it was about."),
                ("actor", "Id of who did it."), ("action", "Its name."), ("from", "First day."), ("to", "Last day."))
            .Paged().Refuses(400, 403, 404);
        routes.MapGet("/administration/events/verify", VerifyAsync)
            .WithName("VerifyAdministrationEvents")
            .WithTags("Audit")
            .Produces<TrailVerification>()
            .Refuses(403);
    }

    static async Task<IResult> GetAsync(HttpContext http, Database database)
    {
        var caller = http.Caller();
        var asked = http.Text("office");
        if (asked is not null && !caller.BelongsTo(asked))
            return Problems.From(new OfficeNotFound(asked, "office"));
        if (OfficesOf(caller, asked) is { Count: 0 })
            return Problems.From(new NotAllowed("see-administration-events", Readers));
        var paging = Paging.From(http, keys: 1);
        var filter = new Filter(Id(http, "user"), Id(http, "actor"), http.Text("action"), Day(http, "from"), Day(http, "to"));
        await using var connection = await database.OpenAsync(http.RequestAborted);
        var rows = await ReadAsync(connection, caller, asked, filter, paging.AfterNumber(), paging.Limit + 1);
        return Results.Json(paging.ToPage(rows, e => e, e => [e.Sequence.ToString(CultureInfo.InvariantCulture)]), JsonShape.Options);
    }

    /// <summary>The offices whose trail a caller may read; null for all.</summary>
    static IReadOnlyList<string>? OfficesOf(Caller caller, string? asked)
    {
        var own = caller.Memberships.Where(m => Readers.Contains(m.Role)).Select(m => m.Office).Distinct().ToList();
        return own.Contains(Caller.EveryOffice) ? asked is null ? null : [asked]
            : asked is null ? own
            : [.. own.Where(office => office == asked)];
    }

    /// <param name="From">First day in Bangkok.</param>
    /// <param name="To">Last day in Bangkok.</param>
    internal sealed record Filter(Guid? User = null, Guid? Actor = null, string? Action = null, DateOnly? From = null, DateOnly? To = null);

    /// <param name="before">Only events before this one.</param>
    internal static async Task<IReadOnlyList<AdministrationEvent>> ReadAsync(
        System.Data.Common.DbConnection connection, Caller caller, string? office, Filter filter, int? before, int take)
    {
        var arguments = new DynamicParameters(new
        {
            filter.User,
            filter.Actor,
            filter.Action,
            From = filter.From is { } first ? Core.Calendar.BangkokTime.At(first, TimeOnly.MinValue) : (DateTimeOffset?)null,
            To = filter.To is { } last ? Core.Calendar.BangkokTime.At(last.AddDays(1), TimeOnly.MinValue) : (DateTimeOffset?)null,
            before,
            take,
        });
        var conditions = new List<string>();
        Add(filter.User is not null, "e.on_user = @User");
        Add(filter.Actor is not null, "e.actor = @Actor");
        Add(filter.Action is not null, "e.action = @Action");
        Add(filter.From is not null, "e.at >= @From");
        Add(filter.To is not null, "e.at < @To");
        Add(before is not null, "e.sequence < @before");
        if (OfficesOf(caller, office) is { } offices)
        {
            foreach (var (n, one) in offices.Index())
                arguments.Add($"office{n}", one);
            conditions.Add($"e.office IN ({string.Join(", ", offices.Index().Select(o => $"@office{o.Index}"))})");
        }

        // Indexes: ix_admin_event_office, ix_admin_event_user, the primary key.
        var rows = await connection.QueryAsync<Row>(
            $"""
            SELECT {Columns}, a.display_name AS actor_name, u.display_name AS on_user_name
            FROM admin_event e
            LEFT JOIN app_user a ON a.user_id = e.actor
            LEFT JOIN app_user u ON u.user_id = e.on_user
            {(conditions.Count == 0 ? "" : "WHERE " + string.Join(" AND ", conditions))}
            ORDER BY e.sequence DESC
            LIMIT @take
            """,
            arguments);
        return [.. rows.Select(r => new AdministrationEvent(
            r.Sequence, r.At, r.Actor, r.ActorName, r.Action, r.OnUser, r.OnUserName, r.Office, Read(r.Detail), r.Reason,
            new Origin(r.Door, r.DoorId, r.Address),
            Convert.ToHexStringLower(r.Hash)))];

        void Add(bool given, string condition)
        {
            if (given)
                conditions.Add(condition);
        }
    }

    /// <summary>What is damaged is shown as the text that it has become; <c>verify</c> says that it is damaged.</summary>
    static JsonNode? Read(string detail)
    {
        try
        {
            return JsonNode.Parse(detail);
        }
        catch (System.Text.Json.JsonException)
        {
            return JsonValue.Create(detail);
        }
    }

    static Guid? Id(HttpContext http, string name) => http.Text(name) is not { } text ? null
        : Guid.TryParse(text, out var id) ? id
        : throw RefusedRequestException.At(name, "ต้องเป็นรหัสผู้ใช้ (UUID)", "It must be the id of a user (a UUID).");

    static DateOnly? Day(HttpContext http, string name) => http.Text(name) is not { } text ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day.Year is > 2000 and < 2500 ? day
        : throw RefusedRequestException.At(name, "ต้องเป็นวันที่ เช่น 2026-03-02", "It must be a date, such as 2026-03-02.");

    static async Task<IResult> VerifyAsync(HttpContext http, Database database)
    {
        if (!http.Caller().Memberships.Any(m => Readers.Contains(m.Role)))
            return Problems.From(new NotAllowed("verify-administration-events", Readers));
        await using var connection = await database.OpenAsync(http.RequestAborted);
        return Results.Json(await CheckAsync(connection), JsonShape.Options);
    }

    /// <summary>Recomputes the chain over the bytes as stored, and compares its end with what the trail says of itself.</summary>
    internal static async Task<TrailVerification> CheckAsync(System.Data.Common.DbConnection connection)
    {
        var end = await connection.QuerySingleAsync<(long Length, byte[] Hash)>("SELECT length, hash FROM admin_trail WHERE one = 1");
        var (expected, previous) = (1, AdministrationTrail.Beginning);
        while (true)
        {
            // Index: the primary key. What is added meanwhile is not looked at.
            var page = (await connection.QueryAsync<AdministrationRow>(
                $"""
                SELECT {Columns} FROM admin_event e
                WHERE e.sequence >= @expected AND e.sequence <= @Length
                ORDER BY e.sequence LIMIT 500
                """,
                new { expected, end.Length })).AsList();
            foreach (var row in page)
            {
                if (row.Sequence != expected)
                    return Broken("missing");
                previous = row.HashAfter(previous);
                if (!previous.AsSpan().SequenceEqual(row.Hash))
                    return Broken("changed");
                expected++;
            }

            if (page.Count == 0)
                break;
        }

        var beyond = await connection.ExecuteScalarAsync<long>(
            "SELECT COUNT(*) FROM admin_event WHERE sequence > (SELECT length FROM admin_trail)");
        return expected <= end.Length ? Broken("cut-off")
            : beyond > 0 ? Broken("added")
            : !previous.AsSpan().SequenceEqual(end.Hash) ? new TrailVerification(false, (int)end.Length, "changed", (int)end.Length)
            : new TrailVerification(true, null, null, (int)end.Length);

        TrailVerification Broken(string reason) => new(false, expected, reason, (int)end.Length);
    }

    sealed record Row
    {
        public int Sequence { get; init; }
        public DateTimeOffset At { get; init; }
        public Guid? Actor { get; init; }
        public string? ActorName { get; init; }
        public string Action { get; init; } = "";
        public Guid? OnUser { get; init; }
        public string? OnUserName { get; init; }
        public string Office { get; init; } = "";
        public string Detail { get; init; } = "";
        public string? Reason { get; init; }
        public string Door { get; init; } = "";
        public Guid? DoorId { get; init; }
        public string? Address { get; init; }
        public byte[] Hash { get; init; } = [];
    }
}

/// <param name="BrokenAt">Sequence of the first event that is not as it was written; null when all are.</param>
/// <param name="Reason"><c>changed</c>, <c>missing</c>, <c>added</c> or <c>cut-off</c>.</param>
/// <param name="Events">How many the trail says it has.</param>
public sealed record TrailVerification(bool Valid, int? BrokenAt, string? Reason, int Events);

using System.Collections.Immutable;
using System.Text.Json;
using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Migrations;

/// <summary>
/// <c>POST /api/v1/process-definitions/{key}/migrations</c>: moves the running cases of an office to another version.
/// With <c>"preview": true</c> it only tells what would happen. <c>GET …/migrations/{id}</c> shows how far it is.
/// </summary>
public static class MigrateCases
{
    /// <summary>A preview looks at this many cases; it says when there are more.</summary>
    const int MaxPreviewed = 5_000;

    const int MaxExamples = 50;

    // Index: ix_instance_version.
    const string CasesSql = """
        SELECT state
        FROM process_instance
        WHERE office = @office AND definition_key = @key AND definition_version = @from AND ended_at IS NULL
        ORDER BY instance_id
        LIMIT @take
        """;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/process-definitions/{key}/migrations", PostAsync).WithName("MigrateCases").WithTags("Process definitions")
            .Accepts<Request>("application/json")
            .Produces<Progress>(202).Produces<Preview>().Idempotent().Refuses(400, 403, 404);
        routes.MapGet("/process-definitions/{key}/migrations/{id:guid}", GetAsync).WithName("GetMigration").WithTags("Process definitions")
            .Produces<Progress>().Refuses(404);
    }

    /// <param name="Moves">Old node id → new node id, where they differ.</param>
    public sealed record Request(string? Office, int From, int To, Dictionary<string, string>? Moves, bool Preview);

    /// <param name="Examined">Cases looked at; <paramref name="More"/> says that there are others.</param>
    /// <param name="Standings">Where those that can move stand now and will stand, and how many.</param>
    public sealed record Preview(
        int Examined, bool More, int CanMove, int CannotMove, IReadOnlyList<Standing> Standings, IReadOnlyList<Stuck> Obstacles);

    public sealed record Standing(IReadOnlyList<string> From, IReadOnlyList<string> To, int Cases);

    public sealed record Stuck(Guid ProcessInstanceId, string Title, string Reason, string? Node);

    /// <param name="State"><c>running</c> or <c>done</c>.</param>
    public sealed record Progress(
        Guid Id,
        string Office,
        string DefinitionKey,
        int From,
        int To,
        string State,
        int Moved,
        int Refused,
        IReadOnlyList<Stuck> Obstacles);

    static async Task<IResult> PostAsync(HttpContext http, string key, IMediator mediator, Database database, DefinitionCatalog definitions)
    {
        var sent = await http.ReadAsync<Request>();
        var (caller, body) = (sent.Caller, sent.Body);
        var moves = (body.Moves ?? []).ToImmutableSortedDictionary(StringComparer.Ordinal);
        var command = new Command(caller, sent.Id, key, body.Office, body.From, body.To, moves);
        if (!body.Preview)
            return (await mediator.Send(command, http.RequestAborted)).ToResult();
        return await RefusalAsync(command, definitions, http.RequestAborted) is { } refusal
            ? Problems.From(refusal)
            : Results.Json(await PreviewAsync(command, database, definitions, http.RequestAborted), JsonShape.Options);
    }

    static async Task<Rejection?> RefusalAsync(Command command, DefinitionCatalog definitions, CancellationToken ct)
    {
        string[] needed = [Roles.ProcessOwner, Roles.Administrator];
        if (string.IsNullOrWhiteSpace(command.Office) || !command.Caller.BelongsTo(command.Office))
            return new OfficeNotFound(command.Office ?? "", "office");
        if (!needed.Any(role => command.Caller.Holds(role, command.Office)))
            return new NotAllowed("migrate", needed);
        foreach (var version in new[] { command.From, command.To })
        {
            if (!await definitions.KnowsAsync(command.Key, version, command.Office, ct))
                return new DefinitionNotFound($"{command.Key} v{version}");
        }

        return command.From == command.To ? InvalidInput.At("to", "ต้องเป็นคนละรุ่น", "It must be another version.") : null;
    }

    static async Task<Preview> PreviewAsync(Command command, Database database, DefinitionCatalog definitions, CancellationToken ct)
    {
        var to = await definitions.GetAsync(command.Key, command.To);
        List<string> rows;
        await using (var connection = await database.OpenAsync(ct))
            rows = (await connection.QueryAsync<string>(
                CasesSql, new { office = command.Office, key = command.Key, from = command.From, take = MaxPreviewed + 1 })).AsList();

        var standings = new SortedDictionary<string, Standing>(StringComparer.Ordinal);
        var stuck = new List<Stuck>();
        var cannot = 0;
        foreach (var state in rows.Take(MaxPreviewed).Select(ProcessStore.ReadState))
        {
            if (Migration.Obstacle(to, state, command.Moves) is { } obstacle)
            {
                cannot++;
                if (stuck.Count < MaxExamples)
                    stuck.Add(new Stuck(state.InstanceId, state.Title, obstacle.Reason, obstacle.Node));
                continue;
            }

            List<string> now = [.. state.OpenTasks.Select(t => t.StepId)
                .Concat(state.Waits.Select(w => w.NodeId))
                .Distinct()
                .Order(StringComparer.Ordinal)];
            var place = string.Join('\n', now);
            standings[place] = standings.TryGetValue(place, out var known)
                ? known with { Cases = known.Cases + 1 }
                : new Standing(now, [.. now.Select(id => command.Moves.GetValueOrDefault(id, id))], 1);
        }

        var examined = Math.Min(rows.Count, MaxPreviewed);
        return new Preview(examined, rows.Count > MaxPreviewed, examined - cannot, cannot, [.. standings.Values], stuck);
    }

    sealed record MigrationRow
    {
        public Guid MigrationId { get; init; }
        public string Office { get; init; } = "";
        public string DefinitionKey { get; init; } = "";
        public int FromVersion { get; init; }
        public int ToVersion { get; init; }
        public string State { get; init; } = "";
        public int Moved { get; init; }
        public int Refused { get; init; }
    }

    static async Task<IResult> GetAsync(HttpContext http, string key, Guid id, Database database)
    {
        await using var connection = await database.OpenAsync(http.RequestAborted);
        var row = await connection.QuerySingleOrDefaultAsync<MigrationRow>(
            """
            SELECT migration_id, office, definition_key, from_version, to_version, state, moved, refused
            FROM definition_migration
            WHERE migration_id = @id AND definition_key = @key
            """,
            new { id, key });
        if (row is null || !http.Caller().BelongsTo(row.Office))
            return Problems.From(new MigrationNotFound(id));
        var stuck = await connection.QueryAsync<(Guid Id, string Title, string Reason, string? Node)>(
            """
            SELECT r.instance_id, i.title, r.reason, r.node_id
            FROM migration_refusal r
            JOIN process_instance i ON i.instance_id = r.instance_id
            WHERE r.migration_id = @id
            ORDER BY r.instance_id
            LIMIT @take
            """,
            new { id, take = MaxExamples });
        return Results.Json(
            new Progress(
                row.MigrationId, row.Office, row.DefinitionKey, row.FromVersion, row.ToVersion, row.State, row.Moved, row.Refused,
                [.. stuck.Select(s => new Stuck(s.Id, s.Title, s.Reason, s.Node))]),
            JsonShape.Options);
    }

    public sealed record Command(
        Caller Caller, RequestId Id, string Key, string? Office, int From, int To, ImmutableSortedDictionary<string, string> Moves)
        : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        const int MaxMoves = 500;

        public Validator()
        {
            RuleFor(c => c.Office).Given().PlainText(ValidationRules.CodeLength);
            RuleFor(c => c.Moves).Must(m => m.Count <= MaxMoves).Says($"ไม่เกิน {MaxMoves} รายการ", $"At most {MaxMoves}.");
        }
    }

    internal sealed class Handler(IdempotentWriter store, DefinitionCatalog definitions) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        const string Insert = """
            INSERT INTO definition_migration (migration_id, office, definition_key, from_version, to_version, moves, state, after_instance,
                moved, refused, created_by, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, 'running', $7, 0, 0, $8, $9)
            """;

        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (await RefusalAsync(request, definitions, cancellationToken) is { } refusal)
                return refusal;
            return await store.ExecuteAsync(
                request.Id,
                (session, now) =>
                {
                    var id = Guid.CreateVersion7(now);
                    session.Enqueue(
                        Insert, id, request.Office, request.Key, request.From, request.To,
                        JsonSerializer.Serialize(request.Moves.ToDictionary()), Guid.Empty,
                        request.Caller.UserId, now);
                    var progress = new Progress(id, request.Office!, request.Key, request.From, request.To, "running", 0, 0, []);
                    return ValueTask.FromResult<Outcome<StoredAnswer>>(
                        new StoredAnswer(
                            StatusCodes.Status202Accepted,
                            JsonShape.Write(progress),
                            $"/api/v1/process-definitions/{request.Key}/migrations/{id}"));
                },
                () => new TooManyConflicts(),
                cancellationToken);
        }
    }
}

/// <summary>
/// Works off the migrations that were asked for, in bounded batches; what is stored of a batch says where the next one begins.
/// </summary>
public sealed class MigrationWork(
    Database database,
    DefinitionCatalog definitions,
    ProcessStore store,
    DeadlineOptions options,
    ILogger<MigrationWork> log)
    : IRecurringJob
{
    public const string JobName = "migrations";

    public string Name => JobName;
    public LocalizedText Title => new("การย้ายเรื่องไปรุ่นใหม่", "Moving cases to another version");
    public TimeSpan Interval => options.SweepInterval;

    const int Batch = 200;

    // Index: ix_migration_running. One node works on a migration; another takes the next one.
    const string NextSql = """
        SELECT migration_id, office, definition_key, from_version, to_version, moves, after_instance, created_by
        FROM definition_migration
        WHERE state = 'running'
        ORDER BY created_at
        LIMIT 1
        """;

    // Index: ix_instance_version.
    const string CasesSql = """
        SELECT i.head_hash, i.state
        FROM process_instance i
        WHERE i.office = $1 AND i.definition_key = $2 AND i.definition_version = $3 AND i.instance_id > $4 AND i.ended_at IS NULL
        ORDER BY i.instance_id
        LIMIT $5
        """;

    const string InsertRefusal = "INSERT INTO migration_refusal (migration_id, instance_id, reason, node_id) VALUES ($1, $2, $3, $4)";
    const string Proceed =
        "UPDATE definition_migration SET after_instance = $2, moved = moved + $3, refused = refused + $4 WHERE migration_id = $1";
    const string End = "UPDATE definition_migration SET state = 'done', ended_at = $2 WHERE migration_id = $1";

    sealed record Job(
        Guid Id, string Office, string Key, int From, int To, ImmutableSortedDictionary<string, string> Moves, Guid After, Guid By);

    /// <returns>How many cases were looked at.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var total = 0;
        while (!ct.IsCancellationRequested)
        {
            int looked;
            try
            {
                looked = await BatchAsync(ct);
            }
            catch (WriteConflictException)
            {
                // Somebody acted on one of the cases in the same moment; the batch is taken again.
                continue;
            }

            if (looked < 0)
                break;
            total += looked;
        }

        return total;
    }

    /// <summary>One batch of the oldest migration; -1 when none is left to work on.</summary>
    public Task<int> BatchAsync(CancellationToken ct) => database.TransactAsync(
        async session =>
        {
            await store.HoldCalendarAsync(session);
            Job? job = null;
            await session.QueryAsync($"{NextSql} {database.SkipLocked("definition_migration")}", Array.Empty<object?>(), row =>
                job = new Job(
                    row.Id(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetInt32(4),
                    JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(5))!
                        .ToImmutableSortedDictionary(StringComparer.Ordinal),
                    row.Id(6), row.Id(7)));
            if (job is null)
                return -1;
            var cases = await session.QueryListAsync(
                $"{CasesSql} {database.Lock("i")}", new object?[] { job.Office, job.Key, job.From, job.After, Batch },
                row => (HeadHash: row.Bytes(0), State: ProcessStore.ReadState(row.GetString(1))));
            var to = await definitions.GetAsync(job.Key, job.To);
            var command = new MigrateInstance(to, job.Moves) { By = new Actor(job.By, []) };
            var moved = 0;
            foreach (var (headHash, state) in cases)
            {
                if (await store.DecideInBatchAsync(session, state, headHash, command) is CannotMigrate obstacle)
                    session.Enqueue(InsertRefusal, job.Id, state.InstanceId, obstacle.Reason, obstacle.Node);
                else
                    moved++;
            }

            if (cases.Count > 0)
                session.Enqueue(Proceed, job.Id, cases[^1].State.InstanceId, moved, cases.Count - moved);
            if (cases.Count < Batch)
            {
                session.Enqueue(End, job.Id, store.Now());
                Log.Migrated(log, job.Key, job.From, job.To, job.Office);
            }

            return cases.Count;
        },
        ct);
}

static partial class Log
{
    [LoggerMessage(1003, LogLevel.Information, "The cases of {Office} have moved from {Definition} version {From} to {To}")]
    public static partial void Migrated(ILogger logger, string definition, int from, int to, string office);
}

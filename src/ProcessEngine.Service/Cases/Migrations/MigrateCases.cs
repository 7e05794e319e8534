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
    /// <param name="NewTimers">What begins to run beside the open steps of those that can move, from the move on.</param>
    public sealed record Preview(
        int Examined,
        bool More,
        int CanMove,
        int CannotMove,
        IReadOnlyList<Standing> Standings,
        IReadOnlyList<NewTimer> NewTimers,
        IReadOnlyList<Stuck> Obstacles);

    /// <param name="Step">As the other version names it.</param>
    /// <param name="Port">The way out that the timer leads to.</param>
    public sealed record NewTimer(string Step, string Port, int Cases);

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
        return (await LookAsync(command, database, definitions, http.RequestAborted)).ToResult();
    }

    /// <summary>What a migration would do; nothing is stored.</summary>
    public static async Task<Outcome<Preview>> LookAsync(
        Command command, Database database, DefinitionCatalog definitions, CancellationToken ct) =>
        await RefusalAsync(command, definitions, ct) is { } refusal ? refusal : await PreviewAsync(command, database, definitions, ct);

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
        var from = await definitions.GetAsync(command.Key, command.From);
        var to = await definitions.GetAsync(command.Key, command.To);
        List<string> rows;
        await using (var connection = await database.OpenAsync(ct))
            rows = (await connection.QueryAsync<string>(
                CasesSql, new { office = command.Office, key = command.Key, from = command.From, take = MaxPreviewed + 1 })).AsList();

        var standings = new SortedDictionary<string, Standing>(StringComparer.Ordinal);
        var timers = new SortedDictionary<(string Step, string Port), int>();
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

            foreach (var (step, timer) in Migration.NewTimers(from, to, state, command.Moves))
                timers[(step.Id, timer.Port)] = timers.GetValueOrDefault((step.Id, timer.Port)) + 1;
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
        return new Preview(
            examined, rows.Count > MaxPreviewed, examined - cannot, cannot, [.. standings.Values],
            [.. timers.Select(t => new NewTimer(t.Key.Step, t.Key.Port, t.Value))], stuck);
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

    static async Task<IResult> GetAsync(HttpContext http, string key, Guid id, Database database) =>
        await ReadAsync(http.Caller(), key, id, database, http.RequestAborted) is { } progress
            ? Results.Json(progress, JsonShape.Options)
            : Problems.From(new MigrationNotFound(id));

    /// <summary>How far a migration is; null when there is none, or it is not the caller's to see.</summary>
    public static async Task<Progress?> ReadAsync(Caller caller, string key, Guid id, Database database, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenAsync(ct);
        var row = await connection.QuerySingleOrDefaultAsync<MigrationRow>(
            """
            SELECT migration_id, office, definition_key, from_version, to_version, state, moved, refused
            FROM definition_migration
            WHERE migration_id = @id AND definition_key = @key
            """,
            new { id, key });
        if (row is null || !caller.BelongsTo(row.Office))
            return null;
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
        return new Progress(
            row.MigrationId, row.Office, row.DefinitionKey, row.FromVersion, row.ToVersion, row.State, row.Moved, row.Refused,
            [.. stuck.Select(s => new Stuck(s.Id, s.Title, s.Reason, s.Node))]);
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

using System.Text.Json;
using Dapper;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Redactions;

/// <summary>Requests to take personal data out: who asked, who decided, and by which paper.</summary>
public sealed class Redactions(Database database)
{
    // Index: ix_redaction_office, newest first.
    const string ListSql = """
        SELECT r.redaction_id, r.office, r.state, r.asked_by, a.display_name AS asked_by_name, r.asked_at, r.ground, r.paper, r.terms,
            r.cases, r.events, r.decided_by, d.display_name AS decided_by_name, r.decided_at, r.reason
        FROM redaction r
        LEFT JOIN app_user a ON a.user_id = r.asked_by
        LEFT JOIN app_user d ON d.user_id = r.decided_by
        WHERE r.office = @office {0}
        ORDER BY r.redaction_id DESC
        LIMIT @take
        """;

    const string InsertSql = """
        INSERT INTO redaction (redaction_id, office, asked_by, asked_at, ground, paper, terms, state, cases, events)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'asked', 0, 0)
        """;

    const string OneSql =
        "SELECT r.asked_by, r.asked_at, r.ground, r.paper, r.terms, r.state FROM redaction r WHERE r.redaction_id = $1 AND r.office = $2 ";

    const string DecideSql = """
        UPDATE redaction
        SET state = $2, terms = NULL, cases = $3, events = $4, decided_by = $5, decided_at = $6, reason = $7
        WHERE redaction_id = $1
        """;

    public async Task<IReadOnlyList<RedactionView>> ListAsync(string office, Guid? before, int take, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var rows = await connection.QueryAsync<Row>(
            ListSql.Replace("{0}", before is null ? "" : "AND r.redaction_id < @before", StringComparison.Ordinal),
            new { office, before, take });
        return [.. rows.Select(r => new RedactionView(
            r.RedactionId, r.Office, r.State, r.AskedBy, r.AskedByName, r.AskedAt, r.Ground, r.Paper,
            r.Terms is null ? null : JsonSerializer.Deserialize<string[]>(r.Terms), r.Cases, r.Events, r.DecidedBy, r.DecidedByName,
            r.DecidedAt, r.Reason))];
    }

    internal sealed class AskHandler(IdempotentWriter writer, OfficeCalendars offices)
        : IRequestHandler<RedactionEndpoints.Ask, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(RedactionEndpoints.Ask request, CancellationToken cancellationToken)
        {
            if (await offices.RefusalAsync(request.Caller, request.Office, "ask-redaction", PersonalData.Keepers, cancellationToken)
                is { } no)
                return no;
            var terms = RedactionEndpoints.Normal(request.Terms!);
            return await writer.ExecuteAsync(
                request.Id,
                (session, at) =>
                {
                    var id = Guid.CreateVersion7(at);
                    session.Enqueue(
                        InsertSql, id, request.Office, request.Caller.UserId, at, request.Ground!.Trim(), request.Paper!.Trim(),
                        PersonalData.Json(terms));
                    // The answer is kept for a repeated request: what is looked for does not stand in it.
                    var view = new RedactionView(
                        id, request.Office, "asked", request.Caller.UserId, request.Caller.UserName, at, request.Ground!.Trim(),
                        request.Paper!.Trim(), null, 0, 0, null, null, null, null);
                    return ValueTask.FromResult<Outcome<StoredAnswer>>(new StoredAnswer(
                        StatusCodes.Status201Created, JsonShape.Write(view), $"/api/v1/offices/{request.Office}/personal-data/redactions"));
                },
                () => new TooManyConflicts(), cancellationToken,
                (request.Caller, new AdministrationAct(
                    "redaction-asked", request.Office, null, new { ground = request.Ground, paper = request.Paper, terms = terms.Count })));
        }
    }

    internal sealed class DecideHandler(IdempotentWriter writer, Database database, PersonalData data, OfficeCalendars offices)
        : IRequestHandler<RedactionEndpoints.Decide, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(RedactionEndpoints.Decide request, CancellationToken cancellationToken)
        {
            var caller = request.Caller;
            if (await offices.RefusalAsync(caller, request.Office, "decide-redaction", [Roles.Director], cancellationToken) is { } no)
                return no;
            // Outside of the transaction, which must not ask for a second connection. What holds nothing any more is passed over.
            var found = request.Agreed ? await CasesAsync(request, cancellationToken) : [];
            return await writer.ExecuteAsync(
                request.Id, (session, at) => DecideAsync(session, at, request, found), () => new TooManyConflicts(), cancellationToken);
        }

        async ValueTask<Outcome<StoredAnswer>> DecideAsync(
            WriteSession session, DateTimeOffset at, RedactionEndpoints.Decide request, IReadOnlyList<Guid> found)
        {
            var asked = await session.QuerySingleAsync(
                OneSql + database.Lock("r"), new object?[] { request.RedactionId, request.Office },
                row => new Asked(
                    row.IdOrNull(0)!.Value, row.Instant(1), row.GetString(2), row.GetString(3), row.TextOrNull(4), row.GetString(5)));
            if (asked is null)
                return new RedactionNotFound(request.RedactionId);
            if (asked.Terms is null)
                return new RedactionDecided(request.RedactionId, asked.State);
            if (asked.By == request.Caller.UserId)
                return new SecondPersonNeeded("redact");
            var (cases, events) = (0, 0);
            if (request.Agreed)
            {
                var terms = JsonSerializer.Deserialize<string[]>(asked.Terms)!;
                var actor = new Actor(request.Caller.UserId, [Roles.Director]);
                var command = new RedactContent([], asked.Ground, asked.Paper, asked.By) { By = actor };
                foreach (var id in found)
                {
                    var done = await data.RedactAsync(session, id, terms, command);
                    if (done.Rejection is { } refused)
                        return refused;
                    (cases, events) = (cases + (done.Value > 0 ? 1 : 0), events + done.Value);
                }
            }

            var state = request.Agreed ? "done" : "refused";
            session.Enqueue(DecideSql, request.RedactionId, state, cases, events, request.Caller.UserId, at, request.Refused);
            await AdministrationTrail.RecordAsync(
                session, request.Caller,
                new AdministrationAct(
                    $"redaction-{state}", request.Office, null, new { ground = asked.Ground, paper = asked.Paper, cases, events },
                    request.Refused),
                at);
            return new StoredAnswer(
                StatusCodes.Status200OK,
                JsonShape.Write(new RedactionView(
                    request.RedactionId, request.Office, state, asked.By, null, asked.At, asked.Ground, asked.Paper, null, cases, events,
                    request.Caller.UserId, request.Caller.UserName, at, request.Refused)));
        }

        /// <summary>Cases that have ended and hold any of it, so many as are changed together; of more, it is asked for again.</summary>
        async Task<IReadOnlyList<Guid>> CasesAsync(RedactionEndpoints.Decide request, CancellationToken ct)
        {
            string? terms;
            await using (var connection = await database.OpenAsync(ct))
                terms = await connection.QuerySingleOrDefaultAsync<string>(
                    "SELECT terms FROM redaction WHERE redaction_id = @RedactionId AND office = @Office",
                    new { request.RedactionId, request.Office });
            if (terms is null)
                return [];
            var places = await data.FindAsync(
                request.Office, JsonSerializer.Deserialize<string[]>(terms)!, Guid.Empty, ct, ended: true);
            return [.. places.Items.Select(p => p.ProcessInstanceId).Distinct()];
        }
    }

    sealed record Asked(Guid By, DateTimeOffset At, string Ground, string Paper, string? Terms, string State);

    sealed record Row
    {
        public Guid RedactionId { get; init; }
        public string Office { get; init; } = "";
        public string State { get; init; } = "";
        public Guid AskedBy { get; init; }
        public string? AskedByName { get; init; }
        public DateTimeOffset AskedAt { get; init; }
        public string Ground { get; init; } = "";
        public string Paper { get; init; } = "";
        public string? Terms { get; init; }
        public int Cases { get; init; }
        public int Events { get; init; }
        public Guid? DecidedBy { get; init; }
        public string? DecidedByName { get; init; }
        public DateTimeOffset? DecidedAt { get; init; }
        public string? Reason { get; init; }
    }
}

public sealed record RedactionNotFound(Guid Id) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        404, "redaction-not-found", "redactionId", "ไม่พบคำขอลบข้อมูลส่วนบุคคลนี้",
        "There is no such request to take out personal data.", ("id", Id));
}

public sealed record RedactionDecided(Guid Id, string State) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        409, "redaction-decided", null, "คำขอนี้มีผู้พิจารณาไปแล้ว", "This request was decided before.", ("id", Id), ("state", State));
}

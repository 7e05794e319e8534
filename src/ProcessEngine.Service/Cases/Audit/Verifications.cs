using System.Data.Common;
using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Audit;

/// <summary>Whether the record is as it was written, and how far that has been looked at.</summary>
/// <param name="Office">Null: the whole installation.</param>
/// <param name="AskedBy">Null: the service itself, at night.</param>
/// <param name="State"><c>waiting</c>, <c>running</c> or <c>done</c>.</param>
/// <param name="Faults">How many were found so far; of a run over all offices, those that the caller may see.</param>
/// <param name="Found">The first of them.</param>
public sealed record VerificationView(
    Guid Id, string? Office, DateTimeOffset AskedAt, Guid? AskedBy, string? AskedByName, string State, long Cases, long Events, int Faults,
    DateTimeOffset? EndedAt, IReadOnlyList<StoreFault> Found);

/// <summary>What was asked to be verified, and what came of it.</summary>
public sealed class Verifications(Database database)
{
    /// <summary>Faults that are kept of one run, and shown.</summary>
    public const int MaxFaults = 1_000;

    const int Shown = 100;

    public static IReadOnlyList<string> Readers { get; } = [Roles.Auditor, Roles.Administrator, Roles.Director];

    const string Insert = """
        INSERT INTO verification (verification_id, office, asked_by, asked_at, position, cases, events, faults, ended_at)
        VALUES ($1, $2, $3, $4, NULL, 0, 0, 0, NULL)
        """;

    const string Advance = """
        UPDATE verification
        SET position = $2, cases = cases + $3, events = events + $4, faults = faults + $5, ended_at = $6
        WHERE verification_id = $1
        """;

    const string InsertFault = """
        INSERT INTO verification_fault (verification_id, number, reason, office, instance_id, sequence, anchor)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """;

    const string Columns = """
        v.verification_id, v.office, v.asked_at, v.asked_by, v.position, v.cases, v.events, v.faults, v.ended_at,
            u.display_name AS asked_by_name
        """;

    public static bool MayAsk(Caller caller, string office)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return Readers.Any(role => caller.Holds(role, office));
    }

    /// <returns>The offices whose record a caller may have verified; null for all.</returns>
    public static IReadOnlyList<string>? OfficesOf(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        List<string> own = [.. caller.Memberships.Where(m => Readers.Contains(m.Role)).Select(m => m.Office).Distinct()];
        return own.Contains(Caller.EveryOffice) ? null : own;
    }

    public static void Ask(WriteSession session, Guid id, string? office, Guid? by, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(Insert, id, office, by, now);
    }

    /// <summary>The run that has waited longest; null when there is nothing to do.</summary>
    internal async Task<VerificationRow?> NextAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        // Index: ix_verification_open.
        return await connection.QueryFirstOrDefaultAsync<VerificationRow>(
            $"""
            SELECT {Columns}
            FROM verification v LEFT JOIN app_user u ON u.user_id = v.asked_by
            WHERE v.ended_at IS NULL ORDER BY v.asked_at, v.verification_id LIMIT 1
            """);
    }

    /// <summary>When the whole was last asked for; null when it never was.</summary>
    internal async Task<DateTimeOffset?> LastWholeAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        // Index: ix_verification_whole.
        return (await connection.QueryFirstOrDefaultAsync<VerificationRow>(
            "SELECT asked_at FROM verification WHERE office IS NULL ORDER BY verification_id DESC LIMIT 1"))?.AskedAt;
    }

    /// <summary>A page more is done: its faults and where to go on are stored together.</summary>
    internal Task StoreAsync(VerificationRow run, VerifiedPage page, Guid position, DateTimeOffset? endedAt) => database.TransactAsync(
        session =>
        {
            session.Enqueue(Advance, run.VerificationId, position, (long)page.Cases, page.Events, page.Faults.Count, endedAt);
            foreach (var (i, fault) in page.Faults.Take(Math.Max(0, MaxFaults - run.Faults)).Index())
            {
                session.Enqueue(
                    InsertFault, run.VerificationId, run.Faults + i + 1, fault.Reason, fault.Office, fault.ProcessInstanceId,
                    fault.Sequence, fault.Anchor);
            }

            return ValueTask.FromResult(true);
        },
        CancellationToken.None);

    /// <summary>Newest first: those of the caller's offices, and those of the whole installation.</summary>
    public async Task<IReadOnlyList<VerificationView>> ListAsync(Caller caller, Guid? before, int take, CancellationToken ct)
    {
        var offices = OfficesOf(caller);
        await using var connection = await database.OpenAsync(ct);
        var arguments = new DynamicParameters(new { before, take });
        // Indexes: ix_verification_whole, ix_verification_office; few: a row a night, and what people ask for.
        var mine = Only(offices, "v.office", arguments);
        var rows = await connection.QueryAsync<VerificationRow>(
            $"""
            SELECT {Columns}
            FROM verification v LEFT JOIN app_user u ON u.user_id = v.asked_by
            WHERE (v.office IS NULL{(mine.Length == 0 ? " OR v.office IS NOT NULL" : $" OR {mine}")})
                {(before is null ? "" : "AND v.verification_id < @before")}
            ORDER BY v.verification_id DESC
            LIMIT @take
            """,
            arguments);
        var list = new List<VerificationView>();
        foreach (var row in rows.AsList())
            list.Add(await ViewAsync(connection, row, offices));
        return list;
    }

    /// <returns>Null when there is none, or when it is of an office that is not the caller's.</returns>
    public async Task<VerificationView?> FindAsync(Caller caller, Guid id, CancellationToken ct)
    {
        var offices = OfficesOf(caller);
        await using var connection = await database.OpenAsync(ct);
        var row = await connection.QuerySingleOrDefaultAsync<VerificationRow>(
            $"""
            SELECT {Columns}
            FROM verification v LEFT JOIN app_user u ON u.user_id = v.asked_by
            WHERE v.verification_id = @id
            """,
            new { id });
        return row is null || offices is { Count: 0 } || (row.Office is not null && offices?.Contains(row.Office) == false)
            ? null
            : await ViewAsync(connection, row, offices);
    }

    static async Task<VerificationView> ViewAsync(DbConnection connection, VerificationRow row, IReadOnlyList<string>? offices)
    {
        var arguments = new DynamicParameters(new { id = row.VerificationId, Shown });
        var mine = Only(offices, "f.office", arguments);
        var condition = mine.Length == 0 ? "" : $"AND (f.office IS NULL OR {mine})";
        // Index: the primary key; at most as many as are kept of a run.
        var found = row.Faults == 0 ? [] : (await connection.QueryAsync<FaultRow>(
            $"""
            SELECT f.reason, f.office, f.instance_id, f.sequence, f.anchor
            FROM verification_fault f
            WHERE f.verification_id = @id {condition}
            ORDER BY f.number
            LIMIT @Shown
            """,
            arguments)).AsList();
        var faults = row.Faults == 0 || condition.Length == 0 ? row.Faults : (int)await connection.ExecuteScalarAsync<long>(
            $"SELECT COUNT(*) FROM verification_fault f WHERE f.verification_id = @id {condition}", arguments);
        return new VerificationView(
            row.VerificationId, row.Office, row.AskedAt, row.AskedBy, row.AskedByName,
            row.EndedAt is not null ? "done" : row.Position is null ? "waiting" : "running", row.Cases, row.Events, faults, row.EndedAt,
            [.. found.Select(f => new StoreFault(f.Reason, f.Office, f.InstanceId, f.Sequence, f.Anchor))]);
    }

    /// <summary>A condition on the office; empty for whoever may see all.</summary>
    static string Only(IReadOnlyList<string>? offices, string column, DynamicParameters arguments)
    {
        if (offices is null)
            return "";
        foreach (var (n, one) in offices.Index())
            arguments.Add($"office{n}", one);
        return offices.Count == 0 ? "1 = 0" : $"{column} IN ({string.Join(", ", offices.Index().Select(o => $"@office{o.Index}"))})";
    }

    sealed record FaultRow
    {
        public string Reason { get; init; } = "";
        public string? Office { get; init; }
        public Guid? InstanceId { get; init; }
        public int? Sequence { get; init; }
        public int? Anchor { get; init; }
    }
}

sealed record VerificationRow
{
    public Guid VerificationId { get; init; }
    public string? Office { get; init; }
    public DateTimeOffset AskedAt { get; init; }
    public Guid? AskedBy { get; init; }
    public string? AskedByName { get; init; }
    public Guid? Position { get; init; }
    public long Cases { get; init; }
    public long Events { get; init; }
    public int Faults { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
}

using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Outsiders;

/// <summary>A request as it is stored.</summary>
public record RequestRow
{
    public Guid InstanceId { get; init; }
    public string Office { get; init; } = "";
    public string DefinitionKey { get; init; } = "";
    public string Number { get; init; } = "";
    public string Channel { get; init; } = "";
    public Guid? FiledBy { get; init; }
    public string? Name { get; init; }
    public string? Organisation { get; init; }
    public string? Telephone { get; init; }
    public string? Mail { get; init; }
    public DateTimeOffset AskedAt { get; init; }
    public int KeepDays { get; init; }
    public DateTimeOffset? ErasureAskedAt { get; init; }
    public DateTimeOffset? ForgottenAt { get; init; }
}

public sealed record RequestQuestion
{
    public Guid QuestionId { get; init; }
    public Guid TaskId { get; init; }
    public string Question { get; init; } = "";
    public Guid AskedBy { get; init; }
    public DateTimeOffset AskedAt { get; init; }
    public DateTimeOffset GiveUpAt { get; init; }
    public string? Answer { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
}

/// <param name="Own">The requester laid it to the case; else it was handed over to them.</param>
public sealed record RequestFile(Guid Id, string Name, string ContentType, long Size, bool Own);

/// <summary>A request, with its case; what of it is told to the requester, the page decides by <see cref="PublicService"/>.</summary>
public sealed record KnownRequest(
    RequestRow Row, ProcessDefinition Definition, ProcessState State, IReadOnlyList<RequestQuestion> Questions,
    IReadOnlyList<RequestFile> Files)
{
    /// <summary>What is asked and not answered: only while the work waits for it.</summary>
    public RequestQuestion? Open => Questions.LastOrDefault(q => q.ClosedAt is null && State.FindOpenTask(q.TaskId) is { Paused: true });

    /// <summary>The last day on which the link holds; null while the case runs.</summary>
    public DateTimeOffset? Ends => State is { HasEnded: true, EndedAt: { } at } ? at.AddDays(Row.KeepDays) : null;
}

/// <summary>Finds requests: by their link for those outside, by their case for those inside.</summary>
public sealed class RequestReader(Database database, DefinitionCatalog definitions, TimeProvider time)
{
    const int MaxToken = 100;
    const int MaxQuestions = 100;

    const string Columns = """
        r.instance_id, r.office, r.definition_key, r.number, r.channel, r.filed_by, r.name, r.organisation, r.telephone, r.mail, r.asked_at,
        r.keep_days, r.erasure_asked_at, r.forgotten_at, i.state, i.outcome
        """;

    // Index: ux_request_token; the primary key of process_instance.
    const string ByTokenSql = $"""
        SELECT {Columns}
        FROM request r
        JOIN process_instance i ON i.instance_id = r.instance_id
        WHERE r.token_hash = @hash
        """;

    // Indexes: the primary keys.
    const string ByCaseSql = $"""
        SELECT {Columns}
        FROM request r
        JOIN process_instance i ON i.instance_id = r.instance_id
        WHERE r.instance_id = @id
        """;

    // Index: ix_request_question.
    const string QuestionsSql = """
        SELECT question_id, task_id, question, asked_by, asked_at, give_up_at, answer, closed_at
        FROM request_question
        WHERE instance_id = @id
        ORDER BY question_id
        LIMIT @MaxQuestions
        """;

    // Indexes: ix_attachment_instance; the primary key of request_file. Bounded by the files of one case.
    const string FilesSql = """
        SELECT a.attachment_id AS id, a.file_name AS name, a.content_type, a.size, a.created_by AS by, f.handed_at
        FROM attachment a
        LEFT JOIN request_file f ON f.instance_id = a.instance_id AND f.attachment_id = a.attachment_id
        WHERE a.instance_id = @id AND a.withdrawn_at IS NULL AND (f.attachment_id IS NOT NULL OR a.created_by = @outside)
        ORDER BY a.attachment_id
        """;

    /// <returns>Null when the link is none, was revoked or has expired.</returns>
    public async Task<KnownRequest?> FindAsync(string? token, CancellationToken ct) =>
        token is null or { Length: 0 or > MaxToken } ? null
            : await ReadAsync(ByTokenSql, new { hash = RequestTickets.HashOf(token) }, ct) is { } found && !(found.Ends < time.GetUtcNow())
                ? found
                : null;

    /// <summary>The request of a case; null when nobody asked for it from outside. Whether somebody may see it is asked before.</summary>
    public Task<KnownRequest?> OfCaseAsync(Guid id, CancellationToken ct) => ReadAsync(ByCaseSql, new { id }, ct);

    /// <summary>A file that the requester may have; its bytes.</summary>
    public async Task<byte[]?> FileAsync(KnownRequest request, Guid file, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Files.All(f => f.Id != file))
            return null;
        await using var connection = await database.OpenAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<byte[]>(
            "SELECT content FROM attachment WHERE attachment_id = @file AND instance_id = @instance",
            new { file, instance = request.Row.InstanceId });
    }

    async Task<KnownRequest?> ReadAsync(string sql, object arguments, CancellationToken ct)
    {
        Stored? row;
        IReadOnlyList<RequestQuestion> questions;
        IReadOnlyList<FileRow> files;
        await using (var connection = await database.OpenAsync(ct))
        {
            row = await connection.QuerySingleOrDefaultAsync<Stored>(sql, arguments);
            if (row is null)
                return null;
            questions = (await connection.QueryAsync<RequestQuestion>(QuestionsSql, new { id = row.InstanceId, MaxQuestions })).AsList();
            files = (await connection.QueryAsync<FileRow>(FilesSql, new { id = row.InstanceId, outside = Outside.Id })).AsList();
        }

        var state = CaseReader.StateOf(row.State, row.Outcome);
        return new KnownRequest(
            row, await definitions.GetAsync(state.DefinitionKey, state.DefinitionVersion), state, questions,
            [.. files.Select(f => new RequestFile(f.Id, f.Name, f.ContentType, f.Size, f.By == Outside.Id && f.HandedAt is null))]);
    }

    sealed record FileRow
    {
        public Guid Id { get; init; }
        public string Name { get; init; } = "";
        public string ContentType { get; init; } = "";
        public long Size { get; init; }
        public Guid By { get; init; }
        public DateTimeOffset? HandedAt { get; init; }
    }

    /// <summary>The same, as it is read together with its case.</summary>
    sealed record Stored : RequestRow
    {
        public string State { get; init; } = "";
        public string? Outcome { get; init; }
    }
}

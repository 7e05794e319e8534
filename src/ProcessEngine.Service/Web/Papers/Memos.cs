using System.Text.Json;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Papers;

/// <summary>What somebody made of the words of a memorandum, and how it was signed.</summary>
public sealed record StoredMemo
{
    public string Subject { get; init; } = "";
    public string Body { get; init; } = "";
    public string Close { get; init; } = "";
    public int Revision { get; init; }
    public string? BookNumber { get; init; }
    public Guid? SignedBy { get; init; }
    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>The paper as it was signed.</summary>
    public string? Kept { get; init; }
}

/// <summary>A line of the book of outgoing papers.</summary>
public sealed record BookEntry
{
    public Guid TaskId { get; init; }
    public Guid InstanceId { get; init; }
    public string BookNumber { get; init; } = "";
    public string Subject { get; init; } = "";
    public string SignedByName { get; init; } = "";
    public DateTimeOffset SignedAt { get; init; }
}

/// <summary>
/// Memoranda as people word and sign them. Until it is signed whoever proposes words it; signing gives it the next number of the office's
/// book and keeps it as it stands: afterwards nobody changes it.
/// </summary>
public sealed class Memos(Database database, TimeProvider time)
{
    public const int SubjectLength = 500;
    public const int BodyLength = 20_000;
    public const int CloseLength = 500;

    /// <summary>How many lines of the book are shown.</summary>
    public const int Shown = 100;

    // Index: the primary key.
    const string FindSql = """
        SELECT subject, body, close, revision, book_number, signed_by, signed_at, kept
        FROM memo
        WHERE task_id = @task
        """;

    // Index: ux_memo_book.
    const string BookSql = """
        SELECT m.task_id, m.instance_id, m.book_number, m.subject, u.display_name AS signed_by_name, m.signed_at
        FROM memo m
        JOIN app_user u ON u.user_id = m.signed_by
        WHERE m.office = @office AND m.book_serial IS NOT NULL
        ORDER BY m.book_year DESC, m.book_serial DESC
        LIMIT @Shown
        """;

    const string EditSql = """
        INSERT INTO memo (task_id, instance_id, office, subject, body, close, edited_by, edited_at, revision)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)
        ON CONFLICT (task_id) DO UPDATE
        SET subject = excluded.subject, body = excluded.body, close = excluded.close, edited_by = excluded.edited_by,
            edited_at = excluded.edited_at, revision = memo.revision + 1
        WHERE memo.signed_at IS NULL AND memo.revision = $9
        """;

    const string StateSql = "SELECT m.revision, m.signed_at, m.book_number FROM memo m WHERE m.task_id = $1";
    const string EnsureBookSql = "INSERT INTO book_number (office, year, last) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING";
    const string LastSql = "SELECT b.last FROM book_number b WHERE b.office = $1 AND b.year = $2";
    const string CountSql = "UPDATE book_number SET last = $3 WHERE office = $1 AND year = $2";

    const string SignSql = """
        INSERT INTO memo (task_id, instance_id, office, subject, body, close, edited_by, edited_at, revision, book_number, book_year,
            book_serial, signed_by, signed_at, kept)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $11, $7, $8, $12)
        ON CONFLICT (task_id) DO UPDATE
        SET subject = excluded.subject, body = excluded.body, close = excluded.close, book_number = excluded.book_number,
            book_year = excluded.book_year, book_serial = excluded.book_serial, signed_by = excluded.signed_by,
            signed_at = excluded.signed_at, kept = excluded.kept, revision = memo.revision + 1
        WHERE memo.signed_at IS NULL
        """;

    static readonly JsonSerializerOptions AsKept = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public async Task<StoredMemo?> FindAsync(Guid task, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<StoredMemo>(FindSql, new { task });
    }

    /// <summary>The newest papers of the office's book.</summary>
    public async Task<IReadOnlyList<BookEntry>> BookAsync(string office, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return (await connection.QueryAsync<BookEntry>(BookSql, new { office, Shown })).AsList();
    }

    /// <summary>Whether somebody may word and sign it: whose name stands below it, and nobody for them.</summary>
    /// <param name="proposer">Null: the service; then whoever heads the office.</param>
    public static bool MaySign(Caller caller, ProcessState state, Guid? proposer)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(state);
        return proposer is { } signer
            ? caller.UserId == signer
            : Permissions.Supervising.Any(role => caller.Holds(role, state.Office));
    }

    /// <returns>False when somebody signed or worded it in between: then nothing is stored.</returns>
    public Task<bool> EditAsync(Guid task, ProcessState state, Caller by, StoredMemo words, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(by);
        ArgumentNullException.ThrowIfNull(words);
        return database.TransactAsync(
            async session =>
            {
                var (revision, signed) = (0, false);
                await session.QueryAsync(
                    $"{StateSql} {database.Lock("m")}", new object?[] { task },
                    row => (revision, signed) = (row.GetInt32(0), !row.IsDBNull(1)));
                if (signed || revision != words.Revision)
                    return false;
                session.Enqueue(
                    EditSql, task, state.InstanceId, state.Office, words.Subject, words.Body, words.Close, by.UserId,
                    Instants.Truncate(time.GetUtcNow()), revision);
                return true;
            },
            ct);
    }

    /// <summary>
    /// It is signed, has its number and stays as it is. The row of the last number stays locked until then: no number is given twice, and
    /// none is lost. Signed once more, by anybody, it keeps what it has.
    /// </summary>
    /// <param name="memo">As it is signed, without its number.</param>
    public Task SignAsync(Guid task, ProcessState state, Caller by, OfficePaper paper, Memo memo, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(by);
        ArgumentNullException.ThrowIfNull(paper);
        ArgumentNullException.ThrowIfNull(memo);
        return database.TransactAsync(
            async session =>
            {
                var now = Instants.Truncate(time.GetUtcNow());
                var (year, last, serial) = (BangkokTime.DateOf(now).Year + FiscalYear.BuddhistOffset, 0, (int?)null);
                session.Enqueue(EnsureBookSql, state.Office, year);
                await session.FlushAsync();
                // First the book, then the memorandum: whoever signs the same one at the same moment finds it signed.
                await session.QueryAsync(
                    $"{LastSql} {database.Lock("b")}", new object?[] { state.Office, year }, row => last = row.GetInt32(0));
                var signed = false;
                await session.QueryAsync(
                    $"{StateSql} {database.Lock("m")}", new object?[] { task }, row => signed = !row.IsDBNull(1));
                if (signed)
                    return false;
                if (paper.BookPattern is not null)
                    session.Enqueue(CountSql, state.Office, year, (serial = last + 1).Value);
                var number = serial is { } given ? paper.Numbered(given, year) : state.BusinessKey;
                var kept = memo with
                {
                    Number = number is null ? null : Words.ToThaiDigits(number),
                    SignedOn = Memo.DateOf(now),
                    Endorsements = [],
                };
                session.Enqueue(
                    SignSql, task, state.InstanceId, state.Office, memo.Subject, string.Join("\n\n", memo.Body), memo.Close, by.UserId, now,
                    number, serial is null ? null : year, serial, JsonSerializer.Serialize(kept, AsKept));
                return true;
            },
            ct);
    }

    /// <summary>The paper as it was signed.</summary>
    public static Memo? Read(StoredMemo? stored) =>
        stored?.Kept is { } kept ? JsonSerializer.Deserialize<Memo>(kept, AsKept) : null;
}

using System.Data.Common;
using System.Text.Json;
using Dapper;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Definitions.Reviews;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <summary>
/// A definition that an office works on; <see cref="DefinitionPublisher.EveryOffice"/>: what is to become a version of every office.
/// </summary>
public sealed record OfficeDraft
{
    /// <summary>Null: there is none any more. Its revision still counts, so that none comes twice.</summary>
    public string? Content { get; init; }

    /// <summary>One more with every save.</summary>
    public int Revision { get; init; }

    /// <summary>The revision with which the draft began.</summary>
    public int Opened { get; init; }

    /// <summary>The version of every office that it goes back to.</summary>
    public int? ManualVersion { get; init; }

    /// <summary>The browser window that saved last; null: not a browser.</summary>
    public string? WindowId { get; init; }

    /// <summary>The first revision of that window's unbroken row of saves.</summary>
    public int WindowSince { get; init; }

    public Guid UpdatedBy { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    public bool IsOpen => Content is not null;
}

/// <summary>
/// What was saved over a draft that had become newer, kept until somebody decides; or what was discarded, kept for a while.
/// </summary>
public sealed record SetAside
{
    public string WindowId { get; init; } = "";
    public string Content { get; init; } = "";
    public Guid SavedBy { get; init; }
    public string? SavedByName { get; init; }
    public DateTimeOffset SavedAt { get; init; }

    /// <summary>Since when it is out of the way; null: it waits for a decision.</summary>
    public DateTimeOffset? DiscardedAt { get; init; }

    public string? DiscardedByName { get; init; }
}

/// <summary>A procedure of which nothing is published, and whose draft was discarded.</summary>
public sealed record DiscardedProcedure
{
    public string DefinitionKey { get; init; } = "";
    public string WindowId { get; init; } = "";
    public string NameTh { get; init; } = "";
    public DateTimeOffset DiscardedAt { get; init; }
}

/// <summary>Where drafts are stored. What may be done with them stands in <see cref="Drafts"/>.</summary>
public static class OfficeDrafts
{
    /// <summary>How long what was discarded can be taken back.</summary>
    public static readonly TimeSpan KeepFor = TimeSpan.FromDays(30);

    /// <summary>So many earlier revisions of a draft are remembered.</summary>
    const int MaxRevisions = 20;

    /// <summary>A window saves twice a second: what it showed so long ago is worth remembering.</summary>
    static readonly TimeSpan OneSitting = TimeSpan.FromMinutes(10);

    // Index: the primary key.
    const string Select =
        "SELECT content, revision, opened, manual_version, window_id, window_since, updated_by, updated_at FROM office_draft d";

    const string InsertSql = """
        INSERT INTO office_draft (office, definition_key, content, name_th, name_en, revision, opened, manual_version, window_id,
            window_since, updated_by, updated_at, search_key)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """;

    const string UpdateSql = """
        UPDATE office_draft
        SET content = $3, name_th = $4, name_en = $5, revision = $6, opened = $7, manual_version = $8, window_id = $9, window_since = $10,
            updated_by = $11, updated_at = $12, search_key = $13
        WHERE office = $1 AND definition_key = $2
        """;

    const string CloseSql = "UPDATE office_draft SET content = NULL WHERE office = $1 AND definition_key = $2";
    const string ForgetWindowSql =
        "UPDATE office_draft SET window_id = NULL, revision = revision + 1 WHERE office = $1 AND definition_key = $2";
    const string TakeAsideSql = "DELETE FROM draft_set_aside WHERE office = $1 AND definition_key = $2 AND window_id = $3";
    const string PutAsideSql = """
        INSERT INTO draft_set_aside (office, definition_key, window_id, content, saved_by, saved_at, discarded_at, discarded_by,
            manual_version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """;
    const string ThrowAwaySql = """
        UPDATE draft_set_aside
        SET discarded_at = $4, discarded_by = $5
        WHERE office = $1 AND definition_key = $2 AND window_id = $3 AND discarded_at IS NULL
        """;
    const string RememberSql = "INSERT INTO draft_revision (office, definition_key, revision, content) VALUES ($1, $2, $3, $4)";
    const string ForgetSql = "DELETE FROM draft_revision WHERE office = $1 AND definition_key = $2 AND revision <= $3";

    // Index: the primary key.
    const string EarlierSql = """
        SELECT content FROM draft_revision
        WHERE office = @office AND definition_key = @key AND revision <= @revision
        ORDER BY revision DESC
        LIMIT 1
        """;

    // Index: ix_draft_discarded.
    const string ProceduresSql = """
        SELECT a.definition_key, a.window_id, a.content AS name_th, a.discarded_at
        FROM draft_set_aside a
        WHERE a.office = @office AND a.discarded_at IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM process_definition d WHERE d.definition_key = a.definition_key)
            AND NOT EXISTS (
                SELECT 1 FROM office_draft f
                WHERE f.office = a.office AND f.definition_key = a.definition_key AND f.content IS NOT NULL)
        ORDER BY a.discarded_at DESC
        LIMIT 20
        """;

    // Index: the primary key. A window has one; whoever had more windows than this open is not a person.
    const string AsideSql = """
        SELECT a.window_id, a.content, a.saved_by, u.display_name AS saved_by_name, a.saved_at, a.discarded_at,
            d.display_name AS discarded_by_name
        FROM draft_set_aside a
        LEFT JOIN app_user u ON u.user_id = a.saved_by
        LEFT JOIN app_user d ON d.user_id = a.discarded_by
        WHERE a.office = @office AND a.definition_key = @key
        ORDER BY COALESCE(a.discarded_at, a.saved_at) DESC
        LIMIT 40
        """;

    /// <summary>The draft of an office, also one that was closed; null when there never was one.</summary>
    public static Task<OfficeDraft?> FindAsync(DbConnection connection, string office, string key) =>
        connection.QuerySingleOrDefaultAsync<OfficeDraft?>(
            $"{Select} WHERE office = @office AND definition_key = @key", new { office, key });

    /// <summary>The content of an open draft; null when there is none.</summary>
    public static async Task<string?> ContentAsync(Database database, string office, string key, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = await database.OpenAsync(ct);
        return (await FindAsync(connection, office, key))?.Content;
    }

    public static async Task<IReadOnlyList<SetAside>> SetAsideAsync(DbConnection connection, string office, string key) =>
        (await connection.QueryAsync<SetAside>(AsideSql, new { office, key })).AsList();

    /// <summary>
    /// What the draft was when it had a revision, or the next one before that is still remembered; null: nothing so old.
    /// </summary>
    public static Task<string?> EarlierAsync(DbConnection connection, string office, string key, int revision) =>
        connection.QuerySingleOrDefaultAsync<string?>(EarlierSql, new { office, key, revision });

    /// <summary>The new procedures of an office that were discarded with their drafts, the latest first.</summary>
    public static async Task<IReadOnlyList<DiscardedProcedure>> DiscardedProceduresAsync(DbConnection connection, string office)
    {
        var rows = await connection.QueryAsync<DiscardedProcedure>(ProceduresSql, new { office });
        return [.. rows.DistinctBy(r => r.DefinitionKey).Select(r => r with { NameTh = NameIn(r.NameTh) ?? r.DefinitionKey })];
    }

    static string? NameIn(string content)
    {
        using var document = JsonDocument.Parse(content);
        return document.RootElement.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
            ? name.GetString()
            : null;
    }

    /// <summary>The same, within a transaction that is going to change it.</summary>
    public static ValueTask<OfficeDraft?> LockAsync(Database database, WriteSession session, string office, string key)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(session);
        return session.QuerySingleAsync(
            $"{Select} WHERE office = $1 AND definition_key = $2 {database.Lock("d")}",
            new object?[] { office, key },
            row => new OfficeDraft
            {
                Content = row.TextOrNull(0),
                Revision = row.GetInt32(1),
                Opened = row.GetInt32(2),
                ManualVersion = row.IsDBNull(3) ? null : row.GetInt32(3),
                WindowId = row.TextOrNull(4),
                WindowSince = row.GetInt32(5),
                UpdatedBy = row.Id(6),
                UpdatedAt = row.Instant(7),
            });
    }

    /// <summary>Stores a new revision, of the draft that is open or of a new one.</summary>
    public static int Store(
        WriteSession session,
        OfficeDraft? before,
        string office,
        string key,
        string content,
        ReadDefinition read,
        int? manualVersion,
        string? window,
        Guid by,
        DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(read);
        var revision = (before?.Revision ?? 0) + 1;
        var name = read.Definition?.Name ?? new(key, key);
        session.Enqueue(
            before is null ? InsertSql : UpdateSql, office, key, content, name.Th, name.En, revision,
            before is { IsOpen: true } ? before.Opened : revision,
            before is { IsOpen: true } ? before.ManualVersion : manualVersion,
            window, window is not null && before?.WindowId == window ? before.WindowSince : revision, by, now,
            SearchText.Key(name.Th, name.En, key));
        DraftReviews.Wrote(session, office, key, by);
        return revision;
    }

    /// <summary>Before the next save: what the draft is now, should anybody have seen it. A window's own steps are not all kept.</summary>
    public static void Remember(WriteSession session, OfficeDraft? draft, string office, string key, string? window, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (draft?.Content is not { } content || (window is not null && draft.WindowId == window && now - draft.UpdatedAt < OneSitting))
            return;
        session.Enqueue(RememberSql, office, key, draft.Revision, content);
        session.Enqueue(ForgetSql, office, key, draft.Revision - MaxRevisions);
    }

    /// <summary>It was published: its window may go on from there.</summary>
    public static void Close(WriteSession session, string office, string key)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(CloseSql, office, key);
        session.Enqueue(ForgetSql, office, key, int.MaxValue);
        DraftReviews.Begin(session, office, key);
    }

    /// <summary>
    /// It was discarded: a window that still shows it is told when it saves, and for a while it can be taken back.
    /// </summary>
    public static void Discard(WriteSession session, string office, string key, OfficeDraft draft, Guid by, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var window = Guid.CreateVersion7(now).ToString("N");
        DraftReviews.PutAway(session, office, key, window);
        Close(session, office, key);
        session.Enqueue(ForgetWindowSql, office, key);
        session.Enqueue(
            PutAsideSql, office, key, window, draft.Content!, draft.UpdatedBy, draft.UpdatedAt, now, by, draft.ManualVersion);
    }

    public static void PutAside(WriteSession session, string office, string key, string window, string content, Guid by, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(TakeAsideSql, office, key, window);
        DraftReviews.Forget(session, office, key, window);
        session.Enqueue(PutAsideSql, office, key, window, content, by, now, null, null, null);
        DraftReviews.Wrote(session, office, key, by, window);
    }

    /// <summary>A copy is out of the way, and gone after a while.</summary>
    public static void ThrowAway(WriteSession session, string office, string key, string window, Guid by, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(ThrowAwaySql, office, key, window, now, by);
    }

    /// <summary>A copy becomes the draft.</summary>
    public static void TakeAside(WriteSession session, string office, string key, string window)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(TakeAsideSql, office, key, window);
        DraftReviews.TakeBack(session, office, key, window);
    }
}

using System.Data.Common;
using Dapper;
using ProcessEngine.Service.Definitions.Elsa;
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

/// <summary>What was saved over a draft that had become newer; kept until somebody decides.</summary>
public sealed record SetAside
{
    public string WindowId { get; init; } = "";
    public string Content { get; init; } = "";
    public Guid SavedBy { get; init; }
    public string? SavedByName { get; init; }
    public DateTimeOffset SavedAt { get; init; }
}

/// <summary>Where drafts are stored. What may be done with them stands in <see cref="Drafts"/>.</summary>
public static class OfficeDrafts
{
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
    const string PutAsideSql =
        "INSERT INTO draft_set_aside (office, definition_key, window_id, content, saved_by, saved_at) VALUES ($1, $2, $3, $4, $5, $6)";

    // Index: the primary key. A window has one; whoever had more windows than this open is not a person.
    const string AsideSql = """
        SELECT a.window_id, a.content, a.saved_by, u.display_name AS saved_by_name, a.saved_at
        FROM draft_set_aside a
        LEFT JOIN app_user u ON u.user_id = a.saved_by
        WHERE a.office = @office AND a.definition_key = @key
        ORDER BY a.saved_at DESC
        LIMIT 20
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
        return revision;
    }

    /// <summary>It was published: its window may go on from there.</summary>
    public static void Close(WriteSession session, string office, string key)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(CloseSql, office, key);
    }

    /// <summary>It was discarded: a window that still shows it is told when it saves.</summary>
    public static void Discard(WriteSession session, string office, string key)
    {
        Close(session, office, key);
        session.Enqueue(ForgetWindowSql, office, key);
    }

    public static void PutAside(WriteSession session, string office, string key, string window, string content, Guid by, DateTimeOffset now)
    {
        TakeAside(session, office, key, window);
        session.Enqueue(PutAsideSql, office, key, window, content, by, now);
    }

    public static void TakeAside(WriteSession session, string office, string key, string window)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(TakeAsideSql, office, key, window);
    }
}

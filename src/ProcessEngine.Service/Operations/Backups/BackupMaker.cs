using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Dapper;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Storage.Copies;

namespace ProcessEngine.Service.Operations.Backups;

/// <summary>The last copy of the database, as the database knows it.</summary>
/// <param name="Bytes">Null for one of before version 58 of the schema.</param>
/// <param name="Trial"><c>whole</c>, or what was wrong with it when it was tried; null when it was not.</param>
public sealed record LastBackup(DateTimeOffset MadeAt, string? Place, long? Bytes, DateTimeOffset? TriedAt, string? Trial)
{
    public const string Whole = "whole";
}

/// <summary>
/// Copies of the installation: a folder each, with the database, the keys where they lie outside it, the anchors, the settings without
/// their secrets, and a list of all that with its sums. Two are told apart by the moment in their name.
/// </summary>
public sealed partial class BackupMaker(
    Database database, DatabaseCopies copies, BackupOptions options, ServiceOptions service, ModuleSettings settings, AnchorCopies anchors,
    TimeProvider time, ILogger<BackupMaker> log)
{
    const string LastSql = "SELECT made_at, place, bytes, tried_at, trial FROM backup_made ORDER BY made_at DESC LIMIT 1";
    const string InsertSql = """
        INSERT INTO backup_made (made_at, place, bytes) VALUES ($1, $2, $3)
        ON CONFLICT (made_at) DO UPDATE SET place = excluded.place, bytes = excluded.bytes, tried_at = NULL, trial = NULL
        """;
    const string ForgetSql = "DELETE FROM backup_made WHERE made_at < $1";
    const string TriedSql = "UPDATE backup_made SET tried_at = $2, trial = $3 WHERE place = $1";

    static readonly TimeSpan NotedFor = TimeSpan.FromDays(400);

    public static async Task<LastBackup?> LastAsync(DbConnection connection) =>
        await connection.QuerySingleOrDefaultAsync<Row>(LastSql) is { } row
            ? new LastBackup(row.MadeAt, row.Place, row.Bytes, row.TriedAt, row.Trial)
            : null;

    sealed record Row
    {
        public DateTimeOffset MadeAt { get; init; }
        public string? Place { get; init; }
        public long? Bytes { get; init; }
        public DateTimeOffset? TriedAt { get; init; }
        public string? Trial { get; init; }
    }

    /// <summary>Since when a copy is due that the service should have made by itself; null when none is.</summary>
    public async Task<DateTimeOffset?> DueSinceAsync(DbConnection connection)
    {
        if (string.IsNullOrEmpty(options.Folder))
            return null;
        var now = time.GetUtcNow();
        var due = BangkokTime.At(BangkokTime.DateOf(now), TimeOnly.FromTimeSpan(options.At));
        if (due > now)
            due -= TimeSpan.FromDays(1);
        return (await LastAsync(connection))?.MadeAt >= due ? null : due;
    }

    /// <summary>Makes a copy while the service runs, here or elsewhere. What is there under its name is whole.</summary>
    /// <returns>Its folder.</returns>
    /// <exception cref="CopyException">There is none; those of before are as they were.</exception>
    public async Task<string> MakeAsync(string folder, int keep, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var (now, begun) = (Instants.Truncate(time.GetUtcNow()), Stopwatch.GetTimestamp());
        var name = string.Create(CultureInfo.InvariantCulture, $"processengine-{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");
        var place = Path.Combine(folder, name);
        var part = place + ".part";
        try
        {
            CreatePrivate(part);
            // The keys first: what the database of a moment later holds was sealed by these, or by one that was made in between.
            if (service.KeysFolder is { Length: > 0 } keys && Directory.Exists(keys))
                CopyFiles(Directory.GetFiles(keys), Path.Combine(part, "keys"));
            await copies.WriteAsync(Path.Combine(part, copies.FileName), ct);
            CopyFiles(anchors.Files, Path.Combine(part, "anchors"));
            await File.WriteAllTextAsync(Path.Combine(part, "settings.txt"), SettingsText.Of(settings), ct);
            var manifest = new Manifest(
                1, now, ProgramVersion, database.Provider, copies.FileName, await Manifest.SumAsync(part, ct));
            await manifest.WriteAsync(part, ct);
            Directory.Move(part, place);
            await NoteAsync(place, manifest, ct);
            Log.Made(log, place, manifest.Bytes, Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CopyException($"No copy was made in {folder}: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(part))
                Directory.Delete(part, recursive: true);
        }

        foreach (var old in Of(folder).SkipLast(keep))
            Directory.Delete(old, recursive: true);
        return place;
    }

    static string ProgramVersion =>
        typeof(BackupMaker).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <summary>The copies in a folder, the oldest first; nothing else that lies there.</summary>
    static IEnumerable<string> Of(string folder) => Directory.GetDirectories(folder)
        .Where(path => Name().IsMatch(Path.GetFileName(path)) && File.Exists(Path.Combine(path, Manifest.FileName)))
        .Order(StringComparer.Ordinal);

    /// <summary>For the administrator's page. A copy of a database that is older than its table is one, too.</summary>
    async Task NoteAsync(string place, Manifest manifest, CancellationToken ct)
    {
        try
        {
            await database.TransactAsync(
                session =>
                {
                    session.Enqueue(ForgetSql, manifest.MadeAt - NotedFor);
                    session.Enqueue(InsertSql, manifest.MadeAt, place, manifest.Bytes);
                    return ValueTask.FromResult(true);
                },
                ct);
        }
        catch (Exception e) when (e is DbException or WriteConflictException)
        {
            Log.NotNoted(log, e.Message);
        }
    }

    /// <summary>Brings a copy back beside the database, brings it up to this version, and verifies its whole record.</summary>
    /// <returns><see cref="LastBackup.Whole"/>, or what is wrong with it.</returns>
    public async Task<string> TryAsync(string place, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(place);
        var aside = Path.TrimEndingDirectorySeparator(place) + ".trial";
        string said;
        try
        {
            CreatePrivate(aside);
            var manifest = await Manifest.CheckAsync(place, database.Provider, ct);
            await using var copy = await copies.BringBackAsideAsync(Path.Combine(place, manifest.Database), aside, ct);
            await copy.Database.MigrateAsync(time, ct);
            said = await VerifyAsync(copy.Database, ct);
        }
        catch (Exception e) when (e is CopyException or DbException or IOException or UnauthorizedAccessException)
        {
            said = e.Message;
        }
        finally
        {
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
        }

        await database.TransactAsync(
            session =>
            {
                session.Enqueue(TriedSql, place, Instants.Truncate(time.GetUtcNow()), said);
                return ValueTask.FromResult(true);
            },
            ct);
        Log.Tried(log, place, said);
        return said;
    }

    static async Task<string> VerifyAsync(Database copy, CancellationToken ct)
    {
        var (store, cases, faults, first) = (new StoreVerifier(copy), 0L, 0, (StoreFault?)null);
        for (Guid? next = Guid.Empty; next is { } after;)
        {
            ct.ThrowIfCancellationRequested();
            var page = await store.PageAsync(null, after, ct);
            (cases, faults, next) = (cases + page.Cases, faults + page.Faults.Count, page.Next);
            first ??= page.Faults is [var fault, ..] ? fault : null;
        }

        return first is null
            ? LastBackup.Whole
            : $"{faults} faults in {cases} cases; the first: {first.Reason}, case {first.ProcessInstanceId}, event {first.Sequence}";
    }

    /// <summary>Brings a copy back into the empty place that the settings name, and the keys where they lie outside the database.</summary>
    public async Task BringBackAsync(string place, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(place);
        var manifest = await Manifest.CheckAsync(place, database.Provider, ct);
        var keys = Directory.Exists(Path.Combine(place, "keys")) ? Directory.GetFiles(Path.Combine(place, "keys")) : [];
        if (keys.Length > 0)
        {
            if (string.IsNullOrEmpty(service.KeysFolder))
                throw new CopyException($"{place} has the keys of the installation: name their folder (ProcessEngine:KeysFolder).");
            if (Directory.Exists(service.KeysFolder) && Directory.EnumerateFileSystemEntries(service.KeysFolder).Any())
                throw new CopyException($"{service.KeysFolder} is not empty: move its keys away first.");
        }

        await copies.BringBackAsync(Path.Combine(place, manifest.Database), ct);
        if (keys.Length > 0)
            CopyFiles(keys, service.KeysFolder!);
    }

    static void CopyFiles(IEnumerable<string> files, string into)
    {
        foreach (var file in files)
        {
            CreatePrivate(into);
            File.Copy(file, Path.Combine(into, Path.GetFileName(file)));
        }
    }

    static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [GeneratedRegex(@"\Aprocessengine-[0-9]{8}T[0-9]{6}Z\z")]
    private static partial Regex Name();
}

static partial class Log
{
    [LoggerMessage(3101, LogLevel.Information, "A copy was made: {Place}, {Bytes} bytes, {Seconds:0.0} s")]
    public static partial void Made(ILogger logger, string place, long bytes, double seconds);

    [LoggerMessage(3102, LogLevel.Warning, "A copy was made, but not noted in the database: {Reason}")]
    public static partial void NotNoted(ILogger logger, string reason);

    [LoggerMessage(3103, LogLevel.Information, "A copy was tried: {Place}: {Said}")]
    public static partial void Tried(ILogger logger, string place, string said);
}

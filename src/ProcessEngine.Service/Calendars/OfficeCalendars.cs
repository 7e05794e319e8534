using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Caching.Memory;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Calendars;

/// <summary>An office as the calendar needs it.</summary>
public sealed record Office(string Code, string NameTh, string NameEn, string Province);

/// <summary>The working calendar of each office: the national table, then the rows of the province where the office stands.</summary>
public sealed class OfficeCalendars(Database database, IMemoryCache cache)
{
    /// <summary>How long another node may go on with an office's old settings.</summary>
    static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    public const string National = "national";

    readonly ConcurrentDictionary<(string? Province, int Version), WorkingCalendar> built = new();
    int currentVersion;

    /// <summary>Must be called once, after the table is loaded.</summary>
    public async Task UseLatestAsync(CancellationToken ct)
    {
        await using (var connection = await database.OpenAsync(ct))
            currentVersion = await connection.QuerySingleAsync<int>("SELECT MAX(version) FROM calendar_version");
        await BuildAsync(null, currentVersion, ct);
    }

    public int CurrentVersion => currentVersion;

    /// <summary>The calendar called <c>national</c>, by an ISO 3166-2 province, or by an office's code; null when there is none.</summary>
    public async ValueTask<WorkingCalendar?> FindAsync(string name, CancellationToken ct)
    {
        if (name == National)
            return await GetAsync(null, currentVersion, ct);
        if (Provinces.IsKnown(name))
            return await GetAsync(name, currentVersion, ct);
        return await FindOfficeAsync(name, ct) is { } office ? await GetAsync(office.Province, currentVersion, ct) : null;
    }

    /// <summary>The calendar as it was in an earlier version, to explain a date that was computed then.</summary>
    public async ValueTask<WorkingCalendar> AsOfAsync(string office, int version, CancellationToken ct) =>
        await GetAsync((await FindOfficeAsync(office, ct))?.Province, version, ct);

    /// <summary>What an office knows at an instant, for one decision.</summary>
    public async ValueTask<Moment> MomentAsync(string office, string definitionKey, DateTimeOffset now)
    {
        var place = await FindOfficeAsync(office, CancellationToken.None) ?? throw new InvalidOperationException($"Office {office} does not exist.");
        var calendar = await GetAsync(place.Province, currentVersion, CancellationToken.None);
        return new Moment(now, calendar, await OfficeDeadlinesAsync(office, definitionKey)) { Holders = await HoldersAsync(office) };
    }

    /// <summary>Who holds which role in an office. Index: ix_membership_office.</summary>
    async ValueTask<IReadOnlyDictionary<string, ImmutableArray<Guid>>> HoldersAsync(string office)
    {
        if (cache.TryGetValue(("holders", office), out IReadOnlyDictionary<string, ImmutableArray<Guid>>? known))
            return known!;
        await using var connection = await database.OpenAsync(CancellationToken.None);
        var rows = await connection.QueryAsync<(string Role, Guid User)>("SELECT role, user_id FROM membership WHERE office IN (@office, '*') ORDER BY role, user_id", new { office });
        IReadOnlyDictionary<string, ImmutableArray<Guid>> holders = rows.GroupBy(r => r.Role).ToDictionary(g => g.Key, g => g.Select(r => r.User).Distinct().ToImmutableArray());
        cache.Set(("holders", office), holders, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Freshness, Size = 1 });
        return holders;
    }

    public async ValueTask<Office?> FindOfficeAsync(string code, CancellationToken ct)
    {
        if (cache.TryGetValue(("office", code), out Office? known))
            return known;
        await using var connection = await database.OpenAsync(ct);
        var office = await connection.QuerySingleOrDefaultAsync<Office>(
            "SELECT code, name_th, name_en, province FROM office WHERE code = @code", new { code });
        if (office is not null)
            cache.Set(("office", code), office, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Freshness, Size = 1 });
        return office;
    }

    /// <summary>Call after an office or its limits were changed on this node.</summary>
    public void Forget(string office, string? definitionKey = null)
    {
        cache.Remove(("office", office));
        cache.Remove(("holders", office));
        if (definitionKey is not null)
            cache.Remove(("limits", office, definitionKey));
    }

    async ValueTask<IReadOnlyDictionary<string, DeadlineRule>> OfficeDeadlinesAsync(string office, string definitionKey)
    {
        if (cache.TryGetValue(("limits", office, definitionKey), out IReadOnlyDictionary<string, DeadlineRule>? known))
            return known!;
        await using var connection = await database.OpenAsync(CancellationToken.None);
        var rows = await connection.QueryAsync<(string Step, string Rule)>(
            "SELECT step_id, rule FROM office_step_deadline WHERE office = @office AND definition_key = @definitionKey", new { office, definitionKey });
        IReadOnlyDictionary<string, DeadlineRule> rules = rows.ToDictionary(
            r => r.Step, r => JsonSerializer.Deserialize<DeadlineRule>(r.Rule, StorageJson.Instance.Options)!);
        cache.Set(("limits", office, definitionKey), rules, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Freshness, Size = 1 });
        return rules;
    }

    async ValueTask<WorkingCalendar> GetAsync(string? province, int version, CancellationToken ct) =>
        built.TryGetValue((province, version), out var calendar) ? calendar : await BuildAsync(province, version, ct);

    async Task<WorkingCalendar> BuildAsync(string? province, int version, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var coverage = await connection.QuerySingleAsync<(int First, int Last, int Announced)>(
            "SELECT first_year, last_year, last_announced_year FROM calendar_version WHERE version = @version", new { version });
        var rows = await connection.QueryAsync<HolidayRow>(
            """
            SELECT day, scope, name_th, name_en, kind, source, confidence
            FROM holiday
            WHERE version_from <= @version AND (version_to IS NULL OR version_to > @version)
            ORDER BY day, scope
            """,
            new { version });
        var calendar = WorkingCalendar.Build(
            province ?? National, version, province, rows.Select(r => r.ToHoliday()), [], new CalendarCoverage(coverage.First, coverage.Last, coverage.Announced));
        return built.GetOrAdd((province, version), calendar);
    }
}

sealed record HolidayRow
{
    public DateOnly Day { get; init; }
    public string Scope { get; init; } = "";
    public string NameTh { get; init; } = "";
    public string NameEn { get; init; } = "";
    public string Kind { get; init; } = "";
    public string Source { get; init; } = "";
    public string Confidence { get; init; } = "";

    public Holiday ToHoliday() => new(Day, new LocalizedText(NameTh, NameEn), Kind, Scope, Source, Confidence);
}

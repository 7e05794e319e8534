using System.Collections.Immutable;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Caching.Memory;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Offices.Calendars;

/// <summary>An office as the calendar needs it.</summary>
public sealed record Office(string Code, string NameTh, string NameEn, string Province, string Kind);

/// <summary>
/// The working calendar of each office: the national table, the rows of the province where the office stands, then its own days.
/// </summary>
public sealed class OfficeCalendars(Database database, IMemoryCache cache)
{
    /// <summary>How long another node may go on with an office's old settings.</summary>
    static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    /// <summary>Editions that auditors look back to are kept while they do.</summary>
    static readonly TimeSpan KeepEarlierFor = TimeSpan.FromMinutes(10);

    const int EarlierSize = 100;

    public const string National = "national";

    /// <summary>The table is everybody's; when an office is closed is its people's.</summary>
    public static bool MaySee(Caller caller, string calendar)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return calendar == National || Provinces.IsKnown(calendar) || caller.BelongsTo(calendar);
    }

    volatile CalendarEdition? current;

    CalendarEdition Current => current ?? throw new InvalidOperationException("The calendar is used before it is loaded.");

    /// <summary>The newest edition, whichever node made it. Must be called once before anything is decided.</summary>
    public async Task<CalendarEdition> LatestAsync(CancellationToken ct)
    {
        int version;
        await using (var connection = await database.OpenAsync(ct))
            version = await connection.QuerySingleAsync<int>("SELECT MAX(version) FROM calendar_version");
        return await EditionAsync(version, ct);
    }

    /// <summary>An edition by its number. A later one than this node knows becomes the one that it decides by.</summary>
    public async ValueTask<CalendarEdition> EditionAsync(int version, CancellationToken ct)
    {
        if (current is { } known && known.Version == version)
            return known;
        if (cache.TryGetValue(("edition", version), out CalendarEdition? earlier))
            return earlier!;
        var edition = await LoadAsync(version, ct);
        if (current is null || current.Version < version)
            current = edition;
        else
            cache.Set(
                ("edition", version), edition, new MemoryCacheEntryOptions { SlidingExpiration = KeepEarlierFor, Size = EarlierSize });
        return edition;
    }

    /// <summary>
    /// The newest calendar called <c>national</c>, by an ISO 3166-2 province, or by an office's code; null when there is none.
    /// </summary>
    public async ValueTask<WorkingCalendar?> FindAsync(string name, CancellationToken ct) => await FindIn(await LatestAsync(ct), name, ct);

    async ValueTask<WorkingCalendar?> FindIn(CalendarEdition edition, string name, CancellationToken ct)
    {
        if (name == National)
            return edition.For((string?)null);
        if (Provinces.IsKnown(name))
            return edition.For(name);
        return await FindOfficeAsync(name, ct) is { } office ? edition.For(office) : null;
    }

    /// <summary>The calendar as it was in an earlier version, to explain a date that was computed then.</summary>
    public async ValueTask<WorkingCalendar> AsOfAsync(string office, int version, CancellationToken ct)
    {
        var edition = await EditionAsync(version, ct);
        return await FindOfficeAsync(office, ct) is { } place ? edition.For(place) : edition.For((string?)null);
    }

    /// <summary>
    /// What an office knows at an instant, for one decision. By the edition that
    /// this node knows: whoever stores the decision checks that it still holds.
    /// </summary>
    public ValueTask<Moment> MomentAsync(string office, string definitionKey, DateTimeOffset now) =>
        MomentAsync(office, definitionKey, now, Current);

    public async ValueTask<Moment> MomentAsync(string office, string definitionKey, DateTimeOffset now, CalendarEdition edition)
    {
        ArgumentNullException.ThrowIfNull(edition);
        var place = await FindOfficeAsync(office, CancellationToken.None)
            ?? throw new InvalidOperationException($"Office {office} does not exist.");
        return new Moment(now, edition.For(place), await OfficeDeadlinesAsync(office, definitionKey))
        {
            Holders = await HoldersAsync(office),
            ByOrder = await ByOrderAsync(office, definitionKey, BangkokTime.DateOf(now)),
            Responsible = await ResponsibleAsync(office),
        };
    }

    /// <summary>Who holds which role in an office, or stands in for it. Index: ix_membership_office.</summary>
    async ValueTask<IReadOnlyDictionary<string, ImmutableArray<Guid>>> HoldersAsync(string office)
    {
        if (cache.TryGetValue(("holders", office), out IReadOnlyDictionary<string, ImmutableArray<Guid>>? known))
            return known!;
        await using var connection = await database.OpenAsync(CancellationToken.None);
        var rows = await connection.QueryAsync<(string Role, Guid User)>(
            "SELECT role, user_id FROM role_held WHERE office IN (@office, '*') ORDER BY role, user_id", new { office });
        IReadOnlyDictionary<string, ImmutableArray<Guid>> holders = rows.GroupBy(r => r.Role)
            .ToDictionary(g => g.Key, g => g.Select(r => r.User).Distinct().ToImmutableArray());
        cache.Set(("holders", office), holders, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Freshness, Size = 1 });
        return holders;
    }

    /// <summary>Who looks after what. Index: the primary key.</summary>
    async ValueTask<IReadOnlyDictionary<(string Role, string Field), Guid>> ResponsibleAsync(string office)
    {
        if (cache.TryGetValue(("responsible", office), out IReadOnlyDictionary<(string, string), Guid>? known))
            return known!;
        await using var connection = await database.OpenAsync(CancellationToken.None);
        // Who has left the role looks after nothing any more.
        var rows = await connection.QueryAsync<(string Role, string Field, Guid User)>(
            """
            SELECT r.role, r.field, r.user_id
            FROM office_responsibility r
            WHERE r.office = @office
                AND EXISTS (SELECT 1 FROM role_held h WHERE h.office IN (@office, '*') AND h.role = r.role AND h.user_id = r.user_id)
            """,
            new { office });
        IReadOnlyDictionary<(string, string), Guid> responsible = rows.ToDictionary(r => (r.Role, r.Field), r => r.User);
        cache.Set(
            ("responsible", office), responsible, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Freshness, Size = 1 });
        return responsible;
    }

    /// <summary>Who sits in which post by order, for a procedure.</summary>
    async ValueTask<IReadOnlyDictionary<string, ImmutableArray<Guid>>> ByOrderAsync(string office, string definitionKey, DateOnly today)
    {
        var known = await OrdersAsync(office, today);
        return known.IsEmpty
            ? ImmutableDictionary<string, ImmutableArray<Guid>>.Empty
            : known.Where(o => o.InForceOn(today) && o.Covers(definitionKey))
                .GroupBy(o => o.Role)
                .ToDictionary(g => g.Key, g => g.Select(o => o.User).Distinct().ToImmutableArray());
    }

    async ValueTask<ImmutableArray<PostByOrder>> OrdersAsync(string office, DateOnly today)
    {
        if (cache.TryGetValue(("orders", office), out ImmutableArray<PostByOrder> known))
            return known;
        await using var connection = await database.OpenAsync(CancellationToken.None);
        known = await PostsByOrder.OfOfficeAsync(connection, office, today);
        cache.Set(("orders", office), known, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Freshness, Size = 1 });
        return known;
    }

    /// <summary>
    /// The posts that nobody of the office holds, each with the orders for some
    /// procedures by which somebody sits in it; not those with an order for all.
    /// </summary>
    public async ValueTask<IReadOnlyList<Post>> VacantPostsAsync(string office, DateOnly today)
    {
        var holders = await HoldersAsync(office);
        var inForce = (await OrdersAsync(office, today)).Where(o => o.InForceOn(today)).ToLookup(o => o.Role);
        return [.. Roles.Acting.Where(role => !holders.ContainsKey(role) && inForce[role].All(o => o.Scope is not null))
            .Select(role => new Post(office, role, [.. inForce[role]]))];
    }

    /// <summary>How an office prints its posts.</summary>
    public async ValueTask<OfficeKind> KindOfAsync(string office) =>
        await FindOfficeAsync(office, CancellationToken.None) is { } place ? OfficeKinds.Parse(place.Kind) : OfficeKind.Area;

    public async ValueTask<Office?> FindOfficeAsync(string code, CancellationToken ct)
    {
        if (cache.TryGetValue(("office", code), out Office? known))
            return known;
        await using var connection = await database.OpenAsync(ct);
        var office = await connection.QuerySingleOrDefaultAsync<Office>(
            "SELECT code, name_th, name_en, province, kind FROM office WHERE code = @code", new { code });
        if (office is not null)
            cache.Set(("office", code), office, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Freshness, Size = 1 });
        return office;
    }

    /// <summary>Call after an office or its limits were changed on this node.</summary>
    public void Forget(string office, string? definitionKey = null)
    {
        cache.Remove(("office", office));
        cache.Remove(("holders", office));
        cache.Remove(("responsible", office));
        cache.Remove(("orders", office));
        if (definitionKey is not null)
            cache.Remove(("limits", office, definitionKey));
    }

    async ValueTask<IReadOnlyDictionary<string, DeadlineRule>> OfficeDeadlinesAsync(string office, string definitionKey)
    {
        if (cache.TryGetValue(("limits", office, definitionKey), out IReadOnlyDictionary<string, DeadlineRule>? known))
            return known!;
        await using var connection = await database.OpenAsync(CancellationToken.None);
        var rows = await connection.QueryAsync<(string Step, string Rule)>(
            "SELECT step_id, rule FROM office_step_deadline WHERE office = @office AND definition_key = @definitionKey",
            new { office, definitionKey });
        IReadOnlyDictionary<string, DeadlineRule> rules = rows.ToDictionary(
            r => r.Step, r => JsonSerializer.Deserialize<DeadlineRule>(r.Rule, StorageJson.Instance.Options)!);
        cache.Set(
            ("limits", office, definitionKey),
            rules,
            new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Freshness, Size = 1 });
        return rules;
    }

    async Task<CalendarEdition> LoadAsync(int version, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var coverage = await connection.QuerySingleAsync<(int First, int Last, int Announced)>(
            "SELECT first_year, last_year, last_announced_year FROM calendar_version WHERE version = @version", new { version });
        var holidays = await connection.QueryAsync<HolidayRow>(
            """
            SELECT day, scope, name_th, name_en, kind, source, confidence
            FROM holiday
            WHERE version_from <= @version AND (version_to IS NULL OR version_to > @version)
            """,
            new { version });
        var officeDays = await connection.QueryAsync<OfficeDayRow>(
            """
            SELECT office, day, kind, reason, approved_by
            FROM office_day
            WHERE version_from <= @version AND (version_to IS NULL OR version_to > @version)
            """,
            new { version });
        return new CalendarEdition(
            version, new CalendarCoverage(coverage.First, coverage.Last, coverage.Announced), holidays.Select(r => r.ToHoliday()),
            officeDays.Select(r => r.ToOfficeDay()));
    }
}

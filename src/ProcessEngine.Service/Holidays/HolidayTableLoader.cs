using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Holidays;

/// <summary>
/// Brings the shipped holiday table into the database: the first time as version 1, a newer table as a change like any other.
/// </summary>
public sealed class HolidayTableLoader(Database database, CalendarChanges changes, TimeProvider time)
{
    const string Resource = "ProcessEngine.Service.Holidays.Data.th-government-holidays.csv";
    const string Shipped = "shipped";

    /// <summary>Years that the table covers, and the last one whose holidays are announced (docs/working-time.md, R9).</summary>
    public static CalendarCoverage Coverage { get; } = new(2018, 2027, 2026);

    const string InsertVersion = """
        INSERT INTO calendar_version (version, first_year, last_year, last_announced_year, reason, checksum, created_at)
        VALUES (1, $1, $2, $3, $4, $5, $6)
        """;

    const string InsertHoliday = """
        INSERT INTO holiday (day, scope, version_from, name_th, name_en, kind, source, confidence)
        VALUES ($1, $2, 1, $3, $4, $5, $6, $7)
        """;

    public static string ShippedTable()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!);
        return reader.ReadToEnd();
    }

    public Task LoadAsync(CancellationToken ct) => LoadAsync(ShippedTable(), Coverage, ct);

    public async Task LoadAsync(string csv, CalendarCoverage coverage, CancellationToken ct)
    {
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{coverage}\n{csv}")));
        var versions = await VersionsAsync(checksum, ct);
        if (versions.Known > 0)
            return;
        var table = HolidayTable.Parse(csv);
        if (versions.All == 0)
            await LoadFirstAsync(table, coverage, checksum, ct);
        else
            await ReplaceAsync(table, coverage, checksum, ct);
    }

    async Task<(long All, long Known)> VersionsAsync(string checksum, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await connection.QuerySingleAsync<(long, long)>(
            "SELECT COUNT(*), COUNT(CASE WHEN checksum = @checksum THEN 1 END) FROM calendar_version", new { checksum });
    }

    async Task LoadFirstAsync(IReadOnlyList<Holiday> table, CalendarCoverage coverage, string checksum, CancellationToken ct)
    {
        try
        {
            await database.TransactAsync(
                session =>
                {
                    session.Enqueue(
                        InsertVersion, coverage.FirstYear, coverage.LastYear, coverage.LastAnnouncedYear, "Shipped holiday table", checksum,
                        Instants.Truncate(time.GetUtcNow()));
                    foreach (var row in table)
                        session.Enqueue(InsertHoliday, row.Date, row.Scope, row.Name.Th, row.Name.En, row.Kind, row.Source, row.Confidence);
                    return ValueTask.FromResult(true);
                },
                ct);
        }
        catch (WriteConflictException)
        {
            // Another node that started with us loaded the same table.
        }
    }

    /// <summary>
    /// A newer table overrules the older one, and nothing that was entered here: rows added, changed, confirmed or removed stay so.
    /// </summary>
    async Task ReplaceAsync(IReadOnlyList<Holiday> table, CalendarCoverage coverage, string checksum, CancellationToken ct)
    {
        HashSet<(DateOnly, string)> entered;
        await using (var connection = await database.OpenAsync(ct))
        {
            entered =
            [
                .. await connection.QueryAsync<(DateOnly, string)>(
                    """
                    SELECT day, scope
                    FROM holiday
                    WHERE origin <> 'shipped'
                    UNION
                    SELECT h.day, h.scope
                    FROM holiday h
                    JOIN calendar_change c ON c.to_version = h.version_to
                    WHERE c.changed_by IS NOT NULL
                    """),
            ];
        }

        var request = new ChangeRequest(Holiday.National, null, "th-government-holidays.csv", "Shipped holiday table", null);
        var outcome = await changes.ApplyAsync(new RequestId(Guid.Empty, null, []), request, Plan, ct, Shipped, checksum);
        // Another node that started with us may have taken the same table.
        if (outcome.Rejection is not null && (await VersionsAsync(checksum, ct)).Known == 0)
            outcome.Require();

        Outcome<CalendarDiff> Plan(CalendarEdition edition)
        {
            bool Ours(Holiday row) => !entered.Contains((row.Date, row.Scope));
            var widest = new CalendarCoverage(
                Math.Min(coverage.FirstYear, edition.Coverage.FirstYear), Math.Max(coverage.LastYear, edition.Coverage.LastYear),
                Math.Max(coverage.LastAnnouncedYear, edition.Coverage.LastAnnouncedYear));
            return new CalendarDiff
            {
                Ended = [.. edition.Holidays.Except(table).Where(Ours)],
                Begun = [.. table.Except(edition.Holidays).Where(Ours)],
                Coverage = widest == edition.Coverage ? null : widest,
            };
        }
    }
}

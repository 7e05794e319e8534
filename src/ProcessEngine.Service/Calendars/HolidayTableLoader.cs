using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Calendars;

/// <summary>Brings the shipped holiday table into the database: the first time as version 1, a changed table as the next version.</summary>
public sealed class HolidayTableLoader(Database database, TimeProvider time)
{
    const string Resource = "ProcessEngine.Service.Calendars.Data.th-government-holidays.csv";

    /// <summary>Years that the table covers, and the last one whose holidays are announced (docs/working-time.md, R9).</summary>
    public static CalendarCoverage Coverage { get; } = new(2018, 2027, 2026);

    const string InsertVersion = """
        INSERT INTO calendar_version (version, first_year, last_year, last_announced_year, reason, checksum, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """;

    const string InsertHoliday = """
        INSERT INTO holiday (day, scope, version_from, name_th, name_en, kind, source, confidence)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    public static string ShippedTable()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!);
        return reader.ReadToEnd();
    }

    public async Task LoadAsync(CancellationToken ct)
    {
        var csv = ShippedTable();
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Coverage}\n{csv}")));
        await using (var connection = await database.OpenAsync(ct))
        {
            if (await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM calendar_version WHERE checksum = @checksum", new { checksum }) > 0)
                return;
        }

        var table = HolidayTable.Parse(csv);
        var now = DbValues.Truncate(time.GetUtcNow());
        try
        {
            await database.TransactAsync(
                async session =>
                {
                    var version = 1;
                    await session.QueryAsync("SELECT COALESCE(MAX(version), 0) FROM calendar_version", Array.Empty<object?>(), row => version = row.GetInt32(0) + 1);
                    session.Enqueue(
                        InsertVersion, version, Coverage.FirstYear, Coverage.LastYear, Coverage.LastAnnouncedYear, "Shipped holiday table", checksum, now);
                    session.Enqueue("UPDATE holiday SET version_to = $1 WHERE version_to IS NULL", version);
                    foreach (var row in table)
                        session.Enqueue(InsertHoliday, row.Date, row.Scope, version, row.Name.Th, row.Name.En, row.Kind, row.Source, row.Confidence);
                    return true;
                },
                ct);
        }
        catch (WriteConflictException)
        {
            // Another node that started with us loaded the same table.
        }
    }
}

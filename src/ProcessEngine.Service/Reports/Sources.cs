using Microsoft.Extensions.Caching.Memory;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports;

/// <summary>What every report draws from.</summary>
public sealed record Sources(
    Database Database, DefinitionCatalog Definitions, OfficeCalendars Calendars, IMemoryCache Cache, TimeProvider Time)
{
    /// <summary>The offices whose figures a caller may look at.</summary>
    /// <param name="only">One of them; null or empty: all.</param>
    public async Task<IReadOnlyList<string>> OfficesAsync(Caller caller, string? only, CancellationToken ct)
    {
        await using var connection = await Database.OpenAsync(ct);
        return await VisibleOffices.ForAsync(connection, caller, only is { Length: > 0 } ? only : null);
    }

    /// <summary>The close of the office's next working day: what is due before is at risk.</summary>
    public async Task<DateTimeOffset> SoonAsync(string office, DateTimeOffset now)
    {
        var today = BangkokTime.DateOf(now);
        if (await Calendars.FindOfficeAsync(office, CancellationToken.None) is not { } place)
            return now;
        var edition = await Calendars.LatestAsync(CancellationToken.None);
        var calendar = edition.For(place);
        // Beyond the last year of the holiday table nobody knows; then it is tomorrow.
        var tomorrow = today.AddDays(1);
        return BangkokTime.At(
            calendar.Reaches(today) && calendar.Reaches(today.AddDays(30)) ? calendar.AddWorkingDays(today, 1) : tomorrow,
            WorkingHours.Close);
    }
}

using System.Text.Json.Serialization;
using Microsoft.Extensions.Caching.Memory;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Reports.Measuring;

namespace ProcessEngine.Service.Reports;

/// <summary>
/// <c>GET /api/v1/reports/figures</c>: where the time of work that is done went: how much of the limits was used, how long work waited to
/// be taken, how long it was worked on, how often it came back. What is not measured yet (a minute, or after an upgrade some more) is not
/// in it.
/// </summary>
public static class GetFigures
{
    static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(1);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/reports/figures", GetAsync).WithName("GetFigures").WithTags("Reports").Produces<Report>()
            .Choice("groupBy", "definition when left out.", Grouping.All)
            .Query(
                ("from", "Work whose time began at or after this moment; the start of the fiscal year when left out."),
                ("to", "Before this moment; now when left out."), ("office", "Only this office."),
                ("definitionKey", "Only this procedure."), ("group", "Only the people of this group."))
            .Refuses(400, 403);

    /// <param name="Counted">Limits that were kept or broken.</param>
    /// <param name="PercentUsed">Of the limit, in working time, without pauses: 100 is used up.</param>
    /// <param name="Pauses">How often such work was made to stand still.</param>
    /// <param name="MinutesStood">Working minutes for which it stood still.</param>
    public sealed record OfLimits(long Counted, Percentiles? PercentUsed, long Pauses, long Extensions, long MinutesStood);

    /// <param name="Done">Tasks that were done.</param>
    /// <param name="Cases">In so many cases.</param>
    /// <param name="MinutesWaited">Working minutes for which nobody had taken it.</param>
    /// <param name="MinutesWorked">Working minutes for which somebody had it.</param>
    /// <param name="Again">Tasks of a second or later round of their step.</param>
    public sealed record OfTasks(
        long Done, long Cases, Percentiles? MinutesWaited, Percentiles? MinutesWorked, long Again, long Returned, long Rejected)
    {
        /// <summary>Of the tasks, those that were of a later round, in per cent.</summary>
        [JsonIgnore]
        public int? PercentAgain => Done > 0 ? (int)(100 * Again / Done) : null;
    }

    public sealed record Figure(string Key, LocalizedText? Name, OfLimits Limits, OfTasks Tasks);

    public sealed record Report(string GroupBy, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<Figure> Items, string? Next);

    static async Task<IResult> GetAsync(HttpContext http, Sources sources, TimeProvider time)
    {
        var groupBy = http.OneOf("groupBy", Grouping.All) ?? Grouping.All[0];
        var asked = await AskedPeriod.FromAsync(http, sources, time);
        if (asked.Offices.Count == 0)
            return Problems.From(new NotAllowed("read-figures", [.. Overseers.All]));
        PeopleFigures? people = null;
        if (groupBy == PeopleFigures.GroupBy)
        {
            people = await PeopleFigures.AskAsync(
                sources.Database, http.Caller(), asked.Offices, new { from = asked.From, to = asked.To },
                Instants.Truncate(time.GetUtcNow()), http.RequestAborted);
            if (people is null)
                return Problems.From(PeopleFigures.No);
            asked = asked with { Offices = people.Offices };
        }

        var items = await ReadAsync(sources, asked, groupBy, http.RequestAborted, people);
        return Results.Json(new Report(groupBy, asked.From, asked.To, items, null), JsonShape.Options);
    }

    /// <summary>For the API, the pages and the exports.</summary>
    /// <param name="people">The right to them; needed by person.</param>
    public static async Task<IReadOnlyList<Figure>> ReadAsync(
        Sources sources, AskedPeriod asked, string groupBy, CancellationToken ct, PeopleFigures? people = null)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(asked);
        Grouping.Require(groupBy, asked.Offices, people);
        var (offices, from, to, only) = asked;
        if (offices.Count == 0)
            return [];
        // It changes by what was measured in the last minute.
        var name = ("figures", string.Join(' ', offices), from, to, only, groupBy);
        if (sources.Cache.TryGetValue(name, out IReadOnlyList<Figure>? known))
            return known!;
        var limits = await Totals.ReadAsync(sources, asked, MonthSheet.Clocks, groupBy, spread: true, cases: false, ct);
        var tasks = await Totals.ReadAsync(sources, asked, MonthSheet.Tasks, groupBy, spread: true, cases: true, ct);
        var found = limits.Keys.Union(tasks.Keys).Order(StringComparer.Ordinal).ToList();
        var names = await Grouping.NamesAsync(sources, groupBy, found, ct);
        var figures = found.ConvertAll(key => new Figure(
            Grouping.KeyOf(groupBy, key), names.GetValueOrDefault(key), Limits(limits.GetValueOrDefault(key)),
            Tasks(tasks.GetValueOrDefault(key))));
        return sources.Cache.Set<IReadOnlyList<Figure>>(
            name, figures, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = KeepFor, Size = 1 + figures.Count });
    }

    static OfLimits Limits(Total? of) => of is null
        ? new OfLimits(0, null, 0, 0, 0)
        : new OfLimits(
            of.Number, of.Spreads[Total.Percent].Percentiles(), of.Counts[Total.Pauses], of.Counts[Total.Extensions],
            of.Counts[Total.Stood]);

    static OfTasks Tasks(Total? of) => of is null
        ? new OfTasks(0, 0, null, null, 0, 0, 0)
        : new OfTasks(
            of.Number, of.Cases, of.Spreads[Total.Waited].Percentiles(), of.Spreads[Total.Worked].Percentiles(),
            of.Number - of.Counts[0], of.Counts[Total.Returned], of.Counts[Total.Rejected]);
}

/// <summary>Of which offices, over what time, of which of the work.</summary>
public sealed record AskedPeriod(IReadOnlyList<string> Offices, DateTimeOffset From, DateTimeOffset To, Narrowing Only)
{
    /// <summary>What an address asks for, of the offices that the caller oversees.</summary>
    internal static async Task<AskedPeriod> FromAsync(HttpContext http, Sources sources, TimeProvider time)
    {
        var to = http.Instant("to") ?? Instants.Truncate(time.GetUtcNow());
        var from = http.Instant("from") ?? FiscalYear.BeginsBefore(to);
        if (from > to)
            throw RefusedRequestException.At("from", "ต้องไม่อยู่หลัง to", "It must not lie after to.");
        Guid? group = http.Text("group") is not { } text ? null
            : Guid.TryParse(text, out var id) ? id
            : throw RefusedRequestException.At("group", "ไม่ใช่รหัสของกลุ่ม", "It is not the id of a group.");
        var offices = await sources.OfficesAsync(http.Caller(), http.Text("office"), http.RequestAborted);
        return new AskedPeriod(
            [.. offices.Where(office => Overseers.Includes(http.Caller(), office))], from, to,
            new Narrowing(http.Text("definitionKey"), group));
    }
}

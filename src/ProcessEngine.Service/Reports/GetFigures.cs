using System.Text.Json.Serialization;
using Dapper;
using Microsoft.Extensions.Caching.Memory;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Kernel;

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
        var items = await ReadAsync(sources, asked, groupBy, http.RequestAborted);
        return Results.Json(new Report(groupBy, asked.From, asked.To, items, null), JsonShape.Options);
    }

    /// <summary>For the API, the pages and the exports.</summary>
    public static async Task<IReadOnlyList<Figure>> ReadAsync(Sources sources, AskedPeriod asked, string groupBy, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(asked);
        var (offices, from, to, only) = asked;
        if (offices.Count == 0)
            return [];
        // A year of a large office takes a second to go through, and changes by what was measured in the last minute.
        var name = ("figures", string.Join(' ', offices), from, to, only, groupBy);
        if (sources.Cache.TryGetValue(name, out IReadOnlyList<Figure>? known))
            return known!;
        var bucket = Grouping.Bucket(groupBy, Grouping.Measured);
        var found = new SortedDictionary<string, Sums>(StringComparer.Ordinal);
        await using (var connection = await sources.Database.OpenAsync(ct))
        {
            // Once through the rows of the period: what is put in order is numbers of a bucket, not rows.
            var (clocks, ofClocks) = MeasuredRows.Clocks.Of(offices, from, to, only);
            await foreach (var row in connection.QueryUnbufferedAsync<ClockRow>(
                $"SELECT {bucket} AS bucket, f.percent, f.pauses, f.extensions, f.stood FROM {clocks}", ofClocks).WithCancellation(ct))
                Of(row.Bucket).Add(row);
            var (tasks, ofTasks) = MeasuredRows.Tasks.Of(offices, from, to, only);
            await foreach (var row in connection.QueryUnbufferedAsync<TaskRow>(
                $"SELECT {bucket} AS bucket, f.instance_id, f.waited, f.worked, f.attempt, f.outcome FROM {tasks}", ofTasks)
                .WithCancellation(ct))
                Of(row.Bucket).Add(row);
        }

        var figures = new List<Figure>(found.Count);
        foreach (var (key, sums) in found)
            figures.Add(new Figure(
                Grouping.KeyOf(groupBy, key), await Grouping.NameOfAsync(sources, groupBy, key, ct), sums.Limits, sums.Tasks));
        return sources.Cache.Set<IReadOnlyList<Figure>>(
            name, figures, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = KeepFor, Size = 1 + figures.Count });

        Sums Of(string key)
        {
            if (!found.TryGetValue(key, out var sums))
                found.Add(key, sums = new Sums());
            return sums;
        }
    }

    /// <summary>Of one bucket.</summary>
    sealed class Sums
    {
        readonly List<int> percents = [];
        readonly List<int> waited = [];
        readonly List<int> worked = [];
        readonly HashSet<Guid> cases = [];
        long counted, pauses, extensions, stood, done, again, returned, rejected;

        public OfLimits Limits => new(counted, Percentiles.Of(percents), pauses, extensions, stood);

        public OfTasks Tasks =>
            new(done, cases.Count, Percentiles.Of(waited), Percentiles.Of(worked), again, returned, rejected);

        public void Add(ClockRow row)
        {
            counted++;
            pauses += row.Pauses;
            extensions += row.Extensions;
            stood += row.Stood ?? 0;
            if (row.Percent is { } percent)
                percents.Add(percent);
        }

        public void Add(TaskRow row)
        {
            done++;
            cases.Add(row.InstanceId);
            again += row.Attempt > 1 ? 1 : 0;
            returned += row.Outcome == "returned" ? 1 : 0;
            rejected += row.Outcome == "rejected" ? 1 : 0;
            if (row is { Waited: { } minutes, Worked: { } more })
            {
                waited.Add(minutes);
                worked.Add(more);
            }
        }
    }

    sealed record ClockRow
    {
        public string Bucket { get; init; } = "";
        public int? Percent { get; init; }
        public int Pauses { get; init; }
        public int Extensions { get; init; }
        public int? Stood { get; init; }
    }

    sealed record TaskRow
    {
        public string Bucket { get; init; } = "";
        public Guid InstanceId { get; init; }
        public int? Waited { get; init; }
        public int? Worked { get; init; }
        public int Attempt { get; init; }
        public string Outcome { get; init; } = "";
    }
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

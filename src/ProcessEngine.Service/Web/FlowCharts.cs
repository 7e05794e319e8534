using System.Collections.Concurrent;
using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Html;
using Microsoft.Extensions.Caching.Memory;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web;

/// <summary>The flow chart of a procedure on a page, and the same in words. Shown by Web/Pages/Shared/_FlowChart.cshtml.</summary>
public sealed record FlowChart(IHtmlContent Picture, IReadOnlyList<FlowChartLine> Lines);

/// <param name="Mark">What a case has done there; null for nothing.</param>
/// <param name="Ways">Where it goes on, each in words.</param>
public sealed record FlowChartLine(string Name, FlowMark? Mark, IReadOnlyList<string> Ways);

/// <summary>Draws flow charts for pages. A version never changes: its places are read once, and a drawing is kept for a while.</summary>
public sealed class FlowCharts(Database database, OfficeCalendars offices, IMemoryCache cache)
{
    /// <summary>A drawing takes the room of so many small things.</summary>
    const int SizeOfPicture = 50;

    static readonly TimeSpan Keep = TimeSpan.FromMinutes(10);

    readonly ConcurrentDictionary<(string Key, int Version), FlowLayout> layouts = new();

    /// <param name="office">Decides how the director is printed; null for any.</param>
    /// <param name="state">Where a case stands; null for the procedure alone.</param>
    public Task<FlowChart> ReadAsync(
        Words w, ProcessDefinition definition, string? office, ProcessState? state, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var marks = state is null ? new SortedDictionary<string, FlowMark>() : MarksOf(definition, state, now);
        return DrawAsync(w, definition, office, marks, ct);
    }

    /// <summary>With marks of its own: how the steps did over a period.</summary>
    /// <param name="marks">Step → its mark.</param>
    public async Task<FlowChart> DrawAsync(
        Words w, ProcessDefinition definition, string? office, SortedDictionary<string, FlowMark> marks, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(marks);
        var kind = OfficeKinds.Parse((office is null ? null : await offices.FindOfficeAsync(office, ct))?.Kind ?? OfficeKinds.Area);
        var name = ("chart", definition.Key, definition.Version, kind, w.English, w.ThaiDigits, string.Join(
            ' ', marks.Select(m => string.Create(
                CultureInfo.InvariantCulture, $"{m.Key}:{m.Value.Kind}{m.Value.Attempts}{m.Value.Volume}{m.Value.Badge}"))
                .Concat(OwnPosts(w, definition, office))));
        if (cache.TryGetValue(name, out FlowChart? known))
            return known!;

        var chart = new FlowChart(
            new HtmlString(w.DigitsOfDrawing(FlowPicture.DrawForPage(
                definition, await LayoutAsync(definition, ct), kind, marks, w.English,
                w[
                    "ผังงานของกระบวนงาน ข้อความใต้ภาพบอกเรื่องเดียวกัน",
                    "The flow chart of the procedure; the list below it says the same."],
                role => OwnPost(w, office, role)))),
            [.. definition.Steps.Select(step => new FlowChartLine(
                PlainHistory.StepName(w, definition, step.Id), marks.GetValueOrDefault(step.Id), WaysFrom(w, definition, step)))]);
        return cache.Set(name, chart, new MemoryCacheEntryOptions { SlidingExpiration = Keep, Size = SizeOfPicture });
    }

    static LocalizedText? OwnPost(Words w, string? office, string role) => office is null ? null : w.OwnPost(office, role);

    /// <summary>What the office calls the posts that are drawn: renamed, they are drawn anew.</summary>
    static IEnumerable<string> OwnPosts(Words w, ProcessDefinition definition, string? office) =>
        from role in definition.Steps.SelectMany(s => s.Levels.Select(l => l.Role).Append(s.Role)).Distinct()
        let own = OwnPost(w, office, role)
        where own is not null
        select $"{role}={w[own]}";

    async Task<FlowLayout> LayoutAsync(ProcessDefinition definition, CancellationToken ct)
    {
        if (layouts.TryGetValue((definition.Key, definition.Version), out var known))
            return known;
        await using var connection = await database.OpenAsync(ct);
        // Index: the primary key.
        var content = await connection.QuerySingleAsync<string>(
            "SELECT content FROM definition_version WHERE definition_key = @Key AND version = @Version",
            new { definition.Key, definition.Version });
        return layouts.GetOrAdd((definition.Key, definition.Version), ElsaLayoutReader.Read(content));
    }

    internal static SortedDictionary<string, FlowMark> MarksOf(ProcessDefinition definition, ProcessState state, DateTimeOffset now)
    {
        var marks = new SortedDictionary<string, FlowMark>(StringComparer.Ordinal);
        foreach (var node in definition.Nodes)
        {
            if (KindOf(node, state, now) is { } kind)
                marks[node.Id] = new FlowMark(kind, state.AttemptsOf(node.Id));
        }

        return marks;
    }

    static FlowMarkKind? KindOf(Node node, ProcessState state, DateTimeOffset now)
    {
        var here = state.OpenTasks.Where(t => t.StepId == node.Id).ToList();
        if (here.Count > 0)
            return here.Any(t => state.ClockOf(t) is { AwaitsConfirmation: false, PausedAt: null } clock && clock.Terms.DueAt < now)
                ? FlowMarkKind.Late
                : FlowMarkKind.Open;
        if (state.Waits.Any(x => x.NodeId == node.Id && x.Kind is not (WaitKind.Interrupting or WaitKind.Beside))
            || state.Arrivals.Any(a => a.JoinId == node.Id))
            return FlowMarkKind.Open;
        var done = node switch
        {
            StartNode => state.Status != InstanceStatus.NotStarted,
            EndNode => state.Status == InstanceStatus.Completed,
            _ => state.FindStep(node.Id)?.Last is { Outcome: TaskOutcomes.Completed or TaskOutcomes.Approved or TaskOutcomes.Voted },
        };
        return done ? FlowMarkKind.Done : null;
    }

    static List<string> WaysFrom(Words w, ProcessDefinition definition, Node node) =>
        [.. definition.Transitions.Where(t => t.From == node.Id)
            .Select(t =>
                (FlowPicture.WordOf(definition, node.Id, t.Port, w.English, plainly: true) is { } word ? $"{word}: " : "")
                + Target(w, definition, t.To, []))];

    /// <summary>The step or the end to which an arrow leads, through boxes that are nobody's work.</summary>
    static string Target(Words w, ProcessDefinition definition, string to, HashSet<string> seen)
    {
        if (definition.FindStep(to) is not null)
            return PlainHistory.StepName(w, definition, to);
        if (definition.Find(to) is not { } node || node is EndNode || !seen.Add(to))
            return w["สิ้นสุด", "the end"];
        return string.Join(
            w[" หรือ ", " or "], definition.Transitions.Where(t => t.From == to).Select(t => Target(w, definition, t.To, seen)).Distinct());
    }
}

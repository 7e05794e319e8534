using System.Globalization;
using System.Text.Json.Nodes;

namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>A way out that time takes.</summary>
/// <param name="Port">Its name; nobody types one.</param>
/// <param name="Time">From the arrival at the step; without a rule it is taken away.</param>
/// <param name="Interrupts">Whether the step ends with it.</param>
/// <param name="To">Where it leads.</param>
public sealed record RowTimer(string Port, RowTime Time, bool Interrupts, string To)
{
    public static RowTimer Empty { get; } = new("", RowTime.None, true, "");
}

/// <summary>For whom a task is when its data are so.</summary>
/// <param name="When">Empty: always.</param>
/// <param name="To">As a definition file says it: <c>requester</c>, <c>doerOf:step</c>, <c>variable:name</c> …; empty: nobody.</param>
public sealed record RowAssignment(string When, string To);

/// <summary>The lists of objects of a step. An entry that stays keeps what the table does not show of it.</summary>
static class RowLists
{
    const string Timers = "timers";
    const string Assignments = "assignTo";

    public static IReadOnlyList<RowTimer> ReadTimers(ChartJson chart, JsonObject box) =>
    [
        .. Entries(box, Timers).Select(t => new RowTimer(
            ChartJson.Text(t, "port"), RowReader.TimeOf(t), ChartJson.Text(t, "interrupts") is not ("false" or "False"),
            chart.Target(ChartJson.Id(box), ChartJson.Text(t, "port")))),
    ];

    public static IReadOnlyList<RowAssignment> ReadAssignments(JsonObject box) =>
        [.. Entries(box, Assignments).Select(a => new RowAssignment(ChartJson.Text(a, "when"), ChartJson.Text(a, "to")))];

    public static void WriteTimers(ChartJson chart, JsonObject box, TableRow before, TableRow after)
    {
        if (after.Timers.SequenceEqual(before.Timers))
            return;
        var (id, there) = (ChartJson.Id(box), Entries(box, Timers));
        var entries = new JsonArray();
        foreach (var (i, timer) in after.Timers.Index())
        {
            var entry = i < there.Count ? there[i].DeepClone().AsObject() : [];
            var known = i < before.Timers.Count ? before.Timers[i] : RowTimer.Empty;
            if (timer.Time.Rule.Length == 0)
            {
                if (known.Port.Length > 0)
                    chart.Lead(id, known.Port, "");
                continue;
            }

            var port = known.Port.Length > 0 ? known.Port : NewPort(chart, id, entries);
            if (known.Port.Length == 0)
                entry["port"] = port;
            RowWriter.WriteTime(entry, known.Time, timer.Time);
            if (timer.Interrupts != known.Interrupts || !entry.ContainsKey("interrupts"))
                entry["interrupts"] = timer.Interrupts;
            entries.Add(entry);
            if (timer.To != known.To || known.Port.Length == 0)
                chart.Lead(id, port, timer.To);
        }

        if (entries.Count > 0)
            box[Timers] = entries;
        else
            box.Remove(Timers);
    }

    /// <summary>A step that nobody names is for whoever of the role; what is empty falls away.</summary>
    public static void WriteAssignments(JsonObject box, TableRow after)
    {
        var there = Entries(box, Assignments);
        var entries = new JsonArray();
        foreach (var (i, assignment) in after.Assignments.Index())
        {
            if (assignment.To.Length == 0)
                continue;
            var entry = i < there.Count ? there[i].DeepClone().AsObject() : [];
            ChartJson.Set(entry, "when", assignment.When);
            ChartJson.Set(entry, "to", assignment.To);
            entries.Add(entry);
        }

        box[Assignments] = entries;
    }

    static string NewPort(ChartJson chart, string id, JsonArray entries) => Enumerable.Range(1, 1000)
        .Select(n => string.Create(CultureInfo.InvariantCulture, $"Late{n}"))
        .First(port => chart.From(id).All(a => a.Port != port)
            && entries.OfType<JsonObject>().All(e => ChartJson.Text(e, "port") != port)
            && Entries(chart.Box(id)!, Timers).All(e => ChartJson.Text(e, "port") != port));

    static List<JsonObject> Entries(JsonObject box, string list) => [.. (ChartJson.List(box, list) ?? []).OfType<JsonObject>()];
}

using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>Reads one box as a row.</summary>
static class RowReader
{
    /// <summary>What the table shows of a box, or what says nothing of its own.</summary>
    static readonly HashSet<string> Shown =
    [
        "id", "nodeId", "name", "type", "version", "customProperties", "metadata", "nameTh", "nameEn", "role", "slaRule", "slaN", "slaMin",
        "slaMax", "slaMinutes", "slaRoll", "slaDateFrom", "slaWindowFrom", "slaWindowTo", "stepNumber", "partOfStep", "qualityStandard",
        "formRefs", "votingRule", "membersFrom", "levels", "branches", "dateFrom", "assignTo", "mayFail", "text", "kind", "slaStated",
        "forms", "formsSource", "sourceNote", "tableText", "timers", .. RowSettings.All.Select(f => f.Name),
    ];

    public static TableRow Read(ChartJson chart, JsonObject box)
    {
        var kind = KindOf(box);
        return new TableRow(
            ChartJson.Id(box), kind, ChartJson.NameOf(box), ChartJson.Text(box, "role"),
            WhoOf(box), TimeOf(box), FormOf(box),
            ChartJson.Text(box, "qualityStandard"), [.. Levels(box).Select(l => ChartJson.Text(l, "role"))],
            ChartJson.Text(box, "votingRule") is var voting
                && voting is "" or "any" or "all" or "majority" or "quorum" ? voting : TableRow.Kept,
            ChartJson.Text(box, "membersFrom"), [.. WaysOf(chart, box, kind)])
        {
            Number = ChartJson.Text(box, "stepNumber") is { Length: > 0 } own ? own
                : ChartJson.Text(box, "partOfStep") is { Length: > 0 } part ? part
                : null,
            Type = ChartJson.TypeOf(box),
            Settings = RowSettings.Read(box, kind),
            Timers = RowLists.ReadTimers(chart, box),
            Assignments = RowLists.ReadAssignments(box),
            Besides = [.. box.Select(p => p.Key).Where(name => !Shown.Contains(name) && box[name] is not null)],
        };
    }

    public static IEnumerable<JsonObject> Levels(JsonObject box) => (ChartJson.List(box, "levels") ?? []).OfType<JsonObject>();

    public static RowKind KindOf(JsonObject box) => ChartJson.TypeOf(box) switch
    {
        "UserTask" => RowKind.Work,
        "Acknowledge" => RowKind.Acknowledge,
        "Approval" when ChartJson.Text(box, "votingRule").Length > 0 => RowKind.Committee,
        "Approval" when Levels(box).Any() => RowKind.Levels,
        "Approval" => RowKind.Approve,
        "WaitUntil" => RowKind.Wait,
        "WaitForMessage" => RowKind.Message,
        "CallProcess" => RowKind.Call,
        "Decision" => RowKind.Decide,
        "Fork" => RowKind.Fork,
        "Join" => RowKind.Join,
        _ => RowKind.Other,
    };

    static string FormOf(JsonObject box) => box["formSchema"] is not null || box["formRefs"] is JsonObject
        ? TableRow.Kept
        : string.Join(' ', ChartJson.Texts(box, "formRefs"));

    static string WhoOf(JsonObject box) => box["assignTo"] switch
    {
        JsonArray => TableRow.ByData,
        not null when ChartJson.Text(box, "assignTo").Length == 0 => TableRow.Kept,
        _ => ChartJson.Text(box, "assignTo"),
    };

    public static RowTime TimeOf(JsonObject box)
    {
        var from = ChartJson.Text(box, "slaDateFrom");
        if (ChartJson.TypeOf(box) == "WaitUntil" && ChartJson.Text(box, "dateFrom") is { Length: > 0 } date)
        {
            return ChartJson.Text(box, "slaRule").Length > 0
                ? RowTime.None with { Rule = TableRow.Kept }
                : RowTime.None with { Rule = "given_date", DateFrom = date };
        }

        return ChartJson.Text(box, "slaRule") switch
        {
            "" => RowTime.None,
            "working_days_range" => RowTime.None with
            {
                Rule = "working_days_range",
                N = ChartJson.Text(box, "slaMin"),
                Max = ChartJson.Text(box, "slaMax"),
            },
            "working_minutes" => RowTime.None with { Rule = "working_minutes", N = ChartJson.Text(box, "slaMinutes") },
            "window" => RowTime.None with
            {
                Rule = "window",
                From = ChartJson.Text(box, "slaWindowFrom"),
                To = ChartJson.Text(box, "slaWindowTo"),
            },
            "given_date" => RowTime.None with { Rule = "given_date", DateFrom = from },
            "calendar_days" when ChartJson.Text(box, "slaMin").Length > 0 => RowTime.None with { Rule = TableRow.Kept },
            var rule when RowTime.Rules.Contains(rule) =>
                RowTime.None with { Rule = rule, N = ChartJson.Text(box, "slaN"), DateFrom = from },
            _ => RowTime.None with { Rule = TableRow.Kept },
        };
    }

    static IEnumerable<RowWay> WaysOf(ChartJson chart, JsonObject box, RowKind kind)
    {
        var (id, arrows) = (ChartJson.Id(box), chart.From(ChartJson.Id(box)).ToList());
        if (kind == RowKind.Fork)
            return arrows.Select(a => new RowWay(a.Port, "", a.To));
        var branches = (ChartJson.List(box, "branches") ?? []).OfType<JsonObject>()
            .Select(b => (Port: ChartJson.Text(b, "port"), When: ChartJson.Text(b, "when"))).ToList();
        var ports = kind switch
        {
            RowKind.Approve or RowKind.Levels => [Ports.Approve, Ports.Reject, Ports.Return],
            RowKind.Committee => [Ports.Approve, Ports.Reject],
            RowKind.Decide => [.. branches.Select(b => b.Port), Ports.Else],
            _ => (IEnumerable<string>)[Ports.Done],
        };
        var fails = ChartJson.Text(box, "mayFail") is "true" or "True";
        var late = (ChartJson.List(box, "timers") ?? []).OfType<JsonObject>().Select(t => ChartJson.Text(t, "port"));
        return ports.Concat(fails ? [Ports.Fail] : []).Concat(late).Concat(arrows.Select(a => a.Port)).Distinct()
            .Select(port => new RowWay(port, branches.FirstOrDefault(b => b.Port == port).When ?? "", chart.Target(id, port)));
    }
}

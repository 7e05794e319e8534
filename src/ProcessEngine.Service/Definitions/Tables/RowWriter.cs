using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>Lays what was filled in over a box: only what differs from what was there.</summary>
static class RowWriter
{
    /// <summary>The fields of a limit; its words in the manual and whose clock it shares stay.</summary>
    static readonly string[] Limit =
    [
        "slaRule", "slaN", "slaMin", "slaMax", "slaMinutes", "slaRoll", "slaDateFrom", "slaWindowFrom", "slaWindowTo", "slaFiscalYear",
        "slaFirstDay",
    ];

    public static void Write(ChartJson chart, JsonObject box, TableRow before, TableRow after)
    {
        ChartJson.Rename(box, after.Name);
        if (before.Kind != after.Kind)
            Become(chart, box, before, after);
        if (after.IsStep)
            WriteStep(box, before, after);
        if (after.Time != before.Time)
            WriteTime(box, before.Time, after.Time);
        RowSettings.Write(box, before, after);
        if (after.Kind != RowKind.Fork)
            WriteWays(chart, box, before, after);
        if (before.Setting("mayFail") == "true" && after.Setting("mayFail") == "false")
            chart.Lead(ChartJson.Id(box), Ports.Fail, "");
        RowLists.WriteTimers(chart, box, before, after);
    }

    static void WriteStep(JsonObject box, TableRow before, TableRow after)
    {
        ChartJson.Set(box, "role", after.Role);
        if (after.Who == TableRow.ByData)
        {
            if (before.Who != TableRow.ByData || !after.Assignments.SequenceEqual(before.Assignments))
                RowLists.WriteAssignments(box, after);
        }
        else if (after.Who != before.Who && after.Who != TableRow.Kept)
        {
            box.Remove("assignTo");
            ChartJson.Set(box, "assignTo", after.Who);
        }

        ChartJson.Set(box, "qualityStandard", after.Quality);
        if (after.Form != before.Form && after.Form != TableRow.Kept)
        {
            box.Remove("formSchema");
            box.Remove("formRefs");
            if (after.Form.Length > 0)
                box["formRefs"] = new JsonArray([.. after.Form.Split(' ').Select(id => (JsonNode)JsonValue.Create(id))]);
        }

        if (after.Kind == RowKind.Committee)
        {
            if (after.Voting is not (TableRow.Kept or ""))
                ChartJson.Set(box, "votingRule", after.Voting);
            ChartJson.Set(box, "membersFrom", after.Members);
        }

        if (after.Kind == RowKind.Levels && !after.Levels.SequenceEqual(before.Levels))
            WriteLevels(box, after.Levels);
    }

    /// <summary>An entry that stays keeps what the table does not show of it.</summary>
    static void WriteLevels(JsonObject box, IReadOnlyList<string> roles)
    {
        var before = RowReader.Levels(box).ToList();
        var after = new JsonArray();
        foreach (var (i, role) in roles.Index())
        {
            var entry = i < before.Count ? before[i].DeepClone().AsObject() : [];
            ChartJson.Set(entry, "role", role);
            after.Add(entry);
        }

        box["levels"] = after;
    }

    /// <param name="box">A box, an entry of a list, or the head.</param>
    public static void WriteTime(JsonObject box, RowTime before, RowTime after)
    {
        if (after.Rule == TableRow.Kept)
            return;
        if (after.Rule != before.Rule)
        {
            foreach (var field in Limit.Append("dateFrom"))
                box.Remove(field);
        }

        if (ChartJson.TypeOf(box) == "WaitUntil" && after.Rule == "given_date")
        {
            ChartJson.Set(box, "dateFrom", after.DateFrom);
            return;
        }

        ChartJson.Set(box, "slaRule", after.Rule);
        switch (after.Rule)
        {
            case "":
                break;
            case "working_days_range":
                ChartJson.Set(box, "slaMin", after.N, number: true);
                ChartJson.Set(box, "slaMax", after.Max, number: true);
                break;
            case "working_minutes":
                ChartJson.Set(box, "slaMinutes", after.N, number: true);
                break;
            case "window":
                ChartJson.Set(box, "slaWindowFrom", after.From);
                ChartJson.Set(box, "slaWindowTo", after.To);
                break;
            case "given_date":
                ChartJson.Set(box, "slaDateFrom", after.DateFrom);
                break;
            default:
                ChartJson.Set(box, "slaN", after.N, number: true);
                ChartJson.Set(box, "slaDateFrom", after.DateFrom);
                break;
        }
    }

    static void WriteWays(ChartJson chart, JsonObject box, TableRow before, TableRow after)
    {
        var id = ChartJson.Id(box);
        if (after.Kind == RowKind.Decide)
            WriteBranches(chart, box, before, after);
        foreach (var way in after.Ways.Where(w => before.Ways.All(b => b.Port != w.Port || b.To != w.To)))
        {
            chart.Lead(id, way.Port, way.To);
            if (way.Port == Ports.Return)
                ReturnFirstTo(box, before.Ways.FirstOrDefault(b => b.Port == way.Port)?.To, way.To);
        }
    }

    /// <summary>The first of the steps that it may be returned to is the one that the arrow leads to.</summary>
    static void ReturnFirstTo(JsonObject box, string? before, string to)
    {
        if (ChartJson.List(box, "returnTo") is not { Count: > 0 } list || ChartJson.Texts(box, "returnTo").First() != before)
            return;
        foreach (var same in list.Where(n => n?.ToString() == to).ToList())
            list.Remove(same);
        if (list.Count > 0 && list[0]?.ToString() == before)
            list.RemoveAt(0);
        if (to.Length > 0)
            list.Insert(0, JsonValue.Create(to));
        if (list.Count == 0)
            box.Remove("returnTo");
    }

    static void WriteBranches(ChartJson chart, JsonObject box, TableRow before, TableRow after)
    {
        var kept = after.Ways.Where(w => w.Port != Ports.Else).ToList();
        if (kept.Select(w => (w.Port, w.When)).SequenceEqual(before.Ways.Where(w => w.Port != Ports.Else).Select(w => (w.Port, w.When))))
            return;
        foreach (var gone in before.Ways.Where(w => w.Port != Ports.Else && kept.All(k => k.Port != w.Port)))
            chart.Lead(ChartJson.Id(box), gone.Port, "");
        var entries = (ChartJson.List(box, "branches") ?? []).OfType<JsonObject>().ToDictionary(b => ChartJson.Text(b, "port"), b => b);
        var branches = new JsonArray();
        foreach (var way in kept)
        {
            var entry = entries.TryGetValue(way.Port, out var there)
                ? there.DeepClone().AsObject()
                : new JsonObject { ["port"] = way.Port };
            ChartJson.Set(entry, "when", way.When);
            entry["when"] ??= "";
            branches.Add(entry);
        }

        box["branches"] = branches;
    }

    /// <summary>A step of another kind: its ways out take the names that it has then.</summary>
    static void Become(ChartJson chart, JsonObject box, TableRow before, TableRow after)
    {
        var id = ChartJson.Id(box);
        box["type"] = "ProcessEngine." + TypeOf(after.Kind);
        if (before.Decides && !after.Decides)
        {
            foreach (var arrow in chart.From(id).Where(a => a.Port == Ports.Approve).ToList())
                arrow.MoveStart(id, Ports.Done);
            foreach (var port in new[] { Ports.Reject, Ports.Return })
                chart.Lead(id, port, "");
            Remove(box, "returnTo");
        }

        if (!before.Decides && after.Decides)
        {
            foreach (var arrow in chart.From(id).Where(a => a.Port == Ports.Done).ToList())
                arrow.MoveStart(id, Ports.Approve);
            chart.Lead(id, Ports.Reject, TableMoves.EarlierStep(chart, id));
        }

        if (after.Decides && after.Kind != RowKind.Committee && chart.Target(id, Ports.Return).Length == 0)
            chart.Lead(id, Ports.Return, chart.Target(id, Ports.Reject));
        if (after.Kind != RowKind.Committee)
            Remove(box, "votingRule", "membersFrom", "chairFrom", "quorum");
        else
        {
            chart.Lead(id, Ports.Return, "");
            Remove(box, "returnTo");
            box["votingRule"] ??= "majority";
        }

        if (after.Kind != RowKind.Levels)
            Remove(box, "levels", "returnsToPreviousLevel");
    }

    static void Remove(JsonObject box, params string[] names)
    {
        foreach (var name in names)
            box.Remove(name);
    }

    public static string TypeOf(RowKind kind) => kind switch
    {
        RowKind.Work => "UserTask",
        RowKind.Acknowledge => "Acknowledge",
        RowKind.Approve or RowKind.Committee or RowKind.Levels => "Approval",
        RowKind.Wait => "WaitUntil",
        RowKind.Message => "WaitForMessage",
        RowKind.Call => "CallProcess",
        RowKind.Decide => "Decision",
        RowKind.Fork => "Fork",
        RowKind.Join => "Join",
        _ => throw Core.UnknownKind.Of(kind),
    };
}

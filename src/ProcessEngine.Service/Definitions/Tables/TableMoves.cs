using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>Rows are added, moved, doubled and deleted: what that makes of boxes and arrows. Null: done.</summary>
static class TableMoves
{
    /// <summary>Lists of a step that name other steps.</summary>
    static readonly string[] NamingSteps = ["returnTo", "notDoneBy", "shows"];

    public static Rejection? Add(ChartJson chart, string after, RowKind kind, string name)
    {
        if (chart.Box(after) is not { } before)
            return DefinitionTable.Gone;
        if (WayOn(chart, before) is not { } port)
            return NotHere;
        var box = New(chart, kind, name);
        Insert(chart, after, port, ChartJson.Id(box), MainPort(kind));
        if (kind is RowKind.Approve or RowKind.Committee or RowKind.Levels)
        {
            var back = EarlierStep(chart, ChartJson.Id(box));
            chart.Lead(ChartJson.Id(box), Ports.Reject, back);
            if (kind != RowKind.Committee)
                chart.Lead(ChartJson.Id(box), Ports.Return, back);
        }

        return null;
    }

    static JsonObject New(ChartJson chart, RowKind kind, string name)
    {
        var box = chart.NewBox(chart.NewId(kind.ToString().ToLowerInvariant()), RowWriter.TypeOf(kind), name);
        switch (kind)
        {
            case RowKind.Work:
                box["role"] = Roles.Officer;
                break;
            case RowKind.Approve or RowKind.Acknowledge:
                box["role"] = Roles.Director;
                break;
            case RowKind.Committee:
                (box["role"], box["votingRule"]) = (Roles.CommitteeMember, "majority");
                break;
            case RowKind.Levels:
                box["role"] = Roles.Director;
                box["levels"] = new JsonArray(
                    new JsonObject { ["role"] = Roles.GroupDirector }, new JsonObject { ["role"] = Roles.DeputyDirector },
                    new JsonObject { ["role"] = Roles.Director });
                break;
            case RowKind.Wait:
                (box["slaRule"], box["slaN"]) = ("working_days", 1);
                break;
            case RowKind.Decide:
                box["branches"] = new JsonArray();
                break;
            case RowKind.Message:
                box["message"] = name;
                break;
        }

        return box;
    }

    /// <summary>
    /// A fork before a row and a join after it, with the new one beside it; or one branch more, where they are there already.
    /// </summary>
    public static Rejection? AddBeside(ChartJson chart, string beside, string name)
    {
        if (chart.Box(beside) is not { } there)
            return DefinitionTable.Gone;
        if (RowReader.KindOf(there) is not (RowKind.Work or RowKind.Acknowledge))
        {
            return InvalidInput.At(
                null, "ทำพร้อมกันได้กับแถวที่เป็นงานหรือการรับทราบเท่านั้น", "Only work and acknowledgements have something beside them.");
        }

        var box = New(chart, RowKind.Work, name);
        var (id, next) = (ChartJson.Id(box), chart.Target(beside, Ports.Done));
        if (ForkBefore(chart, beside) is { } fork && chart.Box(next) is { } after && ChartJson.TypeOf(after) == "Join")
        {
            chart.Add(fork, Ports.Done, id);
            chart.Add(id, Ports.Done, next);
            return null;
        }

        var parts = ChartJson.Id(New(chart, RowKind.Fork, "แยกทำพร้อมกัน"));
        var meets = ChartJson.Id(New(chart, RowKind.Join, "รอครบทุกทาง"));
        foreach (var arrow in chart.Into(beside).ToList())
            arrow.To = parts;
        chart.Add(parts, Ports.Done, beside);
        chart.Add(parts, Ports.Done, id);
        chart.Lead(beside, Ports.Done, meets);
        chart.Add(id, Ports.Done, meets);
        chart.Lead(meets, Ports.Done, next);
        return null;
    }

    static string? ForkBefore(ChartJson chart, string id) =>
        chart.Into(id).Select(a => a.From).FirstOrDefault(from => chart.Box(from) is { } box && ChartJson.TypeOf(box) == "Fork");

    public static Rejection? Duplicate(ChartJson chart, string id, string name)
    {
        if (chart.Box(id) is not { } box)
            return DefinitionTable.Gone;
        if (WayOn(chart, box) is not { } port || RowReader.KindOf(box) is RowKind.Fork or RowKind.Join or RowKind.Other)
            return NotHere;
        var copy = box.DeepClone().AsObject();
        var fresh = chart.NewId(ChartJson.TypeOf(box).ToLowerInvariant());
        (copy["id"], copy["nodeId"]) = (fresh, "");
        copy["nodeId"] = ChartJson.Text(box, "nodeId") is { Length: > 0 } node ? node[..(node.LastIndexOf(':') + 1)] + fresh : null;
        copy.Remove("stepNumber");
        copy.Remove("partOfStep");
        (copy["metadata"] as JsonObject)?.Remove("designer");
        ChartJson.Rename(copy, name);
        chart.Add(copy);
        foreach (var arrow in chart.From(id).Where(a => a.Port != port).ToList())
            chart.Add(fresh, arrow.Port, arrow.To);
        Insert(chart, id, port, fresh, port);
        return null;
    }

    public static Rejection? Delete(ChartJson chart, string id)
    {
        if (chart.Box(id) is not { } box)
            return DefinitionTable.Gone;
        if (WayOn(chart, box) is not { } port || RowReader.KindOf(box) is RowKind.Fork or RowKind.Join)
            return NotHere;
        var (next, fork) = (chart.Target(id, port), ForkBefore(chart, id));
        var joins = chart.Box(next) is { } after && ChartJson.TypeOf(after) == "Join";
        foreach (var arrow in chart.From(id).ToList())
            chart.Remove(arrow);
        foreach (var arrow in chart.Into(id).ToList())
        {
            if (next.Length == 0 || (fork == arrow.From && joins))
                chart.Remove(arrow);
            else
                arrow.To = next;
        }

        chart.Remove(box);
        if (fork is not null && joins)
            Close(chart, fork, next);
        Forget(chart, id);
        return null;
    }

    /// <summary>A fork with one way left, and its join, are of no use.</summary>
    static void Close(ChartJson chart, string fork, string join)
    {
        if (chart.From(fork).ToList() is not [var only] || chart.Into(join).ToList() is not [var last])
            return;
        foreach (var arrow in chart.Into(fork).ToList())
            arrow.To = only.To;
        last.To = chart.Target(join, Ports.Done);
        foreach (var (id, arrows) in new[] { (fork, chart.From(fork)), (join, chart.From(join)) })
        {
            foreach (var arrow in arrows.ToList())
                chart.Remove(arrow);
            chart.Remove(chart.Box(id)!);
        }
    }

    /// <summary>Nothing names a step that is gone.</summary>
    static void Forget(ChartJson chart, string id)
    {
        foreach (var box in chart.Boxes)
        {
            foreach (var list in NamingSteps.Select(name => ChartJson.List(box, name)).OfType<JsonArray>())
            {
                foreach (var entry in list.OfType<JsonValue>().Where(v => v.ToString() == id).ToList())
                    list.Remove(entry);
            }

            if (ChartJson.Text(box, "slaSharedWith") == id)
                box.Remove("slaSharedWith");
        }

        if (chart.File["customProperties"] is JsonObject custom && ChartJson.Text(custom, "slaUntil") == id)
            custom.Remove("slaUntil");
    }

    /// <summary>Notes on arrows that are gone.</summary>
    public static void ForgetNotes(ChartJson chart)
    {
        if ((chart.File["customProperties"] as JsonObject)?["flowNotes"] is not JsonArray notes)
            return;
        var ways = chart.Arrows.Select(a => (a.From, a.Port)).ToHashSet();
        foreach (var note in notes.OfType<JsonObject>()
            .Where(n => !ways.Contains((ChartJson.Text(n, "from"), ChartJson.Text(n, "port")))).ToList())
            notes.Remove(note);
    }

    public static Rejection? Swap(ChartJson chart, string id, bool up)
    {
        if (chart.Box(id) is not { } box)
            return DefinitionTable.Gone;
        if (!up)
            return WayOn(chart, box) is { } on && chart.Target(id, on) is { Length: > 0 } next ? Swap(chart, next, up: true) : NotHere;
        var order = chart.Order().Select((one, i) => (one, i)).ToDictionary(p => p.one, p => p.i, StringComparer.Ordinal);
        var into = chart.Into(id).Where(a => order[a.From] < order[id]).ToList();
        if (into is not [var only] || chart.Box(only.From) is not { } before || WayOn(chart, before) != only.Port
            || WayOn(chart, box) is not { } port || !Moves(box) || !Moves(before))
            return NotHere;
        var (earlier, next2) = (only.From, chart.Target(id, port));
        foreach (var arrow in chart.Into(earlier).Where(a => order[a.From] < order[earlier]).ToList())
            arrow.To = id;
        chart.Lead(id, port, earlier);
        chart.Lead(earlier, only.Port, next2);
        // What went back to the row that stands after it now goes back further.
        foreach (var arrow in chart.From(id).Where(a => a.Port != port && a.To == earlier).ToList())
            arrow.To = EarlierStep(chart, id);
        return null;
    }

    /// <summary>What leads nowhere yet goes on to the next row, or back where something is refused.</summary>
    public static Rejection? Connect(ChartJson chart, string id)
    {
        if (chart.Box(id) is not { } box)
            return DefinitionTable.Gone;
        var order = chart.Order();
        var next = order.SkipWhile(one => one != id).Skip(1).FirstOrDefault(one => chart.Box(one) is not null)
            ?? order.FirstOrDefault(one => chart.Box(one) is { } end && ChartJson.TypeOf(end) == "End") ?? "";
        foreach (var way in RowReader.Read(chart, box).Ways.Where(w => chart.Box(w.To) is null))
            chart.Lead(id, way.Port, way.Port is Ports.Reject or Ports.Return ? EarlierStep(chart, id) : next);
        return null;
    }

    static bool Moves(JsonObject box) =>
        RowReader.KindOf(box) is not (RowKind.Fork or RowKind.Join or RowKind.Other) && ChartJson.TypeOf(box) is not ("Start" or "End");

    /// <summary>The nearest step before a box, to which what is refused goes back; where there is none, the end.</summary>
    public static string EarlierStep(ChartJson chart, string id)
    {
        var order = chart.Order();
        return order.TakeWhile(one => one != id).LastOrDefault(one => chart.Box(one) is { } box && RowReader.KindOf(box) is RowKind.Work)
            ?? order.FirstOrDefault(one => chart.Box(one) is { } box && ChartJson.TypeOf(box) == "End")
            ?? "";
    }

    /// <summary>The one way by which a plain procedure goes on from a box; null where there are several, or none.</summary>
    static string? WayOn(ChartJson chart, JsonObject box)
    {
        if (ChartJson.TypeOf(box) is "End" or "Fork")
            return null;
        var port = MainPort(RowReader.KindOf(box));
        return chart.From(ChartJson.Id(box)).Count(a => a.Port == port) <= 1 ? port : null;
    }

    static string MainPort(RowKind kind) => kind switch
    {
        RowKind.Approve or RowKind.Committee or RowKind.Levels => Ports.Approve,
        RowKind.Decide => Ports.Else,
        _ => Ports.Done,
    };

    static void Insert(ChartJson chart, string after, string port, string id, string ownPort)
    {
        var next = chart.Target(after, port);
        chart.Lead(after, port, id);
        chart.Lead(id, ownPort, next);
    }

    static InvalidInput NotHere { get; } = InvalidInput.At(
        null, "ตรงนี้ผังแยกหรือรวมหลายทาง ตารางทำให้ไม่ได้ ให้แก้ใน Elsa Studio",
        "The flow parts or meets here, and the table cannot do that: edit it in Elsa Studio.");
}

using ProcessEngine.Core.Calendar;

namespace ProcessEngine.Core.Definitions;

/// <summary>One difference between two versions, in words.</summary>
/// <param name="NodeId">The box that it concerns; null when it is the whole definition's.</param>
/// <param name="Kind">Stable; for programs: <c>added</c>, <c>removed</c>, <c>changed</c>, <c>arrow-added</c>, <c>arrow-removed</c>.</param>
public sealed record Difference(string? NodeId, string Kind, LocalizedText Text);

/// <summary>What a process owner wants to know before publishing: "step 4: limit 3 → 5 working days; new loop from 6 to 2".</summary>
public static class DefinitionDiff
{
    public static IReadOnlyList<Difference> Between(ProcessDefinition from, ProcessDefinition to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        var found = new List<Difference>();
        if (from.Name.Th != to.Name.Th)
            found.Add(new(null, "changed", new($"ชื่อกระบวนงาน: {from.Name.Th} → {to.Name.Th}", $"Name: {from.Name.En} → {to.Name.En}")));
        Rule(null, new("ทั้งกระบวนงาน", "the whole procedure"), from.Deadline, to.Deadline, found);

        ChangedOfWhole(
            "กำหนดเวลาของทั้งกระบวนงานสิ้นสุดที่", "the limit of the whole ends with", from.DeadlineUntil, to.DeadlineUntil, found);
        ChangedOfWhole(
            "ข้อมูลจากเรื่องก่อน", "data of the case before", string.Join(", ", from.CarryOver.Select(c => $"{c.To} ← {c.From}")),
            string.Join(", ", to.CarryOver.Select(c => $"{c.To} ← {c.From}")), found);
        ChangedOfWhole("ค่าเริ่มต้น", "defaults", DefaultsOf(from), DefaultsOf(to), found);

        foreach (var gone in from.Nodes.Where(n => to.Find(n.Id) is null))
            found.Add(new(gone.Id, "removed", new($"ตัด{Name(gone).Th}ออก", $"{Name(gone).En} is removed")));
        foreach (var added in to.Nodes.Where(n => from.Find(n.Id) is null))
            found.Add(new(added.Id, "added", new($"เพิ่ม{Name(added).Th}", $"{Name(added).En} is new")));
        foreach (var node in to.Nodes)
        {
            if (from.Find(node.Id) is { } before)
                Node(before, node, found);
        }

        Arrows(from, to, found);
        Notes(from, to, found);
        return found;
    }

    static string DefaultsOf(ProcessDefinition definition) =>
        string.Join(", ", definition.Variables.Where(v => v.Default is not null).Select(v => $"{v.Name} = {v.Default}"));

    static void ChangedOfWhole(string th, string en, string? one, string? other, List<Difference> found)
    {
        if ((one ?? "") != (other ?? ""))
            found.Add(new(null, "changed", new($"{th} {Shown(one)} → {Shown(other)}", $"{en} {Shown(one)} → {Shown(other)}")));
    }

    static void Node(Node before, Node after, List<Difference> found)
    {
        var name = Name(after);
        if (before.GetType() != after.GetType())
        {
            found.Add(new(
                after.Id, "changed", new($"{name.Th}: เปลี่ยนเป็นกิจกรรมชนิดอื่น", $"{name.En}: has become another kind of activity")));
            return;
        }

        switch (before, after)
        {
            case (Step one, Step other):
                Steps(one, other, name, found);
                break;
            case (DecisionNode one, DecisionNode other):
                Changed(
                    after.Id, name, "เงื่อนไข", "conditions", string.Join("; ", one.Branches.Select(b => $"{b.Port}: {b.When}")),
                    string.Join("; ", other.Branches.Select(b => $"{b.Port}: {b.When}")), found);
                break;
            case (TimerNode one, TimerNode other):
                Rule(after.Id, name, one.Rule, other.Rule, found);
                Changed(after.Id, name, "วันที่", "date from", one.DateFrom, other.DateFrom, found);
                break;
            case (MessageNode one, MessageNode other):
                Changed(after.Id, name, "ข้อความที่รอ", "message", one.Message, other.Message, found);
                Changed(after.Id, name, "ค่าอ้างอิง", "correlation", one.CorrelationFrom, other.CorrelationFrom, found);
                break;
            case (CallNode one, CallNode other):
                Changed(after.Id, name, "กระบวนงานที่เรียก", "procedure", one.DefinitionKey, other.DefinitionKey, found);
                Changed(after.Id, name, "รอผล", "waits", one.Waits, other.Waits, found);
                Changed(after.Id, name, "มีทางเมื่อเรื่องย่อยถูกยกเลิก", "may fail", one.MayFail, other.MayFail, found);
                Changed(
                    after.Id, name, "เรื่องย่อยดำเนินต่อเมื่อเรื่องหลักถูกยกเลิก", "goes on when the case is cancelled", one.GoesOn,
                    other.GoesOn, found);
                break;
            case (EndNode one, EndNode other):
                Changed(after.Id, name, "ผลลัพธ์", "outcome", one.Outcome, other.Outcome, found);
                Changed(after.Id, name, "ยุติทุกงาน", "terminates", one.Terminates, other.Terminates, found);
                break;
            case (StartNode or ForkNode or JoinNode, _):
                break;
            default:
                throw UnknownKind.Of(after);
        }
    }

    static void Steps(Step one, Step other, LocalizedText name, List<Difference> found)
    {
        Changed(other.Id, name, "ชื่อ", "name", one.Name.Th, other.Name.Th, found);
        Changed(other.Id, name, "ข้อความ", "text", one.Text, other.Text, found);
        Changed(other.Id, name, "ลำดับที่", "number", one.Number, other.Number, found);
        Changed(other.Id, name, "ชนิด", "kind of step", one.Type, other.Type, found);
        Changed(
            other.Id, name, "ผู้ปฏิบัติ", "role", Roles.NameOf(one.Role).Th, Roles.NameOf(other.Role).Th, found, Roles.NameOf(one.Role).En,
            Roles.NameOf(other.Role).En);
        Rule(other.Id, name, one.Deadline, other.Deadline, found);
        Changed(other.Id, name, "รวมเวลากับ", "shares the time of", one.DeadlineSharedWith, other.DeadlineSharedWith, found);
        Changed(other.Id, name, "วันที่ที่ใช้นับ", "limit counts from", one.DeadlineDateFrom, other.DeadlineDateFrom, found);
        Changed(other.Id, name, "การเตือนและรายงานผู้บังคับบัญชา", "escalation", one.Escalation, other.Escalation, found);
        Changed(other.Id, name, "มอบหมาย", "assignment", string.Join("; ", one.Assignments), string.Join("; ", other.Assignments), found);
        Changed(other.Id, name, "ชั้นความเร็ว", "priority", one.Priority, other.Priority, found);
        Changed(
            other.Id, name, "ห้ามทำโดยผู้ทำ", "not by whoever did", string.Join(", ", one.NotDoneBy), string.Join(", ", other.NotDoneBy),
            found);
        Changed(
            other.Id, name, "แสดงคำตอบของขั้นตอน", "shows the answers of", string.Join(", ", one.Shows), string.Join(", ", other.Shows),
            found);
        ChangedTexts(other.Id, name, "ระดับอนุมัติ", "levels", LevelsOf(one), LevelsOf(other), found);
        Changed(other.Id, name, "มติคณะกรรมการ", "committee", one.Committee, other.Committee, found);
        Changed(other.Id, name, "ทำหลายราย", "list", one.ForEach, other.ForEach, found);
        ChangedTexts(other.Id, name, "ทางออกตามเวลา", "ways out by time", TimersOf(one), TimersOf(other), found);
        Changed(
            other.Id, name, "ส่งกลับได้ที่", "may be returned to", string.Join(", ", one.ReturnTo), string.Join(", ", other.ReturnTo),
            found);
        Changed(other.Id, name, "หมายเหตุต้นฉบับ", "remark on the source", one.SourceNote, other.SourceNote, found);
        Changed(other.Id, name, "มาตรฐานคุณภาพ", "quality standard", one.QualityStandard, other.QualityStandard, found);
        Changed(other.Id, name, "แบบฟอร์ม", "forms", string.Join(", ", one.Forms), string.Join(", ", other.Forms), found);
        Changed(other.Id, name, "ช่องที่ต้องกรอก", "fields to fill in", FieldsOf(one), FieldsOf(other), found);
    }

    static LocalizedText LevelsOf(Step step)
    {
        return new(
            string.Join(" แล้ว ", step.Levels.Select(l => One(l, Roles.NameOf(l.Role).Th, l.Name?.Th, Words(l.Deadline).Th))),
            string.Join(", then ", step.Levels.Select(l => One(l, Roles.NameOf(l.Role).En, l.Name?.En, Words(l.Deadline).En))));

        static string One(ApprovalLevel level, string role, string? name, string limit) => string.Concat(
            level.Number is { } number ? $"{number}. " : "",
            name is null ? role : $"{name} ({role})",
            level.Deadline is null ? "" : $" {limit}",
            level.Assignments.IsEmpty ? "" : $" ({string.Join("; ", level.Assignments)})");
    }

    static LocalizedText TimersOf(Step step) => new(
        string.Join("; ", step.Timers.Select(t => $"{t.Port} {Words(t.After).Th}{(t.Interrupts ? " แล้วหยุดขั้นตอนนี้" : "")}")),
        string.Join("; ", step.Timers.Select(t => $"{t.Port} {Words(t.After).En}{(t.Interrupts ? ", and the step ends" : "")}")));

    /// <summary>A star marks what must be filled in.</summary>
    static string FieldsOf(Step step) => step.Form is { } form
        ? string.Join(", ", form.Fields.Select(f => $"{f.Name}{(f.Required ? "*" : "")}"))
        : "";

    static void Arrows(ProcessDefinition from, ProcessDefinition to, List<Difference> found)
    {
        foreach (var arrow in to.Transitions.Except(from.Transitions))
        {
            var loop = to.Graph.LeadsBack(arrow);
            found.Add(new(arrow.From, "arrow-added", new(
                $"{(loop ? "เพิ่มทางย้อนกลับ" : "เพิ่มเส้นทาง")}จาก{NameIn(to, arrow.From).Th} ({arrow.Port}) ไป{NameIn(to, arrow.To).Th}",
                $"New {(loop ? "loop" : "way")} from {NameIn(to, arrow.From).En} ({arrow.Port}) to {NameIn(to, arrow.To).En}")));
        }

        foreach (var arrow in from.Transitions.Except(to.Transitions))
        {
            found.Add(new(arrow.From, "arrow-removed", new(
                $"ตัดเส้นทางจาก{NameIn(from, arrow.From).Th} ({arrow.Port}) ไป{NameIn(from, arrow.To).Th}",
                $"No way any more from {NameIn(from, arrow.From).En} ({arrow.Port}) to {NameIn(from, arrow.To).En}")));
        }
    }

    /// <summary>Whether an arrow is the manual's own, and how it is labelled.</summary>
    static void Notes(ProcessDefinition from, ProcessDefinition to, List<Difference> found)
    {
        foreach (var (node, port) in from.FlowNotes.Concat(to.FlowNotes).Select(n => (n.From, n.Port)).Distinct())
        {
            if (to.Find(node) is null)
                continue;
            var (one, other) = (Said(from.NoteOn(node, port)), Said(to.NoteOn(node, port)));
            ChangedTexts(node, NameIn(to, node), $"ที่มาของเส้น ({port})", $"source of the arrow ({port})", one, other, found);
        }

        static LocalizedText Said(FlowNote? note) => note is null ? new("", "")
            : note.Label is not { } label ? note.SourceInWords
            : new($"{note.SourceInWords.Th} “{label.Th}”", $"{note.SourceInWords.En} “{label.En}”");
    }

    static void Rule(string? id, LocalizedText name, DeadlineRule? one, DeadlineRule? other, List<Difference> found)
    {
        if (one != other)
        {
            found.Add(new(
                id, "changed",
                new($"{name.Th}: กำหนดเวลา {Words(one).Th} → {Words(other).Th}", $"{name.En}: limit {Words(one).En} → {Words(other).En}")));
        }
    }

    static void Changed<T>(
        string id, LocalizedText name, string th, string en, T one, T other, List<Difference> found, string? oneEn = null,
        string? otherEn = null)
    {
        if (!EqualityComparer<T>.Default.Equals(one, other))
        {
            found.Add(new(
                id, "changed",
                new(
                    $"{name.Th}: {th} {Shown(one)} → {Shown(other)}",
                    $"{name.En}: {en} {oneEn ?? Shown(one)} → {otherEn ?? Shown(other)}")));
        }
    }

    static void ChangedTexts(
        string id, LocalizedText name, string th, string en, LocalizedText one, LocalizedText other, List<Difference> found) =>
        Changed(id, name, th, en, one.Th, other.Th, found, Shown(one.En), Shown(other.En));

    static string Shown<T>(T value) => value?.ToString() is { Length: > 0 } text ? text : "–";

    static LocalizedText NameIn(ProcessDefinition definition, string id) => definition.Find(id) is { } node ? Name(node) : new(id, id);

    static LocalizedText Name(Node node) => node is Step { Number: { } number } step
        ? new($"ขั้นตอนที่ {number} ({step.Name.Th})", $"step {number} ({step.Name.En})")
        : node is Step other ? new($"ขั้นตอน {other.Name.Th}", $"step {other.Name.En}") : new($"กิจกรรม {node.Id}", node.Id);

    static string Days(int count) => count == 1 ? "day" : "days";

    /// <summary>A limit in words.</summary>
    public static LocalizedText Words(DeadlineRule? rule) => rule switch
    {
        null => new("ไม่ได้กำหนด", "none stated"),
        WorkingDays r => new($"{r.N} วันทำการ", $"{r.N} working {Days(r.N)}"),
        WorkingDaysRange r => new($"{r.Min}–{r.Max} วันทำการ", $"{r.Min}–{r.Max} working days"),
        CalendarDays { Min: { } min } r => new($"{min}–{r.N} วัน", $"{min}–{r.N} days"),
        CalendarDays r => new($"{r.N} วัน", $"{r.N} {Days(r.N)}"),
        WorkingMinutes r => new($"{r.Minutes} นาทีทำการ", $"{r.Minutes} working minute{(r.Minutes == 1 ? "" : "s")}"),
        WorkingDaysBeforeEvent r => new($"{r.N} วันทำการก่อนวันงาน", $"{r.N} working {Days(r.N)} before the event"),
        CalendarDaysBeforeEvent r => new($"{r.N} วันก่อนวันงาน", $"{r.N} {Days(r.N)} before the event"),
        GivenDate => new("วันที่ที่หน่วยงานอื่นกำหนด", "a date given from outside"),
        Window r => new(
            $"{Day(r.From).Th} – {Day(r.To).Th} ของปีงบประมาณ", $"{Day(r.From).En} to {Day(r.To).En} of the fiscal year"),
        _ => throw UnknownKind.Of(rule),
    };

    static LocalizedText Day(MonthDay day) =>
        day.IsLast ? new($"สิ้นเดือน {day.Month}", $"the end of month {day.Month:00}") : new($"{day.Day}/{day.Month}", day.ToString());
}

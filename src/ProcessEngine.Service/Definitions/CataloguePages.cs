using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Definitions;

/// <summary>
/// The catalogue for people: a list of all procedures, and for each a page with its flow chart, its steps and limits, where it comes from
/// and what is inferred. Written by <c>dotnet run --project src/ProcessEngine.Service -- catalogue docs</c>.
/// </summary>
public static class CataloguePages
{
    const string Folder = "catalogue";

    /// <summary>Between the Thai words of an entry and the English ones.</summary>
    const string Break = "\uE000";

    /// <summary>
    /// Writes the pages of a folder of definitions into another, and takes away those of procedures that are no longer there.
    /// </summary>
    public static void Write(string definitions, string into)
    {
        var pages = Of(DefinitionFile.ReadAll(definitions));
        Directory.CreateDirectory(Path.Combine(into, Folder));
        foreach (var stale in Directory.EnumerateFiles(Path.Combine(into, Folder))
            .Where(path => !pages.ContainsKey($"{Folder}/{Path.GetFileName(path)}")))
            File.Delete(stale);
        foreach (var (file, text) in pages)
            File.WriteAllText(Path.Combine(into, file), text);
    }

    /// <returns>File → text.</returns>
    public static IReadOnlyDictionary<string, string> Of(IReadOnlyList<DefinitionFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var procedures = files.Where(f => f.Read.IsSound).Select(f => new Procedure(f)).ToList();
        var pages = new SortedDictionary<string, string>(StringComparer.Ordinal) { [$"{Folder}.md"] = Index(procedures) };
        foreach (var one in procedures)
        {
            pages[$"{Folder}/{one.Key}.md"] = Page(one);
            pages[$"{Folder}/{one.Key}.svg"] = FlowPicture.Draw(one.Definition, one.Layout, one.Office);
        }

        return pages;
    }

    sealed class Procedure(DefinitionFile file)
    {
        readonly JsonNode json = JsonNode.Parse(file.Content)!;

        JsonNode? Source => json["customProperties"];

        /// <summary>What is remarked on the source of a step: an empty cell of a table, a misprint.</summary>
        public IEnumerable<(string? Step, string Note)> Remarks =>
            (json["root"]?["activities"]?.AsArray() ?? [])
                .OfType<JsonNode>()
                .Where(a => Part(a, "sourceNote") is not null)
                .Select(a => (Part(a, "id"), Part(a, "sourceNote")!));


        /// <summary>What is remarked on the texts of its head.</summary>
        public IEnumerable<string> SourceNotes =>
            Items("sourceNotes").Select(n => $"{TextName(Part(n, "of"))}: {Part(n, "th")}{Break}{Part(n, "en")}");

        public string Key => file.Key;
        public ProcessDefinition Definition => file.Read.Definition!;
        public FlowLayout Layout { get; } = ElsaLayoutReader.Read(file.Content);
        public OfficeKind Office => OfficeKinds.Parse(OfficeKinds.Of(Text("office") ?? ""));
        public string? Text(string name) => Source is { } source ? Part(source, name) : null;
        public IReadOnlyList<JsonNode> Items(string name) => Source?[name] is JsonArray list ? [.. list.OfType<JsonNode>()] : [];

        /// <summary>The printed steps: several acts may stand under one number, and an approval with levels is one step for each.</summary>
        public int Steps => Definition.Steps.SelectMany(s => s.PrintedNumbers).Distinct().Count();

        /// <summary>As they are printed, too: two ways of one step are one approval.</summary>
        public int Approvals =>
            Definition.Steps.Where(s => s.IsApproval).SelectMany(s => s.PrintedNumbers).Distinct().Count();
    }

    // The list --------------------------------------------------------------------------------------------------------------------------

    static string Index(List<Procedure> procedures)
    {
        var page = new StringBuilder();
        Line(page, "# Catalogue of procedures (บัญชีกระบวนงาน)");
        Line(page, "");
        Line(
            page,
            "Generated from [`processes/`](../processes/README.md) by `dotnet run --project src/ProcessEngine.Service -- catalogue "
            + "docs`; do not edit. "
                + "Each name leads to a page with the flow chart, the steps and limits, where the procedure comes from, "
                + "and what is inferred.");
        foreach (var manual in procedures.GroupBy(p => p.Text("manual") ?? ""))
        {
            Line(page, "");
            Line(page, $"## {manual.First().Text("office") ?? manual.Key}");
            Line(page, "");
            Line(page, Cell(manual.First().Text("manualTitle")));
            Line(page, "");
            Line(page, "| กระบวนงาน | ขั้นตอน | พิจารณาอนุมัติ | ทางย้อนกลับ | กำหนดเวลา |");
            Line(page, "|---|---:|---:|---|---|");
            foreach (var p in manual)
                Line(
                    page,
                    $"| [{Cell(p.Definition.Name.Th)}]({Folder}/{p.Key}.md)<br>{Cell(p.Definition.Name.En)} | {p.Steps} | "
                        + $"{p.Approvals} | {LoopsOf(p)} | {LimitsOf(p.Definition)} |");
        }

        return page.ToString();
    }

    static string LoopsOf(Procedure p) => !p.Definition.Transitions.Any(p.Definition.Graph.LeadsBack) ? "–" : p.Text("flowSource") switch
    {
        "diagram" => p.Definition.FlowNotes.Any(n => n.TargetIsInferred) ? "ตามผังงาน ปลายทางตีความ" : "ตามผังงาน",
        "text" => "ตามข้อความ",
        _ => "ตีความ",
    };

    static string LimitsOf(ProcessDefinition definition)
    {
        var (limited, all) = (definition.Steps.Count(s => definition.ClockOf(s).Deadline is not null), definition.Steps.Count());
        return limited == 0 ? "ไม่ได้กำหนด" : limited == all ? "ทุกขั้นตอน" : "บางขั้นตอน";
    }

    // The page of a procedure -----------------------------------------------------------------------------------------------------------

    static string Page(Procedure p)
    {
        var page = new StringBuilder();
        Line(page, $"# {p.Definition.Name.Th}");
        Line(page, "");
        Line(page, p.Definition.Name.En);
        Line(page, "");
        Line(page, "| | |");
        Line(page, "|---|---|");
        Line(page, $"| สำนักงาน | {Cell(p.Text("office"))}, {Cell(p.Text("group"))} |");
        Line(page, $"| คู่มือ | {Cell(p.Text("manualTitle"))}, {Cell(p.Text("section"))} |");
        Line(page, $"| รหัส | `{p.Key}` |");
        Line(page, $"| ทางย้อนกลับ | {LoopsOf(p)} |");
        Line(page, "");
        Line(page, $"[![ผังงาน]({p.Key}.svg)]({p.Key}.svg)");
        Line(page, "");
        Line(
            page,
            "เส้นสีส้ม: ทางย้อนกลับ · เส้นประ: ตีความ คู่มือไม่ได้พิมพ์เส้นหรือปลายทางไว้ · "
                + "◇ สีเหลือง: พิจารณาอนุมัติ · ◇ สีฟ้า: เงื่อนไข · กรอบเขียว: รับทราบ");
        Steps(page, p);
        Section(page, "การตีความผังงาน (how the flow was read)", p.Definition.FlowNotes.Select(n =>
            $"{NameOf(p, n.From)}{WayOf(p, n)} — {n.SourceInWords.Th}: {n.Text.Th}{Break}{n.Text.En}"));
        Section(
            page, "หมายเหตุต้นฉบับ (remarks on the source)",
            p.SourceNotes.Concat(p.Remarks.Select(r => $"{NameOf(p, r.Step)}: {r.Note}")));
        Section(
            page,
            "ข้อที่คู่มือเปิดไว้ และที่เลือก (open in the manual, and decided here)",
            p.Items("choices").Select(c => $"{Part(c, "th")}{Break}{Part(c, "en")}"));
        Section(page, "แบบฟอร์มที่ใช้ (forms)", p.Items("forms").Select(f => f.ToString()));
        Section(page, "เอกสารอ้างอิง (references)", p.Items("references").Select(r => r.ToString()));
        return page.ToString();
    }

    static void Steps(StringBuilder page, Procedure p)
    {
        Line(page, "");
        Line(page, "| ที่ | ขั้นตอน | ผู้ปฏิบัติ | กำหนดเวลา | แบบฟอร์ม |");
        Line(page, "|---:|---|---|---|---|");
        var text = "";
        foreach (var step in p.Definition.Steps)
        {
            // Acts of one printed step have one sentence; once is enough.
            var sentence = step.Text == text ? "" : $"<br>{Cell(step.Text)}";
            text = step.Text;
            var printed = step.PrintedNumbers.Select(n => n.ToString(CultureInfo.InvariantCulture)).ToList();
            var number = printed switch { [] => "–", [var only] => only, [var first, .., var last] => $"{first}–{last}" };
            var who = step.Levels.IsEmpty
                ? Roles.NameOf(step.Role, p.Office).Th
                : string.Join("<br>", step.Levels.Select(l => string.Create(
                    CultureInfo.InvariantCulture, $"{(l.Number is { } own ? $"{own}. " : "")}{Roles.NameOf(l.Role, p.Office).Th}")));
            Line(
                page,
                $"| {number} | **{Cell(step.Name.Th)}**{KindOf(step)}{sentence} | {who} | {LimitOf(p.Definition, step)} | "
                    + $"{Cell(string.Join(", ", step.Forms))}{(step is { FormIsOptional: true } ? " (ตีความ)" : "")} |");
        }
    }

    static string KindOf(Step step) =>
        step.Type switch { StepType.Approval => " (พิจารณาอนุมัติ)", StepType.Acknowledge => " (รับทราบ)", StepType.Task => "" };

    /// <summary>In the manual's own words, with what the service makes of them.</summary>
    static string LimitOf(ProcessDefinition definition, Step step)
    {
        var counted = step.DeadlineSharedWith is { } leader ? $"รวมอยู่ในเวลาของ{definition.FindStep(leader)?.Name.Th}"
            : step.Deadline is { } rule ? Counted(rule)
            : null;
        var stated = step.DeadlineStated is { } words ? $"“{Cell(words)}”" : null;
        return counted is null ? stated ?? "ไม่ได้กำหนด" : stated is null ? counted : $"{stated}<br>{counted}";
    }

    static string Counted(DeadlineRule rule) => rule is CalendarDays { Roll: Roll.Forward }
        ? $"{DefinitionDiff.Words(rule).Th} ตามปฏิทิน ถ้าครบในวันหยุดเลื่อนไปวันทำการถัดไป"
        : DefinitionDiff.Words(rule).Th;

    static string NameOf(Procedure p, string? id) => id is not null && p.Layout.Boxes.TryGetValue(id, out var box) ? box.Caption : id ?? "";

    static string WayOf(Procedure p, FlowNote note) =>
        FlowPicture.WordOf(p.Definition, note.From, note.Port) is { } word ? $" ({word})" : "";

    static string TextName(string? of) => of switch
    {
        "name" => "ชื่องาน",
        "objectives" => "วัตถุประสงค์",
        "scope" => "ขอบเขตของงาน",
        "definitionsOfTerms" => "คำจำกัดความ",
        "forms" => "แบบฟอร์ม",
        "references" => "เอกสารอ้างอิง",
        "steps" => "ขั้นตอน",
        _ => "ทั้งเล่ม",
    };

    static string? Part(JsonNode of, string name) =>
        of is JsonObject o && o[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    static void Section(StringBuilder page, string title, IEnumerable<string> entries)
    {
        var all = entries.ToList();
        if (all.Count == 0)
            return;
        Line(page, "");
        Line(page, $"## {title}");
        Line(page, "");
        foreach (var entry in all)
            Line(page, $"- {Plain(entry).Replace(Break, "<br>", StringComparison.Ordinal)}");
    }

    static string Cell(string? text) => Plain(text ?? "–").Replace("|", "\\|", StringComparison.Ordinal);

    static string Plain(string text) =>
        text.ReplaceLineEndings(" ").Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    static void Line(StringBuilder page, string line) => page.Append(line).Append('\n');
}

using System.Globalization;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Reports;

namespace ProcessEngine.Service.Web;

/// <summary>A table of figures, and how it is drawn above itself (wwwroot/charts.js, where there is script).</summary>
/// <param name="Id">Of the heading, on the page.</param>
/// <param name="Kind"><c>stacked</c>, <c>grouped</c>, <c>spread</c>, <c>funnel</c> or <c>heat</c>.</param>
/// <param name="Meaning">What is counted.</param>
/// <param name="Columns">After the name of the row.</param>
public sealed record ChartTable(
    string Id, string Kind, string Title, string Meaning, string RowName, IReadOnlyList<ChartColumn> Columns, IReadOnlyList<ChartRow> Rows)
{
    /// <summary>What the limit is called where it is marked.</summary>
    public string? Limit { get; init; }

    public bool IsEmpty => Rows.All(r => r.Cells.All(c => c.Value is null or 0));
}

/// <param name="Tone">Its colour; <c>line</c> for a share in per cent, <c>none</c> for what is not drawn.</param>
public sealed record ChartColumn(string Name, string Tone);

/// <param name="Brief">The name where there is little room.</param>
public sealed record ChartRow(string Name, IReadOnlyList<ChartCell> Cells, string? Brief = null, string? Mark = null, string? Link = null);

/// <param name="Value">Null: nothing to draw.</param>
/// <param name="Link">To the very work that is counted.</param>
public sealed record ChartCell(string Text, double? Value, string? Link = null)
{
    public string? Plain => Value?.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The tables of an overview, each from what the reports of the same name say.</summary>
public sealed class ChartTables(Words w)
{
    static readonly string[] Shown = ["onTime", "late", "overdue", "open"];

    /// <param name="months">Figures by fiscal month.</param>
    /// <param name="link">Fiscal month and standing → the work.</param>
    public ChartTable Kept(int year, DateOnly upTo, IReadOnlyList<GetCompliance.Group> months, Func<string, string, string?> link)
    {
        var known = months.ToDictionary(m => m.Key, StringComparer.Ordinal);
        return new ChartTable(
            "kept", "stacked", w["การรักษาเวลารายเดือน", "Promised times by month"],
            w[
                "งานที่เริ่มนับเวลาในเดือนนั้น ร้อยละที่ทันคือทันกำหนดหารด้วยงานที่รู้ผลแล้ว",
                "work whose time began in the month; on time out of what is decided"],
            w["เดือน", "Month"],
            [
                new(ReportWords.Standing(w, "onTime"), "good"), new(ReportWords.Standing(w, "late"), "bad"),
                new(ReportWords.Standing(w, "overdue"), "warn"), new(ReportWords.Standing(w, "open"), "quiet"),
                new(w["ร้อยละที่ทัน", "% on time"], "line"),
            ],
            [.. MonthsOf(year, upTo).Select(m =>
            {
                var g = known.GetValueOrDefault(m.Key);
                return new ChartRow(
                    w.Month(m.First.Month),
                    [
                        .. Shown.Select(s => Count(g?.Of(s) ?? 0, link(m.Key, s))),
                        g?.Percent is { } percent ? new ChartCell(w.Number(percent), percent) : new ChartCell("–", null),
                    ],
                    w.ShortMonth(m.First));
            })]);
    }

    /// <param name="ofGroup">Whether tasks of a group are counted, and not cases.</param>
    public ChartTable InAndOut(int year, DateOnly upTo, IReadOnlyList<GetWorkload.Month> months, bool ofGroup = false)
    {
        var known = months.ToDictionary(m => m.FiscalMonth, StringComparer.Ordinal);
        return new ChartTable(
            "in-and-out", "grouped",
            ofGroup
                ? w["งานเข้ากลุ่มเทียบกับงานที่กลุ่มทำเสร็จ", "Work that came to the group against what it did"]
                : w["เรื่องเข้าเทียบกับเรื่องที่สิ้นสุด", "Cases that came in against those that ended"],
            ofGroup
                ? w[
                    "งานที่มาถึงคนในกลุ่มในเดือนนั้น และงานที่คนในกลุ่มทำเสร็จในเดือนนั้นไม่ว่าจะมาเมื่อใด ไม่รวมที่ยังไม่มีใครรับ",
                    "tasks that came to people of the group in the month, and tasks that they did in it whenever they came; without those "
                    + "that nobody has taken"]
                : w[
                    "เรื่องที่เริ่มในเดือนนั้น และเรื่องที่สิ้นสุดในเดือนนั้นไม่ว่าจะเริ่มเมื่อใด รวมที่ยกเลิก",
                    "cases that began in the month, and cases that ended in it whenever they began, called off ones included"],
            w["เดือน", "Month"],
            [
                new(ofGroup ? w["งานเข้า", "Came in"] : w["เรื่องเข้า", "Came in"], "early"),
                new(ofGroup ? w["ทำเสร็จ", "Done"] : w["สิ้นสุด", "Ended"], "good"),
            ],
            [.. MonthsOf(year, upTo).Select(m => new ChartRow(
                w.Month(m.First.Month),
                [Count(known.GetValueOrDefault(m.Key)?.Started ?? 0), Count(known.GetValueOrDefault(m.Key)?.Ended ?? 0)],
                w.ShortMonth(m.First)))]);
    }

    public ChartTable Ages(IReadOnlyList<GetWorkload.Age> ages) => new(
        "ages", "stacked", w["อายุของงานที่ค้างอยู่ขณะนี้", "Age of the work that is open now"],
        w[
            "งานที่ยังไม่เสร็จ นับวันทำการตั้งแต่งานมาถึง ไม่รวมเรื่องที่ระงับ",
            "tasks that are not done, by working days since they came; without suspended cases"],
        w["อายุ (วันทำการ)", "Age in working days"],
        [new(w["ยังไม่เกินกำหนด", "Not overdue"], "good"), new(ReportWords.Standing(w, "overdue"), "bad")],
        [.. ages.Select(a => new ChartRow(
            a.ToDays is { } to
                ? w[$"{a.FromDays}–{to} วัน", $"{a.FromDays}–{to} days"]
                : w[$"เกิน {a.FromDays - 1} วัน", $"More than {a.FromDays - 1} days"],
            [Count(a.Open - a.Overdue), Count(a.Overdue)]))]);

    public ChartTable Used(IReadOnlyList<GetWorkload.Spread> used) => new(
        "used", "spread", w["เวลาทำการที่ใช้เทียบกับกำหนด", "Working time used of the limit"],
        w[
            "งานที่เสร็จแล้ว เวลาทำการตั้งแต่รับถึงเสร็จ ไม่รวมช่วงที่พักหรือระงับ เป็นร้อยละของเวลาทำการจนครบกำหนด "
            + "เกินร้อยละ 100 คือเกินกำหนด",
            "work that is done: working time from receipt to end, without pauses, in per cent of the working time up to the limit; "
            + "past 100 it was late"],
        w["ร้อยละของกำหนด", "% of the limit"],
        [new(w["งาน", "Work"], "good")],
        [.. used.Select(u => new ChartRow(
            u.ToPercent is { } to ? w.Digits($"{u.FromPercent}–{to}") : w[$"เกิน {u.FromPercent}", $"Over {u.FromPercent}"],
            [Count(u.Number)],
            w.Digits(u.ToPercent is { } upTo ? $"{upTo}" : $">{u.FromPercent}"), u.ToPercent == 100 ? "limit" : null))])
    {
        Limit = w["ครบกำหนด", "Limit"],
    };

    public ChartTable Rounds(IReadOnlyList<GetWorkload.Round> rounds) => new(
        "rounds", "funnel", w["รอบที่ต้องทำ", "Rounds that work took"],
        w[
            "งานที่เสร็จ แยกตามรอบของขั้นตอน รอบที่ 2 ขึ้นไปคือถูกส่งคืนหรือไม่อนุมัติแล้วทำใหม่",
            "tasks that are done, by the round of their step; from the second on they were returned or rejected, and done again"],
        w["รอบที่", "Round"],
        [new(w["งาน", "Tasks"], "good")],
        [.. rounds.Select(r => new ChartRow(
            r.Number == GetWorkload.MaxRounds
                ? w[$"รอบที่ {r.Number} ขึ้นไป", $"Round {r.Number} or later"]
                : w[$"รอบที่ {r.Number}", $"Round {r.Number}"],
            [Count(r.Tasks)]))]);

    /// <param name="items">Figures by step and month of one procedure.</param>
    /// <param name="link">Step, fiscal month → the work.</param>
    public ChartTable Map(
        int year, DateOnly upTo, ProcessDefinition definition, IReadOnlyList<GetCompliance.Group> items, Func<string, string, string?> link)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var known = items.ToDictionary(i => i.Key, StringComparer.Ordinal);
        var months = MonthsOf(year, upTo);
        var steps = definition.Steps.Where(s => months.Any(m => known.ContainsKey($"{definition.Key}/{s.Id}/{m.Key}")));
        return new ChartTable(
            "map", "heat", w["ร้อยละที่ทัน แยกขั้นตอนและเดือน", "% on time by step and month"],
            w[
                "ช่องที่ว่างคือไม่มีงานที่รู้ผลแล้ว ขั้นตอนที่ใช้เวลาร่วมกันอยู่ที่ขั้นแรก",
                "an empty cell has nothing that is decided; steps that share one time stand at the first of them"],
            w["ขั้นตอน", "Step"],
            [.. months.Select(m => new ChartColumn(w.ShortMonth(m.First), "heat"))],
            [.. steps.Select(s => new ChartRow(
                PlainHistory.StepName(w, definition, s.Id),
                [.. months.Select(m => known.GetValueOrDefault($"{definition.Key}/{s.Id}/{m.Key}")?.Percent is { } percent
                    ? new ChartCell(w.Number(percent), percent, link(s.Id, m.Key))
                    : new ChartCell("", null))]))]);
    }

    ChartCell Count(long number, string? link = null) => new(w.Number(number), number, number > 0 ? link : null);

    /// <summary>The months of a fiscal year, up to the one of a day; each with its key in the reports.</summary>
    static List<(string Key, DateOnly First)> MonthsOf(int year, DateOnly upTo)
    {
        var first = FiscalYear.FirstDay(year);
        return
        [
            .. Enumerable.Range(0, 12).Select(i => (string.Create(CultureInfo.InvariantCulture, $"{year}-{i + 1:00}"), first.AddMonths(i)))
                .Where(m => m.Item2 <= upTo),
        ];
    }
}

using System.Globalization;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Reports;

namespace ProcessEngine.Service.Web;

/// <summary>The answers of one step over a fiscal year, as tables that are drawn.</summary>
public sealed class AnswerTables(Words w)
{
    /// <param name="field">Of marks or choices.</param>
    /// <param name="before">The same field in the year before; null where there was none.</param>
    public ChartTable Of(string step, GetFormStatistics.Field field, GetFormStatistics.Field? before, int year)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(field);
        var all = field.Values.Sum(v => v.Number);
        var then = before?.Values.ToDictionary(v => v.Answer, v => v.Number, StringComparer.Ordinal);
        return new ChartTable(
            $"{step}-{field.Name}", "grouped", field.Label is { } label ? w[label] : field.Name, MeaningOf(field),
            field.Kind == "mark" ? w["คะแนน", "Mark"] : w["คำตอบ", "Answer"],
            [
                new(w[$"ปี {year}", $"{year}"], "good"),
                .. then is null ? Array.Empty<ChartColumn>() : [new(w[$"ปี {year - 1}", $"{year - 1}"], "quiet")],
                new(w["ร้อยละ", "%"], "none"),
            ],
            [.. field.Values.Select(v => new ChartRow(
                ReportWords.Answer(w, v.Answer),
                [
                    Count(v.Number),
                    .. then is null ? Array.Empty<ChartCell>() : [Count(then.GetValueOrDefault(v.Answer))],
                    new ChartCell(all == 0 ? "–" : w.Number(100 * v.Number / all), null),
                ]))]);
    }

    string MeaningOf(GetFormStatistics.Field field) => field.Kind == "mark"
        ? w[
            "จำนวนแบบฟอร์มที่ให้คะแนนนั้น 5 มากที่สุด 1 น้อยที่สุด แบบฟอร์มหนึ่งนับหนึ่งครั้ง ไม่ว่าจะสรุปจากผู้ตอบกี่คน",
            "forms that gave the mark; 5 is the best, 1 the worst. A form counts once, however many people it sums up"]
        : w[
            "จำนวนแบบฟอร์มที่ตอบเช่นนั้น ช่องที่เลือกได้หลายข้อนับทุกข้อที่เลือก ร้อยละคิดจากคำตอบทั้งหมด",
            "forms that said so; where several may be chosen each counts, and per cents are of all that was chosen"];

    ChartCell Count(long number) => new(w.Number(number), number);

    /// <summary>3.67; a dash for none.</summary>
    public string Number(decimal? number) =>
        number is { } known ? w.Digits(known.ToString("#,0.##", CultureInfo.InvariantCulture)) : "–";
}

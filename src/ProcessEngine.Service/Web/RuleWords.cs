using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>A limit in words, where the manual's own are not at hand.</summary>
public static class RuleWords
{
    public static string Of(Words w, DeadlineRule rule)
    {
        ArgumentNullException.ThrowIfNull(w);
        return rule switch
        {
            WorkingDays r => w[$"ภายใน {r.N} วันทำการ", $"within {w.WorkingDays(r.N)}"],
            WorkingDaysRange r => w[$"{r.Min}–{r.Max} วันทำการ", $"{r.Min}–{r.Max} working days"],
            CalendarDays { Min: { } min } r => w[$"{min}–{r.N} วัน", $"{min}–{r.N} days"],
            CalendarDays r => w[$"ภายใน {w.PlainDays(r.N)}", $"within {w.PlainDays(r.N)}"],
            WorkingMinutes r => w[$"ภายใน {r.Minutes} นาทีทำการ", $"within {r.Minutes} working minute{(r.Minutes == 1 ? "" : "s")}"],
            WorkingDaysBeforeEvent r => w[$"ก่อนวันงาน {r.N} วันทำการ", $"{w.WorkingDays(r.N)} before the event"],
            CalendarDaysBeforeEvent r => w[$"ก่อนวันงาน {w.PlainDays(r.N)}", $"{w.PlainDays(r.N)} before the event"],
            GivenDate => w["ตามวันที่หน่วยงานกำหนด", "on the date that was given"],
            Window r => w[$"ระหว่าง {Day(w, r.From)} ถึง {Day(w, r.To)}", $"between {Day(w, r.From)} and {Day(w, r.To)}"],
            _ => throw UnknownKind.Of(rule),
        };
    }

    static string Day(Words w, MonthDay day) => day.IsLast
        ? w["สิ้นเดือน", "the end of "] + w.Month(day.Month)
        : $"{day.Day} {w.Month(day.Month)}";
}

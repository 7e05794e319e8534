using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>How much time is left, in words; never by colour alone.</summary>
/// <param name="Tone">The class of its tag: <c>bad</c>, <c>warn</c>, <c>good</c>, or empty.</param>
public sealed record DueWords(string Text, string Tone)
{
    /// <param name="daysLeft">Working days to the due date; null when it lies beyond the calendar.</param>
    /// <param name="held">The clock stands still, or nobody has confirmed yet that it counts.</param>
    public static DueWords Of(Words w, DateTimeOffset? dueAt, int? daysLeft, DateTimeOffset now, bool held = false)
    {
        ArgumentNullException.ThrowIfNull(w);
        if (dueAt is not { } due)
            return new DueWords(w["ไม่ได้กำหนดเวลา", "No limit stated"], "");
        if (held)
            return new DueWords(w["เวลาหยุดนับ", "The clock stands still"], "");
        var today = BangkokTime.DateOf(now);
        if (due < now)
        {
            return daysLeft is < 0 and var late
                ? new DueWords(w[$"เกินกำหนด {w.WorkingDays(-late)}", $"{w.WorkingDays(-late)} overdue"], "bad")
                : new DueWords(w["เกินกำหนดแล้ว", "Overdue"], "bad");
        }

        if (BangkokTime.DateOf(due) == today)
            return new DueWords(w[$"ครบกำหนดวันนี้ {w.Time(due)}", $"Due today {w.Time(due)}"], "warn");
        return daysLeft is { } days
            ? new DueWords(w[$"เหลือ {w.WorkingDays(days)}", $"{w.WorkingDays(days)} left"], days <= Inbox.AtRiskDays ? "warn" : "good")
            : new DueWords(w["ยังไม่ถึงกำหนด", "Not due yet"], "good");
    }
}

using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Html;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web;

/// <summary>The steps of a case as bars over working days: planned above, real below. The table of steps says the same in words.</summary>
public static class Gantt
{
    const int RowHeight = 40;
    const int Head = 30;
    const int Names = 270;
    const int Room = 640;
    const int MaxDays = 750;

    /// <returns>Null when the calendar does not reach so far, or nothing has begun.</returns>
    public static IHtmlContent? Draw(
        Words w,
        WorkingCalendar calendar,
        DateTimeOffset startedAt,
        DateTimeOffset now,
        IReadOnlyList<PlannedStep> plan,
        IReadOnlyList<(Core.Definitions.Step Step, IReadOnlyList<StepPass> Passes)> steps)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(calendar);
        ArgumentNullException.ThrowIfNull(steps);
        var planned = plan.ToDictionary(p => p.Step.Id, StringComparer.Ordinal);
        var first = BangkokTime.DateOf(startedAt);
        var last = plan.Select(p => p.DueAt).Concat(steps.SelectMany(s => s.Passes).Select(p => (DateTimeOffset?)(p.ClosedAt ?? now)))
            .OfType<DateTimeOffset>().Select(BangkokTime.DateOf).Append(first).Max();
        try
        {
            var days = Day(last) + 1;
            if (days > MaxDays)
                return null;
            var width = Math.Clamp(Room / (double)days, 1, 40);
            var svg = new StringBuilder();
            var (wide, high) = (Names + (days * width) + 10, Head + (steps.Count * RowHeight) + 4);
            var name = w[
                "แผนกับที่ทำจริง นับเป็นวันทำการ ตารางข้างบนบอกเรื่องเดียวกัน",
                "Planned and real, in working days; the table above says the same"];
            Put(
                $"<svg class=\"gantt\" viewBox=\"0 0 {wide:0.#} {high}\" width=\"{wide:0}\" role=\"img\" ",
                $"aria-labelledby=\"gantt-title\"><title id=\"gantt-title\">{Text(name)}</title>");
            // A line at the first working day of each month, or of each week when there is room.
            for (var (date, shown) = (first, -1000.0); date <= last; date = date.AddDays(1))
            {
                var x = Names + (Day(date) * width);
                var starts = date == first || date.Day == 1 || (width > 9 && date.DayOfWeek == DayOfWeek.Monday);
                if (!starts || x < shown + 62)
                    continue;
                shown = x;
                Put(
                    $"<line class=\"grid\" x1=\"{x:0.#}\" x2=\"{x:0.#}\" y1=\"{Head - 6}\" y2=\"{high}\"/><text class=\"when\" ",
                    $"x=\"{x:0.#}\" y=\"16\">{Text(w.ShortDate(date))}</text>");
            }

            foreach (var (row, (step, passes)) in steps.Index())
            {
                var y = Head + (row * RowHeight);
                Put(
                    $"<line class=\"grid\" x1=\"0\" x2=\"{wide:0.#}\" y1=\"{y - 2}\" y2=\"{y - 2}\"/><text class=\"step\" x=\"0\" ",
                    $"y=\"{y + 22}\">{Text(Short(PlainHistory.Numbered(w, step) + w[step.Name]))}</text>");
                if (planned.GetValueOrDefault(step.Id) is { ReceivedAt: { } from, DueAt: { } due })
                    Bar("planned", from, due, y + 4, 10, w["แผน", "planned"]);
                foreach (var pass in passes.Where(p => p.Outcome != Core.Instances.Events.TaskOutcomes.Cancelled))
                    Bar(
                        pass.IsLate(now) ? "late" : pass.ClosedAt is null ? "open" : "real", pass.CreatedAt, pass.ClosedAt ?? now, y + 18,
                        12, w["จริง", "real"] + (pass.Attempt > 1 ? w[$" รอบที่ {pass.Attempt}", $", round {pass.Attempt}"] : ""));
            }

            var today = BangkokTime.DateOf(now);
            if (today >= first && today <= last)
                Put(
                    $"<line class=\"today\" x1=\"{Names + ((Day(today) + 0.5) * width):0.#}\" ",
                    $"x2=\"{Names + ((Day(today) + 0.5) * width):0.#}\" y1=\"{Head - 6}\" y2=\"{high}\"/>");
            return new HtmlString(svg.Append("</svg>").ToString());

            void Bar(string kind, DateTimeOffset from, DateTimeOffset to, int y, int height, string what)
            {
                var (one, other) = (Day(BangkokTime.DateOf(from)), Day(BangkokTime.DateOf(to)));
                Put(
                    $"<rect class=\"{kind}\" x=\"{Names + (one * width) + 0.5:0.#}\" y=\"{y}\" ",
                    $"width=\"{Math.Max(1.5, ((other - one + 1) * width) - 1):0.#}\" height=\"{height}\" ",
                    $"rx=\"2\"><title>{Text($"{what}: {w.Date(from)} – {w.Date(to)}")}</title></rect>");
            }

            void Put(params FormattableString[] parts)
            {
                foreach (var part in parts)
                    svg.Append(FormattableString.Invariant(part));
            }
        }
        catch (CalendarNotLoadedException)
        {
            return null;
        }

        // Working days before a date, from the start of the case on.
        int Day(DateOnly date) => date <= first ? 0 : calendar.WorkingDaysBetween(first, date);
    }

    static string Short(string name) =>
        new StringInfo(name) is { LengthInTextElements: > 30 } long_ ? long_.SubstringByTextElements(0, 29) + "…" : name;

    static string Text(string text) => WebUtility.HtmlEncode(text);
}

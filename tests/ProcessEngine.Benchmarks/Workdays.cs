using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Holidays;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Benchmarks;

/// <summary>Arithmetic of working days: what one due date costs.</summary>
static class Workdays
{
    public static Task RunAsync()
    {
        Figures.Group("workdays");
        var calendar = NationalCalendar();
        var random = new Random(1);
        var days = Enumerable.Range(0, 4096).Select(_ => new DateOnly(2018, 1, 1).AddDays(random.Next(8 * 365))).ToArray();
        var received = days.Select(day => BangkokTime.At(day, new TimeOnly(10, 0))).ToArray();
        var (before, nth) = BareIndex(calendar);
        var first = Coverage.DayNumber;

        foreach (var n in new[] { 1, 15, 60, 250 })
        {
            var rule = new WorkingDays(n);
            var floor = Nanoseconds(i => nth[before[days[i].DayNumber - first + 1] + n - 1]);
            var add = Nanoseconds(i => calendar.AddWorkingDays(days[i], n).DayNumber);
            var due = Nanoseconds(i => (int)DeadlineCalculation.Compute(rule, received[i], calendar).DueAt.Ticks);
            Figures.Cost($"day number {n,3} / two bare array reads", add, floor, null, "ns");
            Figures.Limit($"due date, {n,3} working days", due, 50, "ns");
        }

        Figures.Limit("allocated by a day", Measured.Bytes(1000, i => calendar.AddWorkingDays(days[i], 15)), 1, "B");
        Figures.Limit("allocated by a due date", Measured.Bytes(1000, i => DeadlineCalculation.Compute(Fifteen, received[i], calendar)), null, "B");
        return Task.CompletedTask;
    }

    static readonly DateOnly Coverage = new(HolidayTableLoader.Coverage.FirstYear, 1, 1);
    static readonly WorkingDays Fifteen = new(15);

    public static WorkingCalendar NationalCalendar() =>
        WorkingCalendar.Build("national", 1, null, HolidayTable.Parse(HolidayTableLoader.ShippedTable()), [], HolidayTableLoader.Coverage);

    /// <summary>Working days before each day, and the day of the n-th: the least that can answer.</summary>
    static (int[] Before, int[] Nth) BareIndex(WorkingCalendar calendar)
    {
        var (before, nth) = (new List<int> { 0 }, new List<int>());
        for (var day = Coverage; day.Year <= HolidayTableLoader.Coverage.LastYear; day = day.AddDays(1))
        {
            if (calendar.IsWorkingDay(day))
                nth.Add(day.DayNumber);
            before.Add(nth.Count);
        }

        return ([.. before], [.. nth]);
    }

    /// <param name="call">Gets an index below 4096.</param>
    static double Nanoseconds(Func<int, int> call) => Measured.Microseconds(4096, call) * 1000;
}

using System.Collections.Frozen;
using System.Runtime.CompilerServices;

namespace ProcessEngine.Core.Calendar;

/// <summary>A date lies beyond what the calendar can say anything about.</summary>
public sealed class CalendarNotLoadedException(DateOnly date) : Exception($"The working calendar does not reach {date:O}.")
{
    public DateOnly Date { get; } = date;
}

/// <summary>One office's working days. Immutable; a change of the calendar is a new version.</summary>
/// <remarks>
/// Day arithmetic goes by a precomputed index (working days before each day, day of the n-th working day), never by a loop over days.
/// Past the table the index goes on for some years on weekends only; whoever gets such a date is told (R9).
/// </remarks>
public sealed class WorkingCalendar
{
    /// <summary>Years of weekends past the last year of the table, so that a long period has an answer, if a provisional one.</summary>
    const int YearsBeyond = 12;

    static readonly LocalizedText Saturday = new("วันเสาร์", "Saturday");
    static readonly LocalizedText Sunday = new("วันอาทิตย์", "Sunday");

    readonly int firstDay;
    readonly int[] workingBefore;
    readonly int[] nthWorkingDay;
    readonly FrozenDictionary<DateOnly, LocalizedText> namedDaysOff;
    readonly DateOnly[] unconfirmed;

    WorkingCalendar(
        string id, int version, CalendarCoverage coverage, Dictionary<DateOnly, LocalizedText> daysOff, HashSet<DateOnly> openings,
        DateOnly[] unconfirmed)
    {
        Id = id;
        Version = version;
        Coverage = coverage;
        namedDaysOff = daysOff.ToFrozenDictionary();
        this.unconfirmed = unconfirmed;

        firstDay = new DateOnly(coverage.FirstYear - 1, 1, 1).DayNumber;
        var days = new DateOnly(coverage.LastYear + YearsBeyond, 12, 31).DayNumber - firstDay + 1;
        workingBefore = new int[days + 1];
        var working = new List<int>(days);
        for (var i = 0; i < days; i++)
        {
            workingBefore[i] = working.Count;
            var date = DateOnly.FromDayNumber(firstDay + i);
            if (openings.Contains(date) || (date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !daysOff.ContainsKey(date)))
                working.Add(firstDay + i);
        }

        workingBefore[days] = working.Count;
        nthWorkingDay = [.. working];
    }

    public string Id { get; }
    public int Version { get; }
    public CalendarCoverage Coverage { get; }

    /// <summary>
    /// Layers the office's calendar: weekend, national rows, rows of its province, closures, openings. A later layer wins.
    /// </summary>
    /// <param name="province">Where the office stands (ISO 3166-2); null for the national calendar.</param>
    /// <param name="table">All rows; the ones of other provinces are left out. Regional rows of low confidence do not count until they are
    /// confirmed.</param>
    public static WorkingCalendar Build(
        string id, int version, string? province, IEnumerable<Holiday> table, IEnumerable<OfficeDay> officeDays, CalendarCoverage coverage)
    {
        ArgumentNullException.ThrowIfNull(coverage);
        var own = officeDays.OrderBy(day => day.Kind).ToList();
        var confirmed = own.Where(day => day.Kind == OfficeDayKind.Confirmation).Select(day => day.Date).ToHashSet();
        var rows = table.Where(row => row.AppliesTo(province)).OrderBy(row => row.Scope != Holiday.National).ToList();
        var unconfirmed = rows.Where(row => row.IsUnconfirmed && !confirmed.Contains(row.Date)).ToHashSet();
        var daysOff = new Dictionary<DateOnly, LocalizedText>();
        foreach (var row in rows.Where(row => !unconfirmed.Contains(row)))
            daysOff[row.Date] = row.Name;

        var openings = new HashSet<DateOnly>();
        foreach (var day in own)
        {
            switch (day.Kind)
            {
                case OfficeDayKind.Closure:
                    daysOff[day.Date] = new LocalizedText(day.Reason, day.Reason);
                    break;
                case OfficeDayKind.Opening:
                    daysOff.Remove(day.Date);
                    openings.Add(day.Date);
                    break;
                case OfficeDayKind.Confirmation:
                    break;
                default:
                    throw UnknownKind.Of(day.Kind);
            }
        }

        return new WorkingCalendar(
            id, version, coverage, daysOff, openings, [.. unconfirmed.Select(row => row.Date).Where(d => !daysOff.ContainsKey(d)).Order()]);
    }

    /// <summary>Whether it can say anything about a date.</summary>
    public bool Reaches(DateOnly date) => (uint)(date.DayNumber - firstDay) < (uint)(workingBefore.Length - 1);

    /// <exception cref="CalendarNotLoadedException" />
    public bool IsWorkingDay(DateOnly date)
    {
        var i = IndexOf(date);
        return workingBefore[i + 1] > workingBefore[i];
    }

    /// <summary>Why a day is not worked; null for a working day.</summary>
    public LocalizedText? DayOffName(DateOnly date) =>
        IsWorkingDay(date) ? null
        : namedDaysOff.TryGetValue(date, out var name) ? name
        : date.DayOfWeek == DayOfWeek.Saturday ? Saturday : Sunday;

    /// <summary>The n-th working day after a date, which is itself not counted (R1).</summary>
    /// <param name="days">Working days, 1 or more.</param>
    /// <exception cref="CalendarNotLoadedException">The period reaches past the calendar.</exception>
    public DateOnly AddWorkingDays(DateOnly from, int days)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(days);
        return Nth(workingBefore[IndexOf(from) + 1] + days - 1, from);
    }

    /// <summary>The n-th working day before a date, which is itself not counted (R6).</summary>
    /// <param name="days">Working days, 1 or more.</param>
    public DateOnly SubtractWorkingDays(DateOnly from, int days)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(days);
        return Nth(workingBefore[IndexOf(from)] - days, from);
    }

    /// <summary>The date itself if it is worked, else the next working day.</summary>
    public DateOnly OnOrAfter(DateOnly date) => Nth(workingBefore[IndexOf(date)], date);

    /// <summary>The date itself if it is worked, else the working day before it.</summary>
    public DateOnly OnOrBefore(DateOnly date) => Nth(workingBefore[IndexOf(date) + 1] - 1, date);

    /// <summary>Working days after <paramref name="from"/> up to and with <paramref name="to"/>; negative when it lies before.</summary>
    public int WorkingDaysBetween(DateOnly from, DateOnly to) => workingBefore[IndexOf(to) + 1] - workingBefore[IndexOf(from) + 1];

    /// <summary>Working minutes between two instants, whole minutes, rounded down.</summary>
    public long WorkingMinutesBetween(DateTimeOffset from, DateTimeOffset to) =>
        WorkingTimeBetween(from, to).Ticks / TimeSpan.TicksPerMinute;

    /// <summary>Working time between two instants; negative when <paramref name="to"/> lies before.</summary>
    public TimeSpan WorkingTimeBetween(DateTimeOffset from, DateTimeOffset to) => new(WorkingTicksBefore(to) - WorkingTicksBefore(from));

    /// <summary>The instant at which so many minutes of working time have passed (R5).</summary>
    public DateTimeOffset AddWorkingMinutes(DateTimeOffset from, int minutes) =>
        AddWorkingTime(from, TimeSpan.FromTicks(minutes * TimeSpan.TicksPerMinute));

    /// <summary>The instant at which so much working time has passed (R5). A period used up exactly at 12:00 or 16:30 ends there.</summary>
    /// <param name="time">More than nothing.</param>
    public DateTimeOffset AddWorkingTime(DateTimeOffset from, TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(time.Ticks);
        var target = WorkingTicksBefore(from) + time.Ticks;
        var day = (target - 1) / WorkingHours.DayTicks;
        return BangkokTime.At(Nth((int)day, BangkokTime.DateOf(from)), WorkingHours.TimeAt(target - (day * WorkingHours.DayTicks)));
    }

    /// <summary>
    /// Whether a period rests on days that are not announced: a year not announced or past the table, or an unconfirmed regional row (R9).
    /// </summary>
    public bool IsNotYetAnnounced(DateOnly from, DateOnly to)
    {
        var (first, last) = from <= to ? (from, to) : (to, from);
        if (first.Year < Coverage.FirstYear || last.Year > Coverage.LastAnnouncedYear)
            return true;
        foreach (var date in unconfirmed)
        {
            if (date >= first && date <= last)
                return true;
        }

        return false;
    }

    long WorkingTicksBefore(DateTimeOffset instant)
    {
        var date = BangkokTime.DateOf(instant);
        var i = IndexOf(date);
        var whole = workingBefore[i] * WorkingHours.DayTicks;
        return workingBefore[i + 1] == workingBefore[i] ? whole : whole + WorkingHours.TicksIntoDay(BangkokTime.TimeOf(instant));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int IndexOf(DateOnly date)
    {
        var i = date.DayNumber - firstDay;
        return (uint)i < (uint)(workingBefore.Length - 1) ? i : throw new CalendarNotLoadedException(date);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    DateOnly Nth(int n, DateOnly from) =>
        (uint)n < (uint)nthWorkingDay.Length ? DateOnly.FromDayNumber(nthWorkingDay[n]) : throw new CalendarNotLoadedException(from);
}

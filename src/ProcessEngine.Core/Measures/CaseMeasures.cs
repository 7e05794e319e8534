using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Instances;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Measures;

/// <summary>What a task that is closed took: whole working minutes; null where the calendar does not reach.</summary>
/// <param name="Waited">While nobody had taken it.</param>
/// <param name="Worked">While somebody had it.</param>
/// <param name="Stood">While its case was suspended, or it waited for an outsider: neither of the two.</param>
public sealed record TaskMeasure(Guid TaskId, DateTimeOffset ClosedAt, int? Waited, int? Worked, int? Stood);

/// <summary>What a clock that stopped took of its limit: whole working minutes; null where the calendar does not reach.</summary>
/// <param name="Used">From the receipt to the end, without what it stood still.</param>
/// <param name="Granted">From the receipt to the due moment as it stood at the end, without the pauses by which it was moved.</param>
/// <param name="Stood">What it stood still.</param>
/// <param name="Pauses">How often it was made to stand still.</param>
/// <param name="Extensions">How often it was extended.</param>
public sealed record ClockMeasure(Guid DeadlineId, DateTimeOffset ClosedAt, int? Used, int? Granted, int? Stood, int Pauses, int Extensions)
{
    /// <summary>Of the limit, rounded to whole per cent; null where there was none to use (a limit before the receipt).</summary>
    public int? Percent => Used is { } used && Granted is > 0 and var granted ? (int)(((200L * used) + granted) / (2L * granted)) : null;
}

/// <summary>Where the time of a case went, from its events alone: computed again it is the same.</summary>
public static class CaseMeasures
{
    enum Part
    {
        Waiting,
        Running,
        Standing,
    }

    sealed class Course
    {
        readonly List<(DateTimeOffset From, DateTimeOffset To, Part Part)> stretches = [];

        public DateTimeOffset? ClosedAt { get; set; }
        public OpenDeadline? Clock { get; set; }
        public int Pauses { get; set; }
        public int Extensions { get; set; }

        public void Pass(DateTimeOffset from, DateTimeOffset to, Part part)
        {
            if (stretches.Count > 0 && stretches[^1].To == from && stretches[^1].Part == part)
                stretches[^1] = stretches[^1] with { To = to };
            else
                stretches.Add((from, to, part));
        }

        public int? Minutes(WorkingCalendar calendar, Part part)
        {
            var time = TimeSpan.Zero;
            foreach (var (from, to, _) in stretches.Where(s => s.Part == part))
            {
                if (Between(calendar, from, to) is not { } some)
                    return null;
                time += some;
            }

            return (int)time.TotalMinutes;
        }
    }

    /// <param name="history">All events of one case, in order.</param>
    /// <param name="calendarAt">The calendar of the office that was in force at an instant: a closed result rests on it for ever.</param>
    public static (IReadOnlyList<TaskMeasure> Tasks, IReadOnlyList<ClockMeasure> Clocks) Of(
        IEnumerable<RecordedEvent> history, Func<DateTimeOffset, WorkingCalendar> calendarAt)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(calendarAt);
        var tasks = new Dictionary<Guid, Course>();
        var clocks = new Dictionary<Guid, Course>();
        var (state, last) = (ProcessState.NotStarted, default(DateTimeOffset));
        foreach (var recorded in history)
        {
            Pass(state, last, recorded.At, tasks, clocks);
            Count(recorded.Event, clocks);
            var next = ProcessState.Evolve(state, recorded);
            foreach (var task in state.OpenTasks)
                tasks[task.TaskId].ClosedAt = next.FindOpenTask(task.TaskId) is null ? recorded.At : null;
            foreach (var clock in state.OpenDeadlines)
            {
                var course = clocks[clock.DeadlineId];
                (course.Clock, course.ClosedAt) = (clock, next.FindOpenDeadline(clock.DeadlineId) is null ? recorded.At : null);
            }

            // What was closed and is open again by an undo goes on.
            foreach (var task in next.OpenTasks)
                Find(tasks, task.TaskId).ClosedAt = null;
            foreach (var clock in next.OpenDeadlines)
                Find(clocks, clock.DeadlineId).ClosedAt = null;
            (state, last) = (next, recorded.At);
        }

        return (
            [.. tasks.Where(t => t.Value.ClosedAt is not null).Select(t => MeasureOf(t.Key, t.Value, calendarAt))],
            [.. clocks.Where(c => c.Value.ClosedAt is not null).Select(c => ClockOf(c.Key, c.Value, calendarAt))]);
    }

    static void Pass(
        ProcessState state, DateTimeOffset from, DateTimeOffset to, Dictionary<Guid, Course> tasks, Dictionary<Guid, Course> clocks)
    {
        if (from >= to)
            return;
        foreach (var task in state.OpenTasks)
        {
            var stands = task.Paused || state.Status == InstanceStatus.Suspended;
            tasks[task.TaskId].Pass(from, to, stands ? Part.Standing : task.Assignee is null ? Part.Waiting : Part.Running);
        }

        foreach (var clock in state.OpenDeadlines)
            clocks[clock.DeadlineId].Pass(from, to, clock.PausedAt is null ? Part.Running : Part.Standing);
    }

    static void Count(ProcessEvent happened, Dictionary<Guid, Course> clocks)
    {
        switch (happened)
        {
            case DeadlinePaused e:
                Find(clocks, e.DeadlineId).Pauses++;
                break;
            case DeadlineMoved { Cause: MoveCause.Extended } e:
                Find(clocks, e.DeadlineId).Extensions++;
                break;
        }
    }

    static Course Find(Dictionary<Guid, Course> courses, Guid id)
    {
        if (!courses.TryGetValue(id, out var course))
            courses.Add(id, course = new Course());
        return course;
    }

    static TaskMeasure MeasureOf(Guid id, Course task, Func<DateTimeOffset, WorkingCalendar> calendarAt)
    {
        var calendar = calendarAt(task.ClosedAt!.Value);
        return new TaskMeasure(
            id, task.ClosedAt.Value, task.Minutes(calendar, Part.Waiting), task.Minutes(calendar, Part.Running),
            task.Minutes(calendar, Part.Standing));
    }

    static ClockMeasure ClockOf(Guid id, Course course, Func<DateTimeOffset, WorkingCalendar> calendarAt)
    {
        var (calendar, clock) = (calendarAt(course.ClosedAt!.Value), course.Clock!);
        var granted = Between(calendar, clock.Terms.ReceivedAt, clock.Terms.DueAt);
        foreach (var pause in clock.Adjustments ?? [])
        {
            if (pause.PausedAt is { } since)
                granted -= Between(calendar, since, pause.At);
        }

        return new ClockMeasure(
            id, course.ClosedAt.Value, course.Minutes(calendar, Part.Running),
            granted is { } time ? (int)Math.Max(0, time.TotalMinutes) : null, course.Minutes(calendar, Part.Standing), course.Pauses,
            course.Extensions);
    }

    static TimeSpan? Between(WorkingCalendar calendar, DateTimeOffset from, DateTimeOffset to) =>
        calendar.Reaches(BangkokTime.DateOf(from)) && calendar.Reaches(BangkokTime.DateOf(to))
            ? calendar.WorkingTimeBetween(from, to)
            : null;
}

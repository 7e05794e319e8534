using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;

namespace ProcessEngine.Core.Escalations;

/// <summary>Who is told, and when, around a due moment. Working days of the acting office; null leaves a rung out.</summary>
/// <param name="RemindDaysBefore">Reminder to whoever has the task, working days before the due date.</param>
/// <param name="SupervisorDaysAfter">Escalation to the step's supervisor role, working days after the due date.</param>
/// <param name="DirectorDaysAfter">Escalation to the director of the office, working days after the due date.</param>
public sealed record EscalationPolicy(int? RemindDaysBefore, int? SupervisorDaysAfter, int? DirectorDaysAfter)
{
    public static EscalationPolicy Default { get; } = new(1, 1, 3);

    /// <summary>
    /// The rungs of one deadline in the order in which they come. All instants are UTC, at the close of business (16:30).
    /// </summary>
    /// <remarks>
    /// A reminder that would come before the work was received comes at 08:30 of the due date instead,
    /// and not at all when the work was received later than that.
    /// </remarks>
    public ImmutableArray<EscalationRung> RungsFor(
        DateTimeOffset receivedAt, DateTimeOffset dueAt, string supervisorRole, WorkingCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        var rungs = ImmutableArray.CreateBuilder<EscalationRung>(4);
        var dueOn = BangkokTime.DateOf(dueAt);
        if (RemindDaysBefore is { } before)
        {
            var remindAt = BangkokTime.At(calendar.SubtractWorkingDays(dueOn, before), WorkingHours.Close);
            if (remindAt <= receivedAt)
                remindAt = BangkokTime.At(dueOn, WorkingHours.Open);
            if (remindAt > receivedAt && remindAt < dueAt)
                Add(new EscalationRung(RungKind.Reminder, remindAt, null));
        }

        Add(new EscalationRung(RungKind.Overdue, dueAt, null));
        if (SupervisorDaysAfter is { } supervisorAfter)
            Add(new EscalationRung(RungKind.Supervisor, CloseAfter(supervisorAfter), supervisorRole));
        if (DirectorDaysAfter is { } directorAfter)
            Add(new EscalationRung(RungKind.Director, CloseAfter(directorAfter), Definitions.Roles.Director));
        return rungs.DrainToImmutable();

        // There are four at most, and they come nearly in order: putting each in its place is less than sorting them.
        void Add(EscalationRung rung)
        {
            var place = rungs.Count;
            while (place > 0 && (rungs[place - 1].At, rungs[place - 1].Kind).CompareTo((rung.At, rung.Kind)) > 0)
                place--;
            rungs.Insert(place, rung);
        }

        DateTimeOffset CloseAfter(int days) => BangkokTime.At(calendar.AddWorkingDays(dueOn, days), WorkingHours.Close);
    }
}

public enum RungKind
{
    Reminder,
    Overdue,
    Supervisor,
    Director,
}

/// <param name="Kind">Which of the four it is.</param>
/// <param name="At">When it is to be taken, UTC.</param>
/// <param name="ToRole">Whom it tells beyond the holder of the task.</param>
public sealed record EscalationRung(RungKind Kind, DateTimeOffset At, string? ToRole);

using System.Collections.Immutable;
using System.Globalization;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Calendars;

namespace ProcessEngine.Service.UserTasks;

/// <summary>A task with what a person needs to do it: the manual's own words, the standard, the forms, and what they may do.</summary>
public sealed record UserTaskDetail : UserTaskView
{
    public UserTaskDetail(UserTaskView task, ProcessDefinition definition, ProcessState state)
        : base(task)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(state);
        var step = definition.FindStep(Step)!;
        Title = state.Title;
        Text = step.Text;
        StepKind = step.Kind;
        QualityStandard = step.QualityStandard;
        Forms = step.Forms;
        ReturnTo = [.. definition.ReturnTargets(step)];
        Actions = State != "open" ? []
            : step.Type == StepType.Approval ? ["claim", "approve", "reject", "return", "reassign", "comments"]
            : ReturnTo.Count > 0 ? ["claim", "complete", "return", "reassign", "comments"]
            : ["claim", "complete", "reassign", "comments"];
    }

    /// <summary>The title of the case.</summary>
    public string Title { get; }

    /// <summary>The manual's own sentence.</summary>
    public string Text { get; }

    /// <summary>What sort of work it is: appoint, plan, propose ….</summary>
    public string StepKind { get; }

    public string? QualityStandard { get; }
    public ImmutableArray<string> Forms { get; }

    /// <summary>The acts that an open task takes.</summary>
    public IReadOnlyList<string> Actions { get; }

    /// <summary>The steps to which it may be returned.</summary>
    public IReadOnlyList<string> ReturnTo { get; }
}

/// <summary>Why a task is due when it is: the inputs, the days counted and the days skipped.</summary>
/// <param name="Stated">The limit in the manual's own words.</param>
/// <param name="Source"><c>manual</c>, <c>office</c> (set by the office itself), or null when no limit is stated.</param>
/// <param name="SharedBy">The steps that share this one clock; null when it is the task's own.</param>
/// <param name="Pauses">None yet: a clock that pauses comes with suspension.</param>
/// <param name="NotYetAnnounced">The date rests on days that are not announced yet, and may move.</param>
public sealed record DeadlineExplained(
    Guid TaskId,
    DeadlineRule? Rule,
    string? Stated,
    string? Source,
    DateTimeOffset? ReceivedAt,
    DateTimeOffset? ExpectedFrom,
    DateTimeOffset? DueAt,
    string? Calendar,
    int? CalendarVersion,
    bool NotYetAnnounced,
    IReadOnlyList<string>? SharedBy,
    IReadOnlyList<string> Counted,
    IReadOnlyList<SkippedView> Skipped,
    IReadOnlyList<string> Pauses)
{
    public static DeadlineExplained NoneStated(Guid taskId, string? stated) =>
        new(taskId, null, stated, null, null, null, null, null, null, false, null, [], [], []);

    /// <summary>Every time that the due moment moved, and why; the first moment is the <c>from</c> of the first one.</summary>
    public IReadOnlyList<MoveView> Moves { get; init; } = [];

    /// <summary>Moved into the past by a change of the calendar, and not yet confirmed by a supervisor.</summary>
    public bool MovedByCalendarChange { get; init; }

    public static DeadlineExplained Of(Guid taskId, ClockHistory clock, WorkingCalendar calendar, string? stated, IReadOnlyList<string>? sharedBy)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var terms = clock.Terms;
        var explained = DeadlineCalculation.Explain(terms.Rule, terms.ReceivedAt, calendar, terms.DependsOn);
        return new DeadlineExplained(
            taskId, terms.Rule, stated, terms.Source == DeadlineSource.Manual ? "manual" : "office", terms.ReceivedAt, terms.ExpectedFrom, terms.DueAt,
            terms.CalendarId, terms.CalendarVersion, terms.Provisional, sharedBy,
            [.. explained.Counted.Select(d => d.ToString("O", CultureInfo.InvariantCulture))], [.. explained.Skipped.Select(SkippedView.Of)], [])
        {
            Moves = [.. clock.Moves.Select(m => MoveView.Of(m.At, m.Event))],
        };
    }
}

/// <summary>How a clock was set, and how it moved since.</summary>
public sealed record ClockHistory(DeadlineSet Set, IReadOnlyList<(DateTimeOffset At, DeadlineMoved Event)> Moves)
{
    public DeadlineTerms Terms => Moves.Count == 0 ? Set.Terms : Moves[^1].Event.Terms;
}

/// <param name="Cause"><c>continued</c> (after a pause), <c>dateChanged</c>, <c>extended</c> or <c>calendarChanged</c>.</param>
/// <param name="CalendarChange">The change of the calendar, under <c>/calendars/changes/{id}</c>.</param>
public sealed record MoveView(
    DateTimeOffset At, DateTimeOffset From, DateTimeOffset To, MoveCause Cause, string? Reason, Guid? CalendarChange, int? FromCalendarVersion, int ToCalendarVersion)
{
    public static MoveView Of(DateTimeOffset at, DeadlineMoved e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return new MoveView(at, e.From, e.Terms.DueAt, e.Cause, e.Comment, e.CalendarChangeId, e.FromCalendarVersion, e.Terms.CalendarVersion);
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.UserTasks;

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
        SourceNote = step.SourceNote;
        QualityStandard = step.QualityStandard;
        Forms = step.Forms;
        Form = step.Form is { } form ? [.. form.Fields] : null;
        FormIsOptional = step.FormIsOptional;
        var grouped = state.FindGroup(step.Id) is not null;
        ReturnTo = grouped ? [] : [.. definition.ReturnTargets(step)];
        Actions = State == "open"
            ? ActionsOf(step, grouped, state.FindOpenTask(Id) is { } open && state.IsAssignedByDefinition(step, open))
            : [];
    }

    List<string> ActionsOf(Step step, bool grouped, bool given)
    {
        if (Paused)
            return ["continue", "reassign", "comments"];
        List<string> actions = Assignee is null ? ["claim"] : given ? [] : ["release"];
        string[] deciding = step.Committee is not null ? ["vote", "approve", "reject"] : step.Type switch
        {
            StepType.Approval => ["approve", "reject", "return"],
            StepType.Task or StepType.Acknowledge => ReturnTo.Count > 0 ? ["complete", "return"] : ["complete"],
        };
        actions.AddRange(deciding);
        if (step.MayFail && !grouped)
            actions.Add("fail");
        actions.AddRange(["pause", "reassign", "comments"]);
        return actions;
    }

    /// <summary>The title of the case.</summary>
    public string Title { get; }

    /// <summary>The manual's own sentence.</summary>
    public string Text { get; }

    /// <summary>What sort of work it is: appoint, plan, propose ….</summary>
    public string StepKind { get; }

    /// <summary>What is remarked on the source of the text: a misprint that was corrected, which of two acts it is.</summary>
    public string? SourceNote { get; }

    public string? QualityStandard { get; }
    public ImmutableArray<string> Forms { get; }

    /// <summary>The fields of the form that belongs to the step; null when there is none.</summary>
    public IReadOnlyList<Core.Forms.FormField>? Form { get; }

    /// <summary>Whether the form may be left out; one that is begun must be complete.</summary>
    public bool FormIsOptional { get; }

    /// <summary>The acts that an open task takes.</summary>
    public IReadOnlyList<string> Actions { get; }

    /// <summary>The steps to which it may be returned.</summary>
    public IReadOnlyList<string> ReturnTo { get; }
}

/// <summary>A task that a clock timed: one line of the ledger of who used how much.</summary>
public sealed record ClockUse
{
    public Guid TaskId { get; init; }
    public string StepId { get; init; } = "";
    public int Attempt { get; init; }
    public Guid? Assignee { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
}

/// <summary>A line of the ledger as callers see it.</summary>
/// <param name="WorkingMinutes">Working time from opening to closing, without
/// the time in which the clock stood still; null while it is open.</param>
public sealed record UseView(
    Guid TaskId, string Step, int Attempt, Guid? Assignee, DateTimeOffset From, DateTimeOffset? To, long? WorkingMinutes);

/// <param name="Reason"><c>suspended</c> or <c>waitsForOutsider</c>.</param>
/// <param name="To">Null while the clock stands still.</param>
public sealed record PauseView(DateTimeOffset From, DateTimeOffset? To, string Reason, string? Comment);

/// <param name="Cause">Why the due moment moved: <c>continued</c>, <c>dateChanged</c>, <c>extended</c> or <c>calendarChanged</c>.</param>
public sealed record MoveView(DateTimeOffset At, DateTimeOffset From, DateTimeOffset To, string Cause, string? Comment)
{
    /// <summary>The change of the calendar, under <c>/calendars/changes/{id}</c>; null for other causes.</summary>
    public Guid? CalendarChange { get; init; }

    public int? FromCalendarVersion { get; init; }
    public int ToCalendarVersion { get; init; }
}

/// <summary>Why a task is due when it is: the inputs, the days counted and the days skipped.</summary>
/// <param name="Stated">The limit in the manual's own words.</param>
/// <param name="Source"><c>manual</c>, <c>office</c> (set by the office itself), or null when no limit is stated.</param>
/// <param name="DependsOn">The date of the event that the limit counts back from, or that another agency gave.</param>
/// <param name="SharedBy">The steps that share this one clock; null when it is the task's own.</param>
/// <param name="Counted">The days counted when the clock was set; what moved it since stands under <paramref name="Moves"/>.</param>
/// <param name="Use">The tasks that the clock timed, and how much of it each used.</param>
/// <param name="NotYetAnnounced">The date rests on days that are not announced yet, and may move.</param>
public sealed record DeadlineExplained(
    Guid TaskId,
    DeadlineRule? Rule,
    string? Stated,
    string? Source,
    DateTimeOffset? ReceivedAt,
    DateTimeOffset? ExpectedFrom,
    DateTimeOffset? DueAt,
    DateOnly? DependsOn,
    string? Calendar,
    int? CalendarVersion,
    bool NotYetAnnounced,
    IReadOnlyList<string>? SharedBy,
    IReadOnlyList<string> Counted,
    IReadOnlyList<SkippedView> Skipped,
    IReadOnlyList<PauseView> Pauses,
    IReadOnlyList<MoveView> Moves,
    IReadOnlyList<UseView> Use)
{
    public static DeadlineExplained NoneStated(Guid taskId, string? stated) =>
        new(taskId, null, stated, null, null, null, null, null, null, null, false, null, [], [], [], [], []);

    /// <summary>A change of the calendar moved the due moment into the past, and no supervisor has confirmed it yet.</summary>
    public bool MovedByCalendarChange { get; init; }

    /// <summary>The terms that hold now.</summary>
    /// <param name="clock">The events of one clock, in order.</param>
    public static DeadlineTerms TermsOf(IReadOnlyList<RecordedEvent> clock) =>
        clock.Select(e => e.Event).OfType<DeadlineMoved>().LastOrDefault()?.Terms
            ?? clock.Select(e => e.Event).OfType<DeadlineSet>().Single().Terms;

    /// <param name="clock">The events of one clock, in order.</param>
    public static DeadlineExplained Of(
        Guid taskId,
        IReadOnlyList<RecordedEvent> clock,
        WorkingCalendar calendar,
        string? stated,
        IReadOnlyList<string>? sharedBy,
        IReadOnlyList<ClockUse> use)
    {
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(calendar);
        var terms = TermsOf(clock);
        var pauses = PausesOf(clock);
        var explained = DeadlineCalculation.Explain(terms.Rule, terms.ReceivedAt, calendar, terms.DependsOn);
        return new DeadlineExplained(
            taskId, terms.Rule, stated, terms.Source == DeadlineSource.Manual ? "manual" : "office", terms.ReceivedAt, terms.ExpectedFrom,
            terms.DueAt,
            terms.DependsOn, terms.CalendarId, terms.CalendarVersion, terms.Provisional, sharedBy,
            [.. explained.Counted.Select(d => d.ToString("O", CultureInfo.InvariantCulture))],
            [.. explained.Skipped.Select(SkippedView.Of)], pauses,
            [.. clock.Where(e => e.Event is DeadlineMoved).Select(e => MoveOf(e.At, (DeadlineMoved)e.Event))],
            [.. use.Select(u => new UseView(
                u.TaskId, u.StepId, u.Attempt, u.Assignee, u.CreatedAt, u.ClosedAt,
                u.ClosedAt is { } closed ? Used(u.CreatedAt, closed) : null))]);

        long Used(DateTimeOffset from, DateTimeOffset to) =>
            calendar.WorkingMinutesBetween(
                from, to) - pauses.Sum(p => Math.Max(0, calendar.WorkingMinutesBetween(Max(from, p.From), Min(to, p.To ?? to))));
    }

    static DateTimeOffset Max(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    static DateTimeOffset Min(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    static MoveView MoveOf(DateTimeOffset at, DeadlineMoved e) =>
        new(at, e.From, e.Terms.DueAt, JsonNamingPolicy.CamelCase.ConvertName(e.Cause.ToString()), e.Comment)
        {
            CalendarChange = e.CalendarChangeId,
            FromCalendarVersion = e.FromCalendarVersion,
            ToCalendarVersion = e.Terms.CalendarVersion,
        };

    static List<PauseView> PausesOf(IReadOnlyList<RecordedEvent> clock)
    {
        var pauses = new List<PauseView>();
        foreach (var e in clock)
        {
            if (e.Event is DeadlinePaused paused)
                pauses.Add(new PauseView(e.At, null, JsonNamingPolicy.CamelCase.ConvertName(paused.Reason.ToString()), paused.Comment));
            else if (pauses is [.., { To: null } open])
                pauses[^1] = open with { To = e.At };
        }

        return pauses;
    }
}

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

    public static DeadlineExplained Of(Guid taskId, DeadlineSet set, WorkingCalendar calendar, string? stated, IReadOnlyList<string>? sharedBy)
    {
        ArgumentNullException.ThrowIfNull(set);
        var terms = set.Terms;
        var explained = DeadlineCalculation.Explain(terms.Rule, terms.ReceivedAt, calendar);
        return new DeadlineExplained(
            taskId, terms.Rule, stated, terms.Source == DeadlineSource.Manual ? "manual" : "office", terms.ReceivedAt, terms.ExpectedFrom, terms.DueAt,
            terms.CalendarId, terms.CalendarVersion, terms.Provisional, sharedBy,
            [.. explained.Counted.Select(d => d.ToString("O", CultureInfo.InvariantCulture))], [.. explained.Skipped.Select(SkippedView.Of)], []);
    }
}

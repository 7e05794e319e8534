using System.Collections.Immutable;
using System.Globalization;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Calendars;

namespace ProcessEngine.Service.UserTasks;

/// <summary>A task with what a person needs to do it: the manual's own words, the standard, the forms, and what they may do.</summary>
/// <param name="Actions">The acts that an open task takes.</param>
/// <param name="ReturnTo">The steps to which it may be returned.</param>
public sealed record UserTaskDetail(
    Guid Id,
    Guid ProcessInstanceId,
    string DefinitionKey,
    int DefinitionVersion,
    string Office,
    string Title,
    string Step,
    int? StepNumber,
    LocalizedText Name,
    string Kind,
    string State,
    string? Outcome,
    int Attempt,
    string Role,
    Guid? Assignee,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ClosedAt,
    Guid? ClosedBy,
    DateTimeOffset? DueAt,
    int Revision,
    string Text,
    string StepKind,
    string? QualityStandard,
    ImmutableArray<string> Forms,
    IReadOnlyList<string> Actions,
    IReadOnlyList<string> ReturnTo)
{
    public static UserTaskDetail Of(UserTaskView t, ProcessDefinition definition, ProcessState state)
    {
        ArgumentNullException.ThrowIfNull(t);
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(state);
        var step = definition.FindStep(t.Step)!;
        var returnTo = definition.ReturnTargets(step).ToList();
        string[] actions = t.State != "open" ? []
            : step.Type == StepType.Approval ? ["claim", "approve", "reject", "return", "reassign", "comments"]
            : returnTo.Count > 0 ? ["claim", "complete", "return", "reassign", "comments"]
            : ["claim", "complete", "reassign", "comments"];
        return new UserTaskDetail(
            t.Id, t.ProcessInstanceId, t.DefinitionKey, t.DefinitionVersion, t.Office, state.Title, t.Step, t.StepNumber, t.Name, t.Kind, t.State, t.Outcome,
            t.Attempt, t.Role, t.Assignee, t.CreatedAt, t.ClosedAt, t.ClosedBy, t.DueAt, t.Revision, step.Text, step.Kind, step.QualityStandard, step.Forms,
            actions, returnTo);
    }
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

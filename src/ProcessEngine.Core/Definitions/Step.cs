using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Forms;

namespace ProcessEngine.Core.Definitions;

/// <summary>Work for a person: a step of the manual.</summary>
public sealed record Step : Node
{
    public Step(string id)
        : base(id)
    {
    }

    public required StepType Type { get; init; }

    /// <summary><see cref="StepTypes.IsApproval"/>.</summary>
    public bool IsApproval => StepTypes.IsApproval(Type);

    /// <summary>The number printed in the manual; null for the second act of a printed step.</summary>
    public int? Number { get; init; }

    /// <summary>The printed step that this act is a part of, where the manual puts two acts under one number.</summary>
    public int? PartOfStep { get; init; }

    public required LocalizedText Name { get; init; }

    /// <summary>The manual's own sentence.</summary>
    public string Text { get; init; } = "";

    /// <summary>What sort of work it is: appoint, plan, propose, coordinate, execute, evaluate, report ….</summary>
    public string Kind { get; init; } = "";

    /// <summary>The sorts of work that the manuals know.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [
        "appoint", "plan", "propose", "coordinate", "execute", "evaluate", "report", "study", "register", "pilot", "follow_up", "improve",
        "notify", "acknowledge",
    ];

    public required string Role { get; init; }

    /// <summary>How urgent it always is ("แก้ไขทันที"); a case may be more so.</summary>
    public Priority? Priority { get; init; }

    /// <summary>Which one person of the role it is for: the first whose condition holds. None: whoever of the role takes it.</summary>
    public ImmutableArray<Assignment> Assignments { get; init; } = [];

    /// <summary>
    /// Four eyes: whoever did one of these steps may not do this one. <see cref="Requester"/> stands for who started the case.
    /// </summary>
    public ImmutableArray<string> NotDoneBy { get; init; } = [];

    public const string Requester = "start";

    /// <summary>
    /// The steps whose answers are shown to whoever does this one; <see cref="Requester"/> stands for what the case began with. Empty:
    /// those since the last approval.
    /// </summary>
    public ImmutableArray<string> Shows { get; init; } = [];

    /// <summary>
    /// An approval that passes several posts in order, each with its own task and clock; empty: one decision by <see cref="Role"/>.
    /// </summary>
    public ImmutableArray<ApprovalLevel> Levels { get; init; } = [];

    /// <summary>A return from a level goes one level down; false: by the Return arrow, to the proposer.</summary>
    public bool ReturnsToPreviousLevel { get; init; }

    /// <summary>A decision of several people together; null: of one.</summary>
    public CommitteeRule? Committee { get; init; }

    /// <summary>The same work for every entry of a list; null: once.</summary>
    public MultiInstance? ForEach { get; init; }

    public ImmutableArray<BoundaryTimer> Timers { get; init; } = [];

    /// <summary>Whether it can fail, and then goes on by <see cref="Ports.Fail"/>.</summary>
    public bool MayFail { get; init; }

    /// <summary>The time limit that the manual states; null when it states none: then the step is measured and never breached.</summary>
    public DeadlineRule? Deadline { get; init; }

    /// <summary>
    /// The variable with the date that the limit depends on: of the event that it counts back from, or given by another agency.
    /// </summary>
    public string? DeadlineDateFrom { get; init; }

    /// <summary>The step whose time includes this one's ("รวมอยู่ในระยะเวลา…"); it then has no clock of its own.</summary>
    public string? DeadlineSharedWith { get; init; }

    /// <summary>The limit in the manual's own words.</summary>
    public string? DeadlineStated { get; init; }

    /// <summary>Whether its clock stands still while the case is suspended or the task waits for an outsider.</summary>
    public bool ClockPauses { get; init; } = true;

    public EscalationPolicy Escalation { get; init; } = EscalationPolicy.Default;

    /// <summary>Who is told first when the step is late.</summary>
    public string? SupervisorRole { get; init; }

    public string? QualityStandard { get; init; }
    public ImmutableArray<string> Forms { get; init; } = [];

    /// <summary>What the outputs of the step must look like; null: anything that is data.</summary>
    public FormSchema? Form { get; init; }

    /// <summary>Whether the form may be left out: the manual lists it and ties it to no step. One that is begun must be complete.</summary>
    public bool FormIsOptional { get; init; }

    /// <summary>Earlier steps to which this one may be returned, besides the one that the Return arrow leads to.</summary>
    public ImmutableArray<string> ReturnTo { get; init; } = [];

    /// <summary>What is remarked on the source: an empty cell of a table, a misprint, which of two acts it is.</summary>
    public string? SourceNote { get; init; }

    /// <summary>The printed numbers that it stands for: its own, or one for each of its levels.</summary>
    public IEnumerable<int> PrintedNumbers => Levels.Any(l => l.Number is not null)
        ? Levels.Select(l => l.Number).OfType<int>().Distinct()
        : (Number ?? PartOfStep) is { } number ? [number] : [];

    /// <summary>The printed number of a task of it.</summary>
    public int? NumberAt(int? level) =>
        level is { } at && at <= Levels.Length && Levels[at - 1].Number is { } number ? number : Number ?? PartOfStep;

    /// <summary>The variables with the ids of the people for whom it is.</summary>
    public IEnumerable<string> NamesPeople =>
    [
        .. Assignments.Concat(Levels.SelectMany(l => l.Assignments)).Where(a => a.Kind == AssignmentKind.Variable).Select(a => a.Name),
        .. new[] { Committee?.MembersFrom, Committee?.ChairFrom, ForEach is { ItemIsPerson: true } each ? each.List : null }
            .OfType<string>(),
    ];

    /// <summary>For whom a task of it is: of an approval with levels each says so for itself.</summary>
    public ImmutableArray<Assignment> AssignmentsOf(int? level) =>
        level is { } number && number <= Levels.Length ? Levels[number - 1].Assignments : Assignments;

    public override IReadOnlyList<string> RequiredPorts =>
    [
        .. !IsApproval ? [Ports.Done]
            : Committee is null ? [Ports.Approve, Ports.Reject, Ports.Return]
            : (string[])[Ports.Approve, Ports.Reject],
        .. MayFail ? [Ports.Fail] : (string[])[],
        .. Timers.Select(t => t.Port),
    ];

    public override bool Rests => true;
}

/// <summary>One person out of a role.</summary>
/// <param name="Kind">Where the person is found.</param>
/// <param name="Name">The step, or the variable of the case that holds the person's id or the field of work; empty where there is
/// none.</param>
public sealed record Assignment(AssignmentKind Kind, string Name)
{
    /// <summary>The condition as written; null: it always holds.</summary>
    public string? When { get; init; }

    /// <summary>Compiled; null where there is none, and where it could not be compiled, and then the definition is refused.</summary>
    public Expression? Condition { get; init; }

    /// <summary>As it stands in a definition file.</summary>
    public string To => Kind switch
    {
        AssignmentKind.Requester => "requester",
        AssignmentKind.DoerOf => $"doerOf:{Name}",
        AssignmentKind.Responsible => Name.Length == 0 ? "responsible" : $"responsibleFor:{Name}",
        AssignmentKind.Variable => $"variable:{Name}",
    };

    public override string ToString() => When is null ? To : $"{To} ({When})";
}

public enum AssignmentKind
{
    /// <summary>Who started the case.</summary>
    Requester,

    /// <summary>Who did an earlier step.</summary>
    DoerOf,

    /// <summary>Who is named in the case's data.</summary>
    Variable,

    /// <summary>
    /// Who looks after it, by the list of the office: after the field that a variable names, or after the procedure. Nobody in particular
    /// where the list says nothing.
    /// </summary>
    Responsible,
}

/// <param name="Role">The post that decides at this level.</param>
/// <param name="Deadline">Its own limit; null when none is stated.</param>
public sealed record ApprovalLevel(string Role, LocalizedText? Name, DeadlineRule? Deadline)
{
    /// <summary>The number printed in the manual, where each level is a step of its own there.</summary>
    public int? Number { get; init; }

    /// <summary>Which one person of the post; as for a step.</summary>
    public ImmutableArray<Assignment> Assignments { get; init; } = [];
}

/// <param name="MembersFrom">The variable with the ids of the members; null: everybody who holds the role of the step in the
/// office.</param>
/// <param name="ChairFrom">The variable with the id of the chair, whose vote decides a tie; null: there is none, and a tie is a
/// refusal.</param>
/// <param name="Quorum">Votes in favour that are needed, for <see cref="VotingRule.Quorum"/>.</param>
public sealed record CommitteeRule(VotingRule Rule, string? MembersFrom, string? ChairFrom, int Quorum = 0);

public enum VotingRule
{
    /// <summary>One vote in favour carries; all against refuse.</summary>
    Any,

    /// <summary>One vote against refuses.</summary>
    All,

    /// <summary>More than half of the votes cast; as many for as against: the chair's vote decides.</summary>
    Majority,

    /// <summary>So many votes in favour as the quorum says.</summary>
    Quorum,
}

/// <param name="List">The variable with the list (texts: schools, groups, ids of persons). At most <see cref="MaxItems"/>.</param>
/// <param name="GoOn">When the case goes on although some have not answered.</param>
/// <param name="Percent">For <see cref="GoOnRule.Percent"/>: answers needed, 1–100.</param>
/// <param name="ItemIsPerson">True: each entry is the id of the person whose task it is.</param>
/// <param name="CollectInto">The variable that receives what was answered, one entry for each item.</param>
public sealed record MultiInstance(string List, GoOnRule GoOn, int Percent, bool ItemIsPerson, string? CollectInto)
{
    public const int MaxItems = GivenValue.MaxEntries;
}

public enum GoOnRule
{
    All,
    Percent,
    Deadline,
}

/// <summary>A way out of a step that time takes.</summary>
/// <param name="Port">Its own port.</param>
/// <param name="After">Counted from the arrival at the step.</param>
/// <param name="Interrupts">True: the step is left. False: the other branch runs beside it.</param>
public sealed record BoundaryTimer(string Port, DeadlineRule After, bool Interrupts);

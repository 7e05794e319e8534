using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Core.Instances;

/// <summary>What somebody wants to happen to a case.</summary>
public abstract record ProcessCommand
{
    private protected ProcessCommand()
    {
    }

    public required Actor By { get; init; }
}

public sealed record StartProcess : ProcessCommand
{
    public required Guid InstanceId { get; init; }
    public required string Office { get; init; }
    public required string Title { get; init; }
    public string? BusinessKey { get; init; }
    public Priority? Priority { get; init; }

    /// <summary>The data of the last completed case of the procedure in the office, for a definition that carries some of it over; null when there is none.</summary>
    public ImmutableSortedDictionary<string, string>? Previous { get; init; }

    /// <summary>Name → JSON text.</summary>
    public ImmutableSortedDictionary<string, string> Variables { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

public sealed record CancelInstance(string Reason) : ProcessCommand;

/// <summary>The case becomes more or less urgent; null: ordinary.</summary>
public sealed record ChangePriority(Priority? Priority, string? Comment) : ProcessCommand;

public sealed record SuspendInstance(string Reason) : ProcessCommand;

public sealed record ResumeInstance(string? Comment) : ProcessCommand;

/// <summary>An ended case goes on at a step, within the time that its definition allows.</summary>
public sealed record ReopenInstance(string ToStep, string Reason) : ProcessCommand;

/// <summary>An administrator corrects a mistake: whatever is open is undone, and the case goes on at a step.</summary>
public sealed record MoveInstance(string ToStep, string Reason) : ProcessCommand;

/// <summary>The data of the case changes (the meeting was moved); limits that rest on it are counted anew.</summary>
/// <param name="Changes">Name → JSON text.</param>
public sealed record ChangeVariables(ImmutableSortedDictionary<string, string> Changes, string? Comment) : ProcessCommand;

/// <summary>Time has passed: take every rung and every timer whose moment has come. Sent by the deadline sweep, never by a person.</summary>
public sealed record ReachTime : ProcessCommand;

/// <summary>A message from outside. It goes to the place that waits for one of this name and correlation.</summary>
/// <param name="Data">Name → JSON text; merged into the variables of the case.</param>
public sealed record ReceiveMessage(string Name, string? Correlation, ImmutableSortedDictionary<string, string> Data) : ProcessCommand;

/// <summary>A sub-process has ended. Sent by the service.</summary>
public sealed record EndCall(Guid WaitId, Guid ChildId, string Outcome) : ProcessCommand;

/// <summary>What an incident complained of has been put right: try again.</summary>
/// <param name="IncidentId">The incident, or the wait of the place that could not be entered.</param>
public sealed record RetryIncident(Guid IncidentId) : ProcessCommand;

/// <summary>What a case called could not be started. Sent by the service.</summary>
/// <param name="NodeId">The call.</param>
/// <param name="Code">Why; stable, for programs.</param>
public sealed record RefuseCall(string NodeId, CallTarget Call, string Code, string? Detail) : ProcessCommand;

/// <summary>An extension (ขยายเวลา) of a running limit, counted on from its last day (R8).</summary>
public sealed record ExtendDeadline(Guid DeadlineId, DeadlineRule ByRule, string Reason) : ProcessCommand;

/// <summary>The working calendar of the office was changed: every running limit is counted anew by it. Sent by the service with the change.</summary>
/// <param name="ChangeId">The change, for the audit trail.</param>
public sealed record RecomputeDeadlines(Guid ChangeId, string Reason) : ProcessCommand;

/// <summary>A supervisor lets a due moment count that a change of the calendar moved into the past.</summary>
public sealed record ConfirmDeadline(Guid DeadlineId, string? Comment) : ProcessCommand;

/// <summary>A file was laid to the case. Its bytes are stored outside the events, its hash inside.</summary>
public sealed record AttachFile(Guid AttachmentId, Guid? TaskId, string FileName, string ContentType, long Size, string Sha256) : ProcessCommand;

/// <summary>The case goes on by another version of its definition.</summary>
/// <param name="To">The version to move to.</param>
/// <param name="Moves">Old node id → new node id, where they differ.</param>
public sealed record MigrateInstance(Definitions.ProcessDefinition To, ImmutableSortedDictionary<string, string> Moves) : ProcessCommand;

/// <summary>An act on one task.</summary>
public abstract record TaskCommand : ProcessCommand
{
    private protected TaskCommand()
    {
    }

    public required Guid TaskId { get; init; }

    /// <summary>The revision of the task that the person saw; null when the caller did not say.</summary>
    public int? Expected { get; init; }
}

public sealed record ClaimTask : TaskCommand;

/// <summary>Back to everybody of the role.</summary>
public sealed record ReleaseTask : TaskCommand
{
    public string? Comment { get; init; }
}

/// <summary>A committee member's vote.</summary>
public sealed record CastVote(Vote Vote, string? Comment) : TaskCommand;

/// <summary>It cannot be done this way.</summary>
public sealed record FailTask(string Reason) : TaskCommand;

/// <summary>The task waits for somebody outside the office.</summary>
public sealed record PauseTask(string Reason) : TaskCommand;

public sealed record ContinueTask(string? Comment) : TaskCommand;

/// <summary>Whoever has just decided a task takes it back.</summary>
/// <param name="History">Of the case, from its first event on.</param>
public sealed record UndoAct(Guid TaskId, ImmutableArray<RecordedEvent> History) : ProcessCommand
{
    /// <summary>Somebody was told outside of the service, or another case waits for this one's end: then it is too late.</summary>
    public bool IsKnownOutside { get; init; }

    /// <summary>Where in the history the task was decided last; -1 when it was not.</summary>
    public int DecidedAt
    {
        get
        {
            var at = History.Length - 1;
            while (at >= 0 && !(History[at].Event is DecisionEvent decided && TaskOutcomes.Of(decided)?.TaskId == TaskId))
                at--;
            return at;
        }
    }

    /// <summary>What people are to be told because of it.</summary>
    public IEnumerable<Notice> Notices()
    {
        var (state, decided) = (ProcessState.NotStarted, DecidedAt);
        for (var i = 0; decided >= 0 && i < History.Length; i++)
        {
            state = ProcessState.Evolve(state, History[i]);
            foreach (var notice in i < decided ? [] : Notice.For(state, History[i]))
                yield return notice;
        }
    }
}

public sealed record CompleteTask : TaskCommand
{
    public string? Comment { get; init; }
    public ImmutableSortedDictionary<string, string> Outputs { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

public sealed record ApproveTask : TaskCommand
{
    public string? Comment { get; init; }
    public ImmutableSortedDictionary<string, string> Outputs { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

public sealed record RejectTask(string Reason) : TaskCommand;

/// <param name="ToStep">An earlier step that the definition allows; null for the one that the Return arrow leads to.</param>
public sealed record ReturnTask(string Reason, string? ToStep) : TaskCommand;

/// <param name="Assignee">Who is to do it.</param>
/// <param name="AssigneeRoles">The roles that the assignee holds in the office of the case.</param>
public sealed record ReassignTask(Guid Assignee, ImmutableHashSet<string> AssigneeRoles, string? Comment) : TaskCommand
{
    /// <summary>The orders by which the assignee sits in other posts.</summary>
    public ImmutableArray<PostOrder> AssigneeOrders { get; init; } = [];
}

public sealed record CommentOnTask(string Text) : TaskCommand
{
    public const int MostMentions = 10;

    /// <summary>Who is to be told of it, besides whoever reads the case.</summary>
    public ImmutableArray<Guid> Mentions { get; init; } = [];
}

/// <summary>Who asks, with the roles held in the office of the case. The shell answers who it is, the core what they may do.</summary>
/// <param name="Roles">Held in one's own right.</param>
/// <param name="Orders">In force for the procedure of the case: by them the actor sits in posts that are not their own.</param>
public sealed record Actor(Guid? UserId, ImmutableHashSet<string> Roles, ImmutableArray<PostOrder> Orders = default)
{
    /// <summary>The service itself, when time passes.</summary>
    public static Actor System { get; } = new(null, []);

    /// <summary>In one's own right, or by order.</summary>
    public bool Holds(string role) => Roles.Contains(role) || OrderFor(role, null) is not null;

    /// <summary>In one's own right, or by an order that covers the act.</summary>
    public bool Holds(string role, string act) => Roles.Contains(role) || OrderFor(role, act) is not null;

    /// <summary>The order by which a role is held that is not one's own; null when it is one's own, or not held.</summary>
    /// <param name="holder">Whose post it is, where that is known: an order for their post comes before others.</param>
    public Capacity? CapacityFor(string role, string act, Guid? holder = null) => Roles.Contains(role) ? null : ((holder is null ? null : OrderOf(holder.Value, role, act)) ?? OrderFor(role, act))?.Capacity;

    /// <summary>The order by which one sits in the post of a person; null without.</summary>
    public PostOrder? OrderOf(Guid holder, string role, string act) =>
        Orders.IsDefaultOrEmpty ? null : Orders.FirstOrDefault(o => o.Holder == holder && o.Capacity.Role == role && o.Covers(act));

    /// <summary>Of several, the one that was registered first.</summary>
    /// <param name="act">What it must cover; null: anything.</param>
    public PostOrder? OrderFor(string role, string? act)
    {
        if (Orders.IsDefaultOrEmpty)
            return null;
        foreach (var order in Orders)
        {
            if (order.Capacity.Role == role && (act is null || order.Covers(act)))
                return order;
        }

        return null;
    }
}

/// <summary>A written order by which somebody sits in a post that is not their own.</summary>
/// <param name="OrderId">In the register of the office.</param>
/// <param name="Holder">Whose post it is; null when it is vacant.</param>
/// <param name="Acts">The acts that it covers; null for all.</param>
public sealed record PostOrder(Guid OrderId, Capacity Capacity, Guid? Holder = null, ImmutableArray<string>? Acts = null)
{
    /// <summary>To take a task, to give it back, to write a note and to attach a file decides nothing: whoever may do anything may do that.</summary>
    public bool Covers(string act) => Acts is not { } acts || act is "claim" or "release" or "comment" or "attach" || acts.Contains(act);
}

/// <summary>By what right somebody acts in a post that is not their own.</summary>
/// <param name="Kind">รักษาราชการแทน in a vacant or absent post, or ปฏิบัติราชการแทน by delegation.</param>
/// <param name="Role">The post.</param>
/// <param name="OrderNumber">The written order, as numbered by the office.</param>
public sealed record Capacity(CapacityKind Kind, string Role, string OrderNumber);

public enum CapacityKind
{
    /// <summary>รักษาราชการแทน.</summary>
    Acting,

    /// <summary>ปฏิบัติราชการแทน.</summary>
    Delegated,
}

public enum Vote
{
    Approve,
    Reject,
    Abstain,
}

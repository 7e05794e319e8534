using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Core.Tests.Instances;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using static ProcessEngine.Core.Tests.Instances.Story;

namespace ProcessEngine.Service.Tests.Constructs;

/// <summary>What came of a case, as a text: who asked for what, what followed, and who used how much of which clock.</summary>
sealed class Told
{
    static readonly JsonSerializerOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Whoever of the role; a person is named only where it matters which.
    static readonly Guid?[] Anybody = [null, Person(10), Person(90), Person(99)];

    readonly Story story;
    readonly Dictionary<Guid, TaskOpened> tasks;

    Told(Story story) => (this.story, tasks) = (story, story.History.Select(h => h.Event).OfType<TaskOpened>().ToDictionary(t => t.TaskId));

    /// <summary>The definition, then each of its tellings.</summary>
    public static string Of(Construct construct)
    {
        var text = new StringBuilder();
        text.AppendJoin('\n', Drawn.Lines(construct.Definition)).Append('\n');
        foreach (var telling in construct.Tellings)
        {
            text.Append($"\n== {telling.Title}".TrimEnd()).Append('\n');
            text.AppendJoin('\n', Lines(construct, telling)).Append('\n');
        }

        return text.ToString();
    }

    public static IEnumerable<string> Lines(Construct construct, Telling telling) =>
        new Told(telling.Script(new Story(construct.Definition))).Lines();

    IEnumerable<string> Lines()
    {
        foreach (var act in story.Acts)
        {
            yield return $"{Bangkok(act.At)} {Who(act.Command.By)}: {Asked(act.Command)}";
            if (act.Refusal is { } refusal)
                yield return $"    refused: {refusal.GetType().Name}";
            else if (act.Events.IsEmpty)
                yield return "    nothing";
            foreach (var e in act.Events)
                yield return $"    {CameOf(e.Event)}";
        }

        foreach (var set in story.History.Select(h => h.Event).OfType<DeadlineSet>())
        {
            yield return $"clock of {Place(set.StepId)}, {Of(set.Attempt)}: {LastTerms(set)}, {ResultOf(set.DeadlineId)}";
            foreach (var line in Ledger(set))
                yield return $"    {line}";
        }
    }

    // Who asks for what -------------------------------------------------------------------------------------------------------------------

    static string Who(Actor by) => by.UserId is null
        ? "the service"
        : $"{string.Join(", ", by.Roles.Concat(by.Orders.IsDefault ? [] : by.Orders.Select(o => Order(o.Capacity))))}{Which(by.UserId)}";

    static string Order(Capacity order) => $"{Low(order.Kind)} {order.Role}";

    static string In(Capacity? capacity) => capacity is null ? "" : $", as {Order(capacity)} by order {capacity.OrderNumber}";

    static string Which(Guid? id) => Anybody.Contains(id) ? "" : id == Requester ? " (the requester)" : $" (person {Number(id!.Value)})";

    static int Number(Guid person) => int.Parse(person.ToString()[^4..], CultureInfo.InvariantCulture);

    string Asked(ProcessCommand command) => command switch
    {
        StartProcess c => $"start{With(c.Variables)}",
        CompleteTask c => $"complete {Task(c.TaskId)}{With(c.Outputs)}",
        ApproveTask c => $"approve {Task(c.TaskId)}",
        RejectTask c => $"reject {Task(c.TaskId)}: {c.Reason}",
        ReturnTask c => $"return {Task(c.TaskId)}{(c.ToStep is { } to ? $" to {to}" : "")}: {c.Reason}",
        CastVote c => $"vote {Low(c.Vote)} in {Task(c.TaskId)}",
        FailTask c => $"fail {Task(c.TaskId)}: {c.Reason}",
        PauseTask c => $"pause {Task(c.TaskId)}: {c.Reason}",
        ContinueTask c => $"continue {Task(c.TaskId)}",
        ClaimTask c => $"claim {Task(c.TaskId)}",
        ReleaseTask c => $"release {Task(c.TaskId)}",
        ReassignTask c => $"reassign {Task(c.TaskId)} to {string.Join(", ", c.AssigneeRoles)}{Which(c.Assignee)}",
        CancelInstance c => $"cancel: {c.Reason}",
        RecomputeDeadlines c => $"the calendar has changed: {c.Reason}",
        SuspendInstance c => $"suspend: {c.Reason}",
        ResumeInstance => "resume",
        ReopenInstance c => $"reopen at {c.ToStep}: {c.Reason}",
        MoveInstance c => $"move to {c.ToStep}: {c.Reason}",
        ChangePriority c => $"mark {(c.Priority is { } priority ? Low(priority) : "ordinary")}",
        ChangeVariables c => $"change{With(c.Changes)}",
        ReceiveMessage c => $"message {c.Name}, {c.Correlation}{With(c.Data)}",
        EndCall => "the sub-process has ended",
        ExtendDeadline c => $"extend by {DefinitionDiff.Words(c.ByRule).En}: {c.Reason}",
        ReachTime => "time passes",
        _ => throw new NotSupportedException(command.GetType().Name),
    };

    static string With(ImmutableSortedDictionary<string, string>? data) =>
        data is null or { IsEmpty: true } ? "" : $" with {string.Join(", ", data.Select(d => $"{d.Key} {Readable(d.Value)}"))}";

    static string Readable(string json)
    {
        var text = JsonNode.Parse(json)?.ToJsonString(AsWritten) ?? "null";
        // Ids of people as the numbers that they have here.
        return System.Text.RegularExpressions.Regex.Replace(text, "\"00000000-0000-7000-8000-0*([0-9]+)\"", "person $1");
    }

    // What came of it
    // -----------------------------------------------------------------------------------------------------------------------

    string CameOf(ProcessEvent e) => e switch
    {
        InstanceStarted s =>
            $"started{Marked(s.Priority)}{With(s.Variables.RemoveRange(((StartProcess)story.Acts[0].Command).Variables.Keys))}",
        TaskOpened t => $"open {Task(t.TaskId)}, for {t.Role}{Which(t.Assignee)}{Marked(t.Priority)}",
        TaskGroupOpened g => $"{(g.Kind == TaskGroupKind.Committee ? "committee" : "list")} of {g.Size} at {g.StepId}",
        TaskGroupClosed g => g.InFavour + g.Against + g.Abstained == 0
            ? $"list closed at {g.StepId}: {g.Port}, {g.Unanswered} unanswered"
            : $"votes at {g.StepId}: {g.InFavour} for, {g.Against} against, {g.Abstained} abstained, {g.Unanswered} not cast{(g.ByChair ? ", the chair decides" : "")}: {g.Port}",
        VoteCast v => $"voted {Low(v.Vote)}: {Task(v.TaskId)}",
        TaskCompleted t => $"done {Task(t.TaskId)}{In(t.Capacity)}",
        TaskApproved t => $"approved {Task(t.TaskId)}{In(t.Capacity)}",
        TaskRejected t => $"rejected {Task(t.TaskId)}: {t.Comment}{In(t.Capacity)}",
        TaskReturned t => $"returned {Task(t.TaskId)} to {(t.ToLevel is { } level ? $"level {level}" : t.ToStep)}: {t.Comment}",
        TaskFailed t => $"failed {Task(t.TaskId)}: {t.Comment}",
        TaskTimedOut t => $"timed out {Task(t.TaskId)}",
        TaskCancelled t => $"undone {Task(t.TaskId)}{Which(tasks[t.TaskId].Assignee)}",
        TaskClaimed t => $"claimed {Task(t.TaskId)}{Which(t.Assignee)}",
        TaskReleased t => $"released {Task(t.TaskId)}",
        TaskReassigned t => $"reassigned {Task(t.TaskId)} from{(t.From is null ? " nobody" : Which(t.From))} to{Which(t.To)}",
        TaskPaused t => $"waits for somebody outside: {Task(t.TaskId)}",
        TaskContinued t => $"goes on: {Task(t.TaskId)}",
        DecisionTaken d => $"decided {d.NodeId}: {d.Port}{(d.Condition is { } c ? $", because {c}" : "")}",
        BranchArrived b => $"arrived at {b.JoinId} from {b.From}",
        BranchesJoined b => $"joined {b.JoinId}",
        BranchUndone b => $"undone at {b.JoinId} from {b.From}",
        BranchEnded b => $"branch ended at {b.EndId}: {b.Outcome}",
        WaitStarted w => $"waits at {w.NodeId} ({Low(w.Kind)}){(w.Until is { } until ? $" until {Bangkok(until)}" : "")}{(w.Message is { } m ? $" for {m}, {w.Correlation}" : "")}{(w.Call is { } call ? $": {call.DefinitionKey}" : "")}",
        WaitEnded w => $"wait over at {Waited(w.WaitId)}{With(w.Data)}",
        WaitPaused w => $"timer stands still at {Waited(w.WaitId)} ({Low(w.Reason)})",
        WaitContinued w => $"timer at {Waited(w.WaitId)}: {Bangkok(w.From)} becomes {Bangkok(w.Until)}",
        WaitCancelled w => $"wait undone at {Waited(w.WaitId)}",
        CaseHandedOver h => $"handed over at {h.NodeId}: {h.Call.DefinitionKey}{(h.Call.Office is { } office ? $" in {office}" : "")}",
        DeadlineSet d => $"due {Bangkok(d.Terms.DueAt)}: {Place(d.StepId)}, {Of(d.Attempt)}{Expected(d.Terms)}{(d.Terms.Source == DeadlineSource.Office ? ", the office's own limit" : "")}{(d.Terms.Provisional ? ", provisional" : "")}",
        DeadlinePaused d => $"clock stands still: {Clock(d.DeadlineId)} ({Low(d.Reason)})",
        DeadlineMoved d => $"due {Bangkok(d.From)} becomes {Bangkok(d.Terms.DueAt)}: {Clock(d.DeadlineId)} ({Low(d.Cause)})",
        DeadlineClosed d => $"clock {Low(d.Result)}: {Clock(d.DeadlineId)}",
        RungTaken r => $"{(r is TaskReminded ? "reminder" : r is TaskEscalated up ? $"told to {up.ToRole}" : "overdue")}: {Clock(r.DeadlineId)}, of {Bangkok(r.ScheduledFor)}{(r.Late ? ", late" : "")}{(r.Superseded ? ", superseded" : "")}",
        PriorityChanged p => $"marked {(p.Priority is { } priority ? Low(priority) : "ordinary")}",
        VariablesChanged v => $"data{With(v.Changes)}",
        IncidentRaised i => $"incident at {i.NodeId}: {i.Code} {i.Detail}".TrimEnd(),
        InstanceCancelled => "cancelled",
        InstanceSuspended => "suspended",
        InstanceResumed => "resumed",
        InstanceReopened r => $"reopened at {r.ToStep}",
        InstanceMoved m => $"moved to {m.ToStep}",
        InstanceCompleted c => $"ended: {c.Outcome}",
        _ => throw new NotSupportedException(e.GetType().Name),
    };

    string Task(Guid id) => tasks.TryGetValue(id, out var task)
        ? $"{task.StepId}{(task.Attempt > 1 ? $" {Of(task.Attempt)}" : "")}{(task.Level is { } level ? $" level {level}" : "")}{(task.Item is { } item ? $" of {item}" : "")}"
        : "?";

    string Clock(Guid id) => Place(Set(id).StepId);

    static string Place(string stepId) => stepId.Length == 0 ? "the whole" : stepId;

    static string Of(int attempt) => $"attempt {attempt}";

    static string Expected(DeadlineTerms terms) => terms.ExpectedFrom is { } from ? $", expected from {Bangkok(from)}" : "";

    static string Low<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    static string Marked(Priority? priority) => priority is { } one ? $", {Low(one)}" : "";

    string Waited(Guid id) => story.History.Select(h => h.Event).OfType<WaitStarted>().Single(w => w.WaitId == id).NodeId;

    // Clocks ------------------------------------------------------------------------------------------------------------------------------

    DeadlineSet Set(Guid id) => story.History.Select(h => h.Event).OfType<DeadlineSet>().Single(d => d.DeadlineId == id);

    string LastTerms(DeadlineSet set)
    {
        var terms = story.History.Select(h => h.Event).OfType<DeadlineMoved>()
            .LastOrDefault(m => m.DeadlineId == set.DeadlineId)?.Terms ?? set.Terms;
        return $"{DefinitionDiff.Words(terms.Rule).En} from {Bangkok(terms.ReceivedAt)}{(terms.DependsOn is { } date ? $", by {date:yyyy-MM-dd}" : "")}: due {Bangkok(terms.DueAt)}";
    }

    string ResultOf(Guid id) => story.History.Select(h => h.Event).OfType<DeadlineClosed>()
        .SingleOrDefault(d => d.DeadlineId == id) is { } closed ? Low(closed.Result) : "running";

    /// <summary>Who used how much of it, in working time.</summary>
    IEnumerable<string> Ledger(DeadlineSet set)
    {
        var clock = story.History.Where(h => ClockOf(h.Event) == set.DeadlineId).ToList();
        var use = story.History.Where(h => h.Event is TaskOpened t && Timed(set, t)).Select(opened =>
        {
            var task = (TaskOpened)opened.Event;
            return new ClockUse { TaskId = task.TaskId, CreatedAt = opened.At, ClosedAt = story.History.FirstOrDefault(h => TaskOutcomes.Of(h.Event)?.TaskId == task.TaskId)?.At };
        });
        return DeadlineExplained.Of(Guid.Empty, clock, Story.Calendar, null, null, [.. use]).Use
            .Select(
                u => u.WorkingMinutes is { } minutes
                    ? $"{Task(u.TaskId)}: {minutes} working minutes"
                    : $"{Task(u.TaskId)}: open since {Bangkok(u.From)}");
    }

    static Guid? ClockOf(ProcessEvent e) => e switch
    {
        DeadlineSet d => d.DeadlineId,
        DeadlinePaused d => d.DeadlineId,
        DeadlineMoved d => d.DeadlineId,
        _ => null,
    };

    /// <summary>A task is timed by the clock that it opened with, or by the one that was set for its pass while it was open.</summary>
    static bool Timed(DeadlineSet set, TaskOpened task) =>
        task.DeadlineId is { } clock ? clock == set.DeadlineId : task.StepId == set.StepId && task.Attempt == set.Attempt
            && task.Level is null;
}

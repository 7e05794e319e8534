using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Studio;

/// <summary>One pass of a case through a box of its flow chart.</summary>
/// <param name="Id">Unique in the case; of a step its task's.</param>
/// <param name="Status">Elsa's: <c>Running</c>, <c>Completed</c>, <c>Canceled</c>, <c>Faulted</c>.</param>
/// <param name="Outcome">The way on that was taken, as Studio's log shows it; null while it runs.</param>
public sealed record Execution(
    string Id,
    string NodeId,
    string Status,
    DateTimeOffset StartedAt,
    int StartedSequence,
    DateTimeOffset? EndedAt,
    int? EndedSequence,
    string? Outcome);

/// <summary>
/// The events of a case as the executions of activities that Studio's instance viewer draws. A step that was returned to is executed again.
/// </summary>
public sealed class Executions
{
    readonly ProcessDefinition definition;
    readonly List<Execution> found = [];
    readonly Dictionary<string, int> open = new(StringComparer.Ordinal);

    /// <summary>Whence the case goes on: what is passed at once leaves no event of its own.</summary>
    (string Node, string Port)? left;

    Executions(ProcessDefinition definition) => this.definition = definition;

    public static IReadOnlyList<Execution> Of(ProcessDefinition definition, IReadOnlyList<PastEvent> events)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(events);
        var executions = new Executions(definition);
        foreach (var past in CaseHistory.Standing(events))
            executions.Take(past);
        return executions.found;
    }

    void Take(PastEvent past)
    {
        switch (past.Event)
        {
            case InstanceStarted when definition.Nodes.OfType<StartNode>().FirstOrDefault() is { } start:
                Pass(past, start.Id, Ports.Done);
                break;
            case TaskOpened e:
                Begin(past, e.TaskId.ToString(), e.StepId, "Running");
                break;
            case TaskCompleted e:
                End(past, e.TaskId.ToString(), "Completed", Ports.Done);
                break;
            case TaskApproved e:
                End(past, e.TaskId.ToString(), "Completed", Ports.Approve);
                break;
            case TaskRejected e:
                End(past, e.TaskId.ToString(), "Completed", Ports.Reject);
                break;
            case TaskReturned e:
                End(past, e.TaskId.ToString(), "Completed", Ports.Return);
                break;
            case TaskFailed e:
                End(past, e.TaskId.ToString(), "Completed", Ports.Fail);
                break;
            case VoteCast e:
                End(past, e.TaskId.ToString(), "Completed", e.Vote.ToString());
                break;
            case TaskTimedOut e:
                End(past, e.TaskId.ToString(), "Canceled", null);
                break;
            case TaskCancelled e:
                End(past, e.TaskId.ToString(), "Canceled", null);
                break;
            case TaskGroupClosed e:
                Leave(past, e.StepId, e.Port);
                break;
            case DecisionTaken e:
                Pass(past, e.NodeId, e.Port);
                break;
            case BranchArrived e when !open.ContainsKey(e.JoinId):
                Begin(past, $"{e.JoinId}-{past.Sequence}", e.JoinId, "Running", e.JoinId);
                break;
            case BranchesJoined e:
                End(past, e.JoinId, "Completed", Ports.Done);
                break;
            case WaitStarted { Kind: WaitKind.Date or WaitKind.Message or WaitKind.Call or WaitKind.Incident } e:
                Begin(past, e.WaitId.ToString(), e.NodeId, e.Kind == WaitKind.Incident ? "Faulted" : "Running");
                break;
            case WaitEnded e:
                End(past, e.WaitId.ToString(), "Completed", Ports.Done);
                break;
            case WaitCancelled e:
                End(past, e.WaitId.ToString(), "Canceled", null);
                break;
            case CaseHandedOver e:
                Pass(past, e.NodeId, Ports.Done);
                break;
            case BranchEnded e:
                Pass(past, e.EndId, null);
                break;
            case InstanceCompleted e when EndOf(e.Outcome) is { } end:
                Pass(past, end, null);
                break;
            case InstanceCancelled:
                foreach (var id in open.Keys.ToList())
                    End(past, id, "Canceled", null);
                break;
        }
    }

    /// <summary>The end that the case has come to: where the arrow leads that it took last, else one of that outcome.</summary>
    string? EndOf(string outcome) =>
        left is var (node, port) && definition.Target(node, port) is EndNode reached
            ? reached.Id
            : definition.Nodes.OfType<EndNode>().FirstOrDefault(n => n.Outcome == outcome)?.Id;

    void Begin(PastEvent past, string id, string node, string status, string? name = null)
    {
        open[name ?? id] = found.Count;
        found.Add(new Execution(id, node, status, past.At, past.Sequence, null, null, null));
    }

    void End(PastEvent past, string name, string status, string? port)
    {
        if (!open.Remove(name, out var index))
            return;
        found[index] = found[index] with { Status = status, EndedAt = past.At, EndedSequence = past.Sequence, Outcome = port };
        if (port is not null)
            Leave(past, found[index].NodeId, port);
    }

    /// <summary>A box that a case passes at once.</summary>
    void Pass(PastEvent past, string node, string? port)
    {
        found.Add(new Execution($"{node}-{past.Sequence}", node, "Completed", past.At, past.Sequence, past.At, past.Sequence, port));
        if (port is not null)
            Leave(past, node, port);
    }

    void Leave(PastEvent past, string node, string port)
    {
        left = (node, port);
        // A fork has no event: all that follows it begins at once.
        if (definition.Target(node, port) is ForkNode fork)
            Pass(past, fork.Id, Ports.Done);
    }
}

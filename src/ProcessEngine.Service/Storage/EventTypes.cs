using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Storage;

/// <summary>The names of events on disk. Never a CLR type name: a renamed class must not orphan an audit trail.</summary>
public static class EventTypes
{
    static readonly (string Name, JsonTypeInfo Info)[] Table =
    [
        ("InstanceStarted", StorageJson.Instance.InstanceStarted),
        ("DeadlineSet", StorageJson.Instance.DeadlineSet),
        ("TaskOpened", StorageJson.Instance.TaskOpened),
        ("TaskClaimed", StorageJson.Instance.TaskClaimed),
        ("TaskReassigned", StorageJson.Instance.TaskReassigned),
        ("TaskCompleted", StorageJson.Instance.TaskCompleted),
        ("TaskApproved", StorageJson.Instance.TaskApproved),
        ("TaskRejected", StorageJson.Instance.TaskRejected),
        ("TaskReturned", StorageJson.Instance.TaskReturned),
        ("TaskCancelled", StorageJson.Instance.TaskCancelled),
        ("DeadlineClosed", StorageJson.Instance.DeadlineClosed),
        ("TaskReminded", StorageJson.Instance.TaskReminded),
        ("TaskOverdue", StorageJson.Instance.TaskOverdue),
        ("TaskEscalated", StorageJson.Instance.TaskEscalated),
        ("CommentAdded", StorageJson.Instance.CommentAdded),
        ("InstanceCompleted", StorageJson.Instance.InstanceCompleted),
        ("InstanceCancelled", StorageJson.Instance.InstanceCancelled),
        ("TaskReleased", StorageJson.Instance.TaskReleased),
        ("TaskFailed", StorageJson.Instance.TaskFailed),
        ("TaskTimedOut", StorageJson.Instance.TaskTimedOut),
        ("TaskPaused", StorageJson.Instance.TaskPaused),
        ("TaskContinued", StorageJson.Instance.TaskContinued),
        ("TaskGroupOpened", StorageJson.Instance.TaskGroupOpened),
        ("TaskGroupClosed", StorageJson.Instance.TaskGroupClosed),
        ("VoteCast", StorageJson.Instance.VoteCast),
        ("DecisionTaken", StorageJson.Instance.DecisionTaken),
        ("BranchArrived", StorageJson.Instance.BranchArrived),
        ("BranchesJoined", StorageJson.Instance.BranchesJoined),
        ("BranchUndone", StorageJson.Instance.BranchUndone),
        ("BranchEnded", StorageJson.Instance.BranchEnded),
        ("WaitStarted", StorageJson.Instance.WaitStarted),
        ("WaitEnded", StorageJson.Instance.WaitEnded),
        ("WaitCancelled", StorageJson.Instance.WaitCancelled),
        ("WaitPaused", StorageJson.Instance.WaitPaused),
        ("WaitContinued", StorageJson.Instance.WaitContinued),
        ("CaseHandedOver", StorageJson.Instance.CaseHandedOver),
        ("DeadlinePaused", StorageJson.Instance.DeadlinePaused),
        ("DeadlineMoved", StorageJson.Instance.DeadlineMoved),
        ("DeadlineConfirmed", StorageJson.Instance.DeadlineConfirmed),
        ("InstanceSuspended", StorageJson.Instance.InstanceSuspended),
        ("InstanceResumed", StorageJson.Instance.InstanceResumed),
        ("InstanceReopened", StorageJson.Instance.InstanceReopened),
        ("InstanceMoved", StorageJson.Instance.InstanceMoved),
        ("VariablesChanged", StorageJson.Instance.VariablesChanged),
        ("AnswersCleared", StorageJson.Instance.AnswersCleared),
        ("PriorityChanged", StorageJson.Instance.PriorityChanged),
        ("InstanceMigrated", StorageJson.Instance.InstanceMigrated),
        ("IncidentRaised", StorageJson.Instance.IncidentRaised),
        ("ActUndone", StorageJson.Instance.ActUndone),
        ("FileAttached", StorageJson.Instance.FileAttached),
        ("ServiceRated", StorageJson.Instance.ServiceRated),
        ("FileWithdrawn", StorageJson.Instance.FileWithdrawn),
        ("ContentRedacted", StorageJson.Instance.ContentRedacted),
    ];

    static readonly FrozenDictionary<Type, (string Name, JsonTypeInfo Info)> ByType = Table.ToFrozenDictionary(row => row.Info.Type);
    static readonly FrozenDictionary<string, JsonTypeInfo> ByName = Table.ToFrozenDictionary(row => row.Name, row => row.Info);

    public static (string Type, string Payload) Write(ProcessEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        var (name, info) = ByType[e.GetType()];
        return (name, JsonSerializer.Serialize(e, info));
    }

    /// <exception cref="JsonException">The payload is not what the type says.</exception>
    public static ProcessEvent Read(string type, string payload) =>
        ByName.TryGetValue(type, out var info)
            ? (ProcessEvent)JsonSerializer.Deserialize(payload, info)!
            : throw new JsonException($"Unknown event type \"{type}\".");

    /// <summary>For whoever shows or counts a history: null for what this version of the service can no longer read.</summary>
    public static ProcessEvent? ReadOrNull(string type, string payload)
    {
        try
        {
            return Read(type, payload);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            return null;
        }
    }
}

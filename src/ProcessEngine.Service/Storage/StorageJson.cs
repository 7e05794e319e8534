using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Storage;

/// <summary>How events and snapshots look on disk. Shapes only grow: a new field is optional, old JSON stays readable for ever.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(ProcessState))]
[JsonSerializable(typeof(InstanceStarted))]
[JsonSerializable(typeof(TaskOpened))]
[JsonSerializable(typeof(DeadlineSet))]
[JsonSerializable(typeof(TaskClaimed))]
[JsonSerializable(typeof(TaskReassigned))]
[JsonSerializable(typeof(TaskCompleted))]
[JsonSerializable(typeof(TaskApproved))]
[JsonSerializable(typeof(TaskRejected))]
[JsonSerializable(typeof(TaskReturned))]
[JsonSerializable(typeof(TaskCancelled))]
[JsonSerializable(typeof(ActUndone))]
[JsonSerializable(typeof(DeadlineClosed))]
[JsonSerializable(typeof(TaskReminded))]
[JsonSerializable(typeof(TaskOverdue))]
[JsonSerializable(typeof(TaskEscalated))]
[JsonSerializable(typeof(CommentAdded))]
[JsonSerializable(typeof(InstanceCompleted))]
[JsonSerializable(typeof(InstanceCancelled))]
[JsonSerializable(typeof(TaskReleased))]
[JsonSerializable(typeof(TaskFailed))]
[JsonSerializable(typeof(TaskTimedOut))]
[JsonSerializable(typeof(TaskPaused))]
[JsonSerializable(typeof(TaskContinued))]
[JsonSerializable(typeof(TaskGroupOpened))]
[JsonSerializable(typeof(TaskGroupClosed))]
[JsonSerializable(typeof(VoteCast))]
[JsonSerializable(typeof(DecisionTaken))]
[JsonSerializable(typeof(BranchArrived))]
[JsonSerializable(typeof(BranchesJoined))]
[JsonSerializable(typeof(BranchUndone))]
[JsonSerializable(typeof(BranchEnded))]
[JsonSerializable(typeof(WaitStarted))]
[JsonSerializable(typeof(WaitEnded))]
[JsonSerializable(typeof(WaitCancelled))]
[JsonSerializable(typeof(WaitPaused))]
[JsonSerializable(typeof(WaitContinued))]
[JsonSerializable(typeof(CaseHandedOver))]
[JsonSerializable(typeof(DeadlinePaused))]
[JsonSerializable(typeof(DeadlineMoved))]
[JsonSerializable(typeof(DeadlineConfirmed))]
[JsonSerializable(typeof(InstanceSuspended))]
[JsonSerializable(typeof(InstanceResumed))]
[JsonSerializable(typeof(InstanceReopened))]
[JsonSerializable(typeof(InstanceMoved))]
[JsonSerializable(typeof(VariablesChanged))]
[JsonSerializable(typeof(AnswersCleared))]
[JsonSerializable(typeof(PriorityChanged))]
[JsonSerializable(typeof(InstanceMigrated))]
[JsonSerializable(typeof(IncidentRaised))]
[JsonSerializable(typeof(FileAttached))]
[JsonSerializable(typeof(FileWithdrawn))]
[JsonSerializable(typeof(ContentRedacted))]
[JsonSerializable(typeof(ServiceRated))]
public sealed partial class StorageJson : JsonSerializerContext
{
    /// <summary>The one instance to use: with the converters, and with Thai left as Thai.</summary>
    public static StorageJson Instance { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new RawJsonMapConverter(),
            new DeadlineRuleConverter(),
            new JsonStringEnumConverter<InstanceStatus>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<DeadlineResult>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<DeadlineSource>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<RungKind>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<TaskGroupKind>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<WaitKind>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<PauseReason>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<MoveCause>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<CapacityKind>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<Vote>(JsonNamingPolicy.CamelCase),
            new JsonStringEnumConverter<Priority>(JsonNamingPolicy.CamelCase),
        },
    });
}

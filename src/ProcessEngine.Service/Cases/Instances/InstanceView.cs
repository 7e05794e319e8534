using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Instances;

/// <summary>A process instance as callers see it.</summary>
/// <param name="Status"><c>running</c>, <c>suspended</c>, <c>completed</c> or <c>cancelled</c>.</param>
/// <param name="Variables">Its data; left out in lists, unless they are asked for.</param>
/// <param name="Revision">Number of events in its history.</param>
public sealed record InstanceView(
    Guid Id,
    string DefinitionKey,
    int DefinitionVersion,
    string Office,
    string Title,
    string? BusinessKey,
    string Status,
    DateTimeOffset StartedAt,
    Guid? StartedBy,
    DateTimeOffset? EndedAt,
    IReadOnlyList<UserTaskView> OpenTasks,
    IReadOnlyList<WaitView> Waits,
    IReadOnlyList<GroupView> Groups,
    IReadOnlyList<IncidentView> Incidents,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ImmutableSortedDictionary<string, string>? Variables,
    int Revision)
{
    /// <summary>How urgent the case is; null: ordinary.</summary>
    public Priority? Priority { get; init; }

    /// <summary>
    /// How it ended: <c>completed</c>, <c>cancelled</c>, <c>withdrawn</c> (by who started it), or what an end of the definition says
    /// (<c>solved</c>, <c>handed-over</c>); null while it runs.
    /// </summary>
    public string? Outcome { get; init; }

    public static InstanceView Of(ProcessDefinition definition, ProcessState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new InstanceView(
            state.InstanceId, state.DefinitionKey, state.DefinitionVersion, state.Office, state.Title, state.BusinessKey,
            StatusNames.Of(state.Status), state.StartedAt, state.StartedBy, state.EndedAt,
            [.. state.OpenTasks.Select(task => UserTaskView.Of(definition, state, task))], [.. state.Waits.Select(WaitView.Of)],
            [.. state.Groups.Select(GroupView.Of)], [.. state.Incidents.Select(IncidentView.Of)], state.Variables, state.Revision)
        {
            Priority = state.Priority,
            Outcome = state.Outcome,
        };
    }
}

/// <summary>Something that a case waits for besides its people.</summary>
/// <param name="Kind"><c>date</c>, <c>message</c>, <c>call</c> (a sub-process), <c>interrupting</c>
/// or <c>beside</c> (a timer on a step), <c>incident</c> (to be put right, then retried).</param>
/// <param name="CalledInstance">The case that was started, of a sub-process.</param>
public sealed record WaitView(
    Guid Id, string Node, string Kind, DateTimeOffset? Until, string? Message, string? Correlation, Guid? CalledInstance,
    bool Paused)
{
    public static WaitView Of(OpenWait wait)
    {
        ArgumentNullException.ThrowIfNull(wait);
        return new WaitView(
            wait.WaitId, wait.NodeId, wait.Kind.ToString().ToLowerInvariant(), wait.Until, wait.Message, wait.Correlation,
            wait.Call?.ChildId, wait.PausedAt is not null);
    }
}

/// <summary>
/// Something that an administrator has to look at: since it was raised, until somebody took the work or it was put right.
/// </summary>
/// <param name="Code">Stable; for programs.</param>
public sealed record IncidentView(Guid Id, string Node, string Code, LocalizedText Text, string? Detail, DateTimeOffset At)
{
    public static IncidentView Of(OpenIncident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        return new IncidentView(
            incident.IncidentId, incident.NodeId, incident.Code, TextOf(incident.Code, incident.Detail), incident.Detail, incident.At);
    }

    /// <summary>What stands in the way.</summary>
    /// <param name="ownPost">What the office calls the post that is the detail; null where it is called as everywhere, or none.</param>
    public static LocalizedText TextOf(string code, string? detail, LocalizedText? ownPost = null)
    {
        var post = ownPost ?? Roles.NameOf(detail ?? "");
        return code switch
        {
            IncidentCodes.NobodyHoldsRole =>
                new($"ไม่มีผู้ดำรงตำแหน่ง{post.Th} หรือผู้รักษาราชการแทน", $"Nobody holds the post {post.En}, or sits in it by order."),
            IncidentCodes.NobodyMayAct => new(
                $"ผู้ดำรงตำแหน่ง{post.Th}ทุกคนเป็นผู้ขอหรือผู้ทำขั้นตอนที่ต้องตรวจ",
                $"All who hold the post {post.En} have asked for it, or did what it checks."),
            IncidentCodes.NoSuchPerson =>
                new($"ไม่พบผู้ที่ต้องทำงานนี้ในสำนักงาน ({detail})", $"Whoever is to do it is nobody of the office ({detail})."),
            IncidentCodes.HolderLeft => new(
                "ผู้ที่ต้องทำงานนี้ไม่อยู่ในสำนักงานแล้ว ผู้บังคับบัญชาต้องมอบให้ผู้อื่น",
                "Whoever alone may do it has left the office; a superior gives it to somebody else."),
            IncidentCodes.ListMissing =>
                new($"ยังไม่มีรายการ {detail} ในข้อมูลของเรื่อง", $"The list {detail} is missing in the data of the case."),
            IncidentCodes.ListTooLong => new(
                $"รายการ {detail} ยาวเกิน {MultiInstance.MaxItems}", $"The list {detail} has more than {MultiInstance.MaxItems} entries."),
            IncidentCodes.NoMembers => new($"ไม่มีกรรมการที่ลงมติได้ ({detail})", $"The committee has nobody who may vote ({detail})."),
            IncidentCodes.QuorumOutOfReach =>
                new($"กรรมการมีน้อยกว่าองค์ประชุม ({detail})", $"The committee is smaller than its quorum ({detail})."),
            IncidentCodes.DefinitionNotFound => new(
                $"เริ่มเรื่องต่อไม่ได้ ไม่มีกระบวนงาน {detail} ที่ใช้อยู่",
                $"The next case cannot start: there is no procedure {detail} in use."),
            IncidentCodes.OfficeNotFound =>
                new($"เริ่มเรื่องต่อไม่ได้ ไม่มีสำนักงาน {detail}", $"The next case cannot start: there is no office {detail}."),
            IncidentCodes.DateMissing =>
                new($"ยังไม่มีวันที่ {detail} ในข้อมูลของเรื่อง", $"The date {detail} is missing in the data of the case."),
            IncidentCodes.CallCancelled => new(
                $"เรื่องที่รอผล ({detail}) ถูกยกเลิก ลองอีกครั้งเพื่อเริ่มใหม่ หรือย้ายเรื่องไปยังขั้นตอนอื่น",
                $"The case that was waited for ({detail}) was cancelled. Try again to start another, or move this case to another step."),
            IncidentCodes.CannotStart => new($"เริ่มเรื่องต่อไม่ได้ ({detail})", $"The next case cannot start ({detail})."),
            _ => throw UnknownKind.Of(code),
        };
    }
}

/// <summary>A decision of several people, or the same work for many, while it runs.</summary>
public sealed record GroupView(string Step, string Kind, int Size, IReadOnlyList<AnswerView> Answers)
{
    public static GroupView Of(TaskGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return new GroupView(
            group.StepId, group.Kind == TaskGroupKind.Committee ? "committee" : "forEach", group.Size,
            [.. group.Answers.Select(a => new AnswerView(a.TaskId, a.By, a.Item, a.Vote?.ToString().ToLowerInvariant()))]);
    }
}

public sealed record AnswerView(Guid TaskId, Guid? By, string? Item, string? Vote);

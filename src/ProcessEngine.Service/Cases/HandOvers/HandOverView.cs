using System.Text.Json.Serialization;
using ProcessEngine.Core;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.HandOvers;

/// <summary>A receipt: whose work went to whom, by whose hand and why, and what came of each task.</summary>
/// <param name="ToUser">Null when it went back to everybody of the roles.</param>
/// <param name="Waiting">Not yet tried; <c>continue</c> goes on with them.</param>
/// <param name="Items">Null in a list.</param>
public sealed record HandOverView(
    Guid Id,
    string Office,
    Guid FromUser,
    string FromName,
    Guid? ToUser,
    string? ToName,
    string? OrderNumber,
    string Reason,
    DateTimeOffset CreatedAt,
    Guid CreatedBy,
    string CreatedByName,
    int Given,
    int Refused,
    int Waiting,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<HandOverItemView>? Items)
{
    public int All => Given + Refused + Waiting;
}

/// <summary>A task of a hand-over, as it was when that was made.</summary>
/// <param name="Result"><c>given</c>, <c>refused</c> or <c>waiting</c>; of a preview <c>would-go</c> or <c>refused</c>.</param>
/// <param name="Why">Why it was refused.</param>
public sealed record HandOverItemView(
    Guid TaskId,
    Guid ProcessInstanceId,
    string Title,
    LocalizedText Procedure,
    string Step,
    int? StepNumber,
    LocalizedText Name,
    int Attempt,
    DateTimeOffset? DueAt,
    string Result,
    LocalizedText? Why);

/// <summary>What a hand-over would do now.</summary>
/// <param name="More">There is more than one hand-over takes: make another one after it.</param>
public sealed record HandOverPreview(
    Guid FromUser, string FromName, Guid? ToUser, string? ToName, IReadOnlyList<HandOverItemView> Items, bool More);

/// <summary>No such hand-over, or none that the caller may see.</summary>
public sealed record HandOverNotFound(Guid HandOverId) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        404, "hand-over-not-found", null, "ไม่พบบัญชีส่งมอบงานนี้", "There is no such hand-over in this office.", ("id", HandOverId));
}

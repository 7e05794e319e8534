using System.Text.Json;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Attachments;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Cases.UserTasks;

/// <summary>What a task rests on: see <see cref="Proposal"/>.</summary>
/// <param name="Steps">What was written, in the order in which it was; of each step the newest.</param>
/// <param name="Refused">The last refusal that no approval has answered yet.</param>
public sealed record ProposalView(IReadOnlyList<ProposedStep> Steps, ProposalRefusal? Refused)
{
    /// <param name="names">Of those whom the data name; who acted stands in the history.</param>
    public static ProposalView Of(
        VisibleTask task,
        IReadOnlyList<PastEvent> history,
        IReadOnlyList<AttachmentView> files,
        IReadOnlyDictionary<Guid, string> names)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(names);
        var definition = task.Definition;
        var inCase = files.Where(f => f.Withdrawn is null).ToList();
        var proposal = Proposal.For(definition, task.Step, task.Row.TaskId, CaseHistory.Readable(history));
        return new ProposalView(
            [.. proposal.Answers.Select(Step)],
            proposal.Refused is not { } no ? null : new ProposalRefusal(
                no.StepId, NameOf(no.StepId), no.Returned, no.By, Name(no.By), As(no.Capacity, no.StepId, no.Level), no.At, no.Reason));

        ProposedStep Step(GivenAnswers given)
        {
            var form = definition.FindStep(given.StepId)?.Form?.Fields;
            return new ProposedStep(
                given.StepId, NameOf(given.StepId), definition.FindStep(given.StepId) is { } step ? step.Number ?? step.PartOfStep : null,
                given.Item, given.TaskId, given.Attempt, given.By, Name(given.By), As(given.Capacity, given.StepId, null), given.At,
                given.Comment, [.. given.Fields.Select(Field)], [.. given.LeftOut.Select(f => LabelOf(f.Name))],
                [.. inCase.Where(f => f.TaskId is { } of && of == given.TaskId || (f.TaskId is null && given.TaskId is null))]);

            ProposedField Field(GivenField field) => new(
                field.Name, LabelOf(field.Name), form?.FirstOrDefault(f => f.Name == field.Name)?.Format,
                Named(field.Name, field.Json)!.Value, Named(field.Name, field.Before), Named(field.Name, field.Corrected),
                field.HasChanged);

            LocalizedText LabelOf(string name) => form?.FirstOrDefault(f => f.Name == name)?.Label
                ?? definition.Variables.FirstOrDefault(v => v.Name == name)?.Label ?? new LocalizedText(name, name);
        }

        // Whoever a piece of data names is told by name.
        JsonElement? Named(string field, string? json) => Value(json) is { ValueKind: JsonValueKind.String } text
            && definition.PersonVariables.Contains(field) && Name(text.TryGetGuid(out var id) ? id : null) is { } name
            ? JsonSerializer.SerializeToElement(name)
            : Value(json);

        LocalizedText NameOf(string stepId) =>
            definition.FindStep(stepId)?.Name ?? new LocalizedText("ข้อมูลเมื่อเริ่มเรื่อง", "What the case began with");

        string? Name(Guid? user) => user is not { } id ? null
            : names.TryGetValue(id, out var name) ? name
            : history.FirstOrDefault(e => e.Actor == id)?.ActorName;

        CapacityView? As(Capacity? capacity, string stepId, int? level) => capacity is not null ? CapacityView.Of(capacity, task.Kind)
            : definition.FindStep(stepId) is not { } step ? null
            : CapacityView.Of(
                level is { } at && at <= step.Levels.Length ? step.Levels[at - 1].Role : step.Role, (Capacity?)null, task.Kind);
    }

    /// <summary>Those whom the data of the case name.</summary>
    public static IEnumerable<Guid?> PeopleIn(VisibleTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.Definition.PersonVariables.Select(name =>
            Value(task.State.Variables.GetValueOrDefault(name)) is { ValueKind: JsonValueKind.String } text && text.TryGetGuid(out var id)
                ? id
                : (Guid?)null);
    }

    static JsonElement? Value(string? json) => json is null ? null : JsonSerializer.Deserialize<JsonElement>(json);
}

/// <summary>What somebody wrote at a step.</summary>
/// <param name="Step"><c>start</c>: what the case began with.</param>
/// <param name="Number">As the manual prints it.</param>
/// <param name="Item">Of a list of people or schools: whose answer it is.</param>
/// <param name="By">Null: the service.</param>
/// <param name="LeftOut">The labels of what was filled in the round before, and is not any more.</param>
/// <param name="Files">Those that were attached at the step.</param>
public sealed record ProposedStep(
    string Step,
    LocalizedText Name,
    int? Number,
    string? Item,
    Guid? TaskId,
    int Attempt,
    Guid? By,
    string? ByName,
    CapacityView? Capacity,
    DateTimeOffset At,
    string? Comment,
    IReadOnlyList<ProposedField> Fields,
    IReadOnlyList<LocalizedText> LeftOut,
    IReadOnlyList<AttachmentView> Files);

/// <param name="Format"><c>date</c>, <c>date-time</c> or <c>email</c>; null for others.</param>
/// <param name="Before">What it was in the round before.</param>
/// <param name="Corrected">What the case says by now, where its data were corrected afterwards.</param>
/// <param name="Changed">It is not what it was in the round before.</param>
public sealed record ProposedField(
    string Name, LocalizedText Label, string? Format, JsonElement Value, JsonElement? Before, JsonElement? Corrected, bool Changed);

/// <param name="Returned">Sent back for correction; false: rejected.</param>
public sealed record ProposalRefusal(
    string Step, LocalizedText Name, bool Returned, Guid? By, string? ByName, CapacityView? Capacity, DateTimeOffset At, string Reason);

/// <summary>Reads what a task rests on. Whether somebody may see the task is asked before.</summary>
public sealed class ProposalReader(CaseHistory history, AttachmentReader files, People people)
{
    public async Task<ProposalView> OfAsync(VisibleTask task, Caller caller, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(task);
        var events = await history.OfAsync(task.Row.InstanceId, ct);
        var attached = await files.ListAsync(task.Row.InstanceId, null, caller, null, Attachments.AttachFile.MaxFiles, ct) ?? [];
        return ProposalView.Of(task, events, attached, await people.NamesAsync(ProposalView.PeopleIn(task), ct));
    }
}

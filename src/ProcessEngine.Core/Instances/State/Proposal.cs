using System.Collections.Immutable;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Events;

namespace ProcessEngine.Core.Instances.State;

/// <summary>What a piece of work rests on: what was written before it, by whom, and why it was sent back the last time.</summary>
/// <param name="Answers">By step and entry of a list, in the order in which they were given; of each the newest.</param>
/// <param name="Refused">The last refusal that no approval has answered yet; null when there is none.</param>
public sealed record Proposal(ImmutableArray<GivenAnswers> Answers, SentBack? Refused)
{
    /// <summary>The newest of what people proposed: who stands behind it.</summary>
    public GivenAnswers? Last => Answers.LastOrDefault(a => a.TaskId is not null);

    /// <summary>
    /// The steps that the definition names for it; without, those since the last approval. Where nobody has written anything since, what
    /// that approval rested on: a deputy and a director who decide one after the other see the same proposal.
    /// </summary>
    /// <param name="taskId">The task that decides; of one that is closed, what it decided on.</param>
    /// <param name="history">Of the case, in its order; its end may be enough.</param>
    public static Proposal For(ProcessDefinition definition, Step step, Guid taskId, IReadOnlyList<RecordedEvent> history)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(history);
        var told = Tell(definition, step, taskId, history);
        var shown = step.Shows.IsEmpty ? SinceTheLastApproval(told) : told.Answers.Where(a => step.Shows.Contains(a.StepId));
        // Of each step and entry the newest, beside what stood there the time before.
        var newest = shown.GroupBy(a => (a.StepId, a.Item)).Select(g => g.Last()).OrderBy(a => a.Sequence)
            .Select(a => a.Beside(
                told.Answers.LastOrDefault(b => b.StepId == a.StepId && b.Item == a.Item && b.Sequence < a.Sequence), told.Corrections));
        return new Proposal([.. newest], told.Refused);
    }

    static IEnumerable<GivenAnswers> SinceTheLastApproval(Told told)
    {
        foreach (var from in told.Approvals.Reverse().Append(0))
        {
            var since = told.Answers.Where(a => a.Sequence > from).ToList();
            if (since.Exists(a => !a.Fields.IsEmpty || !a.IsApproval))
                return since;
        }

        return [];
    }

    sealed record Told(
        IReadOnlyList<GivenAnswers> Answers, IReadOnlyList<int> Approvals, IReadOnlyList<(int At, VariablesChanged Change)> Corrections,
        SentBack? Refused);

    static Told Tell(ProcessDefinition definition, Step step, Guid taskId, IReadOnlyList<RecordedEvent> history)
    {
        var undone = history.Select(h => h.Event).OfType<ActUndone>().ToList();
        var (tasks, answers, approvals) = (new Dictionary<Guid, TaskOpened>(), new List<GivenAnswers>(), new List<int>());
        var corrections = new List<(int At, VariablesChanged Change)>();
        SentBack? refused = null;
        foreach (var recorded in history)
        {
            if (undone.Exists(u => recorded.Sequence >= u.From && recorded.Sequence <= u.Through))
                continue;
            if (recorded.Event is DecisionEvent decided && TaskOutcomes.Of(decided)?.TaskId == taskId)
                break;
            switch (recorded.Event)
            {
                case InstanceStarted e when Given(e.Variables, [.. definition.Variables.Select(v => v.Name)]) is { IsEmpty: false } fields:
                    answers.Add(new GivenAnswers(
                        Step.Requester, null, null, 1, recorded.Actor, e.Capacity, recorded.At, null, fields)
                    { Sequence = recorded.Sequence });
                    break;
                case TaskOpened e:
                    tasks[e.TaskId] = e;
                    break;
                case TaskCompleted e:
                    Answer(recorded, e.TaskId, e.Comment, e.Outputs, approval: false);
                    break;
                case TaskApproved e:
                    if (tasks.TryGetValue(e.TaskId, out var approved))
                    {
                        if (refused?.StepId == approved.StepId)
                            refused = null;
                        if (approved.StepId != step.Id)
                            approvals.Add(recorded.Sequence);
                    }

                    if (!e.Outputs.IsEmpty)
                        Answer(recorded, e.TaskId, e.Comment, e.Outputs, approval: true);
                    break;
                case TaskGroupClosed { Port: Ports.Approve } e when e.StepId != step.Id:
                    approvals.Add(recorded.Sequence);
                    break;
                case TaskRejected e:
                    Refuse(recorded, e.TaskId, returned: false, e.Comment);
                    break;
                case TaskReturned e:
                    Refuse(recorded, e.TaskId, returned: true, e.Comment);
                    break;
                case VariablesChanged e:
                    corrections.Add((recorded.Sequence, e));
                    break;
                default:
                    break;
            }
        }

        return new Told(answers, approvals, corrections, refused);

        void Answer(
            RecordedEvent recorded, Guid task, string? comment, ImmutableSortedDictionary<string, string> outputs, bool approval)
        {
            if (!tasks.TryGetValue(task, out var opened))
                return;
            answers.Add(new GivenAnswers(
                opened.StepId, opened.Item, task, opened.Attempt, recorded.Actor, recorded.Event.Capacity, recorded.At, comment,
                Given(outputs, [.. definition.FindStep(opened.StepId)?.Form?.Fields.Select(f => f.Name) ?? []]))
            {
                Sequence = recorded.Sequence,
                IsApproval = approval,
            });
        }

        void Refuse(RecordedEvent recorded, Guid task, bool returned, string reason)
        {
            if (tasks.TryGetValue(task, out var opened))
                refused = new SentBack(opened.StepId, opened.Level, returned, recorded.Actor, recorded.Event.Capacity, recorded.At, reason);
        }
    }

    /// <summary>In the order of the form; what it does not name comes last.</summary>
    static ImmutableArray<GivenField> Given(ImmutableSortedDictionary<string, string> data, IReadOnlyList<string> order) =>
    [
        .. data.Where(d => d.Value != "null").OrderBy(d => order.Contains(d.Key) ? order.ToList().IndexOf(d.Key) : int.MaxValue)
            .Select(d => new GivenField(d.Key, d.Value, null, null)),
    ];
}

/// <summary>What somebody wrote at a step.</summary>
/// <param name="StepId"><see cref="Step.Requester"/>: what the case began with.</param>
/// <param name="Item">Of a list of people or schools: whose answer it is.</param>
/// <param name="TaskId">Null of what the case began with.</param>
/// <param name="By">Null: the service.</param>
public sealed record GivenAnswers(
    string StepId, string? Item, Guid? TaskId, int Attempt, Guid? By, Capacity? Capacity, DateTimeOffset At, string? Comment,
    ImmutableArray<GivenField> Fields)
{
    public int Sequence { get; init; }

    public bool IsApproval { get; init; }

    /// <summary>Fields that stood there the time before and were left out now, with what they said.</summary>
    public ImmutableArray<GivenField> LeftOut { get; init; } = [];

    internal GivenAnswers Beside(GivenAnswers? before, IReadOnlyList<(int At, VariablesChanged Change)> corrections) => this with
    {
        Fields = [.. Fields.Select(field => field with
        {
            Before = before?.Fields.FirstOrDefault(b => b.Name == field.Name)?.Json,
            IsNew = before is not null && before.Fields.All(b => b.Name != field.Name),
            Corrected = corrections.Where(c => c.At > Sequence && c.Change.Changes.ContainsKey(field.Name))
                .Select(c => c.Change.Changes[field.Name]).LastOrDefault(),
        })],
        LeftOut = [.. (before?.Fields ?? []).Where(b => Fields.All(f => f.Name != b.Name))],
    };
}

/// <param name="Json">The value, JSON text.</param>
/// <param name="Before">What it was in the round before; null when it was not there.</param>
/// <param name="Corrected">What the case says by now, where its data were corrected afterwards.</param>
public sealed record GivenField(string Name, string Json, string? Before, string? Corrected)
{
    /// <summary>There was a round before, and it was not in it.</summary>
    public bool IsNew { get; init; }

    public bool HasChanged => IsNew || (Before is not null && Before != Json);
}

/// <param name="Returned">Sent back for correction; false: rejected.</param>
public sealed record SentBack(
    string StepId, int? Level, bool Returned, Guid? By, Capacity? Capacity, DateTimeOffset At, string Reason);

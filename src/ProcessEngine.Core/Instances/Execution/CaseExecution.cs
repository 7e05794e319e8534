using System.Collections.Immutable;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Execution;

/// <summary>Where a case goes by a command: which boxes it leaves and enters, until it rests or ends.</summary>
/// <remarks>
/// Lives for one decision. What happens in a box stands with its own kind: <see cref="StepOpening"/>, <see cref="StepClosing"/>,
/// <see cref="DeadlineClocks"/>, <see cref="Waits"/>.
/// </remarks>
/// <param name="state">The state that the command meets.</param>
/// <param name="actor">Whose command it is; null when it is the service's.</param>
sealed class CaseExecution(ProcessDefinition definition, ProcessState state, Guid? actor, Moment moment)
{
    /// <summary>No sound definition passes as many boxes at once; a case is never caught in an endless loop all the same.</summary>
    const int MaxMoves = 10_000;

    MoveQueue moves;
    string? outcome;

    public CaseUpdate Update { get; } = new(definition, state, actor, moment);
    public ProcessDefinition Definition => Update.Definition;
    public Moment Moment => Update.Moment;

    /// <summary>The state with the events so far folded in.</summary>
    public ProcessState State => Update.State;

    public void Add(ProcessEvent e) => Update.Add(e);

    // Moving on ------------------------------------------------------------------------------------------------------------------------

    /// <summary>The flow goes on from a node that is already left.</summary>
    /// <param name="again">The loops that the branch has entered again on its way here.</param>
    public void Follow(string nodeId, string port, ImmutableArray<Loop> again = default)
    {
        foreach (var arrow in Definition.ArrowsFrom(nodeId, port))
        {
            if (port == Ports.Reject && State.Rests && Definition.Graph.LeadsBack(arrow))
                StepClosing.UndoAfter(Update, arrow.To);
            moves.Add(new Move(Definition.Find(arrow.To)!, arrow, Move.With(again, Definition.Loops.EnteredBy(arrow))));
        }
    }

    public void Place(Node node) => moves.Add(new Move(node, null));

    /// <summary>The case goes on at a step where it may have been: what is asked from there on is asked anew.</summary>
    public void PlaceAgain(Step step) => moves.Add(new Move(step, null, Move.With(default, Definition.Loops.From(step.Id))));

    /// <summary>The work of a task is decided: its step is left by a port.</summary>
    public void Leave(OpenTask task, ProcessEvent closing, string port)
    {
        Add(closing);
        LeaveStep(task.StepId, port);
    }

    /// <summary>The work goes back to an earlier step; what lies after that step is undone.</summary>
    public void GoBack(OpenTask task, ProcessEvent closing, Step target)
    {
        Add(closing);
        StepClosing.Close(Update, task.StepId, Ports.Return, target);
        StepClosing.UndoAfter(Update, target.Id);
        moves.Add(new Move(target, null, Move.With(default, Definition.Loops.Between(task.StepId, target.Id))));
    }

    /// <summary>An approval with levels goes on to another of its levels, up or down.</summary>
    public void ChangeLevel(OpenTask task, ProcessEvent closing, Step step, int level)
    {
        Add(closing);
        StepClosing.CloseLevel(Update, step, task);
        StepOpening.OpenLevel(Update, step, level, task.Attempt);
    }

    /// <summary>An answer of several has come in: goes on when there are enough.</summary>
    public void Answer(Step step, ProcessEvent answer)
    {
        Add(answer);
        var group = State.FindGroup(step.Id)!;
        if (step.Committee is { } committee)
        {
            var chair = committee.ChairFrom is { } from && Guid.TryParse(State.Text(from), out var id) ? id : (Guid?)null;
            if (CommitteeVerdict.On(committee, group, chair) is { } verdict)
            {
                StepClosing.CancelTasks(Update, step.Id);
                StepClosing.CloseGroup(Update, step.Id, verdict.Port, verdict.ByChair);
                LeaveStep(step.Id, verdict.Port);
            }
        }
        else if (step.ForEach is { } each && group.Answers.Length >= ListAnswers.Needed(each, group.Size))
        {
            LeaveList(step, each);
        }
    }

    void LeaveList(Step step, MultiInstance each)
    {
        if (each.CollectInto is { } variable && State.FindGroup(step.Id) is { } group)
        {
            var collected = ImmutableSortedDictionary<string, string>.Empty.Add(variable, ListAnswers.Collected(group));
            Add(new VariablesChanged(collected, null));
        }

        LeaveStep(step.Id, Ports.Done);
    }

    void LeaveStep(string stepId, string port)
    {
        StepClosing.Close(Update, stepId, port, Definition.Target(stepId, port) as Step);
        if (stepId == Definition.DeadlineUntil && port is Ports.Done or Ports.Approve)
            DeadlineClocks.CloseThatOfProcedure(Update);
        Follow(stepId, port);
    }

    /// <summary>Moves every branch as far as it goes by itself; then the clocks that nobody needs stop, and what is due is taken.</summary>
    public void Settle()
    {
        for (var count = 0; moves.TryTake(out var move); count++)
        {
            if (count == MaxMoves)
            {
                throw new InvalidOperationException(
                    $"Definition {Definition.Key} version {Definition.Version} moves without end from {move.To.Id}.");
            }

            Enter(move);
        }

        if (State.HasEnded)
            return;
        DeadlineClocks.CloseUnused(Update);
        DeadlineClocks.FollowDates(Update);
        Waits.FollowDates(Update);
        if (State.IsRunning)
        {
            // The last task that did not wait for an outsider may be done, or one that does not may have joined a clock that stood still.
            Standstill.PauseThoseThatWait(Update, null);
            Standstill.Continue(Update, null);
        }

        if (State.IsRunning && !State.Rests && outcome is { } reached)
            Complete(reached);
        else
            Escalating.TakeDueRungs(Update);
    }

    void Enter(Move move)
    {
        if (State.HasEnded)
            return;
        var (node, by, again) = move;
        if (!again.IsDefault && node is JoinNode or { Rests: true })
            AskAnew(node, again);
        switch (node)
        {
            case Step step:
                if (!StepOpening.Open(Update, step))
                    LeaveList(step, step.ForEach!);
                break;
            case DecisionNode decision:
                Choose(decision, again);
                break;
            case ForkNode:
                Follow(node.Id, Ports.Done, again);
                break;
            case JoinNode join:
                Arrive(join, by);
                break;
            case TimerNode timer:
                Waits.StartTimer(Update, timer);
                break;
            case MessageNode message:
                Waits.StartForMessage(Update, message);
                break;
            case CallNode call:
                Waits.Call(Update, call);
                if (!call.Waits)
                    Follow(call.Id, Ports.Done, again);
                break;
            case EndNode end:
                Reach(end);
                break;
            case StartNode:
                throw new InvalidOperationException($"Nothing can enter {node.Id}.");
            default:
                throw UnknownKind.Of(node);
        }
    }

    /// <summary>
    /// Another round of a loop begins where it first rests: until then a decision at its head reads what the round before has answered.
    /// Outside of the loop there is no other round, and the answers stay.
    /// </summary>
    void AskAnew(Node node, ImmutableArray<Loop> again)
    {
        ImmutableArray<string> open =
        [
            .. again.Where(loop => loop.Nodes.Contains(node.Id)).SelectMany(loop => loop.Questions)
                .Where(question =>
                    State.Variables.ContainsKey(question.Variable) && question.AskedBy.Any(step => State.AttemptsOf(step) > 0))
                .Select(question => question.Variable)
                .Concat((State.Brought ?? [])
                    .Where(brought => again.Any(loop => loop.AsksAgain(node, brought.Variable, brought.NodeId)))
                    .Select(brought => brought.Variable))
                .Distinct(),
        ];
        if (!open.IsEmpty)
            Add(new AnswersCleared(open));
    }

    void Choose(DecisionNode decision, ImmutableArray<Loop> again)
    {
        DecisionBranch? taken = null;
        foreach (var branch in decision.Branches)
        {
            if (branch.Condition is { } condition && condition.IsTrue(State.Variables))
            {
                taken = branch;
                break;
            }
        }

        var port = taken?.Port ?? Ports.Else;
        Add(new DecisionTaken(decision.Id, port, taken?.When));
        Follow(decision.Id, port, again);
    }

    void Arrive(JoinNode join, Transition? by)
    {
        Add(new BranchArrived(join.Id, by?.From ?? "", by?.Port ?? ""));
        if (by is not null && State.Arrivals.Count(a => a.JoinId == join.Id) < Definition.ArrowsInto(join.Id))
            return;
        Add(new BranchesJoined(join.Id));
        Follow(join.Id, Ports.Done);
    }

    void Reach(EndNode end)
    {
        if (end.Terminates)
        {
            moves.Clear();
            StepClosing.AbandonAll(Update);
            Complete(end.Outcome);
            return;
        }

        outcome = end.Outcome;
        if (State.Rests || moves.Count > 0)
            Add(new BranchEnded(end.Id, end.Outcome));
    }

    void Complete(string reached)
    {
        DeadlineClocks.CloseAll(Update);
        Add(new InstanceCompleted(reached));
    }

    // Waits ----------------------------------------------------------------------------------------------------------------------------

    /// <param name="port">By which way it goes on; null: by the one that the wait was started for.</param>
    public void EndWait(OpenWait wait, ImmutableSortedDictionary<string, string>? data, string? port = null)
    {
        Add(new WaitEnded(wait.WaitId, wait.Until, data) { Decides = Definition.Loops.DecidingAmong(data) });
        Follow(wait.NodeId, port ?? wait.Port);
    }

    /// <summary>Enters a place again that could not be entered, or hands over again what reached nobody.</summary>
    /// <param name="id">The incident, or the wait of the place that could not be entered.</param>
    /// <returns>False when there is nothing to try.</returns>
    public bool Retry(Guid id)
    {
        var incident = State.Incidents.FirstOrDefault(i => i.IncidentId == id);
        var parked = State.Waits.FirstOrDefault(w => w.Kind == WaitKind.Incident && (w.WaitId == id || w.NodeId == incident?.NodeId));
        if (parked is not null)
        {
            EnterAgain(parked);
            return true;
        }

        if (incident?.Call is not { } refused || Definition.Find(incident.NodeId) is not CallNode call)
            return false;
        Waits.CallAgain(Update, call, refused);
        return true;
    }

    /// <summary>
    /// Enters every place again that could not be entered. What somebody has cancelled is not called again by itself.
    /// </summary>
    public void RetryAll()
    {
        foreach (var wait in State.Waits.Where(w => w.Kind == WaitKind.Incident
            && !State.Incidents.Any(i => i.NodeId == w.NodeId && i.Code == IncidentCodes.CallCancelled)))
            EnterAgain(wait);
    }

    void EnterAgain(OpenWait parked)
    {
        Add(new WaitEnded(parked.WaitId, null, null));
        Place(Definition.Find(parked.NodeId)!);
    }

    // Time -----------------------------------------------------------------------------------------------------------------------------

    /// <summary>Takes everything whose moment has come.</summary>
    public void TakeDue()
    {
        LeaveDueLists();
        Escalating.TakeDueRungs(Update);
        while (State.IsRunning && Waits.FirstDue(Update) is { } wait)
            Fire(wait);
    }

    void Fire(OpenWait wait)
    {
        Add(new WaitEnded(wait.WaitId, wait.Until, null));
        if (wait.Kind == WaitKind.Interrupting)
        {
            foreach (var task in State.OpenTasks.Where(t => t.StepId == wait.NodeId))
                Add(new TaskTimedOut(task.TaskId));
            StepClosing.Close(Update, wait.NodeId, wait.Port, Definition.Target(wait.NodeId, wait.Port) as Step);
        }

        Follow(wait.NodeId, wait.Port);
        Settle();
    }

    /// <summary>Lists that are waited for only until their deadline.</summary>
    void LeaveDueLists()
    {
        foreach (var group in State.Groups)
        {
            if (State.IsRunning && Definition.FindStep(group.StepId) is { ForEach: { GoOn: GoOnRule.Deadline } each } step
                && State.OpenDeadlines.Any(d => d.StepId == step.Id && !d.IsHeld && d.Terms.DueAt < Moment.Now))
            {
                LeaveList(step, each);
                Settle();
            }
        }
    }
}

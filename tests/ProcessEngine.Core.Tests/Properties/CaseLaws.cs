using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Instances;

namespace ProcessEngine.Core.Tests.Properties;

/// <summary>
/// What holds of every case, whoever does what to it, in whatever order. Written from the manuals' point of view, not from the code's.
/// </summary>
sealed class CaseLaws
{
    readonly HashSet<Guid> ids = [];
    readonly HashSet<Guid> ended = [];
    readonly HashSet<(Guid Clock, RungKind Kind, DateTimeOffset At)> rungs = [];
    bool reopened;
    bool undone;

    /// <summary>The case was moved to a version that is drawn otherwise: its tasks keep the clocks and timers that they had.</summary>
    public bool Elsewhere { get; set; }

    /// <summary>Before each event.</summary>
    /// <param name="at">The state that it meets.</param>
    public void Watch(ProcessDefinition definition, RecordedEvent recorded, ProcessState at)
    {
        recorded.Sequence.ShouldBe(at.Revision + 1, "the sequence has no gaps");
        switch (recorded.Event)
        {
            case TaskOpened e:
                New(e.TaskId);
                var passes = at.AttemptsOf(e.StepId);
                var sameAttempt = at.FindGroup(e.StepId) is not null || e.Level > 1 || (e.Level == 1 && e.Attempt == passes);
                e.Attempt.ShouldBe(sameAttempt ? passes : passes + 1, "attempts count up by one");
                break;
            case WaitStarted e:
                New(e.WaitId);
                break;
            case DeadlineSet e:
                New(e.DeadlineId);
                break;
            case DeadlineMoved e:
                at.FindOpenDeadline(e.DeadlineId).ShouldNotBeNull().Terms.DueAt.ShouldBe(e.From, "a move says where it moves from");
                // What a move withdraws may be said again, even of the same moment, when another move brings it back.
                rungs.RemoveWhere(r => r.Item1 == e.DeadlineId && e.Superseded is { } withdrawn && withdrawn.Contains(r.Item2));
                break;
            case DeadlineClosed e:
                Ends(e.DeadlineId, at.FindOpenDeadline(e.DeadlineId));
                break;
            case RungTaken e:
                var clock = at.FindOpenDeadline(e.DeadlineId).ShouldNotBeNull("a rung belongs to a clock that runs");
                clock.PausedAt.ShouldBeNull("a clock that stands still takes no rung");
                e.ScheduledFor.ShouldBeLessThan(recorded.At, "no rung is taken early");
                var kind = clock.NextRung.ShouldNotBeNull().Kind;
                rungs.Add((e.DeadlineId, kind, e.ScheduledFor)).ShouldBeTrue(
                    $"{kind} of one moment is taken once, unless it was withdrawn");
                break;
            case WaitEnded e:
                var over = at.Waits.FirstOrDefault(w => w.WaitId == e.WaitId);
                Ends(e.WaitId, over);
                over!.PausedAt.ShouldBeNull("a timer that stands still ends nothing");
                (e.ScheduledFor ?? DateTimeOffset.MinValue).ShouldBeLessThan(recorded.At, "no timer fires early");
                break;
            case WaitCancelled e:
                Ends(e.WaitId, at.Waits.FirstOrDefault(w => w.WaitId == e.WaitId));
                break;
            case TaskGroupClosed e:
                var group = at.FindGroup(e.StepId).ShouldNotBeNull();
                (e.InFavour, e.Against, e.Abstained).ShouldBe(
                    (group.Count(Vote.Approve), group.Count(Vote.Reject), group.Count(Vote.Abstain)), "the votes are counted right");
                (group.Answers.Length + e.Unanswered).ShouldBe(group.Size);
                if (!Elsewhere && definition.FindStep(e.StepId)?.Committee is { } rule && e.Port is Ports.Approve or Ports.Reject)
                {
                    Outcomes(definition.FindStep(e.StepId)!.Committee!, e.InFavour, e.Against, e.Unanswered).ShouldContain(
                        e.Port, "the outcome is what the votes say");
                }

                break;
            case ActUndone { Restored: var restored }:
                ended.UnionWith(Open(at).Except(Open(restored)));
                ended.ExceptWith(Open(restored));
                undone = true;
                break;
            case InstanceReopened:
                reopened = true;
                break;
            case TaskCompleted { TaskId: var id }:
                Closes(id, at);
                break;
            case TaskApproved { TaskId: var id }:
                Closes(id, at);
                break;
            case TaskRejected { TaskId: var id }:
                Closes(id, at);
                break;
            case TaskReturned { TaskId: var id }:
                Closes(id, at);
                break;
            case TaskFailed { TaskId: var id }:
                Closes(id, at);
                break;
            case TaskTimedOut { TaskId: var id }:
                Closes(id, at);
                break;
            case TaskCancelled { TaskId: var id }:
                Closes(id, at);
                break;
            case VoteCast { TaskId: var id }:
                Closes(id, at);
                break;
        }
    }

    static IEnumerable<Guid> Open(ProcessState state) =>
        [.. state.OpenTasks.Select(t => t.TaskId), .. state.Waits.Select(w => w.WaitId), .. state.OpenDeadlines.Select(d => d.DeadlineId)];

    void New(Guid id) => ids.Add(id).ShouldBeTrue("ids are unique");

    void Closes(Guid id, ProcessState at) => Ends(id, at.FindOpenTask(id));

    void Ends(Guid id, object? open)
    {
        open.ShouldNotBeNull("only what is open ends");
        ended.Add(id).ShouldBeTrue("nothing ends twice");
    }

    /// <summary>The ways on that a committee's votes allow; none while it is open. A tie without a chair is a refusal.</summary>
    static IEnumerable<string> Outcomes(CommitteeRule committee, int inFavour, int against, int open)
    {
        var tie = open == 0 && inFavour == against;
        var (carried, refused) = committee.Rule switch
        {
            VotingRule.Any => (inFavour > 0, open == 0 && inFavour == 0),
            VotingRule.All => (open == 0 && against == 0 && inFavour > 0, against > 0 || (open == 0 && inFavour == 0)),
            VotingRule.Quorum => (inFavour >= committee.Quorum, inFavour + open < committee.Quorum),
            _ => (inFavour > against + open || (tie && committee.ChairFrom is not null), against > inFavour + open || tie),
        };
        return [.. carried ? [Ports.Approve] : (string[])[], .. refused ? [Ports.Reject] : (string[])[]];
    }

    /// <summary>Between two commands.</summary>
    public void Hold(ProcessDefinition definition, ProcessState before, ProcessState state, Moment moment)
    {
        foreach (var step in before.Steps)
        {
            if (!Elsewhere && !undone)
                state.AttemptsOf(step.StepId).ShouldBeGreaterThanOrEqualTo(step.Attempts, "attempts only grow");
        }

        undone = false;
        if (state.HasEnded)
        {
            (state.OpenTasks.Length, state.Waits.Length, state.Arrivals.Length, state.Groups.Length, state.OpenDeadlines.Length)
                .ShouldBe((0, 0, 0, 0, 0), "nothing is open in a case that has ended");
            return;
        }

        (state.OpenTasks.Length + state.Waits.Length).ShouldBeGreaterThan(0, "a case that runs rests somewhere");
        foreach (var tasks in state.OpenTasks.GroupBy(t => t.StepId))
            StepHolds(definition, state, moment, definition.FindStep(tasks.Key).ShouldNotBeNull("a task belongs to a step"), [.. tasks]);
        foreach (var clock in state.OpenDeadlines)
            ClockHolds(definition, state, clock);
        if (definition.Deadline is not null && !reopened && !Elsewhere)
            state.OpenDeadlines.Count(d => d.StepId.Length == 0).ShouldBe(1, "the whole procedure's clock runs from start to end");
        foreach (var group in state.Groups)
        {
            state.OpenTasks.Any(t => t.StepId == group.StepId).ShouldBeTrue("no group without a task");
            group.Answers.Select(a => a.TaskId).ShouldBeUnique("each answers once");
            if (!Elsewhere && definition.FindStep(group.StepId)!.Committee is { } committee)
            {
                Outcomes(committee, group.Count(Vote.Approve), group.Count(Vote.Reject), group.Size - group.Answers.Length).ShouldBeEmpty(
                    "a committee that has decided is closed");
            }
        }

        state.Waits.Select(w => (w.NodeId, w.Kind, w.Port)).ShouldBeUnique("nothing is waited for twice");
        state.Arrivals.ShouldBeUnique("a branch arrives once");
        foreach (var arrival in state.Arrivals)
            definition.ArrowsFrom(arrival.From, arrival.Port).Any(a => a.To == arrival.JoinId).ShouldBeTrue("a branch arrives by an arrow");
        foreach (var wait in state.Waits)
        {
            definition.Find(wait.NodeId).ShouldNotBeNull("a wait belongs to a node");
            if (wait.Kind is WaitKind.Interrupting or WaitKind.Beside)
                TimerHolds(definition, state, wait);
        }
    }

    void TimerHolds(ProcessDefinition definition, ProcessState state, OpenWait timer)
    {
        OpenTask[] beside = [.. state.OpenTasks.Where(t => t.StepId == timer.NodeId)];
        beside.ShouldNotBeEmpty("a timer belongs to a step that is open");
        var step = definition.FindStep(timer.NodeId);
        if (!Elsewhere && step?.Timers.FirstOrDefault(t => t.Port == timer.Port)?.After is { NeedsDate: false } and not Window)
        {
            (timer.PausedAt is not null).ShouldBe(
                step.ClockPauses && (state.Status == InstanceStatus.Suspended || beside.All(t => t.Paused)),
                $"the timer of {timer.NodeId} stands still exactly while the case is suspended or all its tasks wait for outsiders");
        }
    }

    void StepHolds(ProcessDefinition definition, ProcessState state, Moment moment, Step step, OpenTask[] tasks)
    {
        var group = state.FindGroup(step.Id);
        tasks.Length.ShouldBe(
            group is null ? 1 : group.Size - group.Answers.Length, $"{step.Id} is open once, or once for each that has not answered");
        foreach (var task in tasks)
        {
            if (task.DeadlineId is { } clock)
                state.FindOpenDeadline(clock).ShouldNotBeNull("the clock of an open task runs");
            else if (!Elsewhere)
                Limited(definition, state, moment, step, task).ShouldBeFalse($"{step.Id} states a limit, and no clock runs");
        }

        if (!Elsewhere)
        {
            state.Waits.Count(w => w.NodeId == step.Id && w.Kind == WaitKind.Interrupting).ShouldBe(
                step.Timers.Count(t => t.Interrupts), "the timers of an open step run");
        }
    }

    static bool Limited(ProcessDefinition definition, ProcessState state, Moment moment, Step step, OpenTask task)
    {
        var leader = definition.ClockOf(step);
        var rule = (task.Level is { } level ? step.Levels[level - 1].Deadline : null) ?? leader.Deadline
            ?? moment.OfficeDeadlines.GetValueOrDefault(leader.Id);
        return rule is not null && (!rule.NeedsDate || (leader.DeadlineDateFrom is { } date && state.Variables.ContainsKey(date)));
    }

    void ClockHolds(ProcessDefinition definition, ProcessState state, OpenDeadline clock)
    {
        var step = definition.FindStep(clock.StepId);
        OpenTask[] timed =
            [.. state.OpenTasks.Where(t => t.DeadlineId == clock.DeadlineId || (t.StepId == clock.StepId && t.Level is not null))];
        if (clock.StepId.Length > 0)
            timed.ShouldNotBeEmpty($"the clock of {clock.StepId} runs without a task");
        var stands = (step?.ClockPauses ?? true)
            && (state.Status == InstanceStatus.Suspended || (timed.Length > 0 && timed.All(t => t.Paused)));
        if (!Elsewhere)
        {
            (clock.PausedAt is not null).ShouldBe(
                stands,
                $"the clock of {clock.StepId} stands still exactly while the case is suspended or all its tasks wait for outsiders");
        }
    }
}

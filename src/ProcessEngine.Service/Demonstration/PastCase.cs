using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Identity;

namespace ProcessEngine.Service.Demonstration;

/// <summary>A case of the past that is to be played.</summary>
/// <param name="Number">As the office numbers it.</param>
sealed record PastPlan(int Index, ProcessDefinition Definition, DateTimeOffset Begins, string Number);

sealed record PlayedFile(Guid Id, Guid Task, string Name, DateTimeOffset At, Guid By);

/// <summary>A case as it stands now, with everything that led to it.</summary>
sealed record PlayedCase(
    ProcessDefinition Definition, ProcessState State, IReadOnlyList<StateChange> Changes, IReadOnlyList<PlayedFile> Files);

/// <summary>
/// Plays one case from its start until now: its people act when they would, time takes the rungs and timers that come between.
/// </summary>
sealed class PastCase(PastPlan plan, Cast cast, Random random, Func<DateTimeOffset, ValueTask<Moment>> at)
{
    /// <summary>A loop that its people never leave is left to them.</summary>
    const int MostActs = 300;

    static readonly TimeSpan Shortest = TimeSpan.FromMinutes(10);

    readonly List<StateChange> changes = [];
    readonly List<PlayedFile> files = [];

    /// <summary>When somebody is going to do it; of what nobody does, never.</summary>
    readonly Dictionary<Guid, DateTimeOffset> planned = [];

    ProcessState state = ProcessState.NotStarted;
    bool happened;

    /// <summary>What is special about it: every few cases have one thing.</summary>
    int Fate => plan.Index % 20;

    /// <summary>Every fourth of the younger cases lies somewhere, and becomes late there.</summary>
    DateTimeOffset? LiesSince => plan.Index > 60 && plan.Index % 4 == 2 ? plan.Begins.AddDays(plan.Index % 7) : null;

    string[] People { get; } = [.. plan.Definition.PersonVariables];

    /// <returns>Null when it could not begin.</returns>
    public async Task<PlayedCase?> PlayAsync(DateTimeOffset now)
    {
        if (!await BeginAsync())
            return null;
        for (var acts = 0; acts < MostActs && state.IsRunning; acts++)
        {
            foreach (var task in state.OpenTasks.Where(t => !planned.ContainsKey(t.TaskId)))
                planned[task.TaskId] = await WhenAsync(task);
            var next = state.OpenTasks.MinBy(t => planned[t.TaskId]);
            var turn = next is null ? DateTimeOffset.MaxValue : planned[next.TaskId];
            if (NextByTime() is { } due && due <= turn)
            {
                if (due >= now || !await TakeAsync(due.AddSeconds(1), new ReachTime { By = Actor.System }))
                    break;
                continue;
            }

            if (next is null || turn >= now)
                break;
            if (await HappensAsync(acts, turn))
                continue;
            if (!await DoAsync(next, turn))
                planned[next.TaskId] = DateTimeOffset.MaxValue;
        }

        await ClaimAsync(now);
        return new PlayedCase(plan.Definition, state, changes, files);
    }

    /// <summary>Of two pieces of work that lie there one is taken: people have work of their own, and some waits for all.</summary>
    async Task ClaimAsync(DateTimeOffset now)
    {
        foreach (var task in state.OpenTasks.Where(t => t.Assignee is null).ToList())
        {
            var able = cast.Holding(task.Role).ToList();
            if (plan.Index % 2 == 0 && able.Count > 0 && task.OpenedAt.AddHours(1) is var when && when < now)
                await TakeAsync(when, new ClaimTask { By = able[plan.Index / 2 % able.Count], TaskId = task.TaskId });
        }
    }

    async Task<bool> BeginAsync()
    {
        var day = BangkokTime.DateOf(plan.Begins);
        var asked = Invented.AtStart(plan.Definition, cast, day, random);
        foreach (var starter in cast.Holding(Roles.Officer).Concat(cast.Holding(Roles.Clerk)))
        {
            var start = new StartProcess
            {
                By = starter,
                InstanceId = Guid.CreateVersion7(plan.Begins),
                Office = FirstStart.DemoOffice,
                Title = $"{plan.Definition.Name.Th} – {Invented.School(random)}",
                BusinessKey = plan.Number,
                Priority = Fate == 3 ? Priority.Urgent : null,
                Variables = asked,
            };
            if (await TakeAsync(plan.Begins, start))
                return true;
        }

        return false;
    }

    /// <summary>When the next rung or timer comes; null when none does.</summary>
    DateTimeOffset? NextByTime() => state.OpenDeadlines.Select(d => d.NextRung?.At).Concat(state.Waits.Select(w => w.WakesAt)).Min();

    /// <summary>Most work is done within its limit, some of it late, and some is still lying there.</summary>
    async Task<DateTimeOffset> WhenAsync(OpenTask task)
    {
        if (LiesSince is { } since && task.OpenedAt >= since && task.DeadlineId is not null)
            return DateTimeOffset.MaxValue;
        var due = task.DeadlineId is { } id ? state.FindOpenDeadline(id)?.Terms.DueAt : null;
        var span = due is { } limit && limit > task.OpenedAt ? limit - task.OpenedAt : TimeSpan.FromDays(1 + (random.NextDouble() * 4));
        var share = random.Next(100) switch
        {
            < 78 => 0.1 + (random.NextDouble() * 0.8),
            < 90 => 1.05 + (random.NextDouble() * 0.6),
            _ => 3 + random.NextDouble(),
        };
        var then = task.OpenedAt + (span * share);
        try
        {
            var worked = Invented.AtWork((await at(task.OpenedAt)).Calendar, BangkokTime.DateOf(then), random);
            return worked > task.OpenedAt + Shortest ? worked : task.OpenedAt + Shortest;
        }
        catch (CalendarNotLoadedException)
        {
            return DateTimeOffset.MaxValue;
        }
    }

    /// <summary>What happens to a case besides its work: once, when it has got going.</summary>
    /// <returns>Whether something did; then the work is looked at anew.</returns>
    async Task<bool> HappensAsync(int acts, DateTimeOffset turn)
    {
        if (happened || acts < 2 || Besides() is not { } command || !await TakeAsync(turn - Shortest, command))
            return false;
        happened = true;
        // Every other case that was suspended has been resumed.
        if (command is SuspendInstance && plan.Index % 40 == 5)
        {
            await TakeAsync(turn.AddDays(3), new ResumeInstance("ได้รับจัดสรรแล้ว") { By = cast.Director });
            planned.Clear();
        }

        return true;
    }

    ProcessCommand? Besides() => Fate switch
    {
        5 => new SuspendInstance("รอจัดสรรงบประมาณ") { By = cast.Director },
        7 when plan.Index % 40 == 7 => new CancelInstance("ผู้ขอถอนเรื่อง") { By = cast.Director },
        9 or 15 when state.OpenDeadlines.FirstOrDefault(d => !d.IsHeld) is { } clock =>
            new ExtendDeadline(clock.DeadlineId, new WorkingDays(3), "โรงเรียนขอเลื่อนกำหนดส่งข้อมูล") { By = cast.Director },
        11 => new ChangePriority(Priority.Urgent, "เร่งรัดตามข้อสั่งการ") { By = cast.Director },
        13 when state.OpenTasks.FirstOrDefault(t => t.Role == Roles.Officer && t.Assignee is null) is { } task
            && cast.Holding(Roles.Officer).Last() is { UserId: { } colleague } second =>
            new ReassignTask(colleague, second.Roles, "มอบให้รับผิดชอบแทน") { By = cast.Director, TaskId = task.TaskId },
        _ => null,
    };

    async Task<bool> DoAsync(OpenTask task, DateTimeOffset turn)
    {
        var step = plan.Definition.FindStep(task.StepId)!;
        var able = task.Assignee is { } holder ? cast.People.Where(p => p.UserId == holder) : cast.Holding(task.Role);
        foreach (var person in able.ToList())
        {
            if (plan.Index % 4 == 0 && !step.IsApproval)
                await LayFileAsync(task, person, turn - (Shortest / 2));
            if (plan.Index % 6 == 0)
                await TakeAsync(turn - (Shortest / 3), new CommentOnTask(Invented.Remark(random)) { By = person, TaskId = task.TaskId });
            if (await TakeAsync(turn, CommandOf(step, task, person, turn)))
                return true;
        }

        return false;
    }

    TaskCommand CommandOf(Step step, OpenTask task, Actor person, DateTimeOffset turn)
    {
        if (step.Committee is not null)
            return new CastVote(random.Next(10) == 0 ? Vote.Abstain : Vote.Approve, null) { By = person, TaskId = task.TaskId };
        var outputs = Invented.Fill(step, People, cast, task.Attempt, BangkokTime.DateOf(turn), random);
        if (!step.IsApproval)
            return new CompleteTask { By = person, TaskId = task.TaskId, Comment = Remark(), Outputs = outputs };
        // Some come back, a few of them twice.
        var sendsBack = task.Attempt == 1 ? random.Next(100) < 15 : task.Attempt == 2 && Fate == 1;
        if (sendsBack && plan.Index % 2 == 0 && plan.Definition.Target(step.Id, Ports.Reject) is Step)
            return new RejectTask(Invented.Refusal(random)) { By = person, TaskId = task.TaskId };
        if (sendsBack && plan.Definition.Target(step.Id, Ports.Return) is Step)
            return new ReturnTask(Invented.Refusal(random), null) { By = person, TaskId = task.TaskId };
        if (sendsBack && plan.Definition.Target(step.Id, Ports.Reject) is Step)
            return new RejectTask(Invented.Refusal(random)) { By = person, TaskId = task.TaskId };
        return new ApproveTask { By = person, TaskId = task.TaskId, Comment = Remark(), Outputs = outputs };
    }

    string? Remark() => random.Next(3) == 0 ? Invented.Remark(random) : null;

    async Task LayFileAsync(OpenTask task, Actor person, DateTimeOffset turn)
    {
        var file = new PlayedFile(Guid.CreateVersion7(turn), task.TaskId, "ภาพถ่ายการดำเนินงาน.png", turn, person.UserId!.Value);
        var attach = new AttachFile(
            file.Id, file.Task, file.Name, Invented.PictureType, Invented.Picture.Length, Invented.PictureHash)
        { By = person };
        if (await TakeAsync(turn, attach))
            files.Add(file);
    }

    /// <returns>Whether something came of it: what is refused is not part of the past.</returns>
    async Task<bool> TakeAsync(DateTimeOffset when, ProcessCommand command)
    {
        // Nothing happens before what has happened.
        if (changes.Count > 0 && when <= changes[^1].Recorded.At)
            when = changes[^1].Recorded.At.AddSeconds(1);
        var decision = ProcessDecider.Decide(plan.Definition, state, command, await at(when));
        if (decision.After is not { } after)
            return false;
        changes.AddRange(decision.Changes);
        state = after;
        return true;
    }
}

using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Benchmarks;

/// <summary>The pure core: one decision in a procedure of 50 nodes, and a long history read back.</summary>
static class Deciding
{
    const int Nodes = 50;
    const int LongHistory = 1000;

    static readonly Actor Somebody = new(new Guid("01900000-0000-7000-8000-000000000007"), [Roles.Officer, Roles.Director]);
    static readonly Moment Moment = Moment.At(BangkokTime.At(new DateOnly(2026, 3, 2), new TimeOnly(9, 0)), Workdays.NationalCalendar());

    public static Task RunAsync()
    {
        Figures.Group($"decide, a definition of {Nodes} nodes, a limit of 3 working days on every step");
        var definition = Chain();
        var states = Walk(definition, once: true).States;
        var approvals = states.Where(s => s.IsRunning).Select(s => (State: s, Command: Approve(s))).ToArray();
        Decision Decide(int i)
        {
            var (state, command) = approvals[i % approvals.Length];
            return ProcessDecider.Decide(definition, state, command, Moment);
        }

        Figures.Limit("decide an approve", Measured.Microseconds(100, i => Decide(i).Changes.Length), 5, "µs");
        Figures.Limit("allocated by it", Measured.Bytes(20_000, Decide) / 1000, 4, "kB");

        var history = Walk(definition, once: false).History.Take(LongHistory).ToArray();
        var replay = Measured.Microseconds(1, _ => ProcessState.Replay(history).Revision);
        Figures.Limit($"replay {history.Length:N0} events", replay / 1000, 1, "ms");
        Figures.Limit("evolve one event of them", replay / history.Length, null, "µs");
        Figures.Limit("allocated by it", Measured.Bytes(50, _ => ProcessState.Replay(history)) / history.Length / 1000, null, "kB");
        return Task.CompletedTask;
    }

    /// <summary>start → 48 approvals → end; a refusal of the last leads back to the first.</summary>
    static ProcessDefinition Chain()
    {
        var steps = Enumerable.Range(1, Nodes - 2).Select(i => new Step($"step-{i:00}")
        {
            Type = StepType.Approval,
            Name = new("ขั้นตอน", "step"),
            Role = i % 2 == 0 ? Roles.Director : Roles.Officer,
            Deadline = new WorkingDays(3),
        }).ToArray();
        Node[] nodes = [new StartNode("start"), .. steps, new EndNode("end", "completed")];
        var arrows = new List<Transition> { new("start", Ports.Done, steps[0].Id) };
        for (var i = 1; i <= steps.Length; i++)
        {
            arrows.Add(new(nodes[i].Id, Ports.Approve, nodes[i + 1].Id));
            arrows.Add(new(nodes[i].Id, Ports.Reject, steps[0].Id));
            arrows.Add(new(nodes[i].Id, Ports.Return, steps[0].Id));
        }

        return new ProcessDefinition("bench.chain", 1, new("ทดสอบ", "bench"), nodes, arrows);
    }

    static ApproveTask Approve(ProcessState state) => new() { By = Somebody, TaskId = state.OpenTasks[0].TaskId, Comment = "เห็นชอบ" };

    /// <summary>Approves step after step to the end; or again and again, the last step refusing, until the history is long enough.</summary>
    static (List<ProcessState> States, List<RecordedEvent> History) Walk(ProcessDefinition definition, bool once)
    {
        var (state, states, history) = (ProcessState.NotStarted, new List<ProcessState>(), new List<RecordedEvent>());
        ProcessCommand command = new StartProcess { By = Somebody, InstanceId = new Guid("01900000-0000-7000-8000-000000000001"), Office = "demo", Title = "เรื่อง" };
        while (true)
        {
            var decision = ProcessDecider.Decide(definition, state, command, Moment);
            history.AddRange(decision.Changes.Select(change => change.Recorded));
            state = decision.After ?? throw new InvalidOperationException($"Refused: {decision.Rejection}");
            states.Add(state);
            if (!state.IsRunning || (!once && history.Count >= LongHistory))
                return (states, history);
            var task = state.OpenTasks[0];
            command = !once && definition.Target(task.StepId, Ports.Approve) is EndNode
                ? new RejectTask("แก้ไข") { By = Somebody, TaskId = task.TaskId }
                : Approve(state);
        }
    }
}

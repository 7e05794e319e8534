using System.Collections.Immutable;
using System.Diagnostics;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Simulations;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Benchmarks;

/// <summary>What stands between a draft and its publication: the proof that it can always end, and a trial run.</summary>
static class Proving
{
    const int Rounds = 15;
    const int TrialCases = 10_000;
    const int TrialSteps = 12;

    static readonly SimulationPlan Trial = new()
    {
        Cases = TrialCases,
        From = BangkokTime.At(new DateOnly(2026, 3, 2), WorkingHours.Open),
        ArrivalsPerWorkingDay = 100,
        OtherWork = WorkTime.Around(60),
        People = ImmutableDictionary<string, int>.Empty.Add(Roles.Officer, 250),
    };

    public static Task RunAsync()
    {
        Figures.Group("prove and try");
        Figures.Limit("all checks of 200 nodes, 18 forks of three, approvals in each", Milliseconds(() => DefinitionCheck.Run(Blocks(18, 3)).Count == 0), 200, "ms");
        Figures.Limit("the proof of it alone", Milliseconds(() => Soundness.Run(Blocks(18, 3)).Count == 0), null, "ms");
        Figures.Limit("refused after 100,000 states, one fork of twenty", Milliseconds(() => Soundness.Run(Blocks(1, 20)).Count == 1), null, "ms");
        var (chain, calendar) = (Chain(TrialSteps), Workdays.NationalCalendar());
        Figures.Limit($"trial of {TrialCases:N0} cases, {TrialSteps} steps with limits", Milliseconds(() => Simulation.Run(chain, Trial, calendar).Ended == TrialCases), 2_000, "ms");
        return Task.CompletedTask;
    }

    /// <summary>Median over the rounds, after one that warms up.</summary>
    static double Milliseconds(Func<bool> holds)
    {
        var times = new List<double>();
        for (var round = 0; round <= Rounds; round++)
        {
            var begun = Stopwatch.GetTimestamp();
            if (!holds())
                throw new InvalidOperationException("It did not come out as it must.");
            if (round > 0)
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        return Figures.Median(times);
    }

    /// <summary>Forks one after another; in each branch two tasks and an approval that sends back to the first of them.</summary>
    static ProcessDefinition Blocks(int blocks, int branches)
    {
        var (nodes, arrows, from) = (new List<Node> { new StartNode("start") }, new List<Transition>(), "start");
        for (var block = 0; block < blocks; block++)
        {
            var (fork, join) = ($"fork{block}", $"join{block}");
            nodes.AddRange([new ForkNode(fork), new JoinNode(join)]);
            arrows.Add(new(from, Ports.Done, fork));
            for (var branch = 0; branch < branches; branch++)
            {
                var (first, second, approval) = ($"w{block}-{branch}", $"x{block}-{branch}", $"a{block}-{branch}");
                nodes.AddRange([Work(first), Work(second), Work(approval) with { Type = StepType.Approval }]);
                arrows.AddRange([
                    new(fork, Ports.Done, first), new(first, Ports.Done, second), new(second, Ports.Done, approval), new(approval, Ports.Approve, join),
                    new(approval, Ports.Reject, first), new(approval, Ports.Return, first),
                ]);
            }

            from = join;
        }

        return Ended(nodes, arrows, from);
    }

    static ProcessDefinition Chain(int steps)
    {
        var work = Enumerable.Range(0, steps).Select(i => Work($"step{i}") with { Deadline = new WorkingDays(3) }).ToList();
        Node[] nodes = [new StartNode("start"), .. work];
        return Ended([.. nodes], [.. nodes.Zip(work, (one, next) => new Transition(one.Id, Ports.Done, next.Id))], work[^1].Id);
    }

    static ProcessDefinition Ended(List<Node> nodes, List<Transition> arrows, string last) =>
        new("bench.prove", 1, new("ทดสอบ", "bench"), [.. nodes, new EndNode("end", "completed")], [.. arrows, new(last, Ports.Done, "end")]);

    static Step Work(string id) => new(id) { Type = StepType.Task, Name = new("ขั้นตอน", "step"), Role = Roles.Officer };
}

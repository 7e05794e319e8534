using System.Globalization;

namespace ProcessEngine.Core.Tests.Properties;

/// <summary>
/// Random people do random things to random cases of random definitions, at random times; what must always hold, holds (promises P7, P12).
/// <c>RUNS</c> in the environment asks for more runs, from a new seed on; <c>SEED</c> for one again.
/// </summary>
public sealed class RandomWalkSpec
{
    const int FirstSeed = 20_000_000;

    [Test]
    public void Whatever_people_do_a_case_stays_whole_and_can_always_be_brought_to_its_end()
    {
        if (Setting("SEED") is { } seed)
        {
            (Walked(seed) ?? throw new IgnoreException("The check refuses the definition of this seed.")).Failure.ShouldBeNull();
            return;
        }

        // The same every time, unless somebody asked for more: a change that breaks nothing must not fail.
        var runs = Setting("RUNS") ?? 3_000;
        var first = Setting("RUNS") is null ? FirstSeed : Random.Shared.Next(100_000_000, int.MaxValue - runs);
        var (cases, commands) = (0, 0L);
        for (var run = 0; run < runs; run++)
        {
            if (Walked(first + run) is not { } walk)
                continue;
            if (walk.Failure is not null)
                Assert.Fail(ShortestLike(walk).Report());
            cases++;
            commands += walk.Commands;
        }

        TestContext.Out.WriteLine($"{runs:N0} runs from seed {first}: {cases:N0} sound definitions walked with {commands:N0} commands");
        cases.ShouldBeGreaterThan(runs / 4);
    }

    static Walk? Walked(int seed)
    {
        var walk = Walk.Of(seed);
        walk?.Go();
        return walk;
    }

    /// <summary>
    /// A failing walk stops at its fault, so that its commands are the shortest prefix; a shorter walk to the same fault is easier to read.
    /// </summary>
    static Walk ShortestLike(Walk walk) =>
        Enumerable.Range(FirstSeed + 50_000_000, 300).Select(Walked).OfType<Walk>().Append(walk)
            .Where(w => w.Failure?.Message.Split('\n')[^1] == walk.Failure!.Message.Split('\n')[^1]).MinBy(w => w.Commands)!;

    static int? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
        ? int.Parse(value, CultureInfo.InvariantCulture)
        : null;
}

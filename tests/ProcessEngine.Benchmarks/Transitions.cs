using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Benchmarks;

/// <summary>Durable transitions through the store, in process, against the bare writes of one.</summary>
static class Transitions
{
    const int Cases = 20_000;
    const int Rounds = 7;
    static readonly TimeSpan Round = TimeSpan.FromSeconds(1.5);

    public static async Task SqliteAsync()
    {
        Figures.Group($"transition, SQLite synchronous=FULL, {Cases:N0} cases");
        await using var rig = await Rig.StartAsync("sqlite");
        var cases = await rig.SeedAsync(Cases, Now, i => i % 10);
        using var floor = new SqliteFloor(Cases);
        var figures = await Load.InTurnAsync(
            Rounds, () => RateAsync(1, floor.Transition), () => RateAsync(1, rig.RandomActs(cases, 1)), () => RateAsync(16, rig.RandomActs(cases, 16)));
        Figures.Rate("1 caller / prepared statements, one transition a commit", figures[1], figures[0], 0.5);
        Figures.Rate("16 callers / prepared statements, one transition a commit", figures[2], figures[0], 0.5);
        Figures.Holds("every case ended in the expected state, audit chain holds", await rig.IsAsExpectedAsync(cases));
    }

    public static async Task PostgresAsync()
    {
        Figures.Group($"transition, PostgreSQL, {Cases:N0} cases");
        await using var rig = await Rig.StartAsync("postgresql");
        var cases = await rig.SeedAsync(Cases, Now, i => i % 10);
        await using var floor = await PostgresFloor.StartAsync(Cases);
        foreach (var callers in new[] { 1, 8 })
        {
            var figures = await Load.InTurnAsync(
                Rounds, () => RateAsync(callers, floor.Plain), () => RateAsync(callers, floor.Batch), () => RateAsync(callers, rig.RandomActs(cases, callers)));
            Figures.Rate($"{callers} caller(s) / statements one by one", figures[2], figures[0], 0.5);
            Figures.Rate($"{callers} caller(s) / the same as one batch", figures[2], figures[1], 0.5);
        }

        Figures.Holds("every case ended in the expected state, audit chain holds", await rig.IsAsExpectedAsync(cases));
    }

    static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    static async Task<double> RateAsync(int callers, Func<int, Task> act) => (await Load.RunAsync(callers, Round, act)).Rate;
}

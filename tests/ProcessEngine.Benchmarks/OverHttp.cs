using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Benchmarks;

/// <summary>Tasks completed over HTTP, with a key, on connections that are kept, against the same through the store.</summary>
static class OverHttp
{
    const int CasesInProcess = 5_000;
    const int CasesOverHttp = 40_000;
    const int Callers = 8;
    const int Rounds = 5;
    static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    public static async Task RunAsync()
    {
        foreach (var provider in new[] { "sqlite", "postgresql" })
        {
            Figures.Group($"http, {provider}, {Callers} clients");
            await using var rig = await Rig.StartAsync(provider);
            var cases = await rig.SeedAsync(CasesInProcess + CasesOverHttp, TimeProvider.System.GetUtcNow(), _ => 0);
            var inProcess = rig.RandomActs(cases[..CasesInProcess], Callers);
            var overHttp = cases[CasesInProcess..];
            // Neighbours in the database are not acted on one after the other.
            new Random(1).Shuffle(overHttp);

            using var service = await RunningService.StartAsync(rig.Folder, rig.ConnectionString);
            using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Callers }) { BaseAddress = service.Address };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", rig.Secrets[Roles.Officer]);
            var waiting = new ConcurrentQueue<Case>(overHttp);
            async Task Complete(int caller)
            {
                if (!waiting.TryDequeue(out var one))
                    throw new InvalidOperationException("Seed more cases: this machine is faster than was thought.");
                using var body = new StringContent("""{"comment":"ดำเนินการแล้ว"}""", Encoding.UTF8, "application/json");
                using var answer = await http.PostAsync($"/api/v1/user-tasks/{one.State.OpenTasks[0].TaskId}/complete", body);
                answer.EnsureSuccessStatusCode();
            }

            var rates = provider == "sqlite" ? await BesideSqliteFloorAsync(inProcess, Complete) : await BesidePostgresFloorAsync(inProcess, Complete);
            Figures.Rate("tasks completed / the same in process", rates[2], rates[1], null);
            Figures.Rate("tasks completed / bare writes, one statement at a time", rates[2], rates[0], 0.35);
            Figures.Holds("each 200 is in the database, and nothing else is", await IsStoredAsync(rig, overHttp, overHttp.Length - waiting.Count));
        }
    }

    static async Task<double[]> BesideSqliteFloorAsync(Func<int, Task> inProcess, Func<int, Task> overHttp)
    {
        using var floor = new SqliteFloor(CasesInProcess + CasesOverHttp);
        return await Load.InTurnAsync(Rounds, () => RateAsync(1, floor.Transition), () => RateAsync(Callers, inProcess), () => RateAsync(Callers, overHttp));
    }

    static async Task<double[]> BesidePostgresFloorAsync(Func<int, Task> inProcess, Func<int, Task> overHttp)
    {
        await using var floor = await PostgresFloor.StartAsync(CasesInProcess + CasesOverHttp);
        return await Load.InTurnAsync(Rounds, () => RateAsync(Callers, floor.Plain), () => RateAsync(Callers, inProcess), () => RateAsync(Callers, overHttp));
    }

    static async Task<bool> IsStoredAsync(Rig rig, Case[] cases, int completed)
    {
        await using var connection = await rig.Database.OpenAsync(CancellationToken.None);
        var stored = (await connection.QueryAsync<(Guid Id, int Revision)>("SELECT instance_id, revision FROM process_instance")).ToDictionary(row => row.Id, row => row.Revision);
        return cases[..completed].All(c => stored[c.State.InstanceId] > c.State.Revision) && cases[completed..].All(c => stored[c.State.InstanceId] == c.State.Revision);
    }

    static async Task<double> RateAsync(int callers, Func<int, Task> act) => (await Load.RunAsync(callers, Round, act)).Rate;
}

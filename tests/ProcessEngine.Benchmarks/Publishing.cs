using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Benchmarks;

/// <summary>
/// How much longer people wait who complete tasks over HTTP while a process owner publishes definitions of 200 nodes, one after the other.
/// </summary>
static class Publishing
{
    const int Cases = 60_000;
    const int Callers = 4;
    static readonly TimeSpan Spell = TimeSpan.FromSeconds(10);

    public static async Task RunAsync()
    {
        foreach (var provider in new[] { "sqlite", "postgresql" })
        {
            Figures.Group($"publish, {provider}, {Callers} clients who complete tasks");
            await using var rig = await Rig.StartAsync(provider);
            var cases = await rig.SeedAsync(Cases, TimeProvider.System.GetUtcNow(), _ => 0);
            new Random(1).Shuffle(cases);
            using var service = await RunningService.StartAsync(rig.Folder, rig.ConnectionString);
            using var officer = ClientOf(service, rig.Secrets[Roles.Officer]);
            using var owner = ClientOf(service, rig.Secrets[Roles.ProcessOwner]);
            var waiting = new ConcurrentQueue<Case>(cases);
            async Task Complete(int caller)
            {
                if (!waiting.TryDequeue(out var one))
                    throw new InvalidOperationException("Seed more cases: this machine is faster than was thought.");
                using var body = new StringContent("{}", Encoding.UTF8, "application/json");
                using var answer = await officer.PostAsync($"/api/v1/user-tasks/{one.State.OpenTasks[0].TaskId}/complete", body);
                answer.EnsureSuccessStatusCode();
            }

            await PublishAsync(owner, "bench.publish-0");
            await Load.RunAsync(Callers, TimeSpan.FromSeconds(3), Complete);
            var (_, alone) = await Load.RunAsync(Callers, Spell, Complete);
            using var enough = new CancellationTokenSource();
            var publishing = PublishUntilAsync(owner, enough.Token);
            var (_, beside) = await Load.RunAsync(Callers, Spell, Complete);
            await enough.CancelAsync();
            Figures.Limit("definitions of 200 nodes published meanwhile", await publishing, null, "");
            Figures.Limit("wait, 99th percentile, nobody publishes", Figures.Quantile(alone, 0.99), null, "ms");
            Figures.Limit("wait, worst, nobody publishes", alone.Max(), null, "ms");
            Figures.Limit("wait, worst, somebody publishes", beside.Max(), null, "ms");
            Figures.Limit("99th percentile later by", Figures.Quantile(beside, 0.99) - Figures.Quantile(alone, 0.99), 50, "ms");
        }
    }

    static HttpClient ClientOf(RunningService service, string key)
    {
        var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Callers }) { BaseAddress = service.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }

    static async Task<int> PublishUntilAsync(HttpClient owner, CancellationToken enough)
    {
        var published = 0;
        while (!enough.IsCancellationRequested)
            await PublishAsync(owner, string.Create(CultureInfo.InvariantCulture, $"bench.publish-{++published}"));
        return published;
    }

    static async Task PublishAsync(HttpClient owner, string key)
    {
        using var draft = new StringContent(Blocks(key, 18, 3).ToJsonString(), Encoding.UTF8, "application/json");
        using var drafted = await owner.PutAsync($"/api/v1/process-definitions/{key}/draft", draft);
        drafted.EnsureSuccessStatusCode();
        using var why = new StringContent("{\"reason\":\"measured\"}", Encoding.UTF8, "application/json");
        using var published = await owner.PostAsync($"/api/v1/process-definitions/{key}/draft/publish", why);
        published.EnsureSuccessStatusCode();
    }

    /// <summary>The drawing of <see cref="Proving"/> as a file: forks one after another, in each branch two tasks and an approval.</summary>
    static JsonObject Blocks(string key, int blocks, int branches)
    {
        var (boxes, arrows, from) = (new JsonArray(Box("start", "Start")), new JsonArray(), "start");
        for (var block = 0; block < blocks; block++)
        {
            var (fork, join) = ($"fork{block}", $"join{block}");
            boxes.Add(Box(fork, "Fork"));
            boxes.Add(Box(join, "Join"));
            arrows.Add(Arrow(from, "Done", fork));
            for (var branch = 0; branch < branches; branch++)
            {
                var (first, second, approval) = ($"w{block}-{branch}", $"x{block}-{branch}", $"a{block}-{branch}");
                boxes.Add(Box(first, "UserTask", Roles.Officer));
                boxes.Add(Box(second, "UserTask", Roles.Officer));
                boxes.Add(Box(approval, "Approval", Roles.Director));
                arrows.Add(Arrow(fork, "Done", first));
                arrows.Add(Arrow(first, "Done", second));
                arrows.Add(Arrow(second, "Done", approval));
                arrows.Add(Arrow(approval, "Approve", join));
                arrows.Add(Arrow(approval, "Reject", first));
                arrows.Add(Arrow(approval, "Return", first));
            }

            from = join;
        }

        boxes.Add(Box("end", "End"));
        arrows.Add(Arrow(from, "Done", "end"));
        return new JsonObject
        {
            ["definitionId"] = key,
            ["name"] = "ทดสอบ",
            ["root"] = new JsonObject { ["type"] = "Elsa.Flowchart", ["activities"] = boxes, ["connections"] = arrows },
        };
    }

    static JsonObject Box(string id, string type, string? role = null)
    {
        var box = new JsonObject { ["id"] = id, ["type"] = $"ProcessEngine.{type}", ["nameTh"] = $"ขั้นตอน {id}" };
        if (role is not null)
            box["role"] = role;
        return box;
    }

    static JsonObject Arrow(string from, string port, string to) => new()
    {
        ["source"] = new JsonObject { ["activity"] = from, ["port"] = port },
        ["target"] = new JsonObject { ["activity"] = to, ["port"] = "In" },
    };
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProcessEngine.Testing;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>Promise P1: a decision answered with 2xx survives SIGKILL at any instant, and a repeated request is never applied twice.</summary>
[TestFixture("sqlite")]
[TestFixture("postgresql")]
public sealed class KillSpec(string provider)
{
    const int Clients = 8;
    const int Rounds = 2;
    readonly string folder = Directory.CreateTempSubdirectory("processengine-e2e-").FullName;
    PostgresCluster? cluster;
    string? connectionString;

    [OneTimeSetUp]
    public void Start()
    {
        cluster = provider == "postgresql" ? PostgresCluster.Start() : null;
        connectionString = cluster?.NewDatabase();
    }

    [OneTimeTearDown]
    public void Stop()
    {
        cluster?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    sealed record Act(string Case, string Task, string Role, string Verb, string Key)
    {
        public bool Answered { get; set; }
    }

    [Test]
    public async Task Every_decision_that_was_answered_is_there_after_a_kill_and_none_twice()
    {
        var log = new ConcurrentBag<Act>();
        var cases = new ConcurrentBag<string>();
        for (var round = 0; round < Rounds; round++)
        {
            using var service = await Service.StartAsync(provider, folder, connectionString);
            var enough = new TaskCompletionSource();
            var clients = Enumerable.Range(0, Clients).Select(_ => Task.Run(() => WorkAsync(service, log, cases, enough, 200 * (round + 1)))).ToArray();
            await enough.Task.WaitAsync(TimeSpan.FromMinutes(2));
            service.Kill();
            await Task.WhenAll(clients);
        }

        using var again = await Service.StartAsync(provider, folder, connectionString);
        log.Count(a => a.Answered).ShouldBeGreaterThan(200);
        foreach (var act in log)
        {
            var applied = await AppliedAsync(again, act);
            if (act.Answered)
                applied.ShouldBe(1, $"{act} was answered with 200");
            // Asked again with the same key, it is answered, and applied once.
            (await SendAsync(again, act)).ShouldBe(HttpStatusCode.OK, act.ToString());
            (await AppliedAsync(again, act)).ShouldBe(1, act.ToString());
        }

        foreach (var id in cases)
        {
            (await again.GetAsync("auditor", $"audit/verify?instance={id}"))["valid"]!.GetValue<bool>().ShouldBeTrue();
            await FinishAsync(again, id);
        }
    }

    /// <summary>Acts on each task in the moment in which it is learned, until the service dies.</summary>
    static async Task WorkAsync(Service service, ConcurrentBag<Act> log, ConcurrentBag<string> cases, TaskCompletionSource enough, int wanted)
    {
        try
        {
            var id = await service.StartCaseAsync();
            cases.Add(id);
            while (true)
            {
                var task = (await service.GetAsync("officer", $"process-instances/{id}"))["openTasks"]![0]!;
                var act = new Act(id, task["id"]!.GetValue<string>(), task["role"]!.GetValue<string>(), task["kind"]!.GetValue<string>() == "approval" ? "reject" : "complete", Guid.NewGuid().ToString());
                log.Add(act);
                (await SendAsync(service, act)).ShouldBe(HttpStatusCode.OK, "a task that was just learned can be acted on");
                act.Answered = true;
                if (log.Count(a => a.Answered) >= wanted)
                    enough.TrySetResult();
            }
        }
        catch (HttpRequestException)
        {
            // The service is dead; what it did not answer is asked again after its restart.
        }
        catch (ShouldAssertException e)
        {
            enough.TrySetException(e);
        }
    }

    static Task<HttpStatusCode> SendAsync(Service service, Act act) =>
        service.PostAsync(act.Role, $"user-tasks/{act.Task}/{act.Verb}", new { comment = "เหตุผล" }, act.Key);

    static async Task<int> AppliedAsync(Service service, Act act)
    {
        var cursor = "";
        var count = 0;
        do
        {
            var page = await service.GetAsync("auditor", $"process-instances/{act.Case}/history?limit=200{cursor}");
            count += page["items"]!.AsArray().Count(e =>
                e!["type"]!.GetValue<string>() is "TaskCompleted" or "TaskRejected" && e["data"]!["taskId"]!.GetValue<string>() == act.Task);
            cursor = page["next"] is { } next ? $"&cursor={next.GetValue<string>()}" : null;
        }
        while (cursor is not null);
        return count;
    }

    static async Task FinishAsync(Service service, string id)
    {
        while ((await service.GetAsync("officer", $"process-instances/{id}"))["openTasks"]!.AsArray() is [{ } task, ..])
        {
            var verb = task["kind"]!.GetValue<string>() == "approval" ? "approve" : "complete";
            (await service.PostAsync(task["role"]!.GetValue<string>(), $"user-tasks/{task["id"]!.GetValue<string>()}/{verb}", new { }, null)).ShouldBe(HttpStatusCode.OK);
        }
    }

    /// <summary>The real service in a process of its own.</summary>
    sealed class Service : IDisposable
    {
        readonly Process process;
        readonly HttpClient http;
        readonly JsonNode keys;

        Service(Process process, HttpClient http, JsonNode keys) => (this.process, this.http, this.keys) = (process, http, keys);

        public static async Task<Service> StartAsync(string provider, string folder, string? connectionString)
        {
            var port = PostgresCluster.FreePort();
            var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var arg in new[] { typeof(Program).Assembly.Location, "--demo", "--urls", $"http://127.0.0.1:{port}" })
                start.ArgumentList.Add(arg);
            start.Environment["ProcessEngine__DataFolder"] = folder;
            start.Environment["ProcessEngine__Database__Provider"] = provider;
            start.Environment["ProcessEngine__Database__ConnectionString"] = connectionString ?? "";
            var process = Process.Start(start)!;
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();

            var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(30) };
            var patience = Stopwatch.StartNew();
            while (!await IsReadyAsync(http))
            {
                if (process.HasExited || patience.Elapsed > TimeSpan.FromMinutes(1))
                    throw new InvalidOperationException("The service did not start.");
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }

            return new Service(process, http, JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "demo-keys.json")))!);
        }

        static async Task<bool> IsReadyAsync(HttpClient http)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }

        public async Task<string> StartCaseAsync()
        {
            using var answer = await SendAsync(
                HttpMethod.Post, "officer", "process-instances",
                new { definitionKey = "khonkaen-5.install-maintain-computers", office = "demo", title = "ทดสอบ" }, Guid.NewGuid().ToString());
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]!.GetValue<string>();
        }

        public async Task<JsonNode> GetAsync(string role, string path)
        {
            using var answer = await SendAsync(HttpMethod.Get, role, path, null, null);
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        }

        public async Task<HttpStatusCode> PostAsync(string role, string path, object body, string? key)
        {
            using var answer = await SendAsync(HttpMethod.Post, role, path, body, key);
            await answer.Content.ReadAsByteArrayAsync();
            return answer.StatusCode;
        }

        async Task<HttpResponseMessage> SendAsync(HttpMethod method, string role, string path, object? body, string? key)
        {
            using var request = new HttpRequestMessage(method, "/api/v1/" + path) { Content = body is null ? null : JsonContent.Create(body) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", keys[role]!.GetValue<string>());
            if (key is not null)
                request.Headers.Add("Idempotency-Key", key);
            return await http.SendAsync(request);
        }

        public void Kill() => process.Kill(entireProcessTree: true);

        public void Dispose()
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
            http.Dispose();
        }
    }
}

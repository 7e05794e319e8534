using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>
/// Promises P1 and P2: what was answered with 2xx survives SIGKILL at any instant, and no request is applied twice.
/// Each client keeps its own log of what it sent and what it was told; the log is compared with the history.
/// </summary>
public sealed class KillSpec(string provider) : OnBothDatabases(provider)
{
    const int Clients = 8;
    const int Kills = 3;
    const int ActsAtLeast = 200;

    /// <param name="Marker">The Idempotency-Key; also the comment of the act or the business key of the case, so that the history shows
    /// it.</param>
    sealed record Sent(string Role, string Marker, string? Case, string Act, JsonNode? Task)
    {
        public Answer? Answer { get; set; }
    }

    [Test]
    public async Task Every_answered_act_survives_kills_and_none_is_applied_twice()
    {
        var seed = Environment.GetEnvironmentVariable("KILL_SEED") is { Length: > 0 } given
            ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        await TestContext.Out.WriteLineAsync($"seed {seed} (set KILL_SEED to repeat)");
        var random = new Random(seed);
        var log = new ConcurrentQueue<Sent>();
        var working = new ConcurrentDictionary<int, string>();

        var cutOff = 0;
        var service = await Office.Start();
        for (var round = 1; round <= Kills; round++)
        {
            var keys = Keys();
            var (running, thisRound) = (service, round);
            var answers = new Count(random.Next(ActsAtLeast / 2, ActsAtLeast));
            var clients = Enumerable.Range(0, Clients)
                .Select(number => Task.Run(() => Work(running, keys, number, thisRound, working, log, answers))).ToArray();
            await Task.WhenAny(answers.Reached, Task.WhenAll(clients)).WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);
            // A random instant of a request, not the moment at which one has just been answered.
            Spin(random.Next(0, 4_000));
            service.Kill();
            await Task.WhenAll(clients);

            service = await Office.Start();
            cutOff += log.Count(s => s.Answer is null);
            await CheckAndRetry(service, keys, log, round);
        }

        log.Count.ShouldBeGreaterThanOrEqualTo(ActsAtLeast);
        await TestContext.Out.WriteLineAsync($"{log.Count} requests, {cutOff} of them without an answer at {Kills} kills");
        await FinishAndVerifyEveryCase(service, Keys(), log);
    }

    Dictionary<string, string> Keys() => new[] { "officer", "director", "auditor" }.ToDictionary(role => role, Office.KeyOf);

    /// <summary>One client: case after case, act after act, without a pause, until the service is gone.</summary>
    static async Task Work(
        ServiceProcess service, Dictionary<string, string> keys, int number, int round, ConcurrentDictionary<int, string> working,
        ConcurrentQueue<Sent> log, Count answers)
    {
        using var officer = service.As(keys["officer"]);
        using var director = service.As(keys["director"]);
        try
        {
            for (var i = 0; ; i++)
            {
                var marker = $"{round}-{number}-{i}";
                if (!working.TryGetValue(number, out var id))
                {
                    var start = Log(new Sent("officer", marker, null, "start", null));
                    start.Answer = await officer.Start(Installation.KhonKaen, "เรื่อง " + marker, marker, marker);
                    answers.Add();
                    working[number] = start.Answer.Ok().Text("id");
                    continue;
                }

                var open = (await officer.Case(id))["openTasks"]!.AsArray();
                if (open.Count == 0)
                {
                    working.TryRemove(number, out _);
                    continue;
                }

                var task = open.ShouldHaveSingleItem()!;
                var (role, act) = ActOn(task);
                var sent = Log(new Sent(role, marker, id, act, task));
                sent.Answer = await (role == "director" ? director : officer).Act(act, task, marker, marker);
                sent.Answer.Ok();
                answers.Add();
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException)
        {
            // The service was killed. What the log has no answer for, the client does not know.
        }

        Sent Log(Sent sent)
        {
            log.Enqueue(sent);
            return sent;
        }
    }

    /// <summary>The plan is rejected once in every case.</summary>
    static (string Role, string Act) ActOn(JsonNode task) => (
        task.Text("role"),
        task.Text("kind") != "approval" ? "complete" : task.Number("attempt") == 1 ? "reject" : "approve");

    static async Task CheckAndRetry(ServiceProcess service, Dictionary<string, string> keys, ConcurrentQueue<Sent> log, int round)
    {
        using var officer = service.As(keys["officer"]);
        using var director = service.As(keys["director"]);
        var histories = new Dictionary<string, List<JsonNode>>();
        foreach (var sent in log.Where(s => s.Answer is not null))
            (await TimesApplied(sent)).ShouldBe(1, $"round {round}: answered {sent.Answer!.Status}, {sent}\n{service.Output}");

        foreach (var sent in log.Where(s => s.Answer is null))
        {
            var before = await TimesApplied(sent);
            before.ShouldBeInRange(0, 1, sent.ToString());
            var first = await Send(sent);
            first.Ok();
            first.Replayed.ShouldBe(before == 1, $"applied {before} times before the retry: {sent}");
            var second = await Send(sent);
            second.Replayed.ShouldBeTrue();
            second.Raw.ShouldBe(first.Raw);
            histories.Clear();
            (await TimesApplied(sent)).ShouldBe(1, $"after a retry: {sent}");
            sent.Answer = first;
        }

        // An answer that did arrive is given again, word for word, by another process.
        foreach (var sent in log.TakeLast(16))
        {
            var repeated = await Send(sent);
            repeated.Replayed.ShouldBeTrue();
            repeated.Raw.ShouldBe(sent.Answer!.Raw);
        }

        async Task<int> TimesApplied(Sent sent)
        {
            if (sent.Act == "start")
                return (await officer.Get($"process-instances?businessKey={sent.Marker}")).Ok()["items"]!.AsArray().Count;
            if (!histories.TryGetValue(sent.Case!, out var history))
                histories[sent.Case!] = history = await officer.History(sent.Case!);
            return history.Count(h => (string?)h["comment"] == sent.Marker);
        }

        Task<Answer> Send(Sent sent) =>
            sent.Act == "start"
                ? officer.Start(Installation.KhonKaen, "เรื่อง " + sent.Marker, sent.Marker, sent.Marker)
                : (sent.Role == "director" ? director : officer).Act(sent.Act, sent.Task!, sent.Marker, sent.Marker);
    }

    static async Task FinishAndVerifyEveryCase(ServiceProcess service, Dictionary<string, string> keys, ConcurrentQueue<Sent> log)
    {
        using var officer = service.As(keys["officer"]);
        using var director = service.As(keys["director"]);
        using var auditor = service.As(keys["auditor"]);
        var cases = log.Where(s => s.Act == "start").Select(s => s.Answer!.Ok().Text("id")).ToList();
        cases.ShouldBeUnique();
        foreach (var id in cases)
        {
            for (var steps = 0; ; steps++)
            {
                steps.ShouldBeLessThan(20, $"case {id} does not end");
                var now = await officer.Case(id);
                if (now.Text("status") == "completed")
                    break;
                var task = now["openTasks"]!.AsArray().ShouldHaveSingleItem($"case {id} is stuck")!;
                var (role, act) = ActOn(task);
                (await (role == "director" ? director : officer).Act(act, task, "จบ")).Ok();
            }

            await auditor.ShouldVerify(id);
            var history = await officer.History(id);
            history.Select(h => h.Number("sequence")).ShouldBe(Enumerable.Range(1, history.Count));
            history.Count(h => h.Text("type") == "TaskOpened").ShouldBe(
                history.Count(
                    h => h.Text("type") is "TaskCompleted" or "TaskApproved" or "TaskRejected"), $"each task of case {id} is closed once");
        }
    }

    static void Spin(int microseconds)
    {
        var started = System.Diagnostics.Stopwatch.StartNew();
        while (started.Elapsed.TotalMicroseconds < microseconds)
            Thread.SpinWait(10);
    }

    /// <summary>Counts answers up to a number.</summary>
    sealed class Count(int target)
    {
        readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int count;

        public Task Reached => reached.Task;

        public void Add()
        {
            if (Interlocked.Increment(ref count) == target)
                reached.TrySetResult();
        }
    }
}

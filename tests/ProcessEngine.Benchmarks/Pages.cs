using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Benchmarks;

/// <summary>
/// The inbox, the page of a task and the lists that are searched, with fifty officers of one office who click once a second, each with a live inbox open. Their office has real cases;
/// the rest of 100,000 open and 1,000,000 closed tasks are rows of other offices, which nobody opens.
/// </summary>
static partial class Pages
{
    const int People = 50;
    const int Offices = 49;
    const int RealCases = 2_000;
    const int OpenTasks = 100_000;
    const int ClosedPerCase = 10;
    const int Batch = 2_000;
    const string Password = "benchmark of the pages";

    const string Giving = "whom to give work to";

    /// <summary>The lists that people search. A word that every title has is the most that a search finds.</summary>
    static readonly (string Page, string Path)[] Lists =
    [
        ("cases", "/cases"),
        ("cases by due date", "/cases?sort=due"),
        ("cases searched", "/cases?q=" + Uri.EscapeDataString("เรื่อง")),
        ("inbox searched", "/?q=" + Uri.EscapeDataString("เรื่อง")),
        ("procedures searched", "/procedures?q=" + Uri.EscapeDataString("แจ้งซ่อม")),
        (Giving, "/team/give?task="),
    ];

    static readonly TimeSpan Think = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Warming = TimeSpan.FromSeconds(15);
    static readonly TimeSpan Measuring = TimeSpan.FromSeconds(40);

    const string InsertCase = """
        INSERT INTO process_instance (instance_id, definition_key, definition_version, office, title, status, started_at, revision, head_hash, state)
        VALUES ($1, $2, $3, $4, $5, 'running', $6, 1, $7, '{}')
        """;

    const string InsertTask = """
        INSERT INTO user_task (task_id, instance_id, office, definition_key, definition_version, step_id, state, outcome, attempt, role, created_at, closed_at, closed_by, due_at, due_order, revision)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $11, $12, $13, $13, 1)
        """;

    public static async Task RunAsync()
    {
        foreach (var provider in new[] { "sqlite", "postgresql" })
        {
            Figures.Group($"pages, {provider}, {People} people, {OpenTasks:N0} open and {OpenTasks * ClosedPerCase:N0} closed tasks");
            await using var rig = await Rig.StartAsync(provider);
            var tasks = (await rig.SeedAsync(RealCases, TimeProvider.System.GetUtcNow().AddDays(-1), i => i % 10))
                .SelectMany(c => c.State.OpenTasks).Where(t => t.Role == Roles.Officer).Select(t => t.TaskId).ToArray();
            var names = await AddPeopleAsync(rig);
            await FillAsync(rig);
            using var service = await RunningService.StartAsync(rig.Folder, rig.ConnectionString);
            var times = new ConcurrentBag<(string Page, double Milliseconds, double At)>();
            using var end = new CancellationTokenSource(Warming + Measuring);
            var begun = Stopwatch.GetTimestamp();
            await Task.WhenAll(names.Select((name, i) => ClickAsync(service.Address, name, tasks, i, times, begun, end.Token)));
            foreach (var page in times.Where(t => t.At > Warming.TotalSeconds).GroupBy(t => t.Page).OrderBy(g => g.Key))
            {
                Figures.Limit($"{page.Key}, 95th percentile of {page.Count():N0}", Figures.Quantile(page.Select(t => t.Milliseconds), 0.95), 100, "ms");
                Figures.Limit($"{page.Key}, median", Figures.Median(page.Select(t => t.Milliseconds)), null, "ms");
            }
        }
    }

    static async Task<List<string>> AddPeopleAsync(Rig rig)
    {
        var (names, now, hash) = (new List<string>(), Instants.Truncate(TimeProvider.System.GetUtcNow()), new PasswordHashing().HashOf(Password));
        await rig.Database.TransactAsync(
            session =>
            {
                for (var i = 0; i < People; i++)
                {
                    var (id, name) = (Guid.CreateVersion7(), $"bench.officer.{i}");
                    names.Add(name);
                    Accounts.Add(session, id, name, $"เจ้าหน้าที่คนที่ {i}", Accounts.Person, FirstStart.DemoOffice, now);
                    Accounts.Give(session, id, FirstStart.DemoOffice, Roles.Officer);
                    Accounts.Give(session, id, FirstStart.DemoOffice, Roles.GroupDirector);
                    Passwords.Enqueue(session, id, hash, Passwords.NewStamp(), mustChange: false, now);
                }

                for (var i = 0; i < Offices; i++)
                    session.Enqueue("INSERT INTO office (code, name_th, name_en, province, created_at) VALUES ($1, $2, $2, $3, $4)", $"bench-{i}", $"สำนักงานที่ {i}", "TH-40", now);
                return ValueTask.FromResult(true);
            },
            CancellationToken.None);
        return names;
    }

    static async Task FillAsync(Rig rig)
    {
        var (now, steps, someone) = (Instants.Truncate(TimeProvider.System.GetUtcNow()), rig.Definition.Steps.Select(s => s.Id).ToArray(), Guid.CreateVersion7());
        for (var from = 0; from < OpenTasks - RealCases; from += Batch)
        {
            var first = from;
            await rig.Database.TransactAsync(
                session =>
                {
                    for (var i = first; i < Math.Min(OpenTasks - RealCases, first + Batch); i++)
                    {
                        var (instance, office, at) = (Guid.CreateVersion7(), $"bench-{i % Offices}", now.AddMinutes(-i));
                        session.Enqueue(InsertCase, instance, Rig.Procedure, rig.Definition.Version, office, $"เรื่องที่ {i}", at, Array.Empty<byte>());
                        for (var j = 0; j < ClosedPerCase; j++)
                        {
                            session.Enqueue(
                                InsertTask, Guid.CreateVersion7(), instance, office, Rig.Procedure, rig.Definition.Version, steps[j], "completed", TaskOutcomes.Completed, Roles.Officer, at, at, someone, at);
                        }

                        session.Enqueue(InsertTask, Guid.CreateVersion7(), instance, office, Rig.Procedure, rig.Definition.Version, steps[ClosedPerCase], "open", null, Roles.Officer, at, null, null, at.AddDays(30));
                    }

                    return ValueTask.FromResult(true);
                },
                CancellationToken.None);
        }

        await using var connection = await rig.Database.OpenAsync(CancellationToken.None);
        await connection.ExecuteAsync(rig.Provider == "sqlite" ? "PRAGMA wal_checkpoint(TRUNCATE); ANALYZE" : "VACUUM ANALYZE", commandTimeout: 600);
    }

    /// <summary>One person: signs in, keeps the inbox live, looks at it and at tasks in turn.</summary>
    static async Task ClickAsync(Uri address, string name, Guid[] tasks, int seed, ConcurrentBag<(string, double, double)> times, long begun, CancellationToken end)
    {
        var random = new Random(seed);
        using var http = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AutomaticDecompression = DecompressionMethods.All }) { BaseAddress = address };
        var token = Token().Match(await http.GetStringAsync("/sign-in", CancellationToken.None)).Groups[1].Value;
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("userName", name), KeyValuePair.Create("password", Password), KeyValuePair.Create("__token", token)]);
        using var signedIn = await http.PostAsync("/sign-in", form, CancellationToken.None);
        signedIn.EnsureSuccessStatusCode();
        using var live = await http.GetAsync("/live/inbox", HttpCompletionOption.ResponseHeadersRead, CancellationToken.None);
        for (var click = 0; !end.IsCancellationRequested; click++)
        {
            await Task.Delay(Think * (0.5 + random.NextDouble()), TimeProvider.System, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var task = tasks[random.Next(tasks.Length)];
            // Inbox and task in turn; every third click one of the lists, and heads look for somebody to give work to.
            var (page, path) = (click % 3, click % 2) switch
            {
                (2, _) => Lists[click / 3 % Lists.Length] is (Giving, var at) ? (Giving, $"{at}{task}.1") : Lists[click / 3 % Lists.Length],
                (_, 0) => ("inbox", "/"),
                _ => ("task page", $"/tasks/{task}"),
            };
            var started = Stopwatch.GetTimestamp();
            using var answer = await http.GetAsync(path, CancellationToken.None);
            await answer.Content.ReadAsByteArrayAsync(CancellationToken.None);
            answer.EnsureSuccessStatusCode();
            times.Add((page, Stopwatch.GetElapsedTime(started).TotalMilliseconds, Stopwatch.GetElapsedTime(begun).TotalSeconds));
        }
    }

    [GeneratedRegex("name=\"__token\" type=\"hidden\" value=\"([^\"]*)\"")]
    private static partial Regex Token();
}

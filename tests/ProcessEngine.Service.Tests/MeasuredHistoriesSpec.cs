using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Instances;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;
using ProcessEngine.Core.Measures;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Reports;
using ProcessEngine.Service.Reports.Measuring;
using ProcessEngine.Service.Storage;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// Whatever happens to cases, and whenever the job measures it, the figures are what the raw events say: counted here from the events alone,
/// read from the tables of sums by the service.
/// </summary>
[TestFixture("sqlite", 1)]
[TestFixture("sqlite", 2)]
[TestFixture("postgresql", 1)]
public sealed class MeasuredHistoriesSpec(string provider, int seed)
{
    const int Acts = 220;

    static readonly string[] Keys = [World.SuratThani, World.KhonKaen];

    World world = null!;
    readonly Random random = new(seed);
    readonly List<string> cases = [];

    [OneTimeSetUp]
    public async Task LiveThroughSomething()
    {
        world = await World.StartAsync(provider, "2026-03-02 09:00");
        for (var i = 0; i < Acts; i++)
        {
            // Mostly minutes, now and then days, so that months end and limits pass between the acts.
            world.Clock.Advance(random.Next(6) == 0 ? TimeSpan.FromHours(random.Next(1, 90)) : TimeSpan.FromSeconds(random.Next(4, 4000)));
            await DoSomething();
            if (random.Next(25) == 0)
                await Measure();
        }

        world.Clock.Advance(TimeSpan.FromMinutes(2));
        await Measure();
    }

    [OneTimeTearDown]
    public async Task End()
    {
        if (world is not null)
            await world.DisposeAsync();
    }

    async Task DoSomething()
    {
        if (cases.Count < 4 || random.Next(14) == 0)
        {
            cases.Add(await world.Officer.Started(Keys[random.Next(Keys.Length)], $"เรื่องที่ {cases.Count + 1}"));
            return;
        }

        var id = cases[random.Next(cases.Count)];
        var answer = await (random.Next(16) switch
        {
            0 => world.Director.Post($"process-instances/{id}/suspend", new { comment = "รอ" }),
            1 or 2 => world.Director.Post($"process-instances/{id}/resume", new { }),
            3 => world.Director.Post($"process-instances/{id}/priority", new { priority = "urgent" }),
            4 => Extend(id),
            5 when random.Next(6) == 0 => world.Director.Cancel(id, "เลิก"),
            _ => Work(id),
        });
        answer.Status.ShouldBeLessThan(500, answer.Raw);
    }

    async Task<Answer> Extend(string id)
    {
        var deadline = await world.QueryAsync<Guid>(
            "SELECT deadline_id FROM deadline WHERE instance_id = @id AND state = 'open'", new { id = Guid.Parse(id) });
        return deadline.Count == 0
            ? await world.Director.Get($"process-instances/{id}")
            : await world.Director.Post(
                $"process-instances/{id}/deadlines/{deadline[0]}/extend", new { comment = "ขยาย", rule = new { rule = "working_days", n = 2 } });
    }

    async Task<Answer> Work(string id)
    {
        var told = await world.Director.Get($"process-instances/{id}");
        var tasks = told.Ok()["openTasks"]!.AsArray();
        if (tasks.Count == 0)
            return told;
        var task = tasks[random.Next(tasks.Count)]!;
        var holder = world.As(task.Text("role"));
        if (random.Next(3) == 0)
            return await holder.Claim(task);
        var decided = task.Text("kind") != "approval" ? await holder.Complete(task)
            : random.Next(3) switch
            {
                0 => await holder.Reject(task, "ไม่เห็นชอบ"),
                1 => await holder.Return(task, "แก้ไข"),
                _ => await holder.Approve(task, "เห็นชอบ"),
            };
        // At once, or too late.
        return decided.Status == 200 && random.Next(5) == 0 ? await holder.Act("undo", task) : decided;
    }

    Task<int> Measure() => world.Services.GetRequiredService<Measurements>().RunAsync(CancellationToken.None);

    /// <summary>Of one task that was done, or one limit that ended, as the events have it.</summary>
    sealed record Done(string Key, string Step, string Role, int Attempt, string Outcome, Guid? By, DateTimeOffset Opened, Guid Case, TaskMeasure Took);

    sealed record Limit(string Key, string Step, DateTimeOffset Received, string Result, ClockMeasure Used);

    async Task<(List<Done> Tasks, List<Limit> Limits)> CountEvents()
    {
        var calendar = await world.Services.GetRequiredService<OfficeCalendars>().AsOfAsync(World.Office, 1, CancellationToken.None);
        var (tasks, limits) = (new List<Done>(), new List<Limit>());
        foreach (var id in cases.Select(Guid.Parse))
        {
            var key = await world.ScalarAsync<string>("SELECT definition_key FROM process_instance WHERE instance_id = @id", new { id });
            var history = (await world.QueryAsync<Stored>(
                "SELECT sequence, at, actor, type, payload FROM audit_event WHERE instance_id = @id ORDER BY sequence", new { id }))
                .Select(e => new RecordedEvent(e.Sequence, e.At, e.Actor, EventTypes.Read(e.Type, e.Payload))).ToList();
            var (took, used) = CaseMeasures.Of(history, _ => calendar);
            // What was taken back has not been.
            var undone = history.Select(e => e.Event).OfType<ActUndone>().ToList();
            var counted = history.Where(e => e.Event is not ActUndone && !undone.Exists(u => e.Sequence >= u.From && e.Sequence <= u.Through)).ToList();
            var opened = counted.Where(e => e.Event is TaskOpened).ToDictionary(e => ((TaskOpened)e.Event).TaskId, e => (e.At, (TaskOpened)e.Event));
            foreach (var e in counted)
            {
                var (task, outcome) = e.Event switch
                {
                    TaskCompleted c => (c.TaskId, "completed"),
                    TaskApproved a => (a.TaskId, "approved"),
                    TaskRejected r => (r.TaskId, "rejected"),
                    TaskReturned r => (r.TaskId, "returned"),
                    _ => (Guid.Empty, ""),
                };
                if (outcome.Length == 0)
                    continue;
                var (at, o) = opened[task];
                tasks.Add(new Done(key, o.StepId, o.Role, o.Attempt, outcome, e.Actor, at, id, took.Single(t => t.TaskId == task)));
            }

            foreach (var closed in counted.Select(e => e.Event).OfType<DeadlineClosed>())
            {
                var set = counted.Select(e => e.Event).OfType<DeadlineSet>().First(s => s.DeadlineId == closed.DeadlineId);
                limits.Add(new Limit(
                    key, set.StepId, set.Terms.ReceivedAt, $"{closed.Result}".ToLowerInvariant(), used.Single(u => u.DeadlineId == closed.DeadlineId)));
            }
        }

        return (tasks, limits);
    }

    static string MonthOf(DateTimeOffset at)
    {
        var day = BangkokTime.DateOf(at);
        return string.Create(CultureInfo.InvariantCulture, $"{FiscalYear.Of(day)}-{FiscalYear.MonthOf(day):00}");
    }

    static int Ranked(IEnumerable<int> values, int tenths)
    {
        var ordered = values.Order().ToList();
        return ordered.Count == 0 ? -1 : ordered[(int)Math.Ceiling(ordered.Count * tenths / 10.0) - 1];
    }

    static (int, int) Both(IEnumerable<int> values) => (Ranked(values.ToList(), 5), Ranked(values.ToList(), 9));

    static (int, int) Both(JsonNode? told) => told is null ? (-1, -1) : (told.Number("median"), told.Number("ninetieth"));

    [TestCase("definition")]
    [TestCase("step")]
    [TestCase("fiscalMonth")]
    [TestCase("role")]
    [TestCase("person")]
    [TestCase("office")]
    public async Task The_figures_are_what_the_events_say(string groupBy)
    {
        var (tasks, limits) = await CountEvents();
        tasks.Count.ShouldBeGreaterThan(30, "something happened");
        limits.Count.ShouldBeGreaterThan(5);
        var ofTasks = tasks.ToLookup(t => groupBy switch
        {
            "definition" => t.Key,
            "step" => $"{t.Key}/{t.Step}",
            "fiscalMonth" => MonthOf(t.Opened),
            "role" => t.Role,
            "person" => $"{t.By}",
            _ => World.Office,
        });
        var items = (await world.As("auditor").Get($"reports/figures?groupBy={groupBy}&from=2025-10-01&to=2026-12-01")).Ok()["items"]!.AsArray()
            .ToDictionary(i => i!.Text("key"), i => i!);
        items.Keys.Except(limits.Select(l => $"{l.Key}/{l.Step}")).ShouldBe(ofTasks.Select(t => t.Key).Except(limits.Select(l => $"{l.Key}/{l.Step}")), ignoreOrder: true);
        foreach (var (key, item) in items)
        {
            var (done, told) = (ofTasks[key].ToList(), item["tasks"]!);
            (told.Number("done"), told.Number("cases")).ShouldBe((done.Count, done.Select(d => d.Case).Distinct().Count()), key);
            (told.Number("again"), told.Number("returned"), told.Number("rejected")).ShouldBe(
                (done.Count(d => d.Attempt > 1), done.Count(d => d.Outcome == "returned"), done.Count(d => d.Outcome == "rejected")), key);
            Both(told["minutesWaited"]).ShouldBe(Both(done.Select(d => d.Took.Waited!.Value)), key);
            Both(told["minutesWorked"]).ShouldBe(Both(done.Select(d => d.Took.Worked!.Value)), key);
            if (groupBy is "role" or "person")
                continue;
            var timed = limits.Where(l => key == (groupBy switch
            {
                "definition" => l.Key,
                "step" => $"{l.Key}/{l.Step}",
                "fiscalMonth" => MonthOf(l.Received),
                _ => World.Office,
            })).ToList();
            item["limits"].Number("counted").ShouldBe(timed.Count, key);
            Both(item["limits"]!["percentUsed"]).ShouldBe(Both(timed.Select(l => l.Used.Percent).OfType<int>()), key);
            (item["limits"].Number("pauses"), item["limits"].Number("extensions")).ShouldBe(
                (timed.Sum(l => l.Used.Pauses), timed.Sum(l => l.Used.Extensions)), key);
        }
    }

    [TestCase("step")]
    [TestCase("fiscalMonth")]
    public async Task What_was_kept_and_broken_is_what_the_events_say(string groupBy)
    {
        var limits = (await CountEvents()).Limits.ToLookup(l => groupBy == "step" ? $"{l.Key}/{l.Step}" : MonthOf(l.Received));
        var items = (await world.As("auditor").Get($"sla/compliance?groupBy={groupBy}&from=2025-10-01&to=2026-12-01")).Ok()["items"]!.AsArray();
        foreach (var item in items.Select(i => i!))
        {
            var ended = limits[item.Text("key")].ToList();
            (item.Number("onTime"), item.Number("early"), item.Number("late")).ShouldBe(
                (ended.Count(l => l.Result != "late"), ended.Count(l => l.Result == "early"), ended.Count(l => l.Result == "late")), item.Text("key"));
        }

        items.Sum(i => i!.Number("onTime") + i!.Number("late")).ShouldBe(limits.Sum(l => l.Count()));
    }

    [Test]
    public async Task A_rebuild_that_is_stopped_and_gone_on_with_leaves_what_an_unbroken_one_leaves()
    {
        foreach (var table in new[] { "measured_task", "measured_clock", "measured_sheet", "measured_digest" })
            await world.ExecuteAsync($"DELETE FROM {table} WHERE office <> 'demo'");
        await world.ExecuteAsync("INSERT INTO measured_month_stale (office, fiscal_month, changes) SELECT DISTINCT office, fiscal_month, 1 FROM measured_task");
        await Measure();
        var before = await Rows();
        var rebuild = world.Services.GetRequiredService<FigureRebuild>();
        (await rebuild.RunAsync(Guid.Empty, null, CancellationToken.None)).Mended.ShouldBe(0);
        (await Rows()).ShouldBe(before);
        await world.ExecuteAsync("UPDATE measured_task SET waited = waited + 7, outcome = 'completed'");
        await world.ExecuteAsync("DELETE FROM measured_clock WHERE result = 'within'");
        await world.ExecuteAsync("DELETE FROM measured_sheet");

        using var stop = new CancellationTokenSource();
        var last = new RebuildProgress(Guid.Empty, 0, 0);
        await Should.ThrowAsync<OperationCanceledException>(() => rebuild.RunAsync(
            Guid.Empty,
            now =>
            {
                last = now;
                if (now.Cases == cases.Count / 2)
                    stop.Cancel();
            },
            stop.Token));
        last.Cases.ShouldBe(cases.Count / 2);
        var rest = await rebuild.RunAsync(last.After, null, CancellationToken.None);
        (last.Cases + rest.Cases).ShouldBe(cases.Count);
        (last.Mended + rest.Mended).ShouldBeGreaterThan(10);
        (await Rows()).ShouldBe(before);

        async Task<IReadOnlyList<string>> Rows() =>
        [
            .. (await world.QueryAsync<object>("SELECT * FROM measured_clock ORDER BY deadline_id")).Select(r => $"{r}"),
            .. (await world.QueryAsync<object>("SELECT * FROM measured_task ORDER BY task_id")).Select(r => $"{r}"),
            .. (await world.QueryAsync<(string, string, int, byte[], byte[])>("SELECT office, what, period, counts, spreads FROM measured_digest ORDER BY 1, 2, 3"))
                .Select(r => $"{r.Item1} {r.Item2} {r.Item3} {Convert.ToHexString(r.Item4)} {Convert.ToHexString(r.Item5)}"),
            .. (await world.QueryAsync<(string, int, byte[])>("SELECT what, fiscal_month, data FROM measured_sheet ORDER BY 1, 2"))
                .Select(r => $"{r.Item1} {r.Item2} {Convert.ToHexString(r.Item3)}"),
        ];
    }

    /// <summary>A second office, whose work is that of the first, so that there is something to add up.</summary>
    async Task<string[]> WithAnother()
    {
        string[] both = [World.Office, "another"];
        await world.ExecuteAsync("INSERT INTO office (code, name_th, name_en, province, created_at) SELECT 'another', name_th, name_en, province, created_at FROM office WHERE code = 'demo' ON CONFLICT DO NOTHING");
        if (await world.ScalarAsync<long>("SELECT COUNT(*) FROM measured_task WHERE office = 'another'") == 0)
        {
            await world.ExecuteAsync(CopyOf("measured_task"));
            await world.ExecuteAsync(CopyOf("measured_clock"));
            await world.ExecuteAsync("INSERT INTO measured_month_stale (office, fiscal_month, changes) SELECT DISTINCT 'another', fiscal_month, 1 FROM measured_task UNION SELECT DISTINCT 'another', fiscal_month, 1 FROM measured_clock");
            await Measure();
        }

        return [.. both, .. (await world.QueryAsync<string>("SELECT code FROM office")).Except(both)];

        string CopyOf(string table)
        {
            var columns = table == "measured_task"
                ? "created_at, task_id, instance_id, definition_key, definition_version, step_id, role, group_id, person, priority, attempt, outcome, fiscal_month, closed_at, closed_month, no_limit, waited, worked, stood"
                : "received_at, deadline_id, instance_id, definition_key, definition_version, step_id, role, group_id, person, priority, result, fiscal_month, used, granted, percent, stood, pauses, extensions";
            return $"INSERT INTO {table} (office, {columns}) SELECT 'another', {columns} FROM {table} WHERE office = 'demo'";
        }
    }

    /// <summary>Nobody is added up by person.</summary>
    static IEnumerable<string> AddedUp => Grouping.All.Where(by => by != PeopleFigures.GroupBy);

    [Test]
    public async Task What_is_added_up_by_month_by_year_and_over_offices_is_what_the_rows_say([ValueSource(nameof(AddedUp))] string groupBy)
    {
        var offices = await WithAnother();
        foreach (var (from, to) in new[] { ("2025-10-01", "2026-10-01"), ("2025-10-01", "2027-10-01"), ("2026-03-01", "2026-05-01"), ("2026-04-01", "2026-07-01"), ("2026-03-11", "2026-04-19"), ("2026-04-01", "2031-01-01") })
        {
            foreach (var asked in new[] { offices[..1], offices[..2], offices })
            {
                foreach (var only in new[] { Narrowing.Nothing, new Narrowing(World.SuratThani) })
                {
                    var period = new AskedPeriod(asked, ManualClock.Bangkok(from + " 00:00"), ManualClock.Bangkok(to + " 00:00"), only);
                    var added = await Ask(period);
                    await world.ExecuteAsync("INSERT INTO measured_month_stale (office, fiscal_month, changes) SELECT DISTINCT office, period, 1 FROM measured_digest");
                    var rows = await Ask(period);
                    await world.ExecuteAsync("DELETE FROM measured_month_stale");
                    added.ShouldBe(rows, $"{from} {to} {string.Join(' ', asked)} {only}");
                }
            }
        }

        async Task<string> Ask(AskedPeriod period)
        {
            using var nothingKept = new MemoryCache(new MemoryCacheOptions { SizeLimit = 10_000 });
            var sources = world.Services.GetRequiredService<Sources>() with { Cache = nothingKept };
            return JsonSerializer.Serialize(new
            {
                figures = await GetFigures.ReadAsync(sources, period, groupBy, CancellationToken.None),
                kept = await GetCompliance.ReadAsync(
                    sources, period.Offices, groupBy, period.From, period.To, world.Clock.GetUtcNow(), CancellationToken.None, period.Only),
                load = await GetWorkload.ReadAsync(sources, period, world.Clock.GetUtcNow(), CancellationToken.None),
            });
        }
    }

    sealed record Stored
    {
        public int Sequence { get; init; }
        public DateTimeOffset At { get; init; }
        public Guid? Actor { get; init; }
        public string Type { get; init; } = "";
        public string Payload { get; init; } = "";
    }
}

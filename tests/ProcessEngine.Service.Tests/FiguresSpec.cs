using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Hosting;
using ProcessEngine.Service.Reports.Measuring;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// Where the time of work went. The test writes down what it does, counts the working minutes one by one, and puts them in order by itself:
/// each figure of the service is that.
/// </summary>
[TestFixture("sqlite")]
[TestFixture("postgresql")]
public sealed class FiguresSpec(string provider)
{
    const string Now = "2026-03-31 10:00";
    const string Officers = "กลุ่มส่งเสริมการศึกษาทางไกล";

    /// <summary>A task that was done, or a limit that ended with it.</summary>
    sealed record Done(
        string Key, string Step, string Role, int Attempt, int Priority, DateTimeOffset Opened, DateTimeOffset? Taken,
        DateTimeOffset Closed, DateTimeOffset? Due, string Outcome, string Case)
    {
        public (DateTimeOffset From, DateTimeOffset To)? Stood { get; init; }
        public bool Extended { get; init; }

        int StoodIn(DateTimeOffset from, DateTimeOffset to) => Stood is { } s
            ? Minutes(s.From > from ? s.From : from, s.To < to ? s.To : to)
            : 0;

        /// <summary>The officer does, the director decides.</summary>
        public string By => Outcome == "completed" ? "demo.officer" : "demo.director";

        public int Waited => Minutes(Opened, Taken ?? Closed) - StoodIn(Opened, Taken ?? Closed);
        public int Worked => Taken is { } taken ? Minutes(taken, Closed) - StoodIn(taken, Closed) : 0;
        public int Used => Minutes(Opened, Closed) - StoodIn(Opened, Closed);
        public int Percent => (int)Math.Round(100.0 * Used / (Minutes(Opened, Due!.Value) - StoodIn(Opened, Closed)), MidpointRounding.AwayFromZero);
    }

    /// <summary>Working days of March 2026 from the 4th on are all its weekdays; 08:30 to 12:00 and 13:00 to 16:30.</summary>
    static int Minutes(DateTimeOffset from, DateTimeOffset to)
    {
        var minutes = 0;
        for (var at = from.ToOffset(TimeSpan.FromHours(7)); at < to; at = at.AddMinutes(1))
        {
            var time = at.TimeOfDay;
            var open = (time >= new TimeSpan(8, 30, 0) && time < new TimeSpan(12, 0, 0)) || (time >= new TimeSpan(13, 0, 0) && time < new TimeSpan(16, 30, 0));
            if (open && at.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
                minutes++;
        }

        return minutes;
    }

    World world = null!;
    Guid group;
    readonly List<Done> done = [];
    readonly List<(DateTimeOffset Opened, string Key)> open = [];
    readonly List<JsonNode> beforeMeasured = [];
    Dictionary<string, string> people = [];

    Person Auditor => world.As(Roles.Auditor);

    [OneTimeSetUp]
    public async Task WorkThroughMarch()
    {
        world = await World.StartAsync(provider, "2026-03-09 08:30");
        group = Guid.CreateVersion7();
        await world.ExecuteAsync(
            "INSERT INTO office_group (group_id, office, name, name_key) VALUES (@group, 'demo', @Officers, @Officers)", new { group, Officers });
        await world.ExecuteAsync(
            "INSERT INTO office_member (office, user_id, group_id) SELECT 'demo', user_id, @group FROM app_user WHERE user_name = 'demo.officer'",
            new { group });
        await Run(
            World.SuratThani, "2026-03-09 09:00", 0, ("2026-03-09 10:00", "2026-03-10 11:00", "complete"), (null, "2026-03-12 15:00", "complete"),
            ("2026-03-13 09:00", "2026-03-16 10:00", "complete"), (null, "2026-03-16 14:00", "reject"),
            ("2026-03-17 09:00", "2026-03-17 16:00", "complete"), (null, "2026-03-18 10:00", "approve"));
        await Run(World.SuratThani, "2026-03-10 08:45", 1, ("2026-03-10 09:15", "2026-03-11 16:45", "complete"), (null, "2026-03-27 09:00", "complete"));
        await Run(World.SuratThani, "2026-03-11 13:30", 0, ("2026-03-14 10:00", "2026-03-25 12:30", "complete"));
        await Run(World.SuratThani, "2026-03-12 10:00", 2, (null, "2026-03-12 10:30", "complete"));
        await Run(
            World.KhonKaen, "2026-03-16 09:00", 0, ("2026-03-16 10:00", "2026-03-16 11:00", "complete"), (null, "2026-03-17 11:00", "complete"),
            (null, "2026-03-17 15:00", "return"), ("2026-03-18 09:00", "2026-03-18 10:00", "complete"));
        await RunSuspendedAndExtended();
        world.Clock.SetBangkok(Now);
        people = (await world.QueryAsync<(string Name, Guid Id)>("SELECT user_name, user_id FROM app_user")).ToDictionary(p => p.Name, p => p.Id.ToString());
        foreach (var groupBy in Groupings)
            beforeMeasured.Add((await Auditor.Get($"sla/compliance?groupBy={groupBy}&from=2025-09-30T17:00:00Z")).Ok()["items"]!);
        (await Measure()).ShouldBeGreaterThan(0);
        (await Measure()).ShouldBe(0);
    }

    [OneTimeTearDown]
    public async Task End()
    {
        if (world is not null)
            await world.DisposeAsync();
    }

    Task<int> Measure() => world.Services.GetRequiredService<Measurements>().RunAsync(CancellationToken.None);

    static readonly string[] Groupings = ["definition", "step", "version", "role", "group", "priority", "office", "fiscalQuarter", "fiscalMonth", "person"];

    async Task Run(string key, string start, int priority, params (string? Taken, string Closed, string Act)[] acts)
    {
        world.Clock.SetBangkok(start);
        var id = await world.Officer.Started(key, $"เรื่อง {start}");
        if (priority > 0)
            (await world.Director.Post($"process-instances/{id}/priority", new { priority = priority == 1 ? "urgent" : "veryUrgent" })).Ok();
        foreach (var (taken, closed, act) in acts)
        {
            var opened = world.Clock.GetUtcNow();
            var who = act is "reject" or "return" or "approve" ? world.Director : world.Officer;
            if (taken is not null)
            {
                world.Clock.SetBangkok(taken);
                (await who.Claim(await who.OpenTaskOf(id))).Ok();
            }

            world.Clock.SetBangkok(closed);
            var task = await who.OpenTaskOf(id);
            (await who.Act(act, task, act == "complete" ? null : new { comment = "ดู" })).Ok();
            Note(id, key, task, priority, opened, taken is null ? null : ManualClock.Bangkok(taken), act);
        }

        open.Add((world.Clock.GetUtcNow(), key));
    }

    void Note(string id, string key, JsonNode task, int priority, DateTimeOffset opened, DateTimeOffset? taken, string act) => done.Add(new Done(
        key, task.Text("step"), task.Text("role"), task.Number("attempt"), priority, opened, taken, world.Clock.GetUtcNow(),
        (string?)task["dueAt"] is { } due ? DateTimeOffset.Parse(due, CultureInfo.InvariantCulture).ToUniversalTime() : null,
        act switch { "reject" => "rejected", "return" => "returned", "approve" => "approved", _ => "completed" }, id));

    async Task RunSuspendedAndExtended()
    {
        world.Clock.SetBangkok("2026-03-17 09:00");
        var opened = world.Clock.GetUtcNow();
        var id = await world.Officer.Started(World.SuratThani, "พักแล้วขยาย");
        var deadline = await world.ScalarAsync<Guid>("SELECT deadline_id FROM deadline WHERE instance_id = @id", new { id = Guid.Parse(id) });
        world.Clock.SetBangkok("2026-03-18 09:00");
        (await world.Director.Post($"process-instances/{id}/suspend", new { comment = "รอ" })).Ok();
        world.Clock.SetBangkok("2026-03-19 14:00");
        (await world.Director.Post($"process-instances/{id}/resume", new { })).Ok();
        world.Clock.SetBangkok("2026-03-20 09:00");
        (await world.Officer.Claim(await world.Officer.OpenTaskOf(id))).Ok();
        (await world.Director.Post(
            $"process-instances/{id}/deadlines/{deadline}/extend", new { comment = "รอข้อมูล", rule = new { rule = "working_days", n = 2 } })).Ok();
        world.Clock.SetBangkok("2026-03-24 11:15");
        var task = await world.Officer.OpenTaskOf(id);
        (await world.Officer.Complete(task)).Ok();
        Note(id, World.SuratThani, task, 0, opened, ManualClock.Bangkok("2026-03-20 09:00"), "complete");
        done[^1] = done[^1] with
        {
            Stood = (ManualClock.Bangkok("2026-03-18 09:00"), ManualClock.Bangkok("2026-03-19 14:00")),
            Extended = true,
        };
        open.Add((world.Clock.GetUtcNow(), World.SuratThani));
    }

    string KeyOf(string groupBy, Done d) => groupBy switch
    {
        "person" => people[d.By],
        "definition" => d.Key,
        "step" => $"{d.Key}/{d.Step}",
        "version" => $"{d.Key}/1",
        "role" => d.Role,
        "group" => d.Role == Roles.Officer ? group.ToString() : "",
        "priority" => $"{d.Priority}",
        "office" => World.Office,
        "fiscalQuarter" => "2569-Q2",
        _ => "2569-06",
    };

    /// <summary>The smallest that so many tenths do not pass; -1 where there is none.</summary>
    static int Ranked(IEnumerable<int> values, int tenths)
    {
        var ordered = values.Order().ToList();
        return ordered.Count == 0 ? -1 : ordered[(int)Math.Ceiling(ordered.Count * tenths / 10.0) - 1];
    }

    static (int, int) Both(IEnumerable<int> values) => (Ranked(values, 5), Ranked(values, 9));

    static (int, int) Both(JsonNode? told) => told is null ? (-1, -1) : (told.Number("median"), told.Number("ninetieth"));

    [TestCaseSource(nameof(Groupings))]
    public async Task Every_figure_is_what_the_test_worked_out_by_itself(string groupBy)
    {
        var items = (await Auditor.Get($"reports/figures?groupBy={groupBy}&from=2025-09-30T17:00:00Z")).Ok()["items"]!.AsArray();
        var expected = done.GroupBy(d => KeyOf(groupBy, d)).ToDictionary(g => g.Key, g => g.ToList());
        items.Select(i => i!.Text("key")).ShouldBe(expected.Keys.Order(StringComparer.Ordinal));
        foreach (var item in items.Select(i => i!))
        {
            var (key, work) = (item.Text("key"), expected[item.Text("key")]);
            var (limits, tasks, timed) = (item["limits"]!, item["tasks"]!, work.Where(d => d.Due is not null).ToList());
            limits.Number("counted").ShouldBe(timed.Count, key);
            Both(limits["percentUsed"]).ShouldBe(Both(timed.Select(d => d.Percent)), $"{key}: per cent of the limit");
            limits.Number("pauses").ShouldBe(timed.Count(d => d.Stood is not null), key);
            limits.Number("extensions").ShouldBe(timed.Count(d => d.Extended), key);
            limits.Number("minutesStood").ShouldBe(timed.Sum(d => d.Stood is { } s ? Minutes(s.From, s.To) : 0), key);
            tasks.Number("done").ShouldBe(work.Count, key);
            tasks.Number("cases").ShouldBe(work.Select(d => d.Case).Distinct().Count(), key);
            Both(tasks["minutesWaited"]).ShouldBe(Both(work.Select(d => d.Waited)), $"{key}: waited");
            Both(tasks["minutesWorked"]).ShouldBe(Both(work.Select(d => d.Worked)), $"{key}: worked");
            tasks.Number("again").ShouldBe(work.Count(d => d.Attempt > 1), key);
            tasks.Number("returned").ShouldBe(work.Count(d => d.Outcome == "returned"), key);
            tasks.Number("rejected").ShouldBe(work.Count(d => d.Outcome == "rejected"), key);
        }
    }

    [Test]
    public void What_the_test_did_has_something_of_everything()
    {
        done.Count(d => d.Attempt > 1).ShouldBeGreaterThan(1);
        done.ShouldContain(d => d.Due != null && d.Closed > d.Due);
        done.ShouldContain(d => d.Due != null && d.Percent > 100);
        done.Select(d => d.Priority).Distinct().Count().ShouldBe(3);
        done.Where(d => d.Due is not null).ShouldAllBe(d => (d.Closed > d.Due) == (d.Percent > 100));
    }

    [Test]
    public async Task What_came_in_went_out_and_how_old_the_rest_is()
    {
        var told = (await Auditor.Get("reports/workload?from=2025-09-30T17:00:00Z")).Ok();
        var months = told["months"]!.AsArray();
        months.Select(m => (m!.Text("fiscalMonth"), m!.Number("started"), m!.Number("ended"))).ShouldBe([("2569-06", open.Count, 0)]);
        // Of Tuesday 31 March: tasks of the 30th and 31st are up to one working day old, back to the 26th three, the 24th five, the 17th ten.
        DateTimeOffset[] from =
        [
            ManualClock.Bangkok("2026-03-30 00:00"), ManualClock.Bangkok("2026-03-26 00:00"), ManualClock.Bangkok("2026-03-24 00:00"),
            ManualClock.Bangkok("2026-03-17 00:00"), ManualClock.Bangkok("2026-03-02 00:00"),
        ];
        var ages = told["ages"]!.AsArray();
        ages.Select(a => a!.Number("open")).ShouldBe(
            [.. Enumerable.Range(0, 5).Select(i => open.Count(o => o.Opened >= from[i] && (i == 0 || o.Opened < from[i - 1]))), 0]);
        ages.Sum(a => a!.Number("open")).ShouldBe(open.Count);
        foreach (var spread in told["used"]!.AsArray())
        {
            var (least, most) = (spread!.Number("fromPercent"), (int?)spread!["toPercent"] ?? int.MaxValue);
            spread.Number("number").ShouldBe(
                done.Count(d => d.Due is not null && (d.Percent > least || least == 0) && d.Percent <= most), $"{least}");
        }

        told["rounds"]!.AsArray().Select(r => r!.Number("tasks")).ShouldBe(
            Enumerable.Range(1, 5).Select(round => done.Count(d => d.Attempt == round)));
        told["grants"]!.AsArray().Select(g => (g!.Text("kind"), g!.Number("number"))).ShouldBe([("extended", 1), ("suspended", 1)], ignoreOrder: true);
        told["grants"]![0]!.Text("name").ShouldNotBeEmpty();
    }

    [Test]
    public async Task The_statistics_of_services_are_what_was_asked_for_month_by_month()
    {
        var told = (await Auditor.Get($"reports/services?office={World.Office}&fiscalYear=2569")).Ok();
        var items = told["items"]!.AsArray();
        items.Select(i => i!.Text("key")).ShouldBe(open.Select(o => o.Key).Distinct().Order(StringComparer.Ordinal));
        foreach (var item in items.Select(i => i!))
        {
            var (key, began) = (item.Text("key"), open.Count(o => o.Key == item.Text("key")));
            // October is the first month of the year; March the sixth.
            item["months"]!.AsArray().Select(m => (int)m!).ShouldBe([0, 0, 0, 0, 0, began, 0, 0, 0, 0, 0, 0], key);
            (item.Number("total"), item.Number("ended")).ShouldBe((began, 0), key);
            var decided = done.Where(d => d.Key == key && d.Due is not null).ToList();
            var overdue = decided.Count == 0 ? 0 : Kept(key).Number("overdue");
            ((int?)item["percentOnTime"]).ShouldBe(
                decided.Count == 0 ? null : 100 * decided.Count(d => d.Closed <= d.Due) / (decided.Count + overdue), key);
        }

        (await Auditor.Get($"reports/services?office={World.Office}&fiscalYear=2026")).ShouldBeProblem(400, "invalid-input", "fiscalYear");
        (await Auditor.Get("reports/services?office=elsewhere")).ShouldBeProblem(404, "office-not-found", "office");
        (await world.Officer.Get($"reports/services?office={World.Office}")).ShouldBeProblem(403, "not-allowed");

        JsonNode Kept(string key) => beforeMeasured[0].AsArray().Single(i => i!.Text("key") == key)!;
    }

    [Test]
    public async Task The_pages_show_the_figures_and_take_them_away()
    {
        var director = world.Visitor();
        await director.SignIn(Roles.Director);
        (await director.Go("/reports/overview?year=2569")).ShouldBe(200).ShouldSay(
            "เสร็จทันกำหนด", "การรักษาเวลารายเดือน", "อายุของงานที่ค้างอยู่ขณะนี้", "คอขวดบนผังงาน", "ขยายเวลา");
        director.Page.Html.ShouldContain("data-chart=\"spread\"");
        director.Page.Html.ShouldContain("/lib/echarts.min.js");
        (await director.Go("/")).Html.ShouldNotContain("echarts", Case.Insensitive, "no other page needs it");
        foreach (var groupBy in Groupings)
            (await director.Go($"/reports/figures?year=2569&groupBy={groupBy}&compare=2568")).ShouldBe(200).ShouldSay("รอผู้รับ");
        (await director.Go("/reports/services?year=2569")).ShouldBe(200).ShouldSay("สถิติการให้บริการ");
        foreach (var (page, form) in new[]
        {
            ("/reports/figures?year=2569", "/reports/figures?handler=Export&year=2569&groupBy=definition"),
            ("/reports/services?year=2569", "/reports/services?handler=Export&year=2569&office=demo"),
        })
        {
            foreach (var format in new[] { "csv", "xlsx" })
            {
                await director.Go(page);
                (await director.Submit(form, ("format", format))).ShouldBe(200);
            }
        }

        (await Auditor.All("administration/events?action=report-exported", 50)).Select(e => e["detail"]!.Text("kind"))
            .ShouldBe(["services", "services", "times", "times"]);
        foreach (var wrong in new[] { "/reports/overview?year=2026", "/reports/figures?groupBy=moon", "/reports/services?year=1" })
            (await director.Go(wrong)).ShouldBe(404);
        var officer = world.Visitor();
        await officer.SignIn(Roles.Officer);
        foreach (var page in new[] { "/reports/overview", "/reports/figures", "/reports/services" })
            (await officer.Go(page)).ShouldBe(403);
    }

    [Test]
    public async Task What_counts_as_kept_is_the_same_whether_it_is_measured_yet_or_not()
    {
        foreach (var (groupBy, before) in Groupings.Zip(beforeMeasured))
        {
            var after = (await Auditor.Get($"sla/compliance?groupBy={groupBy}&from=2025-09-30T17:00:00Z")).Ok()["items"]!;
            after.ToJsonString().ShouldBe(before.ToJsonString(), groupBy);
            var late = done.Where(d => d.Due is not null && d.Closed > d.Due).CountBy(d => KeyOf(groupBy, d)).ToDictionary();
            foreach (var item in after.AsArray().Where(i => i!.Number("late") > 0 || late.ContainsKey(i!.Text("key"))))
                item!.Number("late").ShouldBe(late.GetValueOrDefault(item!.Text("key")), $"{groupBy} {item!.Text("key")}");
        }
    }

    /// <summary>Months that are added up, months that are not, and the ends of a period that is no whole months.</summary>
    [TestCase("2026-03-01", "2026-04-01")]
    [TestCase("2026-02-15", "2026-03-17")]
    [TestCase("2026-03-10", "2026-03-20")]
    [TestCase("2025-10-01", "2026-10-01")]
    public async Task A_period_counts_what_came_in_it_whether_its_months_are_added_up_or_not(string from, string to)
    {
        var expected = done.Where(d => d.Due is not null && d.Opened >= ManualClock.Bangkok(from + " 00:00") && d.Opened < ManualClock.Bangkok(to + " 00:00"))
            .ToList();
        (await world.ScalarAsync<long>("SELECT COUNT(*) FROM measured_digest")).ShouldBeGreaterThan(0);
        (await Both()).ShouldBe((expected.Count(d => d.Closed <= d.Due), expected.Count(d => d.Closed > d.Due)));
        await world.ExecuteAsync("INSERT INTO measured_month_stale (office, fiscal_month, changes) VALUES ('demo', 202603, 7)");
        (await Both()).ShouldBe((expected.Count(d => d.Closed <= d.Due), expected.Count(d => d.Closed > d.Due)));
        await Measure();
        (await world.ScalarAsync<long>("SELECT COUNT(*) FROM measured_month_stale")).ShouldBe(0);
        (await Both()).ShouldBe((expected.Count(d => d.Closed <= d.Due), expected.Count(d => d.Closed > d.Due)));

        async Task<(int OnTime, int Late)> Both()
        {
            var items = (await Auditor.Get($"sla/compliance?groupBy=step&from={from}&to={to}")).Ok()["items"]!.AsArray();
            return (items.Sum(i => i!.Number("onTime")), items.Sum(i => i!.Number("late")));
        }
    }

    [TestCase("version", "definitionVersion")]
    [TestCase("role", "role")]
    [TestCase("group", "group")]
    [TestCase("priority", "priority")]
    [TestCase("fiscalQuarter", "fiscalQuarter")]
    public async Task Each_cell_leads_to_as_many_rows_as_it_says(string groupBy, string filter)
    {
        foreach (var item in (await Auditor.Get($"sla/compliance?groupBy={groupBy}&from=2025-09-30T17:00:00Z")).Ok()["items"]!.AsArray())
        {
            var key = item!.Text("key");
            var narrowed = filter == "definitionVersion"
                ? $"definitionKey={key.Split('/')[0]}&definitionVersion={key.Split('/')[1]}"
                : $"{filter}={(key.Length == 0 ? "-" : key)}";
            foreach (var standing in new[] { "onTime", "late", "open", "overdue", "withoutLimit" })
            {
                (await Auditor.All($"sla/tasks?from=2025-09-30T17:00:00Z&standing={standing}&{narrowed}", 50)).Count
                    .ShouldBe(item!.Number(standing), $"{key} {standing}");
            }
        }
    }

    [Test]
    public async Task Measured_anew_from_the_events_it_is_the_same_and_a_later_holiday_changes_nothing()
    {
        var before = await Rows();
        before.Count.ShouldBeGreaterThan(10);
        // The day stands in the calendar from now on: whoever counts by the newest edition counts less.
        (await world.As(Roles.Administrator).Post(
            $"calendars/{World.Office}/changes",
            new
            {
                add = new[] { new { date = "2026-03-11", kind = "closure" } },
                reference = "คำสั่งสำนักงานที่ 12/2569",
                reason = "น้ำท่วมสำนักงาน",
                approvedBy = "ผู้อำนวยการสำนักงานเขต",
            })).Status.ShouldBe(201);
        (await Rebuild()).ShouldBe((0, $"{open.Count} cases, 0 measured rows were put right", ""));
        (await Rows()).ShouldBe(before);
        // Somebody was at the tables: rows that are gone, other numbers, a row of nothing, and sums that are none.
        await world.ExecuteAsync("DELETE FROM measured_clock WHERE extensions > 0");
        await world.ExecuteAsync("UPDATE measured_task SET worked = worked + 1 WHERE outcome = 'returned'");
        await world.ExecuteAsync("UPDATE measured_clock SET result = 'late' WHERE result <> 'late' AND definition_version > 0");
        await world.ExecuteAsync("DELETE FROM measured_digest WHERE period % 2 = 0");
        await world.ExecuteAsync("DELETE FROM measured_sheet");
        var wrong = 1 + done.Count(d => d.Outcome == "returned") + done.Count(d => d.Due is not null && !d.Extended && d.Closed <= d.Due);
        (await Rebuild()).ShouldBe((0, $"{open.Count} cases, {wrong} measured rows were put right", ""));
        (await Rows()).ShouldBe(before);
        (await Rebuild("--from", "x")).Code.ShouldBe(MachineCommands.Wrong);

        async Task<(int Code, string Told, string Said)> Rebuild(params string[] args)
        {
            var (told, said) = (new StringWriter(), new StringWriter());
            var code = await MachineCommands.RunAsync(world.Services, ["rebuild-figures", .. args], told, said, CancellationToken.None);
            return (code, told.ToString().TrimEnd(), said.ToString().TrimEnd());
        }

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

    [Test]
    public async Task Figures_by_person_are_for_auditors_and_directors_at_every_door_and_that_they_looked_is_recorded()
    {
        var officer = people["demo.officer"];
        string[] doors =
        [
            "reports/figures?groupBy=person", "sla/compliance?groupBy=person", $"sla/tasks?person={officer}", "sla/tasks?person=-",
        ];
        foreach (var role in new[] { Roles.Administrator, Roles.ProcessOwner, Roles.GroupDirector, Roles.Officer, Roles.CommitteeMember })
        {
            foreach (var door in doors)
                (await world.As(role).Get(door)).ShouldBeProblem(403, "not-allowed");
            foreach (var kind in new[] { "times", "compliance" })
                (await world.As(role).Post("reports/exports", new { kind, format = "csv", groupBy = "person" })).ShouldBeProblem(403, "not-allowed");
        }

        var head = world.Visitor();
        await head.SignIn(Roles.GroupDirector);
        foreach (var page in new[] { "/reports/figures?groupBy=person", "/reports?groupBy=person", $"/reports/tasks?person={officer}" })
            (await head.Go(page)).ShouldBe(403);
        (await head.Go("/reports/figures")).Html.ShouldNotContain("value=\"person\"");

        var before = await Looks();
        foreach (var role in new[] { Roles.Auditor, Roles.Director, Roles.DeputyDirector })
        {
            foreach (var door in doors)
                (await world.As(role).Get(door + "&from=2025-09-30T17:00:00Z")).Ok();
        }

        (await Looks()).ShouldBe(before + 12);
        (await Auditor.All($"sla/tasks?person={officer}&standing=late&from=2025-09-30T17:00:00Z", 50)).Count
            .ShouldBe(done.Count(d => d.By == "demo.officer" && d.Due is not null && d.Closed > d.Due));
        (await Auditor.Get("sla/tasks?person=x")).ShouldBeProblem(400, "invalid-input", "person");

        async Task<int> Looks() => (await Auditor.All("administration/events?action=person-figures-read", 50)).Count;
    }

    [Test]
    public async Task Any_two_periods_are_held_against_each_other()
    {
        var director = world.Visitor();
        await director.SignIn(Roles.Director);
        (await director.Go("/reports/figures?groupBy=office&from=9/3/2569&to=12/3/2569&otherFrom=13/3/2569&otherTo=31/3/2569")).ShouldBe(200)
            .ShouldSay("9 มี.ค. 2569 – 12 มี.ค. 2569", "ร้อยละที่ทัน 13 มี.ค. 2569 – 31 มี.ค. 2569");
        var (first, then) = (
            done.Where(d => d.Due is not null && d.Opened < ManualClock.Bangkok("2026-03-13 00:00")).ToList(),
            done.Where(d => d.Due is not null && d.Opened >= ManualClock.Bangkok("2026-03-13 00:00")).ToList());
        director.Page.Html.ShouldContain($"<td class=\"nowrap\">{first.Count}</td>");
        director.Page.Html.ShouldContain($"<td>{Ranked(then.Select(d => d.Percent), 5)}</td>");
        foreach (var wrong in new[] { "from=9/3/2569", "from=12/3/2569&to=9/3/2569", "from=x&to=y", "otherFrom=1/3/2569" })
            (await director.Go($"/reports/figures?{wrong}")).ShouldBe(404);
    }

    [Test]
    public async Task Of_a_group_the_months_count_what_came_to_its_people_and_what_they_did()
    {
        var months = (await Auditor.Get($"reports/workload?group={group}&from=2025-09-30T17:00:00Z")).Ok()["months"]!.AsArray();
        var its = done.Count(d => d.By == "demo.officer");
        months.Select(m => (m!.Text("fiscalMonth"), m!.Number("started"), m!.Number("ended"))).ShouldBe([("2569-06", its, its)]);
    }

    [Test]
    public async Task What_can_still_be_taken_back_is_not_measured()
    {
        world.Clock.SetBangkok(Now);
        var id = await world.Officer.Started(World.SuratThani, "เพิ่งเสร็จ");
        var task = await world.Officer.OpenTaskOf(id);
        (await world.Officer.Complete(task)).Ok();
        var closed = Guid.Parse(task.Text("id"));
        await Measure();
        (await Measured()).ShouldBe(0);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await Measure();
        (await Measured()).ShouldBe(1);
        // Not of the figures that the others count.
        foreach (var table in new[] { "measured_clock", "measured_task" })
            await world.ExecuteAsync($"DELETE FROM {table} WHERE instance_id = @id", new { id = Guid.Parse(id) });
        await world.ExecuteAsync("DELETE FROM user_task WHERE instance_id = @id", new { id = Guid.Parse(id) });
        await world.ExecuteAsync("DELETE FROM deadline WHERE instance_id = @id", new { id = Guid.Parse(id) });
        await world.ExecuteAsync("DELETE FROM process_instance WHERE instance_id = @id", new { id = Guid.Parse(id) });
        await world.ExecuteAsync("INSERT INTO measured_month_stale (office, fiscal_month, changes) VALUES ('demo', 202603, 1)");
        await Measure();
        world.Clock.SetBangkok(Now);

        Task<long> Measured() => world.ScalarAsync<long>("SELECT COUNT(*) FROM measured_task WHERE task_id = @closed", new { closed });
    }

    [TestCase("groupBy=moon", "groupBy")]
    [TestCase("from=2026-06-01&to=2026-05-01", "from")]
    [TestCase("group=x", "group")]
    public async Task An_impossible_question_is_refused(string query, string field) =>
        (await Auditor.Get($"reports/figures?{query}")).ShouldBeProblem(400, "invalid-input", field);

    [Test]
    public async Task Who_oversees_nothing_reads_no_figures()
    {
        (await world.Officer.Get("reports/figures")).ShouldBeProblem(403, "not-allowed");
        (await world.Officer.Get("reports/workload")).ShouldBeProblem(403, "not-allowed");
        (await Auditor.Get("reports/figures?office=elsewhere")).ShouldBeProblem(403, "not-allowed");
    }
}

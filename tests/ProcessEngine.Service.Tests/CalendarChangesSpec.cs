using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Holidays;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// Promise P8 and section 5 of docs/working-time.md: a change of the calendar is a new version, moves what runs and only that, and says so.
/// Each test has a world of its own: the calendar is everybody's.
/// </summary>
[TestFixture("sqlite")]
[TestFixture("postgresql")]
public sealed class CalendarChangesSpec(string provider)
{
    const string Today = "2026-11-24 10:00";

    World world = null!;

    Person Officer => world.Officer;
    Person Admin => world.SystemAdministrator;

    [SetUp]
    public async Task AWorld() => world = await World.StartAsync(provider, Today);

    [TearDown]
    public async Task TheEnd() => await world.DisposeAsync();

    static object Special(string date) => new
    {
        add = new[] { new { date, name = new { th = "วันหยุดราชการเพิ่มเป็นกรณีพิเศษ", en = "Special holiday" }, kind = "special" } },
        reference = "มติคณะรัฐมนตรี 17 พฤศจิกายน 2569",
        reason = "คณะรัฐมนตรีประกาศวันหยุดเพิ่มเป็นกรณีพิเศษ",
    };

    static object Cancelled(string date) => new
    {
        remove = new[] { date },
        reference = "มติคณะรัฐมนตรี 1 ธันวาคม 2569",
        reason = "ยกเลิกวันหยุด",
    };

    static object Own(string date, string kind = "closure") => new
    {
        add = new[] { new { date, kind } },
        reference = "คำสั่งสำนักงานที่ 12/2569",
        reason = "น้ำท่วมสำนักงาน",
        approvedBy = "ผู้อำนวยการสำนักงานเขต",
    };

    async Task<JsonNode> Change(object change, string calendar = "national", string? key = null)
    {
        var answer = await Admin.Post($"calendars/{calendar}/changes", change, key);
        answer.Ok();
        answer.Status.ShouldBe(201);
        return answer.Ok();
    }

    async Task<string> DueOf(string instance) => (await Officer.OpenTaskOf(instance)).Text("dueAt");

    async Task<Person> Hire(string office, string province, params string[] roles)
    {
        (await Admin.Post("offices", new { code = office, name = new { th = office, en = office }, province })).Ok();
        var user = (await Admin.Post("users", new { userName = $"{office}.person", displayName = office, office, roles })).Ok();
        return await world.WithKeyOf(user.Text("id"));
    }

    [Test]
    public async Task E15_A_holiday_added_later_moves_the_open_task_and_the_history_says_by_what()
    {
        var id = await Officer.Started(World.SuratThani);
        (await DueOf(id)).ShouldBe("2026-12-01T16:30:00+07:00");
        var change = await Change(Special("2026-11-30"));
        (change.Number("fromVersion"), change.Number("toVersion")).ShouldBe((1, 2));
        (change["effect"].Number("moved"), change["effect"].Number("largestShiftMinutes")).ShouldBe((1, 24 * 60));
        (await DueOf(id)).ShouldBe("2026-12-02T16:30:00+07:00");
        (await Officer.Get("calendars/national/due-date?from=2026-11-24T10:00&rule=working_days&n=5")).Ok().Text("due")
            .ShouldBe("2026-12-02T16:30:00+07:00");

        var moved = (await Officer.History(id))[^1]!;
        (moved.Text("type"), moved.Text("comment")).ShouldBe(("DeadlineMoved", "คณะรัฐมนตรีประกาศวันหยุดเพิ่มเป็นกรณีพิเศษ"));
        (moved["data"].Text("calendarChangeId"), moved["data"].Number("fromCalendarVersion"), moved["data"]!["terms"].Number("calendarVersion")).ShouldBe((change.Text("id"), 1, 2));
        moved["data"].Instant("from").ShouldBe(ManualClock.Bangkok("2026-12-01 16:30"));

        var why = (await Officer.Get($"user-tasks/{(await Officer.OpenTaskOf(id)).Text("id")}/deadline")).Ok();
        (why.Text("dueAt"), why.Number("calendarVersion")).ShouldBe(("2026-12-02T16:30:00+07:00", 2));
        why["skipped"]!.AsArray().ShouldContain(d => d!["name"]!.GetValue<string>() == "วันหยุดราชการเพิ่มเป็นกรณีพิเศษ");
        why["moves"]!.AsArray().ShouldHaveSingleItem().Text("calendarChange").ShouldBe(change.Text("id"));
        ((bool)(await Officer.Verify(id))["valid"]!).ShouldBeTrue();
    }

    [Test]
    public async Task The_holder_and_the_owner_of_the_case_are_told_once()
    {
        var id = await Officer.Started(World.SuratThani);
        await Change(Special("2026-11-30"));
        (await Officer.All("notifications", limit: 50)).Where(n => n.Text("kind") == "deadline-moved" && n.Text("processInstanceId") == id)
            .Count()
            .ShouldBe(2, "as one of the officers, and as the one who started the case");
    }

    [Test]
    public async Task The_preview_tells_the_truth_and_stores_nothing()
    {
        for (var i = 0; i < 3; i++)
            await Officer.Started(World.SuratThani, $"เรื่อง {i}");
        await Officer.Started(World.KhonKaen);
        var before = await world.RowCountsAsync();
        var preview = await Admin.Post(
            "calendars/national/changes?preview=true", Special("2026-11-30"), "a key that a preview does not use up");
        preview.Status.ShouldBe(200);
        preview.Body!["id"].ShouldBeNull();
        (await world.RowCountsAsync()).ShouldBe(before);
        var foretold = preview.Ok()["effect"]!;
        (foretold.Number("examined"), foretold.Number("moved"), foretold.Number("cases"), foretold.Number("largestShiftMinutes"))
            .ShouldBe((3, 3, 3, 1440));
        foretold["examples"]!.AsArray().Count.ShouldBe(3);
        foretold["examples"]![0].Text("newDueAt").ShouldBe("2026-12-02T16:30:00+07:00");

        var happened = await Change(Special("2026-11-30"), key: "a key that a preview does not use up");
        happened["effect"]!.ToJsonString().ShouldBe(foretold.ToJsonString());
    }

    [Test]
    public async Task Undo_is_another_change()
    {
        var id = await Officer.Started(World.SuratThani);
        await Change(Special("2026-11-30"));
        (await Change(Cancelled("2026-11-30"))).Number("toVersion").ShouldBe(3);
        (await DueOf(id)).ShouldBe("2026-12-01T16:30:00+07:00");
        (await Officer.All("calendars/changes")).Select(c => (c.Number("toVersion"), c["days"]![0].Text("change")))
            .ShouldBe([(3, "removed"), (2, "added")]);
        ((bool)(await Officer.Verify(id))["valid"]!).ShouldBeTrue();
    }

    [Test]
    public async Task A_due_moment_that_a_cancelled_holiday_puts_into_the_past_is_late_only_once_a_supervisor_confirms()
    {
        await Change(Special("2026-11-30"));
        var id = await Officer.Started(World.SuratThani);
        var second = await Officer.Started(World.SuratThani, "อีกเรื่อง");
        world.Clock.SetBangkok("2026-12-02 09:00");
        await world.Sweep();
        (await Change(Cancelled("2026-11-30")))["effect"].Number("toConfirm").ShouldBe(2);
        await world.Sweep();

        var task = await Officer.OpenTaskOf(id);
        task.Text("dueAt").ShouldBe("2026-12-01T16:30:00+07:00");
        ((bool)task["movedByCalendarChange"]!).ShouldBeTrue();
        (await Officer.All("user-tasks?overdue=true")).ShouldBeEmpty();
        (await Officer.All("process-instances?overdue=true")).ShouldBeEmpty();
        (await Counted()).ShouldBe((2, 0, 0, 0));
        (await world.EventsAsync(id)).ShouldNotContain("TaskOverdue");
        (await world.As(Roles.GroupDirector).All("notifications"))
            .ShouldContain(n => n.Text("kind") == "deadline-to-confirm" && n.Text("processInstanceId") == id);

        (await Officer.Post($"user-tasks/{task.Text("id")}/confirm-deadline", new { })).ShouldBeProblem(403, "not-allowed");
        var confirmed =
            (await world.As(Roles.GroupDirector).Post($"user-tasks/{task.Text("id")}/confirm-deadline", new { comment = "ถูกต้องตามมติ" }))
                .Ok();
        ((bool)confirmed["openTasks"]![0]!["movedByCalendarChange"]!).ShouldBeFalse();
        (await world.As(Roles.GroupDirector).Post($"user-tasks/{task.Text("id")}/confirm-deadline", new { }))
            .ShouldBeProblem(409, "nothing-to-confirm");
        (await world.EventsAsync(id)).ShouldContain("TaskOverdue");
        (await Officer.All("user-tasks?overdue=true")).Select(t => t.Text("processInstanceId")).ShouldBe([id]);
        (await Counted()).ShouldBe((1, 1, 0, 0));

        (await Officer.Complete(await Officer.OpenTaskOf(id))).Ok();
        (await Officer.Complete(await Officer.OpenTaskOf(second))).Ok();
        var (_, _, late, onTime) = await Counted();
        (late, onTime).ShouldBe((1, 1), "what nobody confirmed is nobody's lateness");

        async Task<(int Open, int Overdue, int Late, int OnTime)> Counted()
        {
            var groups = (await Officer.Get("sla/compliance?groupBy=step&from=2026-11-01&to=2026-12-31")).Ok()["items"]!.AsArray()
                .Where(g => g.Text("key") == $"{World.SuratThani}/{task.Text("step")}").ToList();
            return (groups.Sum(g => g.Number("open")), groups.Sum(g => g.Number("overdue")), groups.Sum(g => g.Number("late")), groups.Sum(g => g.Number("onTime")));
        }
    }

    [Test]
    public async Task What_was_overdue_stops_being_so_and_may_become_so_once_more()
    {
        var id = await Officer.Started(World.SuratThani);
        world.Clock.SetBangkok("2026-12-01 17:00");
        await world.Sweep();
        (await Officer.All("user-tasks?overdue=true")).Count.ShouldBe(1);
        (await Change(Special("2026-11-30")))["effect"].Number("noLongerOverdue").ShouldBe(1);
        (await Officer.All("user-tasks?overdue=true")).ShouldBeEmpty();
        (await Officer.History(id))[^1]!["data"]!["superseded"]!.AsArray().Select(r => (string)r!).ShouldBe(["overdue"]);
        await world.Sweep();
        world.Clock.SetBangkok("2026-12-02 16:40");
        await Task.WhenAll(world.Sweep(), world.Sweep());
        (await world.EventsAsync(id)).ShouldBe(
            ["InstanceStarted", "DeadlineSet", "TaskOpened", "TaskReminded", "TaskOverdue", "DeadlineMoved", "TaskOverdue"]);
        ((bool)(await Officer.Verify(id))["valid"]!).ShouldBeTrue();
    }

    [Test]
    public async Task P8_A_closed_result_keeps_its_due_moment_its_version_and_its_answer()
    {
        var id = await Officer.Started(World.SuratThani);
        world.Clock.SetBangkok("2026-12-02 09:00");
        (await Officer.Complete(await Officer.OpenTaskOf(id))).Ok();
        var closed = await Row();
        closed.ShouldContain("late");
        var events = await world.QueryAsync<string>(
            "SELECT payload FROM audit_event WHERE instance_id = @id ORDER BY sequence", new { id = Guid.Parse(id) });
        await Change(Special("2026-11-30"));
        (await Row()).ShouldBe(closed);
        (await world.QueryAsync<string>("SELECT payload FROM audit_event WHERE instance_id = @id ORDER BY sequence", new { id = Guid.Parse(id) })).Take(events.Count).ShouldBe(events);

        Task<string> Row() => world.ScalarAsync<string>(
            "SELECT state || ' ' || result || ' ' || CAST(due_at AS text) FROM deadline WHERE instance_id = @id AND state = 'closed'", new { id = Guid.Parse(id) });
    }

    [Test]
    public async Task A_closure_is_the_offices_own()
    {
        var stranger = await Hire("khonkaen", "TH-40", Roles.Officer, Roles.Administrator);
        var here = await Officer.Started(World.SuratThani);
        var there = await stranger.Started(World.SuratThani, office: "khonkaen");
        var change = (await stranger.Post("calendars/khonkaen/changes", Own("2026-11-26"))).Ok();
        (change["effect"].Number("examined"), change["effect"].Number("moved")).ShouldBe((1, 1));
        (await stranger.OpenTaskOf(there)).Text("dueAt").ShouldBe("2026-12-02T16:30:00+07:00");
        (await DueOf(here)).ShouldBe("2026-12-01T16:30:00+07:00");
        (await world.EventsAsync(here)).Count.ShouldBe(3);
        (await Officer.Get("calendars/TH-40/due-date?from=2026-11-24T10:00&rule=working_days&n=5")).Ok().Text("due")
            .ShouldBe("2026-12-01T16:30:00+07:00");
        (await stranger.Get("calendars/khonkaen/due-date?from=2026-11-24T10:00&rule=working_days&n=5")).Ok().Text("due")
            .ShouldBe("2026-12-02T16:30:00+07:00");
        (await stranger.All("calendars/changes")).Count.ShouldBe(1);
        (await Officer.All("calendars/changes")).ShouldBeEmpty("another office's");

        // A make-up Saturday, and the end of the closure, in one change.
        var opened = new { add = new[] { new { date = "2026-11-28", kind = "opening" } }, remove = new[] { "2026-11-26" }, reference = "คำสั่ง 13/2569", reason = "ทำงานชดเชย", approvedBy = "ผู้อำนวยการ" };
        (await stranger.Post("calendars/khonkaen/changes", opened)).Ok();
        (await stranger.OpenTaskOf(there)).Text("dueAt").ShouldBe("2026-11-30T16:30:00+07:00");
        var days = (await stranger.Get("calendars/khonkaen?year=2026")).Ok()["days"]!.AsArray();
        days.Single(d => d.Text("date") == "2026-11-28")!["works"]!.GetValue<bool>().ShouldBeTrue();
        days.ShouldNotContain(d => d!["date"]!.GetValue<string>() == "2026-11-26");
        (await stranger.Get("calendars/khonkaen?year=2026&version=2")).Ok()["days"]!.AsArray()
            .ShouldContain(d => d!["date"]!.GetValue<string>() == "2026-11-26");
    }

    [Test]
    public async Task A_day_of_low_confidence_counts_only_once_it_is_confirmed()
    {
        var yala = await Hire("yala", "TH-95", Roles.Officer, Roles.Administrator);
        await Hire("pattani", "TH-94", Roles.Officer);
        world.Clock.SetBangkok("2026-05-25 10:00");
        var id = await yala.Started(World.SuratThani, office: "yala");
        var task = await yala.OpenTaskOf(id);
        (task.Text("dueAt"), (bool)task["provisional"]!).ShouldBe(("2026-06-02T16:30:00+07:00", true));
        (await yala.Get("calendars/yala?year=2026")).Ok()["days"]!.AsArray().Single(d => d.Text("date") == "2026-05-27")!["toConfirm"]!
            .GetValue<bool>().ShouldBeTrue();

        var confirm = new { confirm = new[] { "2026-05-27" }, reference = "ประกาศจุฬาราชมนตรี", reason = "ยืนยันวันตรุษอีดิ้ลอัฎฮา", approvedBy = "ผู้อำนวยการ" };
        (await yala.Post("calendars/yala/changes", confirm)).Ok()["days"]![0].Text("change").ShouldBe("confirmed");
        task = await yala.OpenTaskOf(id);
        (task.Text("dueAt"), (bool)task["provisional"]!).ShouldBe(("2026-06-04T16:30:00+07:00", false), "3 June is a holiday");
        const string query = "due-date?from=2026-05-25T10:00&rule=working_days&n=5";
        (await Admin.Get($"calendars/pattani/{query}")).Ok().Text("due").ShouldBe("2026-06-02T16:30:00+07:00");

        // The system administrator confirms it for all five provinces, under the scope that the table gives it.
        await Change(confirm, "TH-96|TH-90|TH-91|TH-94|TH-95");
        (await Admin.Get($"calendars/pattani/{query}")).Ok().Text("due").ShouldBe("2026-06-04T16:30:00+07:00");
        (await Officer.Get($"calendars/national/{query}")).Ok().Text("due").ShouldBe("2026-06-02T16:30:00+07:00");
    }

    [Test]
    public async Task The_same_request_changes_the_calendar_once()
    {
        var sent = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => Admin.Post("calendars/national/changes", Special("2026-11-30"), "once")));
        sent.Select(a => a.Ok().Text("id")).Distinct().Count().ShouldBe(1);
        sent.Count(a => a.Replayed).ShouldBe(5);
        (await world.ScalarAsync<long>("SELECT MAX(version) FROM calendar_version")).ShouldBe(2);
        (await Admin.Post("calendars/national/changes", Special("2026-12-01"), "once")).ShouldBeProblem(422, "idempotency-key-reused");
        (await Admin.Post("calendars/national/changes", Special("2026-11-30"))).ShouldBeProblem(400, "invalid-input", "add[0].date");
    }

    [Test]
    public async Task No_decision_made_by_the_old_calendar_is_stored_after_the_change()
    {
        var other = provider == "postgresql" ? await World.StartAsync(provider, beside: world) : world;
        try
        {
            var starts = Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? world : other).Officer.Started(World.SuratThani, $"เรื่อง {i}"))
                .ToList();
            var change = Change(Special("2026-11-30"));
            var cases = await Task.WhenAll(starts);
            await change;
            foreach (var id in cases)
                (await DueOf(id)).ShouldBe("2026-12-02T16:30:00+07:00");

            // The other node has not been asked anything since; it decides by the new version all the same.
            await Change(Cancelled("2026-11-30"));
            (await DueOf(await other.Officer.Started(World.SuratThani))).ShouldBe("2026-12-01T16:30:00+07:00");
            (await other.Officer.Get("calendars/national")).Ok().Number("version").ShouldBe(3);
            foreach (var id in cases.Take(5))
                ((bool)(await Officer.Verify(id))["valid"]!).ShouldBeTrue();
        }
        finally
        {
            if (other != world)
                await other.DisposeAsync();
        }
    }

    [Test]
    public async Task P4_Sweeps_and_a_change_at_once_take_each_rung_once()
    {
        var cases = new List<string>();
        for (var i = 0; i < 20; i++)
            cases.Add(await Officer.Started(World.SuratThani, $"เรื่อง {i}"));
        world.Clock.SetBangkok("2026-12-01 16:40");
        await Task.WhenAll(world.Sweep(), Change(Special("2026-11-30")), world.Sweep(), world.Sweep());
        await world.Sweep();
        world.Clock.SetBangkok("2026-12-02 16:40");
        await Task.WhenAll(world.Sweep(), world.Sweep());
        foreach (var id in cases)
        {
            var events = await world.EventsAsync(id);
            var moved = events.ToList().IndexOf("DeadlineMoved");
            events.Take(moved).Count(e => e == "TaskOverdue").ShouldBeLessThanOrEqualTo(1);
            events.Skip(moved).Count(e => e == "TaskOverdue").ShouldBe(1);
            events.Count(e => e == "TaskReminded").ShouldBe(1);
            ((bool)(await Officer.Verify(id))["valid"]!).ShouldBeTrue();
        }
    }

    [Test]
    public async Task A_newer_shipped_table_is_a_change_like_any_other_and_does_not_overrule_what_was_entered_here()
    {
        await Change(Special("2026-11-30"));
        await Change(Cancelled("2026-12-10"));
        var id = await Officer.Started(World.SuratThani);
        (await DueOf(id)).ShouldBe("2026-12-02T16:30:00+07:00");
        var loader = world.Services.GetRequiredService<HolidayTableLoader>();
        var newer = HolidayTableLoader.ShippedTable().TrimEnd() + "\n2026-11-27,วันหยุดพิเศษ,Special holiday,special,national,ทดสอบ,high\n";
        await loader.LoadAsync(newer, HolidayTableLoader.Coverage, CancellationToken.None);
        (await DueOf(id)).ShouldBe("2026-12-03T16:30:00+07:00");
        await loader.LoadAsync(newer, HolidayTableLoader.Coverage, CancellationToken.None);

        var days = (await Officer.Get("calendars/national?year=2026")).Ok();
        days.Number("version").ShouldBe(4);
        var dates = days["days"]!.AsArray().Select(d => d.Text("date")).ToList();
        dates.ShouldContain("2026-11-30");
        dates.ShouldNotContain("2026-12-10", "it was cancelled here");
        (await Officer.All("calendars/changes"))[0]["by"].ShouldBeNull("the program brought it along");
        ((bool)(await Officer.Verify(id))["valid"]!).ShouldBeTrue();
    }

    [Test]
    public async Task A_year_becomes_certain_when_it_is_announced()
    {
        world.Clock.SetBangkok("2026-12-28 10:00");
        var id = await Officer.Started(World.SuratThani);
        ((bool)(await Officer.OpenTaskOf(id))["provisional"]!).ShouldBeTrue();
        var announced = new
        {
            add = new[] { new { date = "2027-05-12", name = new { th = "วันพืชมงคล" }, kind = "lunar" } },
            lastAnnouncedYear = 2027,
            reference = "ประกาศสำนักพระราชวัง",
            reason = "ประกาศวันหยุดราชการ พ.ศ. 2570",
        };
        (await Change(announced))["effect"].Number("onlyMarked").ShouldBe(1);
        ((bool)(await Officer.OpenTaskOf(id))["provisional"]!).ShouldBeFalse();
        (await Officer.All("notifications")).ShouldNotContain(n => n.Text("kind") == "deadline-moved", "nothing has moved");
    }

    [Test]
    public async Task Only_whose_calendar_it_is_changes_it()
    {
        await Hire("khonkaen", "TH-40", Roles.Officer);
        var own = await Hire("surat", "TH-84", Roles.Administrator);
        (await own.Post("calendars/national/changes", Special("2026-11-30"))).ShouldBeProblem(403, "not-allowed");
        (await own.Post("calendars/TH-84/changes", Special("2026-11-30"))).ShouldBeProblem(403, "not-allowed");
        (await own.Post("calendars/khonkaen/changes", Own("2026-11-30"))).ShouldBeProblem(404, "calendar-not-found", "calendar");
        (await Officer.Post("calendars/demo/changes", Own("2026-11-30"))).ShouldBeProblem(403, "not-allowed");
        (await Officer.Post("calendars/national/changes?preview=true", Special("2026-11-30"))).ShouldBeProblem(403, "not-allowed");
        (await Admin.Post("calendars/nowhere/changes", Special("2026-11-30"))).ShouldBeProblem(404, "calendar-not-found", "calendar");
        (await own.Post("calendars/surat/changes", Own("2026-11-30"))).Status.ShouldBe(201);
    }

    static IEnumerable<TestCaseData> BadChanges()
    {
        yield return Bad("national", "{\"reference\":\"x\",\"reason\":\"x\"}", "add", "nothing");
        yield return Bad(
            "national", "{\"add\":[{\"date\":\"2026-11-30\",\"name\":{\"th\":\"ก\"}}],\"reference\":\"x\"}", "reason", "no reason");
        yield return Bad(
            "national", "{\"add\":[{\"date\":\"2026-11-30\",\"name\":{\"th\":\"ก\"}}],\"reason\":\"x\"}", "reference", "no reference");
        yield return Bad(
            "national", "{\"add\":[{\"date\":\"30/11/2026\"}],\"reference\":\"x\",\"reason\":\"x\"}", "add[0].date", "a date that is none");
        yield return Bad("national", "{\"add\":[null],\"reference\":\"x\",\"reason\":\"x\"}", "add[0]", "null for a day");
        yield return Bad(
            "national", "{\"add\":[{\"date\":\"2026-11-30\"}],\"reference\":\"x\",\"reason\":\"x\"}", "add[0].name.th", "no name");
        yield return Bad(
            "national",
            "{\"add\":[{\"date\":\"2026-11-30\",\"name\":{\"th\":\"ก\"},\"kind\":\"closure\"}],\"reference\":\"x\",\"reason\":\"x\"}",
            "add[0].kind", "a kind of another calendar");
        yield return Bad(
            "national", "{\"add\":[{\"date\":\"2069-11-30\",\"name\":{\"th\":\"ก\"}}],\"reference\":\"x\",\"reason\":\"x\"}",
            "add[0].date", "a year beyond the table");
        yield return Bad(
            "national", "{\"add\":[{\"date\":\"2026-12-10\",\"name\":{\"th\":\"ก\"}}],\"reference\":\"x\",\"reason\":\"x\"}",
            "add[0].date", "a holiday already");
        yield return Bad(
            "national", "{\"remove\":[\"2026-11-30\"],\"reference\":\"x\",\"reason\":\"x\"}", "remove[0]", "no holiday to remove");
        yield return Bad(
            "national", "{\"remove\":[\"2026-12-10\",\"2026-12-10\"],\"reference\":\"x\",\"reason\":\"x\"}", "remove", "a day twice");
        yield return Bad(
            "TH-95", "{\"remove\":[\"2026-05-27\"],\"reference\":\"x\",\"reason\":\"x\"}", "remove[0]", "a day of a wider scope");
        yield return Bad("national", "{\"confirm\":[\"2026-12-10\"],\"reference\":\"x\",\"reason\":\"x\"}", "confirm[0]", "a certain day");
        yield return Bad(
            "national", "{\"lastAnnouncedYear\":2099,\"reference\":\"x\",\"reason\":\"x\"}", "lastAnnouncedYear",
            "an announced year beyond the table");
        yield return Bad(
            "demo", "{\"add\":[{\"date\":\"2026-11-30\",\"kind\":\"closure\"}],\"reference\":\"x\",\"reason\":\"x\"}", "approvedBy",
            "no approver");
        yield return Bad(
            "demo",
            "{\"add\":[{\"date\":\"2026-11-30\",\"kind\":\"special\"}],\"reference\":\"x\",\"reason\":\"x\",\"approvedBy\":\"x\"}",
            "add[0].kind", "not a day of an office");

        static TestCaseData Bad(string calendar, string body, string field, string name) =>
            new TestCaseData(calendar, body, field).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(BadChanges))]
    public async Task A_bad_change_is_refused_by_its_field_and_nothing_is_stored(string calendar, string body, string field)
    {
        var before = await world.RowCountsAsync();
        (await Admin.Post($"calendars/{calendar}/changes", body)).ShouldBeProblem(400, "invalid-input", field);
        (await world.RowCountsAsync()).ShouldBe(before);
    }
}

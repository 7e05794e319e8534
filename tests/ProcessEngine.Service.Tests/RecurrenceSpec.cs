using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Recurrences;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Tests.Catalogue;
using ProcessEngine.Service.Web;

namespace ProcessEngine.Service.Tests;

/// <summary>Procedures that start by themselves: once for each occurrence, on a working day, none left out after an outage.</summary>
public sealed class RecurrenceSpec(string provider) : OnBothDatabases(provider)
{
    protected override string Today => "2026-11-20 09:00";

    Task<int> RunAsync() => World.Services.GetRequiredService<RecurringStarts>().RunAsync(CancellationToken.None);

    static string Route(string definition) => $"offices/{World.Office}/recurrences/{definition}";

    async Task<List<string>> KeysOf(string definition) =>
        [.. (await Officer.All($"process-instances?definitionKey={definition}&office={World.Office}", 50)).Where(i => i["businessKey"] is not null).Select(i => i.Text("businessKey")).Order(StringComparer.Ordinal)];

    [Test]
    public async Task A_monthly_procedure_starts_on_the_working_day_named_or_the_next_once_each_month_also_after_an_outage()
    {
        var set =
            (await As(Roles.ProcessOwner).Put(Route(World.KhonKaen), new { every = "month", day = "5", title = "บำรุงรักษาประจำเดือน" }))
                .Ok();
        set.Text("nextOn").ShouldBe("2026-12-05");
        // 5 December 2569 is a Saturday and a holiday, 7 December its substitution.
        set.Instant("nextAt").ShouldBe(Testing.ManualClock.Bangkok("2026-12-08 08:30"));
        (await RunAsync()).ShouldBe(0);

        Clock.SetBangkok("2027-02-10 10:00");
        await Task.WhenAll(RunAsync(), RunAsync());
        await RunAsync();
        (await KeysOf(World.KhonKaen)).ShouldBe(["2026-12", "2027-01", "2027-02"]);
        var started = (await Officer.All($"process-instances?businessKey=2027-01&office={World.Office}", 10)).ShouldHaveSingleItem();
        started.Text("title").ShouldBe("บำรุงรักษาประจำเดือน 2027-01");
        (await Officer.Verify(started.Text("id")))["valid"]!.GetValue<bool>().ShouldBeTrue();

        (await As(Roles.ProcessOwner).Delete(Route(World.KhonKaen))).Status.ShouldBe(204);
        Clock.SetBangkok("2027-06-10 10:00");
        (await RunAsync()).ShouldBe(0);
    }

    [Test]
    public async Task A_yearly_procedure_is_named_after_its_fiscal_year()
    {
        (await As(Roles.Administrator).Put(Route(World.SuratThani), new { every = "fiscal_year", day = "10-01", title = "รายงานผลประจำปี" })).Ok();
        Clock.SetBangkok("2027-10-01 08:30");
        (await RunAsync()).ShouldBe(1);
        (await KeysOf(World.SuratThani)).ShouldBe(["fy2571"]);
        (await As(Roles.Auditor).All($"offices/{World.Office}/recurrences")).ShouldContain(r => r.Text("nextOn") == "2028-10-01");
    }

    [Test]
    public async Task The_result_of_one_year_is_what_the_next_begins_with()
    {
        const string key = "test.yearly-report";
        var definition = System.Text.Json.Nodes.JsonNode.Parse("""
            {"definitionId":"test.yearly-report","name":"รายงานประจำปี","customProperties":{"carryOver":{"adviceLastYear":"advice"}},
            "variables":[{"name":"advice","typeName":"String"},{"name":"adviceLastYear","typeName":"String"},{"name":"asOf","typeName":"DateTime","value":"06-10"}],
            "root":{"type":"Elsa.Flowchart","activities":[
            {"id":"start","type":"ProcessEngine.Start"},{"id":"report","type":"ProcessEngine.UserTask","nameTh":"รายงาน","role":"officer"},{"id":"end","type":"ProcessEngine.End"}],
            "connections":[{"source":{"activity":"start","port":"Done"},"target":{"activity":"report","port":"In"}},{"source":{"activity":"report","port":"Done"},"target":{"activity":"end","port":"In"}}]}}
            """);
        (await As(Roles.ProcessOwner).Put($"process-definitions/{key}/draft", definition)).Ok();
        (await As(Roles.ProcessOwner).Post($"process-definitions/{key}/draft/publish", Why.Published)).Ok();
        var first = (await Officer.Start(key)).Ok();
        first["variables"]!.ToJsonString().ShouldBe("""{"asOf":"2027-06-10"}""");
        (await Officer.Complete(await Officer.OpenTaskOf(first.Text("id")), outputs: new { advice = "more channels" })).Ok();
        // One that is not completed says nothing.
        (await Officer.Start(key, variables: new { advice = "unfinished" })).Ok()["variables"]!.Text("adviceLastYear")
            .ShouldBe("more channels");

        (await As(Roles.Administrator).Put(Route(key), new { every = "fiscal_year", day = "10-01", title = "รายงานประจำปี" })).Ok();
        Clock.SetBangkok("2027-10-01 08:30");
        (await RunAsync()).ShouldBe(1);
        var next = (await Officer.All($"process-instances?definitionKey={key}&office={World.Office}&data=true", 10))[0];
        next["variables"]!.ToJsonString().ShouldBe("""{"adviceLastYear":"more channels","asOf":"2028-06-10"}""");
        (await Officer.Verify(next.Text("id")))["valid"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Test]
    public async Task A_start_moves_off_a_day_that_is_no_working_day_any_more_and_happens_once()
    {
        Clock.SetBangkok("2027-07-01 09:00");
        var set = (await As(Roles.ProcessOwner).Put(Route(World.KhonKaen), new { every = "month", day = "6", title = "ย้ายวัน" })).Ok();
        set.Instant("nextAt").ShouldBe(Testing.ManualClock.Bangkok("2027-07-06 08:30"));
        (await World.SystemAdministrator.Post($"calendars/{World.Office}/changes", new
        {
            add = new[] { new { date = "2027-07-06", kind = "closure" }, new { date = "2027-07-07", kind = "closure" } },
            reference = "ที่ 12/2570",
            reason = "น้ำท่วมสำนักงาน",
            approvedBy = "ผู้อำนวยการ",
        })).Ok();

        Clock.SetBangkok("2027-07-06 09:00");
        await Task.WhenAll(RunAsync(), RunAsync());
        (await KeysOf(World.KhonKaen)).ShouldNotContain("2027-07");
        var moved = (await As(Roles.ProcessOwner).All($"offices/{World.Office}/recurrences")).Single(r => r.Text("definitionKey") == World.KhonKaen);
        (moved.Text("nextOn"), moved.Instant("nextAt")).ShouldBe(("2027-07-06", Testing.ManualClock.Bangkok("2027-07-08 08:30")));

        Clock.SetBangkok("2027-07-08 08:30");
        await Task.WhenAll(RunAsync(), RunAsync());
        (await KeysOf(World.KhonKaen)).Count(k => k == "2027-07").ShouldBe(1);
        (await As(Roles.ProcessOwner).Delete(Route(World.KhonKaen))).Status.ShouldBe(204);
    }

    [Test]
    public async Task A_start_goes_back_to_its_day_when_the_holiday_is_taken_away_again()
    {
        Clock.SetBangkok("2027-08-02 09:00");
        (await As(Roles.ProcessOwner).Put(Route(World.KhonKaen), new { every = "month", day = "5", title = "กลับวันเดิม" })).Ok();
        await Change(new { add = new[] { new { date = "2027-08-05", kind = "closure" } } });
        await RunAsync();
        (await NextAt()).ShouldBe(Testing.ManualClock.Bangkok("2027-08-06 08:30"));
        await Change(new { remove = new[] { "2027-08-05" } });
        await RunAsync();
        (await NextAt()).ShouldBe(Testing.ManualClock.Bangkok("2027-08-05 08:30"));

        Clock.SetBangkok("2027-08-05 08:30");
        await RunAsync();
        (await KeysOf(World.KhonKaen)).Count(k => k == "2027-08").ShouldBe(1);
        (await As(Roles.ProcessOwner).Delete(Route(World.KhonKaen))).Status.ShouldBe(204);

        async Task<DateTimeOffset> NextAt() => (await As(Roles.ProcessOwner).All($"offices/{World.Office}/recurrences"))
            .Single(r => r.Text("definitionKey") == World.KhonKaen).Instant("nextAt");
        async Task Change(object days)
        {
            var change = (System.Text.Json.Nodes.JsonObject)System.Text.Json.JsonSerializer.SerializeToNode(days)!;
            (change["reference"], change["reason"], change["approvedBy"]) = ("ที่ 13/2570", "ซ่อมอาคาร", "ผู้อำนวยการ");
            (await World.SystemAdministrator.Post($"calendars/{World.Office}/changes", change)).Ok();
        }
    }

    [TestCase("date", "2026-02-30", 400, "invalid-input")]
    [TestCase("fiscal_year", "02-30", 400, "invalid-input")]
    [TestCase("fiscal_year", "02-29", 400, "invalid-input")]
    [TestCase("month", "32", 400, "invalid-input")]
    [TestCase("date", "2026-11-20", 400, "invalid-input")]
    [TestCase("date", "2020-01-01", 400, "invalid-input")]
    [TestCase("date", "2569-12-08", 400, "invalid-input")]
    [TestCase("date", "2399-01-01", 422, "date-outside-calendar")]
    public async Task A_day_that_can_never_come_is_refused(string every, string day, int status, string type) =>
        (await As(Roles.ProcessOwner).Put(Route(World.KhonKaen), new { every, day, title = "ก" })).ShouldBeProblem(status, type, "day");

    [Test]
    public async Task Who_may_not_set_it_and_what_is_no_recurrence_is_refused()
    {
        (await Officer.Put(Route(World.KhonKaen), new { every = "month", day = "5", title = "ก" })).Status.ShouldBe(403);
        (await As(Roles.ProcessOwner).Put(Route(World.KhonKaen), new { every = "week", day = "5", title = "ก" }))
            .ShouldBeProblem(400, "invalid-input", "every");
        (await As(Roles.ProcessOwner).Put(Route("no.such"), new { every = "month", day = "5", title = "ก" })).Status.ShouldBe(404);
    }
}

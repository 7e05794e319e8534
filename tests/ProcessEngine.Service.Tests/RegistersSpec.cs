using System.Text;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Reports.Registers;

namespace ProcessEngine.Service.Tests;

/// <summary>The registers of an office: each line is something that was done, by whom, when and why, and leads to its evidence.</summary>
[TestFixture("sqlite")]
[TestFixture("postgresql")]
public sealed class RegistersSpec(string provider)
{
    World world = null!;
    string instance = "";

    Person Auditor => world.As(Roles.Auditor);

    [OneTimeSetUp]
    public async Task DoWhatIsRegistered()
    {
        world = await World.StartAsync(provider);
        var (officer, director) = (world.Officer, world.Director);
        instance = await officer.Started(World.SuratThani, "พัฒนาระบบทะเบียน");
        var deadline = await world.ScalarAsync<Guid>(
            "SELECT deadline_id FROM deadline WHERE instance_id = @id", new { id = Guid.Parse(instance) });
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        (await director.Post(
            $"process-instances/{instance}/deadlines/{deadline}/extend",
            new { comment = "=รอข้อมูล", rule = new { rule = "working_days", n = 2 } })).Ok();
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        (await director.Post($"process-instances/{instance}/suspend", new { comment = "รองบประมาณ" })).Ok();
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        (await director.Post($"process-instances/{instance}/resume", new { })).Ok();
        var other = await officer.Started(World.KhonKaen, "ติดตั้งเครื่อง");
        await Person.DoNext(world, other);
        await Person.DoNext(world, other);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        (await director.Reject(await officer.OpenTaskOf(other), "แพงไป")).Ok();
    }

    [OneTimeTearDown]
    public async Task End()
    {
        if (world is not null)
            await world.DisposeAsync();
    }

    Task<IReadOnlyList<System.Text.Json.Nodes.JsonNode>> Read(string name, string more = "", int limit = 50) =>
        Lines(Auditor, $"reports/registers/{name}?office={World.Office}{more}", limit);

    static async Task<IReadOnlyList<System.Text.Json.Nodes.JsonNode>> Lines(Person who, string path, int limit) =>
        [.. (await who.All(path, limit)).Select(n => n!)];

    [Test]
    public async Task Each_act_stands_in_its_register_with_who_when_and_why()
    {
        var moved = await Read("extensions");
        moved.Select(e => e["what"]!.Text("en")).ShouldBe(["Went on after a pause", "Extended"]);
        var extended = moved[1];
        (extended.Text("detail"), extended.Text("processInstanceId"), extended.Text("title"))
            .ShouldBe(("=รอข้อมูล", instance, "พัฒนาระบบทะเบียน"));
        extended.Text("by").ShouldNotBeEmpty();
        (await Read("suspensions")).Select(e => e["what"]!.Text("en")).ShouldBe(["Resumed", "Suspended"]);
        (await Read("suspensions"))[1].Text("detail").ShouldBe("รองบประมาณ");
        var rejected = (await Read("returns")).ShouldHaveSingleItem();
        (rejected["what"]!.Text("en"), rejected.Text("detail")).ShouldBe(("Rejected", "แพงไป"));
        (await world.EventsAsync(rejected.Text("processInstanceId")))[rejected.Number("sequence") - 1].ShouldBe("TaskRejected");
        (await Read("undos")).ShouldBeEmpty();
        (await Read("people")).ShouldNotBeEmpty();
    }

    [Test]
    public async Task What_went_up_to_a_superior_stands_among_the_open_escalations_until_it_is_done_or_extended()
    {
        await using var own = await World.StartAsync(provider);
        var id = await own.Officer.Started(World.SuratThani, "ค้างนาน");
        await Lines(0);
        own.Clock.Advance(TimeSpan.FromDays(45));
        await own.Sweep();
        var events = await own.EventsAsync(id);
        var told = await Lines(events.Count(e => e == "TaskEscalated"));
        told.Count.ShouldBeGreaterThan(0);
        foreach (var line in told)
            events[line.Number("sequence") - 1].ShouldBe("TaskEscalated");
        (told[0].Text("title"), told[0].Text("to").Length > 0, told[0].Text("detail").StartsWith("ครบกำหนด", StringComparison.Ordinal))
            .ShouldBe(("ค้างนาน", true, true));
        var deadline = await own.ScalarAsync<Guid>(
            "SELECT deadline_id FROM deadline WHERE instance_id = @id AND state = 'open'", new { id = Guid.Parse(id) });
        (await own.Director.Post(
            $"process-instances/{id}/deadlines/{deadline}/extend",
            new { comment = "รอข้อมูล", rule = new { rule = "working_days", n = 60 } })).Ok();
        await Lines(0);

        async Task<IReadOnlyList<System.Text.Json.Nodes.JsonNode>> Lines(int count)
        {
            var lines = await own.As(Roles.Auditor).All("reports/registers/escalations?office=demo", 1);
            lines.Count.ShouldBe(count);
            return [.. lines.Select(l => l!)];
        }
    }

    [Test]
    public async Task Every_notice_that_was_owed_is_listed_newest_first_page_by_page()
    {
        var owed = await world.QueryAsync<Guid>("SELECT message_id FROM outbox WHERE office = 'demo' ORDER BY message_id DESC");
        owed.Count.ShouldBeGreaterThan(3);
        (await Read("notices", limit: 2)).Select(e => Guid.Parse(e.Text("key"))).ShouldBe(owed);
    }

    [Test]
    public async Task A_register_is_narrowed_to_a_period_and_to_names_of_cases()
    {
        (await Read("returns", "&q=ทะเบียน")).ShouldBeEmpty();
        (await Read("extensions", "&q=ทะเบียน")).Count.ShouldBe(2);
        (await Read("extensions", "&from=2026-03-01&to=2026-03-01")).ShouldBeEmpty();
        (await Read("extensions", "&from=2026-03-02&to=2026-03-02")).Count.ShouldBe(2);
        (await Read("suspensions", limit: 1)).Count.ShouldBe(2);
    }

    [Test]
    public async Task Whoever_does_not_oversee_the_office_reads_none_and_accounts_are_for_auditors_and_administrators()
    {
        (await world.Officer.Get("reports/registers/returns?office=demo")).ShouldBeProblem(403, "not-allowed");
        (await world.Director.Get("reports/registers/returns?office=demo")).Ok();
        (await world.Director.Get("reports/registers/keys?office=demo")).ShouldBeProblem(403, "not-allowed");
        (await Auditor.Get("reports/registers/returns?office=elsewhere")).ShouldBeProblem(404, "office-not-found", "office");
        (await Auditor.Get("reports/registers/nothing?office=demo")).ShouldBeProblem(404, "register-not-found", "name");
        (await Auditor.Get("reports/registers/returns?office=demo&from=2569-03-02")).ShouldBeProblem(400, "invalid-input", "from");
        (await Auditor.Get("reports/registers/returns?office=demo&from=2026-03-03&to=2026-03-02"))
            .ShouldBeProblem(400, "invalid-input", "from");
        foreach (var register in Register.All)
            (await Auditor.Get($"reports/registers/{register.Name}?office=demo&cursor=WyJ4Il0"))
                .ShouldBeProblem(400, "invalid-input", "after");
    }

    [Test]
    public async Task A_register_is_taken_away_as_a_file_and_that_stands_in_a_register_itself()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/reports/registers/extensions/export")
        {
            Content = new StringContent("""{"format":"csv","office":"demo"}""", Encoding.UTF8, "application/json"),
        };
        using var answer = await Auditor.Http.SendAsync(request);
        var text = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync());
        text.ShouldContain("'=รอข้อมูล");
        text.ShouldContain($"{instance}");
        (await Read("exports"))[0].Text("detail").ShouldContain("extensions");
    }

    [Test]
    public async Task In_the_browser_every_register_opens_and_its_lines_lead_to_the_evidence()
    {
        var auditor = world.Visitor();
        await auditor.SignIn(Roles.Auditor);
        var list = (await auditor.Go("/reports/registers")).ShouldBe(200);
        foreach (var register in Register.All)
        {
            list.Html.ShouldContain($"/reports/registers/{register.Name}?");
            (await auditor.Go($"/reports/registers/{register.Name}")).ShouldBe(200);
        }

        (await auditor.Go("/reports/registers/extensions")).ShouldBe(200).Html.ShouldContain($"/cases/{instance}#history");
        (await auditor.Go("/reports/registers/extensions?from=1%2F3%2F2569&to=2%20%E0%B8%A1%E0%B8%B5.%E0%B8%84.%202569")).ShouldBe(200)
            .Html.ShouldContain("value=\"1/3/2569\"");
        (await auditor.Go("/reports/registers/nothing")).ShouldBe(404);
        (await auditor.Go("/reports/registers/extensions?from=yesterday")).ShouldBe(404);
        var director = world.Visitor();
        await director.SignIn(Roles.Director);
        (await director.Go("/reports/registers/keys")).ShouldBe(403);
        var officer = world.Visitor();
        await officer.SignIn(Roles.Officer);
        (await officer.Go("/reports/registers")).ShouldBe(403);
    }
}

using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Tests;

/// <summary>What stands in the way of cases is seen by the administrator of the office until it is put right, and no longer.</summary>
public sealed class IncidentsSpec(string provider) : OnBothDatabases(provider)
{
    int offices;
    string office = null!;
    Person admin = null!;
    Person officer = null!;

    /// <summary>An office with an officer and an administrator, and nobody else.</summary>
    [SetUp]
    public async Task ASmallOffice()
    {
        office = $"short-{++offices}";
        (await World.SystemAdministrator.Post("offices", new { code = office, name = new { th = "สำนักงานขนาดเล็ก" }, province = "TH-40" }))
            .Ok();
        admin = (await Hire("admin", Roles.Administrator)).Person;
        officer = (await Hire("officer", Roles.Officer)).Person;
    }

    async Task<(Person Person, string Id)> Hire(string name, params string[] roles)
    {
        var user = (await World.SystemAdministrator.Post("users", new { userName = $"{office}.{name}", displayName = name, office, roles })).Ok();
        return (await World.WithKeyOf(user.Text("id")), user.Text("id"));
    }

    Task<List<JsonNode>> Incidents(int pageSize = 50) => admin.All($"offices/{office}/incidents", pageSize);

    async Task<JsonNode> TheIncident() => (await Incidents()).ShouldHaveSingleItem();

    Task<string> Started(string key) => officer.Started(key, office: office);

    [Test]
    public async Task Work_for_a_post_that_nobody_sits_in_is_one_as_long_as_nobody_does()
    {
        var key = await new Chart("incidents.vacant").Arrows("start -> sign -> end").Box(
            "sign", "UserTask", new { nameTh = "ลงนาม", role = Roles.Director, slaRule = "working_days", slaN = 3 }).PublishAsync(World);
        var id = await Started(key);
        var incident = await TheIncident();
        (incident.Text("code"), incident.Text("processInstanceId"), incident.Text("node"), incident["retry"]!.GetValue<bool>())
            .ShouldBe(("nobody-holds-role", id, "sign", false));
        incident["text"].Text("th").ShouldBe("ไม่มีผู้ดำรงตำแหน่งผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา หรือผู้รักษาราชการแทน");
        incident.Instant("dueAt").ShouldBe((await officer.OpenTaskOf(id)).Instant("dueAt"));
        (await officer.Case(id))["incidents"]!.AsArray().ShouldHaveSingleItem()!.Text("code").ShouldBe("nobody-holds-role");
        (await admin.All("notifications", 50)).ShouldContain(
            n => n.Text("kind") == "incident" && n.Text("processInstanceId") == id, "the administrator of the office is told");
        (await World.SystemAdministrator.All("notifications", 50))
            .Count(n => n.Text("kind") == "incident" && n.Text("processInstanceId") == id).ShouldBe(1);

        // Somebody is hired, and leaves.
        var director = await Hire("director", Roles.Director);
        (await Incidents()).ShouldBeEmpty();
        (await World.SystemAdministrator.Put($"offices/{office}/members/{director.Id}", new { roles = Array.Empty<string>() })).Ok();
        (await Incidents()).Count.ShouldBe(1);

        // Somebody sits in the post by order, until the order ends by itself.
        (await admin.Post($"offices/{office}/orders", new { number = "1/2569", kind = "acting", role = Roles.Director, user = $"{office}.officer", from = "2026-03-02", to = "2026-03-04" })).Ok();
        (await Incidents()).ShouldBeEmpty();
        Clock.SetBangkok("2026-03-05 00:00");
        (await Incidents()).Count.ShouldBe(1);
        Clock.SetBangkok("2026-03-04 23:59");
        (await officer.Complete(await officer.OpenTaskOf(id))).Ok();
        Clock.SetBangkok("2026-03-05 00:00");
        (await Incidents()).ShouldBeEmpty();
    }

    [Test]
    public async Task An_order_for_some_procedures_leaves_the_others_without_anybody()
    {
        var keys = new List<string>();
        foreach (var name in new[] { "one", "two" })
            keys.Add(
                await new Chart($"incidents.{name}").Arrows("start -> sign -> end")
                    .Box("sign", "UserTask", new { nameTh = "ลงนาม", role = Roles.Director }).PublishAsync(World));
        var (covered, other) = (await Started(keys[0]), await Started(keys[1]));
        (await Incidents()).Count.ShouldBe(2);
        (await admin.Post($"offices/{office}/orders", new { number = "2/2569", kind = "acting", role = Roles.Director, user = $"{office}.officer", from = "2026-03-02", definitionKeys = new[] { keys[0] } })).Ok();
        (await TheIncident()).Text("processInstanceId").ShouldBe(other);
        covered.ShouldNotBe(other);
    }

    [Test]
    public async Task Work_that_all_who_hold_its_role_may_not_do_is_one_until_somebody_comes_who_may()
    {
        var key = await new Chart("incidents.four-eyes").Arrows("start -> write -> check -> end")
            .Box("check", "UserTask", new { nameTh = "ตรวจทาน", role = Roles.Officer, notDoneBy = new[] { "write" } }).PublishAsync(World);
        var id = await Started(key);
        (await officer.Complete(await officer.OpenTaskOf(id))).Ok();
        (await TheIncident()).Text("code").ShouldBe("nobody-may-act");
        var second = await Hire("second", Roles.Officer);
        (await Incidents()).ShouldBeEmpty();
        (await second.Person.Complete(await officer.OpenTaskOf(id))).Ok();
        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM incident WHERE instance_id = @id", new { id = Guid.Parse(id) })).ShouldBe(0);
    }

    [Test]
    public async Task A_list_that_is_missing_parks_the_case_until_it_is_given_and_tried_again()
    {
        var key = await new Chart("incidents.list").Knows("schools", isArray: true).Arrows("start -> ask -> collect -> end")
            .Box("collect", "UserTask", new { nameTh = "รวบรวม", role = Roles.Officer, forEach = "schools" })
            .PublishAsync(World);
        var id = await Started(key);
        (await officer.Complete(await officer.OpenTaskOf(id))).Ok();
        var incident = await TheIncident();
        (incident.Text("code"), incident.Text("detail"), incident["retry"]!.GetValue<bool>()).ShouldBe(("list-missing", "schools", true));

        var retry = $"process-instances/{id}/incidents/{incident.Text("id")}/retry";
        (await officer.Post(retry, new { })).ShouldBeProblem(403, "not-allowed");
        (await admin.Post(retry, new { }, key: $"retry-{Provider}")).Ok();
        (await admin.Post(retry, new { }, key: $"retry-{Provider}")).Replayed.ShouldBeTrue();
        (await admin.Post(retry, new { })).ShouldBeProblem(409, "incident-not-open");
        (await TheIncident()).Text("id").ShouldNotBe(incident.Text("id"), "still missing: tried and failed again");

        (await officer.Post($"process-instances/{id}/variables", new { changes = new { schools = new[] { "วัดใหม่", "บ้านดอน" } }, comment = "ลืมกรอก" })).Ok()["openTasks"]!.AsArray().Count.ShouldBe(2);
        (await Incidents()).ShouldBeEmpty();
        (await officer.Verify(id))["valid"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Test]
    public async Task Somebody_unknown_is_nobody_to_whom_work_is_given()
    {
        var key = await new Chart("incidents.person").Knows("who").Arrows("start -> ask -> do -> end")
            .Box("do", "UserTask", new { nameTh = "ดำเนินการ", role = Roles.Officer, assignTo = "variable:who" }).PublishAsync(World);
        var id = await Started(key);
        (await officer.Complete(await officer.OpenTaskOf(id), outputs: new { who = Guid.NewGuid() }))
            .ShouldBeProblem(422, "person-unknown", "who");
        (await officer.Complete(await officer.OpenTaskOf(id))).Ok();
        (await officer.OpenTaskOf(id))["assignee"].ShouldBeNull();
    }

    [Test]
    public async Task Somebody_who_has_left_before_their_work_arrives_is_an_incident_until_somebody_takes_it()
    {
        var key = await new Chart("incidents.leaver").Knows("who").Arrows("start -> ask -> do -> end")
            .Box("do", "UserTask", new { nameTh = "ดำเนินการ", role = Roles.Officer, assignTo = "variable:who" }).PublishAsync(World);
        var (_, leaver) = await Hire("leaver", Roles.Officer);
        var id = (await officer.Start(key, office: office, variables: new { who = leaver })).Ok().Text("id");
        (await admin.Put($"offices/{office}/members/{leaver}", new { roles = Array.Empty<string>() })).Ok();
        (await officer.Complete(await officer.OpenTaskOf(id))).Ok();
        (await TheIncident()).Text("code").ShouldBe("no-such-person");
        (await officer.Claim(await officer.OpenTaskOf(id))).Ok();
        (await Incidents()).ShouldBeEmpty();
    }

    [Test]
    public async Task A_procedure_that_cannot_be_called_parks_the_case_that_calls_until_it_can()
    {
        var child = await new Chart("incidents.child").Arrows("start -> work -> end").PublishAsync(World);
        var key = await new Chart("incidents.parent").Arrows("start -> call -> after -> end")
            .Box("call", "CallProcess", new { nameTh = "เรียก", definitionKey = child }).PublishAsync(World);
        var calls = World.Services.GetRequiredService<CaseCalls>();
        (await World.SystemAdministrator.Post($"process-definitions/{child}/versions/1/retire", new { })).Ok();
        var id = await Started(key);
        await calls.RunAsync(CancellationToken.None);
        var incident = await TheIncident();
        (incident.Text("code"), incident.Text("detail"), incident.Text("node")).ShouldBe(("definition-not-found", child, "call"));

        await new Chart("incidents.child").Arrows("start -> work -> more -> end").PublishAsync(World);
        (await admin.Post($"process-instances/{id}/incidents/{incident.Text("id")}/retry", new { })).Ok();
        await calls.RunAsync(CancellationToken.None);
        (await Incidents()).ShouldBeEmpty();
        var called = (await officer.Case(id))["waits"]!.AsArray().ShouldHaveSingleItem()!.Text("calledInstance");

        // What ends while its caller is suspended is told when that goes on.
        (await admin.Post($"process-instances/{id}/suspend", new { comment = "น้ำท่วม" })).Ok();
        (await officer.Complete(await officer.OpenTaskOf(called))).Ok();
        (await officer.Complete(await officer.OpenTaskOf(called))).Ok();
        await calls.RunAsync(CancellationToken.None);
        (await officer.Case(id))["waits"]!.AsArray().Count.ShouldBe(1);
        (await admin.Post($"process-instances/{id}/resume", new { })).Ok();
        await calls.RunAsync(CancellationToken.None);
        (await officer.OpenTaskOf(id)).Text("step").ShouldBe("after");
        (await officer.Verify(id))["valid"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Test]
    public async Task The_list_is_read_page_by_page_the_most_pressing_first_and_nothing_twice()
    {
        var slow = await new Chart("incidents.slow").Arrows("start -> sign -> end")
            .Box("sign", "UserTask", new { nameTh = "ลงนาม", role = Roles.Director }).PublishAsync(World);
        var quick = await new Chart("incidents.quick").Arrows("start -> sign -> end")
            .Box("sign", "UserTask", new { nameTh = "ลงนาม", role = Roles.GroupDirector, slaRule = "working_days", slaN = 1 })
                .PublishAsync(World);
        var list = await new Chart("incidents.lists").Knows("schools", isArray: true).Arrows("start -> collect -> end")
            .Box("collect", "UserTask", new { nameTh = "รวบรวม", role = Roles.Officer, forEach = "schools" }).PublishAsync(World);
        foreach (var key in new[] { slow, quick, list, slow, quick, list })
            await Started(key);
        var all = await Incidents(2);
        all.Select(i => i.Text("definitionKey")).ShouldBe([list, list, quick, quick, slow, slow]);
        all.Select(i => i.Text("id")).ShouldBeUnique();
    }

    [Test]
    public async Task It_is_for_the_administrators_the_director_and_the_auditors_of_the_office()
    {
        (await officer.Get($"offices/{office}/incidents")).ShouldBeProblem(403, "not-allowed");
        (await Director.Get($"offices/{office}/incidents")).ShouldBeProblem(404, "office-not-found", "office");
        (await admin.Get("offices/elsewhere/incidents")).ShouldBeProblem(404, "office-not-found", "office");
        foreach (var role in new[] { Roles.Director, Roles.Auditor, Roles.Administrator })
            (await As(role).Get($"offices/{World.Office}/incidents")).Ok();
        (await World.SystemAdministrator.Get($"offices/{office}/incidents")).Ok();
        (await admin.Get($"offices/{office}/incidents?cursor=x")).ShouldBeProblem(400, "invalid-input", "cursor");
    }
}

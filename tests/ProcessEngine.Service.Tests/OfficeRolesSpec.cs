using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// A procedure names the posts of the manual's office; in an office that is staffed otherwise somebody stands in for them.
/// </summary>
public sealed class OfficeRolesSpec(string provider) : OnBothDatabases(provider)
{
    const string Definition = "office-roles.letters";

    int offices;
    string office = null!;
    Person admin = null!;
    Person officer = null!;
    Person head = null!;

    /// <summary>The clerk takes the letter, the computer officer answers it.</summary>
    [OneTimeSetUp]
    public async Task PublishAProcedureOfSpecialists()
    {
        var definition = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(World.ShippedProcesses, "khonkaen-5", "install-maintain-computers.json")))!.AsObject();
        definition["definitionId"] = Definition;
        foreach (var (step, role) in new[] { ("appoint-working-group", Roles.Clerk), ("plan-work", Roles.ComputerOfficer) })
        {
            var activity = definition["root"]!["activities"]!.AsArray().Single(a => a.Text("id") == step)!.AsObject();
            activity["role"] = role;
            activity.Remove("formRefs");
        }

        (await World.SystemAdministrator.Put($"process-definitions/{Definition}/draft", definition)).Ok();
        (await World.SystemAdministrator.Post($"process-definitions/{Definition}/draft/publish", Why.Published)).Ok();
    }

    /// <summary>An office with an officer and a group director, and nobody else.</summary>
    [SetUp]
    public async Task ASmallOffice()
    {
        admin = World.SystemAdministrator;
        office = $"small-{++offices}";
        (await admin.Post("offices", new { code = office, name = new { th = "สำนักงานเขตพื้นที่การศึกษาประถมศึกษาขอนแก่น เขต ๕" }, province = "TH-40" })).Status.ShouldBe(201);
        officer = await Hire("officer", Roles.Officer);
        head = await Hire("head", Roles.GroupDirector);
    }

    async Task<Person> Hire(string name, params string[] roles)
    {
        var user = (await admin.Post("users", new { userName = $"{office}.{name}", displayName = name, office, roles })).Ok();
        return await World.WithKeyOf(user.Text("id"));
    }

    async Task<JsonNode> Role(string role) =>
        (await officer.Get($"offices/{office}/roles")).Ok()["items"]!.AsArray().Single(r => r.Text("role") == role)!;

    Task<Answer> Set(object standIns, string? key = null) => admin.Put($"offices/{office}/roles", new { standIns }, key);

    static async Task<IEnumerable<string>> Inbox(Person who) => (await who.All("user-tasks", 50)).Select(t => t.Text("id"));

    /// <summary>As it came to an office that knew no such post before.</summary>
    async Task TheEquipmentPostComes()
    {
        var assembly = typeof(Database).Assembly;
        var script = assembly.GetManifestResourceNames()
            .Single(n => n.EndsWith(
                World.Provider == "sqlite" ? "0043_av_equipment_officer.sqlite.sql" : "0043_av_equipment_officer.postgres.sql",
                StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(script)!);
        await using var connection = await World.Services.GetRequiredService<Database>().OpenAsync(CancellationToken.None);
        await connection.ExecuteAsync("DELETE FROM office_role_mapping WHERE role = 'avEquipmentOfficer'");
        await connection.ExecuteAsync(await reader.ReadToEndAsync());
    }

    [Test]
    public async Task The_work_of_the_equipment_officer_stays_with_whoever_did_it_before_it_was_a_post_of_its_own()
    {
        async Task<string?> StandIn() => (await Role(Roles.AvEquipmentOfficer))["standIn"]?.GetValue<string>();

        await TheEquipmentPostComes();
        (await StandIn()).ShouldBe(Roles.Officer, "an office with no specialist");
        (await Set(new { avOfficer = Roles.Clerk })).Ok();
        await TheEquipmentPostComes();
        (await StandIn()).ShouldBe(Roles.Clerk, "an office that has given such work to another post");
        await Hire("av", Roles.AvOfficer);
        await TheEquipmentPostComes();
        (await StandIn()).ShouldBe(Roles.AvOfficer, "an office that has an audio-visual officer");
    }

    [Test]
    public async Task An_officer_stands_in_for_a_clerk_that_the_office_does_not_have()
    {
        var id = await officer.Started(Definition, office: office);
        var task = await officer.OpenTaskOf(id);
        task.Text("role").ShouldBe(Roles.Clerk);
        (await Inbox(officer)).ShouldContain(task.Text("id"));
        (await Inbox(head)).ShouldNotContain(task.Text("id"));
        (await officer.All("notifications", 50)).ShouldContain(
            n => (string?)n["taskId"] == task.Text("id") && (string?)n["toRole"] == Roles.Clerk);
        (await officer.Get($"user-tasks/{task.Text("id")}")).Ok();
        (await head.Claim(task)).ShouldBeProblem(403, "not-allowed");
        (await officer.Claim(task)).Ok();
        (await head.Reassign(task, $"{office}.officer")).Ok();
        (await officer.Complete(task)).Ok();
        (await officer.OpenTaskOf(id)).Text("role").ShouldBe(Roles.ComputerOfficer);
    }

    [Test]
    public async Task When_a_clerk_is_hired_the_work_is_the_clerks()
    {
        var task = await officer.OpenTaskOf(await officer.Started(Definition, office: office));
        (await Role(Roles.Clerk)).Text("filledBy").ShouldBe(Roles.Officer);
        var clerk = await Hire("clerk", Roles.Clerk);
        (await Role(Roles.Clerk)).Text("filledBy").ShouldBe(Roles.Clerk);
        (await Inbox(officer)).ShouldNotContain(task.Text("id"));
        (await Inbox(clerk)).ShouldContain(task.Text("id"));
        (await officer.Complete(task)).ShouldBeProblem(403, "not-allowed");
        (await clerk.Complete(task)).Ok();

        var me = (await clerk.Get("users/me")).Ok().Text("id");
        (await admin.Put($"offices/{office}/members/{me}", new { roles = Array.Empty<string>() })).Ok();
        var next = await officer.OpenTaskOf(await officer.Started(Definition, office: office));
        (await Inbox(officer)).ShouldContain(next.Text("id"));
    }

    [Test]
    public async Task An_administrator_says_who_stands_in()
    {
        var id = await officer.Started(Definition, office: office);
        (await officer.Complete(await officer.OpenTaskOf(id))).Ok();
        var task = await officer.OpenTaskOf(id);
        (await Set(new { computerOfficer = Roles.GroupDirector })).Ok()["items"]!.AsArray()
            .Single(r => r.Text("role") == Roles.ComputerOfficer).Text("filledBy").ShouldBe(Roles.GroupDirector);
        (await Inbox(officer)).ShouldNotContain(task.Text("id"));
        (await Inbox(head)).ShouldContain(task.Text("id"));
        (await officer.Complete(task)).ShouldBeProblem(403, "not-allowed");

        (await Set(new { computerOfficer = (string?)null })).Ok();
        (await Role(Roles.ComputerOfficer))["filledBy"].ShouldBeNull();
        (await head.Complete(task)).ShouldBeProblem(403, "not-allowed");

        (await Set(new { })).Ok();
        (await Role(Roles.ComputerOfficer)).Text("standIn").ShouldBe(Roles.Officer);
        (await officer.Complete(task)).Ok();
    }

    [Test]
    public async Task A_mapping_is_set_once_by_an_administrator_of_that_office_and_no_other()
    {
        (await officer.Put($"offices/{office}/roles", new { standIns = new { } })).ShouldBeProblem(403, "not-allowed");
        (await Officer.Put($"offices/{office}/roles", new { standIns = new { } })).ShouldBeProblem(404, "office-not-found", "office");
        (await Officer.Get($"offices/{office}/roles")).ShouldBeProblem(404, "office-not-found", "office");
        (await admin.Put($"offices/{office}/roles", new { })).ShouldBeProblem(400, "invalid-input", "standIns");
        (await Set(new { director = Roles.Officer })).ShouldBeProblem(400, "invalid-input", "standIns");
        (await Set(new { clerk = Roles.Clerk })).ShouldBeProblem(400, "invalid-input", "standIns");
        (await Set(new { clerk = Roles.Auditor })).ShouldBeProblem(400, "invalid-input", "standIns");
        var key = Guid.NewGuid().ToString();
        (await Set(new { clerk = Roles.Director }, key)).Replayed.ShouldBeFalse();
        (await Set(new { clerk = Roles.Director }, key)).Replayed.ShouldBeTrue();
        (await Set(new { clerk = Roles.Officer }, key)).ShouldBeProblem(422, "idempotency-key-reused", "Idempotency-Key");
        (await Role(Roles.Clerk)).Text("standIn").ShouldBe(Roles.Director);
    }

    [Test]
    public async Task The_director_is_printed_as_the_kind_of_the_office_says()
    {
        (await Role(Roles.Director)).Text("shortName").ShouldBe("ผอ.สพป.");
        (await Role(Roles.DeputyDirector)).Text("shortName").ShouldBe("รอง ผอ.สพป.");
        (await Role(Roles.Director))["name"].Text("th").ShouldBe("ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษาประถมศึกษา");
        (await Officer.Get($"offices/{World.Office}/roles")).Ok()["items"]!.AsArray().Single(r => r.Text("role") == Roles.Director)
            .Text("shortName").ShouldBe("ผอ.สพท.");
        var secondary = await admin.Post(
            "offices", new { code = $"{office}-b", name = new { th = "สพม.สุราษฎร์ธานี ชุมพร" }, province = "TH-84" });
        secondary.Ok().Text("kind").ShouldBe("secondary");
        (await admin.Post("offices", new { code = $"{office}-c", name = new { th = "สพม.ก" }, province = "TH-84", kind = "area" })).Ok()
            .Text("kind").ShouldBe("area");
        (await admin.Post("offices", new { code = $"{office}-d", name = new { th = "ก" }, province = "TH-84", kind = "royal" }))
            .ShouldBeProblem(400, "invalid-input", "kind");
    }
}

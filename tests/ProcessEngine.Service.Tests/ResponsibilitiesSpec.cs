using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Tests.Catalogue;

namespace ProcessEngine.Service.Tests;

/// <summary>Of several people of a role, the one who looks after a procedure or a field of work gets its tasks.</summary>
public sealed class ResponsibilitiesSpec(string provider) : OnBothDatabases(provider)
{
    const string Route = $"offices/{World.Office}/responsibilities";
    const string Letters = "khonkaen-3.clerk-routing-coordination";

    static object List(params (string Role, string Field, string User)[] all) =>
        new { responsibilities = all.Select(r => new { role = r.Role, field = r.Field, user = r.User }) };

    [Test]
    public async Task The_deputy_in_charge_gets_the_letter_and_whoever_is_named_no_more_does_not()
    {
        var name = $"second.deputy.{Provider}";
        var created = (await World.SystemAdministrator.Post("users", new { userName = name, displayName = "รองผู้อำนวยการคนที่สอง", office = World.Office, roles = new[] { Roles.DeputyDirector } })).Ok();
        (await As(Roles.Administrator).Put(Route, List((Roles.DeputyDirector, Letters, name)))).Ok()["items"]![0]!.Text("displayName")
            .ShouldBe("รองผู้อำนวยการคนที่สอง");
        (await Officer.Get(Route)).Ok()["items"]!.AsArray().ShouldHaveSingleItem()!.Text("user").ShouldBe(name);
        (await AtTheDeputy())["assignee"]!.GetValue<string>().ShouldBe(created.Text("id"));

        (await As(Roles.Administrator).Put(Route, List())).Ok()["items"]!.AsArray().ShouldBeEmpty();
        (await AtTheDeputy())["assignee"].ShouldBeNull();
    }

    async Task<System.Text.Json.Nodes.JsonNode> AtTheDeputy()
    {
        var id = await Officer.Started(Letters);
        for (var task = await Officer.OpenTaskOf(id); ; task = await Officer.OpenTaskOf(id))
        {
            if (task.Text("role") == Roles.DeputyDirector)
                return task;
            await Person.DoNext(World, id);
        }
    }

    [Test]
    public async Task Only_the_administrator_of_the_office_says_who_looks_after_what_and_only_of_its_people()
    {
        (await Officer.Put(Route, List())).ShouldBeProblem(403, "not-allowed");
        (await As(Roles.Administrator).Put("offices/nowhere/responsibilities", List())).ShouldBeProblem(404, "office-not-found");
        var admin = As(Roles.Administrator);
        (await admin.Put(Route, List((Roles.DeputyDirector, Letters, "demo.officer"))))
            .ShouldBeProblem(400, "invalid-input", "responsibilities[0].user");
        (await admin.Put(Route, List(("king", Letters, "demo.officer")))).ShouldBeProblem(400, "invalid-input");
        (await admin.Put(Route, List((Roles.Officer, "", "demo.officer")))).ShouldBeProblem(400, "invalid-input");
        (await admin.Put(Route, List((Roles.Officer, "ก", "demo.officer"), (Roles.Officer, "ก", "demo.officer"))))
            .ShouldBeProblem(400, "invalid-input", "responsibilities");
        (await admin.Put(Route, new { })).ShouldBeProblem(400, "invalid-input", "responsibilities");
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Tests.Catalogue;

namespace ProcessEngine.Service.Tests;

/// <summary>Every procedure of the catalogue over HTTP, to its end, through each of its loops once.</summary>
public sealed class CatalogueOverHttpSpec
{
    const int MostActs = 200;

    World world = null!;
    Dictionary<string, string> people = null!;

    static IEnumerable<string> Keys => CatalogueFiles.All.Select(p => p.Key);

    [OneTimeSetUp]
    public async Task StartTheWorld()
    {
        world = await World.StartAsync("sqlite");
        people = [];
        foreach (var role in Roles.Acting)
            people[role] = (await world.As(role).Get("users/me")).Ok().Text("id");
    }

    [OneTimeTearDown]
    public async Task EndTheWorld() => await world.DisposeAsync();

    [TestCaseSource(nameof(Keys))]
    public async Task Every_procedure_comes_to_its_end_through_each_of_its_loops(string key)
    {
        var definition = CatalogueFiles.Find(key).Definition;
        var start = SimulatedCase.StartOf(definition);
        HashSet<(string Node, string Port)> taken = [];
        await ToItsEnd(definition, Route.ThroughAll(taken, definition, start, role => people[role]));
        while (Route.Detours(definition).FirstOrDefault(a => !taken.Contains((a.From, a.Port))) is { } left)
        {
            await ToItsEnd(definition, Route.Through(left, definition, start, role => people[role], taken));
            taken.ShouldContain((left.From, left.Port));
        }
    }

    [TestCase("สมชาย")]
    [TestCase("01900000-0000-7000-8000-00000000ffff")]
    public async Task Artwork_is_not_begun_for_an_owner_of_the_matter_of_whom_the_office_knows_nothing(string matterOwner) =>
        (await world.Officer.Start("chiangmai-2.av-produce-artwork", "ป้ายต้อนรับ", variables: new { matterOwner }))
            .ShouldBeProblem(422, "person-unknown", "matterOwner");

    async Task ToItsEnd(ProcessDefinition definition, Route route)
    {
        world.Clock.SetBangkok(SimulatedCase.StartOf(definition).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + " 09:00");
        var started = (await world.Officer.Start(definition.Key, definition.Name.Th[..Math.Min(100, definition.Name.Th.Length)], variables: Json(route.DataAtStart()))).Ok();
        route.Left(definition.Nodes.OfType<StartNode>().Single(), Ports.Done);
        var (id, one) = (started.Text("id"), started);
        for (var acts = 0; one.Text("status") == "running"; acts++)
        {
            acts.ShouldBeLessThan(MostActs, one.ToJsonString());
            world.Clock.Advance(TimeSpan.FromHours(20));
            await world.Sweep();
            var task = one["openTasks"]!.AsArray().FirstOrDefault().ShouldNotBeNull($"the case waits for nobody: {one}");
            var step = definition.FindStep(task.Text("step"))!;
            var port = route.PortOf(step);
            (await Act(world.As(task.Text("role")), task, step, port, route)).Ok();
            one = await world.Officer.Case(id);
            if (!one["openTasks"]!.AsArray().Any(t => t.Text("step") == step.Id && t.Number("attempt") == task.Number("attempt")))
                route.Left(step, port);
            if (definition.Target(step.Id, port) is Step next)
                one["openTasks"]!.AsArray().Select(t => t.Text("step"))
                    .ShouldContain(s => s == next.Id || s == step.Id, $"{step.Id}.{port}");
        }

        one.Text("status").ShouldBe("completed");
        (await world.Officer.Verify(id))["valid"]!.GetValue<bool>().ShouldBeTrue();
    }

    static Task<Answer> Act(Person who, JsonNode task, Step step, string port, Route route) => port switch
    {
        Ports.Approve => who.Act("approve", task, new { outputs = Json(route.OutputsOf(step)) }),
        Ports.Reject => who.Reject(task, "ยังไม่ครบถ้วน"),
        Ports.Return => who.Return(task, "ขอให้แก้ไข"),
        Ports.Fail => who.Act("fail", task, new { comment = "ทำไม่ได้" }),
        _ => who.Complete(task, outputs: Json(route.OutputsOf(step))),
    };

    static JsonObject Json(SortedDictionary<string, string> data) =>
        new(data.Select(d => KeyValuePair.Create(d.Key, JsonNode.Parse(d.Value))));
}

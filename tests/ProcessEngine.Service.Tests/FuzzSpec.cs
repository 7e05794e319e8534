using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Tests.Access;
using ProcessEngine.Service.Tests.Interface;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// Whatever is sent to whatever operation, the answer is one that the interface says of itself, and never a failure of the service.
/// FUZZ_SEED sends what another run sent; FUZZ_TIMES sends more.
/// </summary>
[TestFixture("sqlite")]
[TestFixture("postgresql")]
public sealed class FuzzSpec(string provider)
{
    const int EachRoute = 8;
    const int EachOperation = 16;

    static readonly int Seed = Setting("FUZZ_SEED", 2569);
    static readonly int Times = Setting("FUZZ_TIMES", 1);

    World world = null!;
    Callers callers = null!;
    Described described = null!;
    ILookup<string, Asked> asked = null!;
    List<string> known = null!;
    readonly List<(string Role, Visitor Visitor, string Token)> people = [];

    static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : otherwise;

    [OneTimeSetUp]
    public async Task FurnishTheWorld()
    {
        Untouched? database = null;
        world = await World.StartAsync(provider, through: real => database = new Untouched(real));
        callers = new Callers(world);
        await callers.ComeAsync();
        var there = new Furniture(world, callers);
        await there.SetUpAsync();
        // Their sessions stay, and nothing after.
        foreach (var role in new[] { Roles.ProcessOwner, Roles.Administrator, Roles.Officer, Roles.Auditor })
            people.Add(await WebRoute.SignInAsync(world, role));
        database!.Keeps = false;
        described = new Described((await world.Nobody.Get("/openapi/v1.json")).Ok());
        asked = Asked.All(there, callers).ToLookup(a => a.Operation);
        known = [.. there.Ids, .. callers.Columns.Select(c => c.Id).OfType<string>(), World.Office, Callers.Elsewhere, World.KhonKaen, "plan-work", "write"];
    }

    [OneTimeTearDown]
    public async Task EndTheWorld()
    {
        if (world is not null)
            await world.DisposeAsync();
    }

    [Test]
    public async Task No_operation_fails_or_answers_what_it_does_not_say()
    {
        var (faults, statuses) = (new List<string>(), new List<int>());
        foreach (var (number, operation) in described.Operations.Index())
        {
            var chances = new Chances(Seed + number);
            for (var i = 0; i < EachOperation * Times && faults.Count < 60; i++)
            {
                var (sent, answer) = await SendAsync(operation, chances);
                statuses.Add(answer.Status);
                var fault = answer.Status >= 500 ? $"{answer.Raw} {world.LastError}" : described.Fault(operation, answer);
                if (fault is not null)
                    faults.Add($"{sent}\n  {Short(fault)}");
            }
        }

        Tell(statuses);
        faults.ShouldBeEmpty($"FUZZ_SEED={Seed}");
    }

    [Test]
    public async Task No_page_and_no_route_of_Studio_fails()
    {
        var faults = new List<string>();
        var statuses = new List<int>();
        foreach (var (number, route) in WebRoute.Of(world).Index())
        {
            var chances = new Chances(Seed + number);
            for (var i = 0; i < EachRoute * Times && faults.Count < 60; i++)
            {
                var (who, visitor, form) = chances.Of(people);
                using var request = route.Request(chances, known, form);
                var sent = $"{request.Method} {request.RequestUri} as {who} {(request.Content is null ? "" : await request.Content.ReadAsStringAsync())}";
                using var answer = await visitor.Ask(request);
                statuses.Add((int)answer.StatusCode);
                if ((int)answer.StatusCode >= 500)
                    faults.Add($"{Short(sent)}\n  {answer.StatusCode} {Short(world.LastError)}");
            }
        }

        Tell(statuses);
        statuses.Count(s => s == 401).ShouldBeLessThan(statuses.Count / 2, "somebody is signed in");
        faults.ShouldBeEmpty($"FUZZ_SEED={Seed}");
    }

    /// <summary>How far the requests got: all refused would say little.</summary>
    static void Tell(List<int> statuses)
    {
        TestContext.Out.WriteLine(
            $"{statuses.Count} requests: {string.Join(", ", statuses.GroupBy(s => s).OrderBy(g => g.Key).Select(g => $"{g.Count()} × {g.Key}"))}");
        statuses.Count(s => s < 400).ShouldBeGreaterThan(statuses.Count / 10);
    }

    static string Short(string fault) => fault.Length < 1500 ? fault : fault[..1500];

    async Task<(string Sent, Answer Answer)> SendAsync(Operation operation, Chances chances)
    {
        // Mostly as it is meant, but for one thing or two: what is all wrong does not get far.
        var meant = asked[operation.Id].ToList() is [_, ..] ways ? chances.Of(ways) : new Asked(operation.Id);
        var path = operation.Path;
        foreach (var part in operation.Parameters("path"))
            path = path.Replace($"{{{part.Text("name")}}}", PartOf(part, meant, chances), StringComparison.Ordinal);
        var query = chances.OneIn(2) ? meant.Query : "?" + string.Join('&', operation.Parameters("query").Where(_ => !chances.OneIn(3))
            .Select(q => $"{q.Text("name")}={Uri.EscapeDataString(chances.Value(q["schema"], known))}"));
        var who = chances.OneIn(4) ? chances.Of(callers.Columns) : callers.Columns[^1];
        using var request = new HttpRequestMessage(operation.Method, path + (query == "?" ? "" : query));
        var body = BodyOf(operation, meant, chances);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation(
                "Content-Type", chances.OneIn(20) ? chances.Of(["text/plain", "application/xml", "application/json; charset=utf-16", "multipart/form-data; boundary=x"])
                    : operation.Body?.Form == "multipart/form-data" ? "multipart/form-data; boundary=x" : "application/json");
        }

        if (chances.OneIn(4))
            request.Headers.TryAddWithoutValidation("Idempotency-Key", chances.OneIn(2) ? $"k{chances.Below(1000)}" : chances.Text());
        if (chances.OneIn(6))
            request.Headers.TryAddWithoutValidation("If-Match", chances.OneIn(2) ? $"\"{chances.Below(9)}\"" : chances.Text());
        using var response = await who.Person.Http.SendAsync(request);
        return ($"{operation.Method} {request.RequestUri} as {who.Code} {(body is null ? "" : Chances.Shown(body))}", await who.Person.Read(response));
    }

    string PartOf(JsonNode part, Asked meant, Chances chances)
    {
        var (name, kind) = (part.Text("name"), part["schema"]!);
        var own = meant.Parts.Where(p => p.Name == name && p.Value != Asked.Self).Select(p => p.Value).FirstOrDefault();
        var (isId, isNumber) = ((string?)kind["format"] == "uuid", (string?)kind["type"] == "integer");
        // An address that is none is no operation's: ids stay ids, and a text is never empty nor a dot. The server refuses a NUL before anybody is asked.
        var value = own is not null && !chances.OneIn(4) ? own
            : isNumber ? chances.Of(["1", "2", "0", "2147483647"])
            : isId ? chances.Of([.. known.Where(k => Guid.TryParse(k, out _)), Guid.Empty.ToString()])
            : chances.OneIn(3) ? chances.Text() : chances.Of([World.Office, World.KhonKaen, .. known]);
        value = value.Replace("\0", "", StringComparison.Ordinal).Trim();
        return Uri.EscapeDataString(value is "" or "." or ".." ? "x" : value);
    }

    byte[]? BodyOf(Operation operation, Asked meant, Chances chances)
    {
        if (operation.Body is not { } body)
            return chances.OneIn(6) ? chances.NotTheBody() : null;
        if (chances.OneIn(4))
            return chances.NotTheBody();
        if (body.Form == "multipart/form-data")
            return System.Text.Encoding.UTF8.GetBytes($"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{chances.Text()}\"\r\n\r\n{chances.Text()}\r\n--x--\r\n");
        var given = meant.Body as string ?? JsonSerializer.Serialize(meant.Body ?? new { });
        var node = chances.OneIn(2) ? JsonNode.Parse(given) : chances.Of(body.Schema, described, known);
        for (var changes = chances.Below(3); changes > 0; changes--)
            node = chances.Changed(node);
        return Chances.Written(node);
    }
}

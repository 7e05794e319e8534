using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using ProcessEngine.Service.Tests.Interface;

namespace ProcessEngine.Service.Tests;

/// <summary>/openapi/v1.json, from which others make their clients: valid, complete, and true.</summary>
public sealed partial class OpenApiSpec
{
    World world = null!;
    JsonNode document = null!;
    Described described = null!;

    [OneTimeSetUp]
    public async Task StartTheWorld()
    {
        world = await World.StartAsync("sqlite");
        document = (await world.Nobody.Get("/openapi/v1.json")).Ok();
        described = new Described(document);
    }

    [OneTimeTearDown]
    public async Task EndTheWorld() => await world.DisposeAsync();

    [Test]
    public void It_is_valid()
    {
        var read = OpenApiDocument.Parse(document.ToJsonString(), "json", new OpenApiReaderSettings { RuleSet = ValidationRuleSet.GetDefaultRuleSet() });
        read.Diagnostic!.Errors.Concat(read.Diagnostic.Warnings).Select(e => e.ToString()).ShouldBeEmpty();
    }

    [Test]
    public void Every_part_of_an_address_is_a_parameter() =>
        described.Operations.Where(o => !PartsOf(o.Path).SequenceEqual(o.Parameters("path").Select(p => p.Text("name")).Order(StringComparer.Ordinal)))
            .Select(o => o.Id).ShouldBeEmpty();

    static IEnumerable<string> PartsOf(string path) => Part().Matches(path).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal);

    [GeneratedRegex("{(\\w+)}")]
    private static partial Regex Part();

    [Test]
    public void Every_operation_says_what_it_does_whose_it_is_and_that_it_takes_a_key()
    {
        foreach (var operation in described.Operations)
        {
            operation.Node.Text("summary").ShouldNotBeEmpty();
            operation.Node["tags"]!.AsArray().ShouldHaveSingleItem();
            operation.Node["responses"]!["401"]!["content"]!["application/problem+json"].ShouldNotBeNull(operation.Id);
        }

        document["security"]!.AsArray().ShouldHaveSingleItem()!["apiKey"].ShouldNotBeNull();
        document["components"]!["securitySchemes"]!["apiKey"].Text("scheme").ShouldBe("bearer");
    }

    [Test]
    public void No_shape_is_left_open_but_JSON_itself()
    {
        var open = from shape in document["components"]!["schemas"]!.AsObject()
                   from place in Open(shape.Value!, shape.Key)
                   select place;
        open.ShouldBeEmpty();

        static bool IsList(JsonObject one) => one["type"] is JsonArray kinds ? kinds.Any(k => (string?)k == "array") : (string?)one["type"] == "array";

        static IEnumerable<string> Open(JsonNode schema, string place)
        {
            var one = schema.AsObject();
            if ((string?)one["description"] != "Any JSON." && one["type"] is null && one["$ref"] is null && one["oneOf"] is null && one["anyOf"] is null)
                yield return place;
            foreach (var (name, field) in one["properties"]?.AsObject() ?? [])
            {
                foreach (var below in Open(field!, $"{place}.{name}"))
                    yield return below;
            }

            if (IsList(one) && one["items"] is null)
                yield return place + "[]";
            if (one["items"] is { } item)
            {
                foreach (var below in Open(item, place + "[]"))
                    yield return below;
            }
        }
    }

    [Test]
    public void A_choice_is_of_words()
    {
        var choices = document["components"]!["schemas"]!.AsObject().Where(s => s.Value!["enum"] is not null).ToList();
        choices.ShouldNotBeEmpty();
        foreach (var (name, shape) in choices)
        {
            shape.Text("type").ShouldBe("string", name);
            shape!["enum"]!.AsArray().ShouldAllBe(word => word != null);
        }
    }

    [TestCase("ActOnUserTaskRequest", "")]
    [TestCase("StartInstanceRequest", "")]
    [TestCase("SimulateRequest", "cases arrivalsPerWorkingDay")]
    [TestCase("Problem", "type title status detail message")]
    public void What_may_be_left_out_is_not_required(string shape, string required) =>
        (document["components"]!["schemas"]![shape]!["required"]?.AsArray() ?? []).Select(r => (string)r!)
            .ShouldBe(required.Split(' ', StringSplitOptions.RemoveEmptyEntries), ignoreOrder: true);

    [Test]
    public void A_page_is_named_after_what_is_on_it()
    {
        var pages = document["components"]!["schemas"]!.AsObject().Where(s => s.Key.StartsWith("PageOf", StringComparison.Ordinal)).ToList();
        pages.Count.ShouldBeGreaterThan(15);
        foreach (var (name, page) in pages)
            ((string)page!["properties"]!["items"]!["items"]!["$ref"]!).Split('/')[^1].ShouldBe(name["PageOf".Length..]);
    }

    [Test]
    public async Task It_is_made_once_and_says_the_same_to_everybody()
    {
        var first = await world.Nobody.Get("/openapi/v1.json");
        var again = await world.Officer.Get("/openapi/v1.json");
        (again.Status, again.Raw).ShouldBe((200, first.Raw));
    }
}

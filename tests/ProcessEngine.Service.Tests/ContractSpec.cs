using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json.Nodes;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Tests;

/// <summary>What others rely on, as a text that was approved: a change of it appears as a difference in review.</summary>
public sealed class ContractSpec
{
    World world = null!;

    [OneTimeSetUp]
    public async Task StartTheWorld() => world = await World.StartAsync("sqlite");

    [OneTimeTearDown]
    public async Task EndTheWorld() => await world.DisposeAsync();

    static IEnumerable<Rejection> Refusals() =>
        from type in new[] { typeof(Rejection).Assembly, typeof(Problems).Assembly }.SelectMany(a => a.GetTypes())
        where type.IsSubclassOf(typeof(Rejection)) && !type.IsAbstract
        orderby type.Name
        select (Rejection)Sample(type);

    [Test]
    public void Every_refusal_is_a_problem_in_both_languages() =>
        Approved.Verify(string.Join('\n', Refusals().Select(r => (r.GetType().Name, Problem: Problems.From(r))).Select(row =>
            $"{row.Name}\n  {row.Problem.Status} {row.Problem.Type}{(row.Problem.Field is { } field ? $" field {field}" : "")}\n  {row.Problem.Message.Th}\n  {row.Problem.Message.En}")));

    [Test]
    public void The_type_of_every_problem_leads_to_a_page_that_says_what_to_do()
    {
        var types = Refusals().Select(Problems.From).Concat(
            new[] { 400, 401, 403, 404, 405, 413, 415, 500, 503 }.Select(Problems.ForStatus)).Select(p => p.Type).Distinct();
        types.Except(ProblemPages.Catalogue.Keys.Select(slug => "/problems/" + slug)).ShouldBeEmpty();
    }

    [Test]
    public void Problems_are_written_in_Thai_and_in_English() =>
        Refusals().Select(Problems.From).ShouldAllBe(
            p => p.Message.Th.Any(c => c >= '\u0E00' && c <= '\u0E7F') && p.Message.En.Length > 0 && p.Status >= 400);

    [Test]
    public async Task The_addresses_of_the_api_and_their_names()
    {
        var api = (await world.Nobody.Get("/openapi/v1.json")).Ok();
        var operations = api["paths"]!.AsObject().SelectMany(
            path => path.Value!.AsObject().Select(o => $"{o.Key.ToUpperInvariant(),-6} {path.Key} {o.Value.Text("operationId")}")).ToList();
        operations.Select(o => o.Split(' ')[^1]).ShouldBeUnique();
        Approved.Verify(string.Join('\n', operations.OrderBy(o => o[7..], StringComparer.Ordinal)));
    }

    [Test]
    public async Task The_columns_of_the_reports()
    {
        var api = (await world.Nobody.Get("/openapi/v1.json")).Ok();
        var reports =
            from path in api["paths"]!.AsObject()
            let get = path.Value!["get"]
            where get?["tags"]!.AsArray().Any(tag => (string?)tag == "Reports") == true
            let answer = get["responses"]!["200"]!["content"]!["application/json"]!["schema"]
            select $"{path.Key}\n{string.Join('\n', FieldsOf(answer, "  "))}";
        Approved.Verify(string.Join('\n', reports.Order(StringComparer.Ordinal)));

        IEnumerable<string> FieldsOf(JsonNode? schema, string at)
        {
            while ((schema?["items"] ?? schema)?["$ref"] is { } reference)
                schema = api["components"]!["schemas"]![((string)reference!).Split('/')[^1]];
            foreach (var (name, field) in schema?["properties"]?.AsObject() ?? [])
            {
                yield return at + name;
                foreach (var below in FieldsOf(field, at + "  "))
                    yield return below;
            }
        }
    }

    [Test]
    public async Task The_schema_of_a_new_database() =>
        Approved.Verify(string.Join("\n\n", await world.QueryAsync<string>(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY tbl_name, type DESC, name")));

    /// <summary>A value of any kind that refusals carry.</summary>
    static object Sample(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Sample(value);
        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
            return ListOf(type.GetGenericArguments()[0], type);
        return type == typeof(string) ? "x"
            : type == typeof(int) ? 7
            : type == typeof(bool) ? false
            : type == typeof(Guid) ? new Guid("01900000-0000-7000-8000-000000000001")
            : type == typeof(DateTimeOffset) ? new DateTimeOffset(2026, 3, 2, 2, 0, 0, TimeSpan.Zero)
            : type == typeof(DateOnly) ? new DateOnly(2026, 3, 2)
            : type == typeof(LocalizedText) ? new LocalizedText("ข้อความ", "text")
            : type.IsEnum ? Enum.GetValues(type).GetValue(1)!
            : Made(type);

        static object Made(Type type)
        {
            var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
            return constructor.Invoke([.. constructor.GetParameters().Select(p => Sample(p.ParameterType))]);
        }

        static object ListOf(Type item, Type list)
        {
            var items = Array.CreateInstance(item, 1);
            items.SetValue(Sample(item), 0);
            return list.GetGenericTypeDefinition() == typeof(ImmutableArray<>)
                ? typeof(ImmutableArray).GetMethods().Single(
                    m => m.Name == "Create" && m.GetParameters() is [{ ParameterType.IsArray: true }])
                    .MakeGenericMethod(item).Invoke(null, [items])!
                : items;
        }
    }
}

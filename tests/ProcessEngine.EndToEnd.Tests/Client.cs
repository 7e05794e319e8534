using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>Somebody with a key and plain HTTP.</summary>
public sealed class Client : IDisposable
{
    static readonly JsonSerializerOptions AsIs = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly HttpClient http;

    public Client(Uri address, string key)
    {
        http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public Task<Answer> Get(string path) => Send(HttpMethod.Get, path, null, null);

    public Task<Answer> Post(string path, object body, string? key = null) =>
        Send(HttpMethod.Post, path, JsonSerializer.Serialize(body, AsIs), key);

    public Task<Answer> Start(string definition, string title, string? businessKey = null, string? key = null) =>
        Post("process-instances", new { definitionKey = definition, office = "demo", title, businessKey }, key);

    public async Task<string> Started(string definition, string title) => (await Start(definition, title)).Ok().Text("id");

    public Task<Answer> Act(string act, JsonNode task, string? comment = null, string? key = null) =>
        Post($"user-tasks/{task.Text("id")}/{act}", new { comment }, key);

    public async Task<JsonNode> Case(string instance) => (await Get($"process-instances/{instance}")).Ok();

    public async Task<JsonNode> OpenTask(string instance) => (await Case(instance))["openTasks"]!.AsArray().ShouldHaveSingleItem()!;

    public async Task<List<JsonNode>> History(string instance)
    {
        var page = (await Get($"process-instances/{instance}/history?limit=200")).Ok();
        page["next"].ShouldBeNull("the history of a test's case fits on one page");
        return [.. page["items"]!.AsArray().Select(i => i!)];
    }

    public async Task<JsonNode> Verify(string instance) => (await Get($"audit/verify?instance={instance}")).Ok();

    public async Task ShouldVerify(string instance)
    {
        var verified = await Verify(instance);
        ((bool)verified["valid"]!).ShouldBeTrue(verified.ToJsonString());
    }

    public void Dispose() => http.Dispose();

    async Task<Answer> Send(HttpMethod method, string path, string? body, string? key)
    {
        using var request = new HttpRequestMessage(method, "/api/v1/" + path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var response = await http.SendAsync(request);
        var raw = await response.Content.ReadAsStringAsync();
        return new Answer(
            (int)response.StatusCode, raw,
            response.Headers.TryGetValues("Idempotency-Replayed", out var replayed) && replayed.Single() == "true");
    }
}

/// <summary>What came back.</summary>
public sealed record Answer(int Status, string Raw, bool Replayed)
{
    public JsonNode Ok()
    {
        Status.ShouldBeInRange(200, 299, Raw);
        return JsonNode.Parse(Raw)!;
    }
}

static class JsonReading
{
    public static string Text(this JsonNode? node, string name) =>
        (string?)node.ShouldNotBeNull()[name] ?? throw new ShouldAssertException($"\"{name}\" is null or absent in {node}");

    public static int Number(this JsonNode? node, string name) => (int)node.ShouldNotBeNull()[name].ShouldNotBeNull();

    public static DateTimeOffset Instant(this JsonNode? node, string name) =>
        DateTimeOffset.Parse(node.Text(name), CultureInfo.InvariantCulture);
}

using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// Somebody with a key, and what they can ask of the service. Tests read as sentences: <c>await Officer.Complete(task)</c>.
/// </summary>
public sealed class Person(HttpClient http, ServiceErrors errors)
{
    static readonly JsonSerializerOptions AsIs = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public HttpClient Http => http;

    public Task<Answer> Get(string path) => Send(HttpMethod.Get, path, null);

    public Task<Answer> Post(string path, object? body = null, string? key = null, string? ifMatch = null) =>
        Send(HttpMethod.Post, path, body, key, ifMatch);

    public Task<Answer> Put(string path, object? body = null, string? key = null) => Send(HttpMethod.Put, path, body, key);

    public Task<Answer> Delete(string path) => Send(HttpMethod.Delete, path, null);

    /// <param name="body">An object to write as JSON, or a string that is sent as it stands.</param>
    public async Task<Answer> Send(
        HttpMethod method, string path, object? body, string? key = null, string? ifMatch = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : "/api/v1/" + path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body as string ?? JsonSerializer.Serialize(body, AsIs)));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        using var response = await http.SendAsync(request);
        return await Read(response);
    }

    /// <summary>What came back on a request of another shape.</summary>
    public Task<Answer> Read(HttpResponseMessage response) => Answer.From(response, errors);

    public Task<Answer> Start(
        string definition, string title = "ติดตั้งเครื่องคอมพิวเตอร์", string? key = null, string office = World.Office,
        object? variables = null, string? businessKey = null) =>
        Post("process-instances", new { definitionKey = definition, office, title, variables, businessKey }, key);

    /// <summary>Starts a case and gives its id.</summary>
    public async Task<string> Started(string definition, string title = "ติดตั้งเครื่องคอมพิวเตอร์", string office = World.Office) =>
        (await Start(definition, title, office: office)).Ok().Text("id");

    public Task<Answer> Act(string act, JsonNode task, object? body = null, string? key = null, string? ifMatch = null) =>
        Post($"user-tasks/{task.Text("id")}/{act}", body ?? new { }, key, ifMatch);

    public Task<Answer> Claim(JsonNode task) => Act("claim", task);
    public Task<Answer> Complete(JsonNode task, string? comment = null, object? outputs = null) =>
        Act("complete", task, new { comment, outputs });
    public Task<Answer> Approve(JsonNode task, string? comment = null) => Act("approve", task, new { comment });
    public Task<Answer> Reject(JsonNode task, string comment) => Act("reject", task, new { comment });
    public Task<Answer> Return(JsonNode task, string comment, string? toStep = null) => Act("return", task, new { comment, toStep });
    public Task<Answer> Reassign(JsonNode task, string assignee) => Act("reassign", task, new { assignee });
    public Task<Answer> Comment(JsonNode task, string comment) => Act("comments", task, new { comment });
    public Task<Answer> Cancel(string instance, string comment) => Post($"process-instances/{instance}/cancel", new { comment });

    public async Task<JsonNode> Case(string instance) => (await Get($"process-instances/{instance}")).Ok();

    /// <summary>The one task that is open in a case.</summary>
    public async Task<JsonNode> OpenTaskOf(string instance) => (await Case(instance))["openTasks"]!.AsArray().ShouldHaveSingleItem()!;

    public async Task<JsonArray> History(string instance) =>
        (await Get($"process-instances/{instance}/history?limit=200")).Ok()["items"]!.AsArray();

    public async Task<JsonNode> Verify(string instance) => (await Get($"audit/verify?instance={instance}")).Ok();

    /// <summary>All items of a list, fetched in pages of the given size.</summary>
    public async Task<List<JsonNode>> All(string path, int limit = 1)
    {
        var items = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var page = (await Get($"{path}{(path.Contains('?') ? '&' : '?')}limit={limit}{(cursor is null ? "" : "&cursor=" + cursor)}"))
                .Ok();
            page["items"]!.AsArray().Count.ShouldBeLessThanOrEqualTo(limit);
            items.AddRange(page["items"]!.AsArray().Select(i => i!));
            cursor = (string?)page["next"];
            items.Count.ShouldBeLessThan(1000, "paging does not end");
        }
        while (cursor is not null);
        return items;
    }

    /// <summary>Takes the open task of a case by the way that its kind asks for.</summary>
    public static async Task<JsonNode> DoNext(World world, string instance)
    {
        var task = await world.Officer.OpenTaskOf(instance);
        var holder = world.As(task.Text("role"));
        return (task.Text("kind") == "approval" ? await holder.Approve(task) : await holder.Complete(task)).Ok();
    }
}

/// <summary>What came back.</summary>
public sealed record Answer(
    int Status, JsonNode? Body, string Raw, string? ETag, string? Location, bool Replayed, MediaTypeHeaderValue? ContentType)
{
    /// <summary>What the service that answered has logged.</summary>
    ServiceErrors? Errors { get; init; }

    public static async Task<Answer> From(HttpResponseMessage response, ServiceErrors errors)
    {
        ArgumentNullException.ThrowIfNull(response);
        var raw = await response.Content.ReadAsStringAsync();
        var json = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true && raw.Length > 0;
        return new Answer(
            (int)response.StatusCode, json
                ? JsonNode.Parse(raw)
                : null, raw, response.Headers.ETag?.ToString(), response.Headers.Location?.ToString(),
            response.Headers.TryGetValues("Idempotency-Replayed", out var replayed) && replayed
                .Single() == "true", response.Content.Headers.ContentType)
        {
            Errors = errors,
        };
    }

    string Said => Status == 500 ? $"{Raw}\n{Errors?.Last}" : Raw;

    /// <summary>The body of a success; fails with the problem otherwise.</summary>
    public JsonNode Ok()
    {
        Status.ShouldBeInRange(200, 299, Said);
        return Body!;
    }

    /// <summary>A problem as RFC 9457 has it, in both languages.</summary>
    public JsonNode ShouldBeProblem(int status, string slug, string? field = null)
    {
        Status.ShouldBe(status, Said);
        ContentType!.MediaType.ShouldBe("application/problem+json");
        Body.Text("type").ShouldBe("/problems/" + slug, Raw);
        ((int)Body!["status"]!).ShouldBe(status);
        Body["message"].Text("th").ShouldNotBeNullOrWhiteSpace();
        Body["message"].Text("en").ShouldNotBeNullOrWhiteSpace();
        if (field is not null)
            ((string?)Body["field"]).ShouldBe(field, Raw);
        return Body;
    }
}

public static class JsonReading
{
    public static string Text(this JsonNode? node, string name) =>
        (string?)node.ShouldNotBeNull()[name] ?? throw new ShouldAssertException($"\"{name}\" is null or absent in {node}");

    public static int Number(this JsonNode? node, string name) => (int)node.ShouldNotBeNull()[name].ShouldNotBeNull();

    public static DateTimeOffset Instant(this JsonNode? node, string name) =>
        DateTimeOffset.Parse(node.Text(name), System.Globalization.CultureInfo.InvariantCulture);

    public static IEnumerable<string> Names(this JsonNode? node) => node.ShouldNotBeNull().AsObject().Select(p => p.Key);
}

using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Tests;

/// <summary>Elsa Studio in a browser window of somebody who is signed in: what it asks, with their cookie and from our own page.</summary>
public sealed class StudioWindow(Visitor visitor, string name)
{
    static readonly JsonSerializerOptions AsIs = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public Visitor Visitor => visitor;

    /// <summary>Null: it does not say.</summary>
    public string? Office { get; set; }

    /// <summary>What its owner answers when <c>studio.js</c> asks why something is published; null: nothing.</summary>
    public string? Reason { get; set; } = "ตามที่ตกลงกัน";

    public Task<Answer> Get(string path) => Ask(HttpMethod.Get, path);

    public Task<Answer> Post(string path, object? body = null) => Ask(HttpMethod.Post, path, body);

    public Task<Answer> Delete(string path) => Ask(HttpMethod.Delete, path);

    /// <param name="body">An object to write as JSON, or a string or bytes that are sent as they stand.</param>
    public async Task<Answer> Ask(
        HttpMethod method, string path, object? body = null, Action<HttpRequestHeaders>? change = null,
        string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path.StartsWith("/elsa", StringComparison.Ordinal) ? path : "/elsa/api/" + path);
        request.Headers.Add("Origin", visitor.Origin);
        request.Headers.Add("X-Studio-Window", name);
        if (Office is not null)
            request.Headers.Add("X-Studio-Office", Office);
        if (Reason is not null)
            request.Headers.Add(StudioApi.ReasonHeader, Uri.EscapeDataString(Reason));
        change?.Invoke(request.Headers);
        if (body is HttpContent content)
            request.Content = content;
        else if (body is not null)
            request.Content = new ByteArrayContent(
                body as byte[] ?? Encoding.UTF8.GetBytes(body as string ?? JsonSerializer.Serialize(body, AsIs)))
            {
                Headers =
                    { ContentType = MediaTypeHeaderValue.Parse(contentType) }
            };
        using var response = await visitor.Ask(request);
        return await Answer.From(response, visitor.Errors);
    }

    /// <summary>Opens a definition, as the editor does.</summary>
    public async Task<JsonObject> Open(string key) =>
        (await Get($"workflow-definitions/by-definition-id/{key}?versionOptions=Latest")).Ok().AsObject();

    public Task<Answer> Save(JsonObject model, bool publish = false) =>
        Post("workflow-definitions", new JsonObject { ["model"] = model.DeepClone(), ["publish"] = publish });

    /// <summary>Saves, and goes on with what is returned, as Studio does.</summary>
    public async Task<JsonObject> Saved(JsonObject model, bool publish = false) =>
        (await Save(model, publish)).Ok()["workflowDefinition"]!.AsObject();
}

public static class StudioReading
{
    public static JsonObject Activity(this JsonObject model, string id) =>
        model["root"]!["activities"]!.AsArray().Single(a => a!["id"]!.GetValue<string>() == id)!.AsObject();

    /// <summary>A refusal as Studio shows it: a list of texts.</summary>
    public static string ShouldBeShown(this Answer answer, int status = 400)
    {
        ArgumentNullException.ThrowIfNull(answer);
        answer.Status.ShouldBe(status, answer.Raw);
        answer.ContentType!.MediaType.ShouldBe("application/problem+json");
        var texts = answer.Body!["errors"]!["generalErrors"]!.AsArray().Select(t => (string)t!).ToList();
        texts.ShouldNotBeEmpty();
        texts.ShouldAllBe(t => t.Any(c => c >= '\u0e01' && c <= '\u0e5b'));
        return string.Join('\n', texts);
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace ProcessEngine.Service.Tests.Interface;

/// <summary>An operation as <c>/openapi/v1.json</c> describes it.</summary>
sealed record Operation(string Id, HttpMethod Method, string Path, JsonObject Node)
{
    public IEnumerable<JsonNode> Parameters(string place) =>
        (Node["parameters"]?.AsArray() ?? []).Select(p => p!).Where(p => p.Text("in") == place);

    /// <summary>The shape of its body, and in which form it is sent; null when it has none.</summary>
    public (string Form, JsonNode Schema)? Body =>
        Node["requestBody"]?["content"]?.AsObject().First() is { } content ? (content.Key, content.Value!["schema"]!) : null;
}

/// <summary>The interface as it describes itself, and whether an answer is one that it says.</summary>
sealed class Described
{
    readonly JsonObject document;
    readonly HashSet<string> seen = new(StringComparer.Ordinal);
    readonly Dictionary<string, JsonSchema> shapes = new(StringComparer.Ordinal);

    public Described(JsonNode document)
    {
        this.document = document.AsObject();
        Operations =
        [
            .. from path in this.document["paths"]!.AsObject()
               from operation in path.Value!.AsObject()
               let node = operation.Value!.AsObject()
               select new Operation(node.Text("operationId"), new HttpMethod(operation.Key.ToUpperInvariant()), path.Key, node),
        ];
    }

    public IReadOnlyList<Operation> Operations { get; }

    public Operation this[string id] => Operations.Single(o => o.Id == id);

    /// <summary>The shape of a name, or the one that a reference leads to.</summary>
    public JsonObject Resolve(JsonNode schema) =>
        (string?)schema["$ref"] is { } reference ? document["components"]!["schemas"]![reference.Split('/')[^1]]!.AsObject() : schema.AsObject();

    /// <summary>What an answer says that the description does not; null when it is as described.</summary>
    public string? Fault(Operation operation, Answer answer)
    {
        var said = operation.Node["responses"]![answer.Status.ToString(CultureInfo.InvariantCulture)];
        if (said is null)
            return $"{operation.Id} does not say that it answers {answer.Status}: {answer.Raw}";
        if (said["content"]?.AsObject() is not { Count: > 0 } content)
            return answer.Raw.Length == 0 ? null : $"{operation.Id} says nothing of what {answer.Status} brings: {answer.Raw}";
        if (content[answer.ContentType?.MediaType ?? ""]?["schema"] is not { } schema)
            return $"{operation.Id} answers {answer.Status} as {answer.ContentType}: {answer.Raw}";
        // The same problem comes again and again.
        if (!seen.Add($"{schema.ToJsonString()}\n{answer.Raw}"))
            return null;
        if (answer.Body is null && (string?)Resolve(schema)["format"] == "binary")
            return null;
        var result = Shape(schema).Evaluate(
            answer.Body, new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true });
        return result.IsValid ? null
            : $"{operation.Id} {answer.Status} is not {schema.ToJsonString()}: {Reasons(result)}\n{answer.Raw}";
    }

    static string Reasons(EvaluationResults result) => string.Join(
        "; ", result.Details.Where(d => d.HasErrors).SelectMany(d => d.Errors!.Select(e => $"{d.InstanceLocation} {e.Value}")).Take(5));

    JsonSchema Shape(JsonNode schema)
    {
        var text = schema.ToJsonString();
        if (shapes.TryGetValue(text, out var known))
            return known;
        // A schema of its own, with all the named ones inside: what it refers to is there.
        var whole = JsonNode.Parse(text.Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal))!.AsObject();
        whole["$defs"] = JsonNode.Parse(
            document["components"]!["schemas"]!.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal));
        return shapes[text] = JsonSchema.FromText(whole.ToJsonString(new JsonSerializerOptions { MaxDepth = 256 }));
    }
}

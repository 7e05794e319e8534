using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using ProcessEngine.Core.Calendar;

namespace ProcessEngine.Service.Kernel;

/// <summary>
/// The shapes in <c>/openapi/v1.json</c>, as they are read and written: names of one type each, no field required that is not.
/// </summary>
sealed class ApiSchemas
{
    const string AnyJson = "Any JSON.";

    readonly ConcurrentDictionary<string, Type> named = new(StringComparer.Ordinal);

    /// <summary>Name of a shape → what a request must say of it.</summary>
    readonly ConcurrentDictionary<string, ImmutableArray<string>> asked = new(StringComparer.Ordinal);

    /// <summary>A request is called after its use case: "ActOnUserTaskRequest", not one "Request" among many.</summary>
    /// <exception cref="InvalidOperationException">Two types would have one name.</exception>
    public string? NameOf(JsonTypeInfo type)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (IsAnyJson(type.Type) || OpenApiOptions.CreateDefaultSchemaReferenceId(type) is null)
            return null;
        var clr = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        var name = NameOf(clr);
        return named.GetOrAdd(name, clr) == clr
            ? name
            : throw new InvalidOperationException($"Two types are called {name} in the interface's description: {named[name]}, {clr}.");
    }

    /// <summary>Null is JSON, too: it is said in its place, where a name could only be had besides null.</summary>
    static bool IsAnyJson(Type type) => type == typeof(JsonNode) || (Nullable.GetUnderlyingType(type) ?? type) == typeof(JsonElement);

    static string NameOf(Type type)
    {
        if (type == typeof(ImmutableSortedDictionary<string, string>))
            return "CaseData";
        var own = (type.DeclaringType?.Name ?? "") + type.Name.Split('`')[0];
        return type.IsGenericType ? own + "Of" + string.Concat(type.GetGenericArguments().Select(NameOf)) : own;
    }

    public Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(context);
        var given = context.JsonTypeInfo.Type;
        var type = Nullable.GetUnderlyingType(given) ?? given;
        if (IsAnyJson(given))
            (schema.Type, schema.Description) = (null, AnyJson);
        else if (type == typeof(DateTimeOffset))
            schema.Type = JsonSchemaType.String | (given == type ? 0 : JsonSchemaType.Null);
        else if (type == typeof(DeadlineRule))
            DescribeRule(schema);
        else if (type == typeof(ImmutableSortedDictionary<string, string>))
            (schema.Type, schema.AdditionalProperties) = (JsonSchemaType.Object, new OpenApiSchema());
        else if (type.IsEnum)
            (schema.Type, schema.Enum) = (JsonSchemaType.String, [.. WordsOf(type)]);
        else if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object && schema.Properties is { Count: > 0 })
            DescribeFields(schema, context.JsonTypeInfo);
        // A list of any JSON says so; else a reader takes it for forgotten.
        if (schema.Type is { } kind && kind.HasFlag(JsonSchemaType.Array))
            schema.Items ??= new OpenApiSchema { Description = AnyJson };
        return Task.CompletedTask;
    }

    static IEnumerable<JsonNode> WordsOf(Type choice) => Enum.GetNames(choice).Select(JsonNamingPolicy.CamelCase.ConvertName).Select(Text);

    static JsonNode Text(string text) => JsonValue.Create(text);

    static void DescribeRule(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.Object;
        schema.Required = new HashSet<string> { "rule" };
        schema.Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["rule"] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. DeadlineRuleFields.Names.Select(Text)] },
        };
        schema.Description =
            "A rule with its parameters, for example {\"rule\":\"working_days_range\",\"min\":1,\"max\":5}; see docs/working-time.md.";
    }

    /// <summary>An answer has every field, but those that are left out where there is nothing to say.</summary>
    void DescribeFields(OpenApiSchema schema, JsonTypeInfo type)
    {
        var fields = type.Properties.Where(p => schema.Properties!.ContainsKey(p.Name)).ToList();
        schema.Required = fields.Where(p => !IsLeftOut(p)).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        asked[NameOf(type.Type)] = [.. fields.Where(MustBeAsked).Select(p => p.Name)];
    }

    static bool IsLeftOut(JsonPropertyInfo field) =>
        field.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true).Length > 0;

    /// <summary>What a request leaves out is null, false or what its use case takes it for; only numbers have no such value.</summary>
    static bool MustBeAsked(JsonPropertyInfo field) =>
        field.AssociatedParameter is { HasDefaultValue: false, IsNullable: false } && field.PropertyType != typeof(bool);

    /// <summary>What requests are made of must say less than what answers are made of.</summary>
    public Task RelaxRequestsAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(document);
        var shapes = document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var operation in document.Paths.SelectMany(p => p.Value.Operations ?? []).Select(o => o.Value))
        {
            foreach (var content in operation.RequestBody?.Content?.Values ?? [])
                Relax(content.Schema);
        }

        // A file is described where it is sent.
        shapes.Remove(nameof(IFormFile));
        return Task.CompletedTask;

        void Relax(IOpenApiSchema? schema)
        {
            if (schema is OpenApiSchemaReference { Reference.Id: { } id })
            {
                if (!seen.Add(id) || !shapes.TryGetValue(id, out var found) || found is not OpenApiSchema shape)
                    return;
                if (asked.TryGetValue(id, out var needed))
                    shape.Required = needed.Intersect(shape.Required ?? new HashSet<string>()).ToHashSet(StringComparer.Ordinal);
                Relax(shape);
                return;
            }

            foreach (var part in PartsOf(schema))
                Relax(part);
        }
    }

    static IEnumerable<IOpenApiSchema?> PartsOf(IOpenApiSchema? schema) => schema is null ? []
        : (schema.Properties?.Values ?? []).Concat(schema.OneOf ?? []).Concat(schema.AnyOf ?? []).Concat(schema.AllOf ?? [])
            .Append(schema.Items).Append(schema.AdditionalProperties);
}

using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProcessEngine.Service.Cases.Redactions;

/// <summary>Where a text stands in an event.</summary>
/// <param name="Field">Such as <c>comment</c> or <c>outputs.address</c>.</param>
/// <param name="Text">All that stands in the field.</param>
public sealed record FoundText(string Field, string Text);

/// <summary>
/// Takes texts out of the payload of an event: out of what people wrote, never out of what the service goes by (ids, steps, roles,
/// outcomes), so that the event is read and folded as before.
/// </summary>
public sealed class TextRedaction
{
    /// <summary>What stands in the place of what was taken out.</summary>
    public const string Mark = "[ลบข้อมูลส่วนบุคคล]";

    static readonly JsonSerializerOptions Shape = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Fields of events in which people write.</summary>
    static readonly HashSet<string> Plain = new(StringComparer.Ordinal)
    {
        "title", "businessKey", "comment", "text", "detail", "fileName", "correlation",
    };

    /// <summary>Fields that hold data of the case: name → JSON text.</summary>
    static readonly HashSet<string> Data = new(StringComparer.Ordinal) { "variables", "outputs", "changes", "data", "answers" };

    readonly IReadOnlyList<string> terms;
    readonly List<FoundText> found = [];

    TextRedaction(IReadOnlyList<string> terms) => this.terms = terms;

    /// <returns>What was found, and the payload without it; null when there is nothing.</returns>
    public static (IReadOnlyList<FoundText> Found, string Payload)? Of(string payload, IReadOnlyList<string> terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        if (JsonNode.Parse(payload) is not JsonObject fields)
            return null;
        var redaction = new TextRedaction(terms);
        redaction.Walk(fields, "");
        return redaction.found.Count == 0 ? null : (redaction.found, fields.ToJsonString(Shape));
    }

    /// <summary>A plain text without the terms.</summary>
    public static string Replaced(string text, IReadOnlyList<string> terms)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(terms);
        return terms.OrderByDescending(t => t.Length).Aggregate(text, (left, term) => left.Replace(term, Mark, StringComparison.Ordinal));
    }

    void Walk(JsonObject fields, string place)
    {
        foreach (var (name, value) in fields.ToList())
        {
            var here = place.Length == 0 ? name : $"{place}.{name}";
            switch (value)
            {
                case JsonObject data when Data.Contains(name):
                    foreach (var (field, json) in data.ToList())
                        data[field] = Json(json, $"{here}.{field}");
                    break;
                case JsonObject below:
                    Walk(below, here);
                    break;
                case JsonArray list:
                    foreach (var entry in list.OfType<JsonObject>())
                        Walk(entry, here);
                    break;
                case JsonValue text when Plain.Contains(name) && text.TryGetValue<string>(out var said):
                    fields[name] = Text(said, here);
                    break;
                case JsonValue when name == "item":
                    fields[name] = Json(value, here);
                    break;
            }
        }
    }

    /// <summary>A text that is JSON itself.</summary>
    JsonNode? Json(JsonNode? value, string place)
    {
        if (value is not JsonValue text || !text.TryGetValue<string>(out var json))
            return value?.DeepClone();
        JsonNode? inner;
        try
        {
            inner = JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return Text(json, place);
        }

        var before = found.Count;
        var after = Deep(inner, place);
        return found.Count == before ? json : after?.ToJsonString(Shape) ?? "null";
    }

    JsonNode? Deep(JsonNode? node, string place)
    {
        switch (node)
        {
            case JsonObject fields:
                return new JsonObject(fields.Select(f => KeyValuePair.Create(f.Key, Deep(f.Value, $"{place}.{f.Key}"))));
            case JsonArray list:
                return new JsonArray([.. list.Select(entry => Deep(entry, place))]);
            case JsonValue value when value.TryGetValue<string>(out var text):
                return Text(text, place);
            case JsonValue number when number.GetValueKind() == JsonValueKind.Number && terms.Contains(number.ToJsonString()):
                found.Add(new FoundText(place, number.ToJsonString()));
                return null;
            default:
                return node?.DeepClone();
        }
    }

    JsonNode Text(string text, string place)
    {
        // Written in whatever form: the same to the eye.
        var plain = text.Normalize(NormalizationForm.FormC);
        var without = Replaced(plain, terms);
        if (without == plain)
            return JsonValue.Create(text);
        found.Add(new FoundText(place, text));
        return JsonValue.Create(without);
    }
}

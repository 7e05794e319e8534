using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Definitions.Elsa;

/// <summary>The values of one activity; what is of the wrong type is complained about once, with its place.</summary>
internal sealed class ElsaFields(JsonElement element, string? activityId, List<Finding> findings)
{
    const int MaxEntries = 100;

    public static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    public void Complain(string code, string th, string en) => findings.Add(new Finding(activityId, code, new LocalizedText(th, en)));

    public string? Text(string name) => Value(name) switch
    {
        { ValueKind: JsonValueKind.String } value => string.IsNullOrWhiteSpace(value.GetString()) ? null : value.GetString(),
        { ValueKind: JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } value => value.GetRawText(),
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => null,
        _ => Wrong(name, "ข้อความ", "a text"),
    };

    public string Required(string name)
    {
        var text = Text(name);
        if (text is null)
            Complain("missing-" + name, $"ไม่ได้ระบุ {name}", $"{name} is missing.");
        return text ?? "";
    }

    public int? Number(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
            return number;
        Wrong(name, "จำนวนเต็ม", "a whole number");
        return null;
    }

    public ImmutableArray<string> Texts(string name) => Value(name) switch
    {
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => [],
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            [.. list.EnumerateArray().Select(item => item.GetString()!)],
        _ => Wrong(name, "รายการข้อความ", "a list of texts") is null ? [] : [],
    };

    /// <summary>An object of texts, for what a new case takes over.</summary>
    public ImmutableArray<CarriedOver> Map(string name) => Object(element, name) switch
    {
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => [],
        { ValueKind: JsonValueKind.Object } map when map.EnumerateObject().All(p => p.Value.ValueKind == JsonValueKind.String) =>
            [.. map.EnumerateObject().Select(p => new CarriedOver(p.Name, p.Value.GetString()!))],
        _ => Wrong(name, "ออบเจกต์ของข้อความ", "an object of texts") is null ? [] : [],
    };

    /// <summary>True or false. Studio's literals arrive as texts, with a capital.</summary>
    public bool Bool(string name, bool absent = false)
    {
        switch (Value(name))
        {
            case { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null }:
                return absent;
            case { ValueKind: JsonValueKind.False }:
                return false;
            case { ValueKind: JsonValueKind.String } blank when string.IsNullOrWhiteSpace(blank.GetString()):
                return absent;
            case { ValueKind: JsonValueKind.True }:
                return true;
            case { ValueKind: JsonValueKind.String } text when bool.TryParse(text.GetString(), out var yes):
                return yes;
            default:
                Wrong(name, "true หรือ false", "true or false");
                return false;
        }
    }

    public T? Choice<T>(string name)
        where T : struct, Enum
    {
        if (Text(name) is not { } text)
            return null;
        if (Enum.TryParse<T>(text, ignoreCase: true, out var choice) && !int.TryParse(text, out _))
            return choice;
        var names = string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()));
        Wrong(name, $"ค่าใดค่าหนึ่งใน {names}", $"one of {names}");
        return null;
    }

    /// <summary>Whether a value that may be a text or a list of objects is the list; Studio may hold it as a text of JSON.</summary>
    public bool HasList(string name) => Value(name) switch
    {
        { ValueKind: JsonValueKind.Array } => true,
        { ValueKind: JsonValueKind.String } text => text.GetString()!.TrimStart().StartsWith('['),
        _ => false,
    };

    /// <summary>A list of objects; Studio may hold it as a text of JSON.</summary>
    public IEnumerable<ElsaFields> Objects(string name)
    {
        var value = Value(name);
        if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            return [];
        try
        {
            if (value.ValueKind == JsonValueKind.String)
            {
                using var text = JsonDocument.Parse(value.GetString()!, Strict);
                value = text.RootElement.Clone();
            }
        }
        catch (JsonException)
        {
            // Falls through to the complaint.
        }

        if (value.ValueKind == JsonValueKind.Array
            && value.GetArrayLength() <= MaxEntries
            && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object))
            return [.. value.EnumerateArray().Select(item => new ElsaFields(item, activityId, findings))];
        Wrong(name, $"รายการของออบเจกต์ ไม่เกิน {MaxEntries} รายการ", $"a list of at most {MaxEntries} objects");
        return [];
    }

    /// <summary>The JSON of an object, or of a text that holds one; null when absent.</summary>
    public string? Raw(string name)
    {
        // A schema is an object itself: what looks like Studio's wrapping has an expression.
        var value = Object(element, name);
        if (value.ValueKind == JsonValueKind.Object && Object(value, "expression").ValueKind == JsonValueKind.Undefined)
            return value.GetRawText();
        return Text(name);
    }

    /// <summary>The bare value, or what stands in Studio's Literal expression.</summary>
    JsonElement Value(string name)
    {
        var value = Object(element, name);
        if (value.ValueKind != JsonValueKind.Object)
            return value;
        var expression = Object(value, "expression");
        if (Object(expression, "type") is { ValueKind: JsonValueKind.String } kind && kind.GetString() == "Literal")
            return Object(expression, "value");
        Complain(
            "not-a-literal",
            $"{name} ต้องเป็นค่าคงที่ (Literal) ระบบไม่ประมวลผลนิพจน์ชนิดอื่น",
            $"{name} must be a literal; other kinds of expression are not evaluated.");
        return default;
    }

    public static JsonElement Object(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : default;

    public static IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
        Object(parent, name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    string? Wrong(string name, string th, string en)
    {
        Complain("wrong-type", $"{name} ต้องเป็น{th}", $"{name} must be {en}.");
        return null;
    }
}

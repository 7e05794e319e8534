using System.Text.Json;
using ProcessEngine.Core.Calendar;

namespace ProcessEngine.Core.Expressions;

/// <summary>
/// What one piece of data must be like to be taken into a case, whichever door it comes in by. What is wrong is said so that it can follow
/// the name of the field.
/// </summary>
/// <remarks>
/// Stricter than what is read from a case (<see cref="Variable.Accepts"/>): a case of before keeps what it was given then.
/// </remarks>
static class GivenValue
{
    /// <summary>Characters of one text.</summary>
    public const int MaxText = 10_000;

    /// <summary>Entries of one list; a step can be done for no more.</summary>
    public const int MaxEntries = 500;

    static readonly LocalizedText Broken = new(
        "มีอักขระควบคุมหรืออักขระที่ไม่สมบูรณ์", "has control characters or broken characters in it");

    static readonly LocalizedText TextTooLong = new($"ยาวเกิน {MaxText} ตัวอักษร", $"is longer than {MaxText} characters");

    static readonly LocalizedText ListTooLong = new($"มีเกิน {MaxEntries} รายการ", $"has more than {MaxEntries} entries");

    static readonly LocalizedText NotPlainEntries = new("รายการต้องเป็นข้อความหรือตัวเลข", "is a list of texts or numbers");

    /// <summary>Whether it can be kept at all: no database takes NUL or half a character, and nothing goes on for ever.</summary>
    /// <param name="json">JSON text.</param>
    public static LocalizedText? Unfit(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Unfit(document.RootElement);
    }

    static LocalizedText? Unfit(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return TextFault(Text(value));
            case JsonValueKind.Array when value.GetArrayLength() > MaxEntries:
                return ListTooLong;
            case JsonValueKind.Array:
                return FirstFault(value.EnumerateArray().Select(Unfit));
            case JsonValueKind.Object:
                return FirstFault(value.EnumerateObject().Select(field => TextFault(Name(field)) ?? Unfit(field.Value)));
            default:
                return null;
        }
    }

    /// <summary>Whether it is what the definition declares; of a list, whether its entries are plain.</summary>
    /// <param name="json">JSON text that is fit to be kept.</param>
    public static LocalizedText? Fault(Variable variable, string json)
    {
        using var document = JsonDocument.Parse(json);
        var value = document.RootElement;
        if (!variable.Accepts(json))
        {
            return variable.Type == VariableType.Date && value.ValueKind == JsonValueKind.String
                ? DateText.Fault(value.GetString())
                : new($"ต้องเป็นชนิด {variable.Type}", $"must be of type {variable.Type}");
        }

        return (variable.Type, value.ValueKind) switch
        {
            (VariableType.Date, JsonValueKind.String) => DateText.Fault(value.GetString()),
            (VariableType.List, JsonValueKind.Array)
                when value.EnumerateArray().Any(entry => entry.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)) =>
                NotPlainEntries,
            _ => null,
        };
    }

    static LocalizedText? FirstFault(IEnumerable<LocalizedText?> faults) => faults.FirstOrDefault(fault => fault is not null);

    static LocalizedText? TextFault(string? text) => text is null || !IsClean(text) ? Broken : text.Length > MaxText ? TextTooLong : null;

    /// <summary>Null where it holds half of a surrogate pair, which is no text.</summary>
    static string? Text(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    static string? Name(JsonProperty field)
    {
        try
        {
            return field.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Line breaks and tabs are text; NUL and the like are not.</summary>
    static bool IsClean(string text) => !text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'));
}

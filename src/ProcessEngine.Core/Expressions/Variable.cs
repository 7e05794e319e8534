using System.Globalization;
using System.Text.Json;

namespace ProcessEngine.Core.Expressions;

public enum VariableType
{
    Boolean,
    Number,
    Text,

    /// <summary>A Gregorian date; a JSON text such as <c>"2026-12-08"</c>, with or without a time behind it.</summary>
    Date,

    /// <summary>Of texts or numbers.</summary>
    List,
}

/// <summary>A piece of data that a case carries, declared so that conditions on it can be checked before anything runs.</summary>
/// <param name="Required">It must be given when a case starts.</param>
public sealed record Variable(string Name, VariableType Type, LocalizedText? Label = null, bool Required = false)
{
    /// <summary>
    /// What a case begins with when nothing is given: JSON; of a date also a day of the fiscal year (<c>"06-10"</c>). Null: nothing.
    /// </summary>
    public string? Default { get; init; }

    /// <summary>The default in a case that starts on a day; null when there is none, or when it is none of the type.</summary>
    public string? DefaultOn(DateOnly day)
    {
        if (Default is null)
            return null;
        if (Type == VariableType.Date && JsonSerializer.Deserialize<JsonElement>(Default) is { ValueKind: JsonValueKind.String } text
            && DateOnly.TryParseExact(
                "2000-" + text.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var given))
        {
            var year = Calendar.FiscalYear.Of(day) - Calendar.FiscalYear.BuddhistOffset - (given.Month >= 10 ? 1 : 0);
            var last = DateTime.DaysInMonth(year, given.Month);
            return JsonSerializer.Serialize(new DateOnly(year, given.Month, Math.Min(given.Day, last)));
        }

        return Accepts(Default) ? Default : null;
    }

    /// <summary>Whether a JSON value is of the type; null always is, and means that there is none.</summary>
    public bool Accepts(string json)
    {
        using var document = JsonDocument.Parse(json);
        var value = document.RootElement;
        return value.ValueKind == JsonValueKind.Null || Type switch
        {
            VariableType.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            VariableType.Number => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out _),
            VariableType.Text => value.ValueKind == JsonValueKind.String,
            VariableType.Date => value.ValueKind == JsonValueKind.String && Value.TryReadDate(value.GetString()!, out _),
            VariableType.List => value.ValueKind == JsonValueKind.Array,
        };
    }
}

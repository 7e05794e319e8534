using System.Globalization;
using System.Text.Json;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Execution;

/// <summary>Reads the data of a case as what a definition takes them for.</summary>
static class CaseData
{
    /// <summary>The Gregorian date at the beginning of a text; null when there is none.</summary>
    public static DateOnly? Date(ProcessState state, string variable) =>
        state.Text(variable) is { Length: >= 10 } text
        && DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : null;

    /// <summary>A list of texts or numbers; null when there is none.</summary>
    public static List<string>? Texts(ProcessState state, string variable)
    {
        if (!state.Variables.TryGetValue(variable, out var json))
            return null;
        using var value = JsonDocument.Parse(json);
        if (value.RootElement.ValueKind != JsonValueKind.Array)
            return null;
        var texts = new List<string>(value.RootElement.GetArrayLength());
        foreach (var item in value.RootElement.EnumerateArray())
        {
            if (item.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
                return null;
            texts.Add(item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText());
        }

        return texts;
    }
}

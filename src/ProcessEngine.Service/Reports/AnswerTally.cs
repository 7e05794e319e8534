using System.Text.Json;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Forms;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports;

/// <summary>
/// One field over many forms: choices by how often each was taken, numbers by their sum and bounds, of texts only how many there are.
/// </summary>
/// <param name="field">Null for one that the form does not have any more.</param>
sealed class AnswerTally(FormField? field)
{
    readonly SortedDictionary<string, int> values = new(StringComparer.Ordinal);

    public FormField? Field { get; } = field;
    public int Answered { get; private set; }
    public decimal? Sum { get; private set; }
    public decimal? Min { get; private set; }
    public decimal? Max { get; private set; }

    /// <summary>Of a choice, of yes or no, of a list of choices, and of a scale: how often each.</summary>
    public IReadOnlyDictionary<string, int> Values => values;

    /// <summary>What a step's forms are counted by: its fields as it has them now.</summary>
    public static Dictionary<string, AnswerTally> Of(FormSchema? form) =>
        (form?.Fields ?? []).ToDictionary(f => f.Name, f => new AnswerTally(f), StringComparer.Ordinal);

    /// <summary>The form of a step, or what whoever asked from outside rates the service by.</summary>
    public static FormSchema? FormOf(ProcessDefinition? definition, string step) =>
        step == PublicService.RatingStep ? definition?.Public?.Rating : definition?.FindStep(step)?.Form;

    /// <summary>What it is called.</summary>
    public static LocalizedText? NameOf(ProcessDefinition? definition, string step) => step == PublicService.RatingStep
        ? new LocalizedText("ความพึงพอใจของผู้ขอ", "Rated by those who asked")
        : definition?.FindStep(step)?.Name;

    /// <summary>Counts one form that was filled in.</summary>
    public static void Count(Dictionary<string, AnswerTally> fields, string eventType, string payload)
    {
        foreach (var (name, json) in OutputsOf(eventType, payload))
        {
            if (!fields.TryGetValue(name, out var tally))
                fields[name] = tally = new AnswerTally(null);
            tally.Add(json);
        }
    }

    /// <summary>What was filled in: field → JSON text.</summary>
    public static IEnumerable<KeyValuePair<string, string>> OutputsOf(string type, string payload) => EventTypes.Read(type, payload) switch
    {
        TaskCompleted e => e.Outputs,
        TaskApproved e => e.Outputs,
        ServiceRated e => e.Answers,
        _ => [],
    };

    /// <summary>A whole number on a scale of a few points, such as a mark.</summary>
    public static bool IsScale(FormField field) =>
        field is { Type: FieldType.WholeNumber, Minimum: { } from, Maximum: { } to } && to > from && to - from <= 10;

    void Add(string json)
    {
        using var document = JsonDocument.Parse(json);
        var value = document.RootElement;
        if (value.ValueKind == JsonValueKind.Null)
            return;
        Answered++;
        switch (value.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False:
                Take(value);
                break;
            case JsonValueKind.Number when value.TryGetDecimal(out var number):
                Add(number);
                if (Field is not null && (!Field.Choices.IsEmpty || IsScale(Field)))
                    Take(value);
                break;
            case JsonValueKind.String when Field is { Choices.IsEmpty: false }:
                Take(value);
                break;
            case JsonValueKind.Array when Field?.Item is { Choices.IsEmpty: false }:
                foreach (var entry in value.EnumerateArray())
                    Take(entry);
                break;
        }
    }

    void Take(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        values[text] = values.GetValueOrDefault(text) + 1;
    }

    /// <summary>Past what a number holds there is no sum.</summary>
    void Add(decimal number)
    {
        (Min, Max) = (Math.Min(Min ?? number, number), Math.Max(Max ?? number, number));
        try
        {
            Sum = Answered == 1 ? number : Sum + number;
        }
        catch (OverflowException)
        {
            Sum = null;
        }
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;
using ProcessEngine.Core.Calendar;

namespace ProcessEngine.Service.Kernel;

/// <summary>A rule as <c>{"rule":"working_days_range","min":1,"max":5}</c>; names as in docs/working-time.md.</summary>
public sealed class DeadlineRuleConverter : JsonConverter<DeadlineRule>
{
    public override DeadlineRule Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var fields = document.RootElement;
        return DeadlineRuleFields.Read(name => fields.TryGetProperty(name, out var value) ? value.ToString() : null) is { Rule: { } rule }
            ? rule
            : throw new JsonException("Not a deadline rule.");
    }

    public override void Write(Utf8JsonWriter writer, DeadlineRule value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        foreach (var (name, field) in DeadlineRuleFields.Write(value))
        {
            if (field is int number)
                writer.WriteNumber(name, number);
            else
                writer.WriteString(name, (string)field);
        }

        writer.WriteEndObject();
    }
}

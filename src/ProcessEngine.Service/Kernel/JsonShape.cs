using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace ProcessEngine.Service.Kernel;

/// <summary>JSON as callers see it: camelCase, Thai as Thai, times with the office's offset.</summary>
public static class JsonShape
{
    static readonly TimeSpan Bangkok = TimeSpan.FromHours(7);

    /// <summary>
    /// A list holds no null: what reads it needs not ask. (Values of a dictionary may be null, and say that there is none.)
    /// </summary>
    public static IJsonTypeInfoResolver NoEmptyEntries { get; } = new DefaultJsonTypeInfoResolver
    {
        Modifiers =
        {
            type =>
            {
                if (type.Kind == JsonTypeInfoKind.Enumerable)
                    type.OnDeserialized = RefuseEmptyEntries;
            },
        },
    };

    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);
        options.MaxDepth = 32;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.TypeInfoResolver = NoEmptyEntries;
        options.Converters.Add(new InstantConverter());
        options.Converters.Add(new RawJsonMapConverter());
        options.Converters.Add(new DeadlineRuleConverter());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        return options;
    }

    static void RefuseEmptyEntries(object list)
    {
        var index = 0;
        foreach (var entry in (System.Collections.IEnumerable)list)
        {
            if (entry is null)
                throw new EmptyEntryException(index);
            index++;
        }
    }

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>Variables and outputs as they came: name → JSON text.</summary>
    public static ImmutableSortedDictionary<string, string> ToRawMap(JsonElement? data)
    {
        var map = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (data is { ValueKind: JsonValueKind.Object } fields)
        {
            foreach (var field in fields.EnumerateObject())
                map[field.Name] = field.Value.GetRawText();
        }

        return map.ToImmutable();
    }

    sealed class InstantConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToOffset(Bangkok));
    }
}

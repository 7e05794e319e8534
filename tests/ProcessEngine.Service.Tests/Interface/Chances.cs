using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProcessEngine.Service.Tests.Interface;

/// <summary>What nobody would send who means well; of a seed, so that what fails can be sent again.</summary>
sealed class Chances(int seed)
{
    static readonly JsonSerializerOptions Deep = new() { MaxDepth = 512 };

    readonly Random random = new(seed);

    /// <summary>Texts that something once stumbled over.</summary>
    static readonly string[] Odd =
    [
        "", " ", "ก", "น้ำ", "\0", "a\0b", "\u200b", "\ud83d\ude00", "'; DROP TABLE app_user; --", "%", "_", "*", "../..", "null", "true", "0", "-1",
        "2569-12-08", "9999-12-31", "0001-01-01", "2026-02-30", "2026-03-02T09:00:00+07:00", "2026-12-08Tfoo", "10-01", "02-29", "999999999999999999999",
        "1e999", "NaN", "demo", "elsewhere", "national", "TH-40", "director", "working_days", "urgent", "00000000-0000-0000-0000-000000000000",
        "{\"a\":1}", "<script>", new('ก', 300), new('x', 5000), "((((((((((a{99}){99}){99}){99})", "\r\nX-Injected: 1",
    ];

    /// <summary>Bodies that are not the object that is expected; bytes, because some are no text.</summary>
    static readonly byte[][] Bodies =
    [
        .. new[]
        {
            "null", "[]", "[null]", "1", "true", "\"x\"", "{", "{}", "{}{}", "{\"a\":1,\"a\":2}", "{\"comment\":\"\\u0000\"}", "{\"comment\":\"\\ud800\"}",
            "{\"title\":{}}", "{\"roles\":[null]}", "{\"rule\":null}", "{\"rule\":{\"rule\":7}}", "{\"changes\":[]}", "{\"outputs\":\"x\"}", "{\"data\":[null]}",
            "{\"variables\":{\"\":null}}", "{\"add\":[null]}", "{\"root\":null}", "{\"root\":{\"activities\":[null],\"connections\":[null]}}",
            "{\"revision\":99999999999}", "\u00a0{}", "// a comment\n{}",
        }.Select(Encoding.UTF8.GetBytes),
        [], [0], [0xFF, 0xFE, 0x7B, 0x00], [0x7B, 0x22, 0xC3, 0x28, 0x22, 0x3A, 0x31, 0x7D], [0xEF, 0xBB, 0xBF, 0x7B, 0x7D],
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 500)) + "1" + new string('}', 500)),
        Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Repeat("{}", 2000)) + "]"),
    ];

    public bool OneIn(int many) => random.Next(many) == 0;

    public int Below(int bound) => random.Next(bound);

    public T Of<T>(IReadOnlyList<T> some) => some[random.Next(some.Count)];

    public string Text() => Of(Odd);

    public byte[] NotTheBody() => Of(Bodies);

    /// <summary>A query's value: often of the kind that is asked for, and often not.</summary>
    public string Value(JsonNode? schema, IReadOnlyList<string> known) => random.Next(4) switch
    {
        0 => Text(),
        1 => Of(known),
        _ when schema?["enum"] is JsonArray words => (string)Of([.. words])!,
        _ => (string?)schema?["type"] switch
        {
            "integer" => Of(["1", "2", "0", "50", "200", "2026", "2569"]),
            "boolean" => Of(["true", "false"]),
            _ => Of(["2026-03-02", "2026-03-31", "2569", "demo", World.KhonKaen, "write", "1"]),
        },
    };

    /// <summary>The same with one thing in it that is another.</summary>
    public JsonNode? Changed(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields when fields.Count > 0 && !OneIn(6):
                var name = Of([.. fields.Select(f => f.Key)]);
                if (OneIn(8))
                    fields.Remove(name);
                else if (OneIn(8))
                    fields[Text()] = Anything();
                else
                    fields[name] = Changed(fields[name]?.DeepClone());
                return fields;
            case JsonArray items when items.Count > 0 && !OneIn(6):
                var at = random.Next(items.Count);
                if (OneIn(6))
                    items.Add(items[at]?.DeepClone());
                else
                    items[at] = Changed(items[at]?.DeepClone());
                return items;
            default:
                return Anything();
        }
    }

    /// <summary>A body of a shape that the description gives, with values of the kinds that it gives.</summary>
    public JsonNode? Of(JsonNode schema, Described described, IReadOnlyList<string> known, int depth = 0)
    {
        if (schema["oneOf"] is JsonArray ways)
            return OneIn(3) || depth > 6 ? null : Of(ways[^1]!, described, known, depth);
        var shape = described.Resolve(schema);
        if (shape["enum"] is JsonArray words)
            return Of([.. words])!.DeepClone();
        var kinds = shape["type"] is JsonArray several ? several.Select(k => (string)k!).Where(k => k != "null").ToArray() : [(string?)shape["type"] ?? "any"];
        if (OneIn(12) || depth > 8)
            return Anything();
        return kinds[0] switch
        {
            "object" => Fields(shape, described, known, depth),
            "array" => new JsonArray([.. Enumerable.Range(0, random.Next(3)).Select(_ => Of(shape["items"] ?? new JsonObject(), described, known, depth + 1))]),
            "integer" or "number" => JsonValue.Create(Of([0, 1, 2, -1, 100, int.MaxValue])),
            "boolean" => JsonValue.Create(OneIn(2)),
            "any" => Anything(),
            _ => JsonValue.Create(OneIn(3) ? Text() : Of(known)),
        };
    }

    JsonObject Fields(JsonObject shape, Described described, IReadOnlyList<string> known, int depth)
    {
        var made = new JsonObject();
        foreach (var (name, field) in shape["properties"]?.AsObject() ?? [])
        {
            if (!OneIn(3))
                made[name] = Of(field!, described, known, depth + 1);
        }

        if (shape["additionalProperties"] is JsonObject more && !OneIn(3))
            made[OneIn(2) ? Text() : Of(known)] = Of(more, described, known, depth + 1);
        return made;
    }

    JsonNode? Anything() => random.Next(9) switch
    {
        0 => null,
        1 => new JsonArray(),
        2 => new JsonArray(null, 1, new JsonObject()),
        3 => new JsonObject(),
        4 => new JsonObject { [Text()] = Text() },
        5 => JsonValue.Create(Of([0m, -1m, 0.5m, 79228162514264337593543950335m])),
        6 => JsonNode.Parse(Of(["1e400", "-0", "12345678901234567890123456789012345678901234567890"])),
        _ => JsonValue.Create(Text()),
    };

    public static string Shown(byte[] body) =>
        Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 300))) + (body.Length > 300 ? $"… ({body.Length.ToString(CultureInfo.InvariantCulture)} bytes)" : "");

    public static byte[] Written(JsonNode? node) => JsonSerializer.SerializeToUtf8Bytes(node, Deep);
}

using System.Globalization;
using System.Text.Json.Nodes;

namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>What a field of a form is, as people choose it.</summary>
public enum FormFieldKind
{
    ShortText,
    LongText,
    Number,
    WholeNumber,
    YesNo,
    Date,
    DateAndTime,
    Email,

    /// <summary>One of the choices.</summary>
    OneOf,

    /// <summary>As many of the choices as one likes.</summary>
    SeveralOf,

    /// <summary>A list that is written, one entry a line.</summary>
    Lines,

    /// <summary>What the builder does not offer: it stays as it is.</summary>
    Other,
}

/// <summary>One field of a form, to read and to fill in.</summary>
/// <param name="Name">What its answer is stored under; never changed, since cases and conditions know it.</param>
/// <param name="Choices">One a line.</param>
/// <param name="Least">Of a number the smallest, of a list how many entries; empty: any.</param>
/// <param name="Most">Of a number the largest, of a text how many characters, of a list how many entries; empty: any.</param>
/// <param name="ShownField">It is asked only after this one; empty: always.</param>
/// <param name="ShownAnswer">… was answered so.</param>
public sealed record FormRow(
    string Name, FormFieldKind Kind, string Label, string LabelEn, bool Required, string Help, string Choices, string Least, string Most,
    string ShownField, string ShownAnswer)
{
    /// <summary>A text that is longer than that has several lines.</summary>
    const int ShortLength = 200;

    const int LongLength = 2000;
    const string Shown = "x-shown-when";

    public bool HasChoices => Kind is FormFieldKind.OneOf or FormFieldKind.SeveralOf;

    public bool IsList => Kind is FormFieldKind.SeveralOf or FormFieldKind.Lines;

    /// <summary>The type of data of a case that its answer is.</summary>
    public string DataType => Kind switch
    {
        FormFieldKind.Number or FormFieldKind.WholeNumber => "Decimal",
        FormFieldKind.YesNo => "Boolean",
        FormFieldKind.Date or FormFieldKind.DateAndTime => "DateTime",
        _ => "String",
    };

    public static FormRow Read(string name, JsonObject field, bool required)
    {
        ArgumentNullException.ThrowIfNull(field);
        var kind = KindOf(field);
        var (least, most) = Bounds(kind);
        var choices = kind == FormFieldKind.SeveralOf && field["items"] is JsonObject items ? items : field;
        var when = field[Shown] as JsonObject ?? [];
        return new FormRow(
            name, kind, ChartJson.Text(field, "title"), ChartJson.Text(field, "x-title-en"), required, ChartJson.Text(field, "description"),
            string.Join('\n', ChartJson.Texts(choices, "enum")), ChartJson.Text(field, least), ChartJson.Text(field, most),
            ChartJson.Text(when, "field"), ChartJson.Text(when, "is"));
    }

    public static JsonObject New(FormFieldKind kind, string label)
    {
        var field = OfKind(kind);
        field["title"] = label;
        return field;
    }

    /// <summary>Only what differs from what was there is written.</summary>
    public void WriteTo(JsonObject field)
    {
        ArgumentNullException.ThrowIfNull(field);
        var before = Read(Name, field, Required);
        if (Kind != before.Kind && Kind != FormFieldKind.Other)
            Become(field);
        ChartJson.Set(field, "title", Label);
        ChartJson.Set(field, "x-title-en", LabelEn);
        ChartJson.Set(field, "description", Help);
        var (least, most) = Bounds(Kind);
        if (least.Length > 0 && (Least != before.Least || Kind != before.Kind))
            SetNumber(field, least, Least);
        if (most.Length > 0 && (Most != before.Most || Kind != before.Kind))
            SetNumber(field, most, MostOf(Kind != before.Kind));
        if (HasChoices && (Choices != before.Choices || Kind != before.Kind))
        {
            var of = Kind == FormFieldKind.SeveralOf ? field["items"]!.AsObject() : field;
            of["enum"] = new JsonArray([.. ChoiceList().Select(c => (JsonNode)JsonValue.Create(c))]);
        }

        if (ShownField != before.ShownField || ShownAnswer != before.ShownAnswer)
        {
            if (ShownField.Length == 0)
                field.Remove(Shown);
            else
                field[Shown] = new JsonObject { ["field"] = ShownField, ["is"] = ShownAnswer };
        }
    }

    /// <summary>How long a text may be is what tells one line from several.</summary>
    string MostOf(bool isOther)
    {
        var length = int.TryParse(Most, NumberStyles.None, CultureInfo.InvariantCulture, out var typed) ? typed : (int?)null;
        return Kind switch
        {
            FormFieldKind.ShortText when length is null || (isOther && length > ShortLength) =>
                ShortLength.ToString(CultureInfo.InvariantCulture),
            FormFieldKind.LongText when isOther && length is null or <= ShortLength => LongLength.ToString(CultureInfo.InvariantCulture),
            _ => Most,
        };
    }

    IEnumerable<string> ChoiceList() =>
        Choices.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct();

    void Become(JsonObject field)
    {
        foreach (var word in new[]
        {
            "type", "format", "enum", "items", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems",
            "pattern", "default",
        })
            field.Remove(word);
        foreach (var (word, value) in OfKind(Kind))
            field[word] = value?.DeepClone();
    }

    static JsonObject OfKind(FormFieldKind kind) => kind switch
    {
        FormFieldKind.LongText => new() { ["type"] = "string", ["maxLength"] = LongLength },
        FormFieldKind.Number => new() { ["type"] = "number" },
        FormFieldKind.WholeNumber => new() { ["type"] = "integer" },
        FormFieldKind.YesNo => new() { ["type"] = "boolean" },
        FormFieldKind.Date => new() { ["type"] = "string", ["format"] = "date" },
        FormFieldKind.DateAndTime => new() { ["type"] = "string", ["format"] = "date-time" },
        FormFieldKind.Email => new() { ["type"] = "string", ["format"] = "email" },
        FormFieldKind.OneOf => new() { ["type"] = "string", ["enum"] = new JsonArray("ใช่", "ไม่ใช่") },
        FormFieldKind.SeveralOf => new()
        {
            ["type"] = "array",
            ["items"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("หนึ่ง", "สอง") },
            ["uniqueItems"] = true,
        },
        FormFieldKind.Lines => new()
        {
            ["type"] = "array",
            ["items"] = new JsonObject { ["type"] = "string", ["maxLength"] = ShortLength },
        },
        _ => new() { ["type"] = "string", ["maxLength"] = ShortLength },
    };

    static FormFieldKind KindOf(JsonObject field) => (ChartJson.Text(field, "type"), ChartJson.Text(field, "format")) switch
    {
        ("string", "date") => FormFieldKind.Date,
        ("string", "date-time") => FormFieldKind.DateAndTime,
        ("string", "email") => FormFieldKind.Email,
        ("string", "") when field["enum"] is JsonArray => FormFieldKind.OneOf,
        ("string", "") => int.TryParse(ChartJson.Text(field, "maxLength"), CultureInfo.InvariantCulture, out var most)
            && most <= ShortLength ? FormFieldKind.ShortText : FormFieldKind.LongText,
        ("number", _) when field["enum"] is null => FormFieldKind.Number,
        ("integer", _) when field["enum"] is null => FormFieldKind.WholeNumber,
        ("boolean", _) => FormFieldKind.YesNo,
        ("array", _) when field["items"] is JsonObject items && ChartJson.Text(items, "type") == "string" =>
            items["enum"] is JsonArray ? FormFieldKind.SeveralOf : FormFieldKind.Lines,
        _ => FormFieldKind.Other,
    };

    static (string Least, string Most) Bounds(FormFieldKind kind) => kind switch
    {
        FormFieldKind.ShortText or FormFieldKind.LongText or FormFieldKind.Email => ("", "maxLength"),
        FormFieldKind.Number or FormFieldKind.WholeNumber => ("minimum", "maximum"),
        FormFieldKind.SeveralOf or FormFieldKind.Lines => ("minItems", "maxItems"),
        _ => ("", ""),
    };

    public bool HasLeast => Bounds(Kind).Least.Length > 0;

    public bool HasMost => Bounds(Kind).Most.Length > 0;

    static void SetNumber(JsonObject field, string word, string text)
    {
        if (text.Length == 0)
            field.Remove(word);
        else if (decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number))
            field[word] = JsonNode.Parse(number.ToString(CultureInfo.InvariantCulture));
        else
            field[word] = text;
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ProcessEngine.Core.Calendar;

namespace ProcessEngine.Core.Forms;

/// <param name="Place">Where in the schema: a JSON pointer (RFC 6901).</param>
public sealed record FormProblem(string Place, string Code, LocalizedText Reason);

/// <param name="Field">The field at fault.</param>
public sealed record FieldProblem(string Field, string Code, LocalizedText Reason);

/// <summary>The fields of a form and what may be written in them.</summary>
/// <remarks>
/// The subset of JSON Schema (2020-12) that the manuals' forms need: one object; properties of type string (minLength, maxLength, pattern,
/// enum, format date, date-time or email), number, integer (minimum, maximum), boolean, and array of strings or numbers (minItems,
/// maxItems, uniqueItems); required, title, description, default; <c>x-title-en</c> for the English label. A keyword outside the subset is
/// refused, not ignored. A field that is not named is refused. Lengths count characters as people see them, so that a Thai vowel or tone
/// mark does not count by itself.
/// </remarks>
public sealed class FormSchema
{
    public const int MaxBytes = 64 * 1024;
    public const int MaxFields = 200;

    static readonly string[] RootWords =
        ["$schema", "$id", "type", "title", "description", "properties", "required", "additionalProperties", "x-title-en"];

    FormSchema(string? title, ImmutableArray<FormField> fields) => (Title, Fields) = (title, fields);

    public string? Title { get; }

    /// <summary>In the order in which they stand on the form.</summary>
    public ImmutableArray<FormField> Fields { get; }

    /// <returns>The schema, or everything that is wrong with it; then it is null.</returns>
    public static (FormSchema? Schema, ImmutableArray<FormProblem> Problems) Read(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var problems = new List<FormProblem>();
        if (json.Length > MaxBytes)
            return (null, [new FormProblem("", "too-large", new("แบบฟอร์มใหญ่เกินไป", "The form is too large."))]);
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            var schema = Read(document.RootElement, problems);
            return problems.Count == 0 ? (schema, []) : (null, [.. problems]);
        }
        catch (JsonException e)
        {
            return (
                null,
                [new FormProblem("", "invalid-json", new($"ไม่ใช่ JSON ที่ถูกต้อง: {e.Message}", $"It is not valid JSON: {e.Message}"))]);
        }
    }

    static FormSchema? Read(JsonElement root, List<FormProblem> problems)
    {
        if (root.ValueKind != JsonValueKind.Object || Text(root, "type") != "object"
            || !root.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new FormProblem(
                "", "not-an-object", new("แบบฟอร์มต้องเป็น type object และมี properties", "A form is of type object and has properties.")));
            return null;
        }

        foreach (var unknown in root.EnumerateObject().Where(p => !RootWords.Contains(p.Name)))
            problems.Add(Unknown("/" + unknown.Name, unknown.Name));
        var required = root.TryGetProperty("required", out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(r => r.ValueKind == JsonValueKind.String).Select(r => r.GetString()!)
                .ToHashSet(StringComparer.Ordinal)
            : [];
        var fields = properties.EnumerateObject().Select(p => FormField.Read(p.Name, p.Value, required.Contains(p.Name), problems))
            .OfType<FormField>().ToImmutableArray();
        if (fields.Length > MaxFields)
        {
            problems.Add(new FormProblem(
                "/properties", "too-many-fields", new($"มีช่องเกิน {MaxFields} ช่อง", $"It has more than {MaxFields} fields.")));
        }

        foreach (var missing in required.Where(r => !properties.TryGetProperty(r, out _)).Order(StringComparer.Ordinal))
        {
            problems.Add(new FormProblem(
                "/required", "unknown-field",
                new($"required ระบุช่อง \"{missing}\" ที่ไม่มี", $"required names \"{missing}\", which is no field.")));
        }

        return new FormSchema(Text(root, "title"), fields);
    }

    internal static FormProblem Unknown(string place, string word) =>
        new(place, "unknown-keyword", new($"ไม่รองรับคำสั่ง \"{word}\"", $"The keyword \"{word}\" is not supported."));

    internal static string? Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>Several forms that one person fills in at once, as one.</summary>
    /// <returns>
    /// All their fields, in the order of the forms, and the names that two of them have; of such a field the first stays.
    /// </returns>
    public static (FormSchema Schema, ImmutableArray<string> Twice) Combine(IReadOnlyList<FormSchema> forms)
    {
        ArgumentNullException.ThrowIfNull(forms);
        var fields = forms.SelectMany(f => f.Fields).ToList();
        var title = string.Join(" · ", forms.Select(f => f.Title).OfType<string>());
        return (
            new FormSchema(title.Length == 0 ? null : title, [.. fields.DistinctBy(f => f.Name)]),
            [.. fields.GroupBy(f => f.Name, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key)]);
    }

    /// <summary>What is wrong with a filled-in form; empty when nothing is.</summary>
    /// <param name="data">Field → JSON text.</param>
    public ImmutableArray<FieldProblem> Check(IReadOnlyDictionary<string, string> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var problems = ImmutableArray.CreateBuilder<FieldProblem>();
        foreach (var field in Fields)
        {
            if (!data.TryGetValue(field.Name, out var json) || json == "null")
            {
                if (field.Required)
                {
                    problems.Add(new FieldProblem(
                        field.Name, "required", new($"ต้องกรอก{field.Label.Th}", $"{field.Label.En} is required.")));
                }

                continue;
            }

            using var value = JsonDocument.Parse(json);
            if (field.Fault(value.RootElement) is { } fault)
                problems.Add(fault);
        }

        foreach (var unknown in data.Keys.Where(name => !Fields.Any(f => f.Name == name)).Order(StringComparer.Ordinal))
        {
            problems.Add(new FieldProblem(
                unknown, "unknown-field", new($"แบบฟอร์มไม่มีช่อง \"{unknown}\"", $"The form has no field \"{unknown}\".")));
        }

        return problems.ToImmutable();
    }
}

public enum FieldType
{
    Text,
    Number,
    WholeNumber,
    Boolean,
    List,
}

/// <summary>One field of a form.</summary>
/// <param name="Choices">The only values allowed; empty: any.</param>
/// <param name="Item">Of a list: what each entry is like.</param>
public sealed record FormField(
    string Name, FieldType Type, LocalizedText Label, string? Description, bool Required, ImmutableArray<string> Choices, FormField? Item)
{
    static readonly string[] Common = ["type", "title", "description", "x-title-en"];

    public int? MinLength { get; init; }
    public int? MaxLength { get; init; }
    public string? Pattern { get; init; }

    /// <summary><c>date</c>, <c>date-time</c> or <c>email</c>.</summary>
    public string? Format { get; init; }

    public decimal? Minimum { get; init; }
    public decimal? Maximum { get; init; }
    public int? MinItems { get; init; }
    public int? MaxItems { get; init; }
    public bool UniqueItems { get; init; }

    /// <summary>What the field is filled in with until somebody writes something else; null: nothing.</summary>
    public JsonElement? Default { get; init; }

    Regex? Expression { get; init; }

    /// <summary>Whether a text is of the form that <see cref="Pattern"/> prescribes.</summary>
    public bool Fits(string text) => Expression?.IsMatch(text) != false;

    internal static FormField? Read(string name, JsonElement schema, bool required, List<FormProblem> problems, bool inList = false)
    {
        var place = inList ? $"/properties/{name}/items" : $"/properties/{name}";
        FieldType? type = FormSchema.Text(schema, "type") switch
        {
            "string" => FieldType.Text,
            "number" => FieldType.Number,
            "integer" => FieldType.WholeNumber,
            "boolean" => FieldType.Boolean,
            "array" when !inList => FieldType.List,
            _ => null,
        };
        if (type is not { } kind)
        {
            problems.Add(new FormProblem(
                place, "unknown-type",
                new(
                    $"ช่อง \"{name}\" ต้องมี type เป็น string, number, integer, boolean หรือ array",
                    $"\"{name}\" must be of type string, number, integer, boolean or array.")));
            return null;
        }

        string[] words = kind switch
        {
            FieldType.Text => ["minLength", "maxLength", "pattern", "enum", "format"],
            FieldType.Number or FieldType.WholeNumber => ["minimum", "maximum", "enum"],
            FieldType.List => ["items", "minItems", "maxItems", "uniqueItems"],
            FieldType.Boolean => [],
        };
        foreach (var unknown in schema.EnumerateObject()
            .Where(p => !Common.Contains(p.Name) && !words.Contains(p.Name) && !(p.NameEquals("default") && !inList)))
            problems.Add(FormSchema.Unknown($"{place}/{unknown.Name}", unknown.Name));

        var title = FormSchema.Text(schema, "title") ?? name;
        var format = FormSchema.Text(schema, "format");
        if (format is not (null or "date" or "date-time" or "email"))
        {
            problems.Add(new FormProblem(
                $"{place}/format", "unknown-format", new($"ไม่รองรับรูปแบบ \"{format}\"", $"The format \"{format}\" is not supported.")));
        }

        var item = kind == FieldType.List
            ? Read(name, schema.TryGetProperty("items", out var items) ? items : default, false, problems, inList: true)
            : null;
        var pattern = FormSchema.Text(schema, "pattern");
        var field = new FormField(
            name, kind, new LocalizedText(title, FormSchema.Text(schema, "x-title-en") ?? title), FormSchema.Text(schema, "description"),
            required, Choices(), item)
        {
            MinLength = (int?)Number("minLength"),
            MaxLength = (int?)Number("maxLength"),
            Pattern = pattern,
            Expression = pattern is null ? null : Compile(pattern),
            Format = format,
            Minimum = Number("minimum"),
            Maximum = Number("maximum"),
            MinItems = (int?)Number("minItems"),
            MaxItems = (int?)Number("maxItems"),
            UniqueItems = schema.TryGetProperty("uniqueItems", out var unique) && unique.ValueKind == JsonValueKind.True,
            Default = schema.TryGetProperty("default", out var filled) ? filled.Clone() : null,
        };
        if (field.Default is { } value && (kind != FieldType.List || item is not null) && field.Fault(value) is { } fault)
        {
            problems.Add(new FormProblem(
                $"{place}/default", "invalid-default", new($"ค่าเริ่มต้น: {fault.Reason.Th}", $"The default: {fault.Reason.En}")));
        }

        return field;

        ImmutableArray<string> Choices() => schema.TryGetProperty("enum", out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(c => c.ValueKind == JsonValueKind.String ? c.GetString()! : c.GetRawText())]
            : [];

        decimal? Number(string word)
        {
            if (!schema.TryGetProperty(word, out var value))
                return null;
            if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) && Math.Abs(number) < int.MaxValue * 1000m
                && (word is "minimum" or "maximum" || (number is >= 0 and <= 1_000_000 && number == Math.Floor(number))))
                return number;
            problems.Add(new FormProblem(
                $"{place}/{word}", "invalid-bound", new($"{word} ต้องเป็นตัวเลขที่เหมาะสม", $"{word} must be a sensible number.")));
            return null;
        }

        // Without backtracking a pattern takes time in proportion to the text, whatever it is.
        Regex? Compile(string given)
        {
            if (PatternSize.IsTooLarge(given))
            {
                problems.Add(new FormProblem(
                    $"{place}/pattern", "invalid-pattern",
                    new("รูปแบบ (pattern) ใหญ่เกินไป ให้ลดจำนวนครั้งที่ซ้ำ", "The pattern is too large: let it repeat less often.")));
                return null;
            }

            try
            {
                return new Regex(given, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            }
            catch (Exception e) when (e is ArgumentException or NotSupportedException)
            {
                problems.Add(new FormProblem(
                    $"{place}/pattern", "invalid-pattern",
                    new("รูปแบบ (pattern) ไม่ถูกต้องหรือไม่รองรับ", "The pattern is not valid, or not of the kind that is supported.")));
                return null;
            }
        }
    }

    internal FieldProblem? Fault(JsonElement value)
    {
        switch (value.ValueKind, Type)
        {
            case (JsonValueKind.String, FieldType.Text):
                return TextFault(value.GetString()!);
            case (JsonValueKind.True or JsonValueKind.False, FieldType.Boolean):
                return null;
            case (JsonValueKind.Number, FieldType.Number or FieldType.WholeNumber) when value.TryGetDecimal(out var number):
                var whole = Type != FieldType.WholeNumber || number == Math.Floor(number);
                return !whole ? Wrong("type", "ต้องเป็นจำนวนเต็ม", "must be a whole number")
                    : number < Minimum ? Wrong("minimum", $"ต้องไม่น้อยกว่า {Minimum}", $"must be at least {Minimum}")
                    : number > Maximum ? Wrong("maximum", $"ต้องไม่เกิน {Maximum}", $"must be at most {Maximum}")
                    : !Choices.IsEmpty && !Choices.Contains(value.GetRawText()) ? NoChoice() : null;
            case (JsonValueKind.Array, FieldType.List):
                return ListFault(value);
            default:
                return Type switch
                {
                    FieldType.Number or FieldType.WholeNumber => Wrong("type", "ต้องเป็นตัวเลข", "must be a number"),
                    FieldType.Boolean => Wrong("type", "ต้องเป็นใช่หรือไม่ใช่", "must be true or false"),
                    FieldType.List => Wrong("type", "ต้องเป็นรายการ", "must be a list"),
                    FieldType.Text => Wrong("type", "ต้องเป็นข้อความ", "must be a text"),
                };
        }
    }

    FieldProblem? TextFault(string text)
    {
        var length = MinLength is null && MaxLength is null ? 0 : new StringInfo(text).LengthInTextElements;
        return Required && string.IsNullOrWhiteSpace(text) ? Wrong("required", "ต้องไม่เว้นว่าง", "must not be blank")
            : length < MinLength ? Wrong("minLength", $"ต้องมีอย่างน้อย {MinLength} ตัวอักษร", $"must have at least {MinLength} characters")
            : length > MaxLength ? Wrong("maxLength", $"ต้องไม่เกิน {MaxLength} ตัวอักษร", $"must have at most {MaxLength} characters")
            : !Fits(text) ? Wrong("pattern", "ไม่เป็นไปตามรูปแบบที่กำหนด", "is not of the form that is asked for")
            : !Choices.IsEmpty && !Choices.Contains(text) ? NoChoice()
            : Format switch
            {
                "date" => DateFault(text),
                "date-time" => DateTimeOffset.TryParseExact(text, Instants, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
                    ? DateFault(text.AsSpan(0, 10))
                    : text.Length > 10 && DateFault(text.AsSpan(0, 10)) is { } wrong ? wrong
                    : Wrong(
                        "format", "ต้องเป็นวันเวลา ค.ศ. เช่น 2026-12-08T09:00:00+07:00",
                        "must be a time such as 2026-12-08T09:00:00+07:00"),
                "email" => text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && text.IndexOf('.', at) > at + 1
                    && !text.Any(char.IsWhiteSpace)
                    ? null
                    : Wrong("format", "ไม่ใช่ที่อยู่อีเมล", "is no e-mail address"),
                // A format that is not supported is a problem of the form, told when it is read.
                _ => null,
            };
    }

    static readonly string[] Instants =
        ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    FieldProblem? DateFault(ReadOnlySpan<char> text) => DateText.Fault(text) is { } fault ? Wrong("format", fault.Th, fault.En) : null;

    FieldProblem? ListFault(JsonElement list)
    {
        var count = list.GetArrayLength();
        if (count < MinItems || (Required && count == 0))
        {
            return Wrong(
                "minItems", $"ต้องมีอย่างน้อย {Math.Max(1, MinItems ?? 1)} รายการ",
                $"must have at least {Math.Max(1, MinItems ?? 1)} entries");
        }

        if (count > MaxItems)
            return Wrong("maxItems", $"ต้องไม่เกิน {MaxItems} รายการ", $"must have at most {MaxItems} entries");
        foreach (var entry in list.EnumerateArray())
        {
            if (Item?.Fault(entry) is { } fault)
                return fault;
        }

        return UniqueItems && list.EnumerateArray().Select(e => e.GetRawText()).Distinct(StringComparer.Ordinal).Count() < count
            ? Wrong("uniqueItems", "มีรายการซ้ำกัน", "has an entry twice")
            : null;
    }

    FieldProblem NoChoice() =>
        Wrong("enum", $"ต้องเป็นค่าใดค่าหนึ่งใน {string.Join(", ", Choices)}", $"must be one of {string.Join(", ", Choices)}");

    FieldProblem Wrong(string code, string th, string en) => new(Name, code, new LocalizedText($"{Label.Th}{th}", $"{Label.En} {en}."));
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ProcessEngine.Core.Calendar;

namespace ProcessEngine.Core.Forms;

public enum FieldType
{
    Text,
    Number,
    WholeNumber,
    Boolean,
    List,
}

/// <summary>A field is asked only after a certain answer to one before it.</summary>
/// <param name="Field">That one's name.</param>
/// <param name="Answer">Its answer as text: <c>true</c> or <c>false</c> of a yes-or-no; of a list, one of its entries.</param>
public sealed record ShownWhen(string Field, string Answer)
{
    /// <param name="json">What was answered.</param>
    public bool Holds(string json)
    {
        using var document = JsonDocument.Parse(json);
        var value = document.RootElement;
        return value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Any(Is) : Is(value);
    }

    bool Is(JsonElement value) => (value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()) == Answer;
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

    /// <summary>Null: it is always asked.</summary>
    public ShownWhen? ShownWhen { get; init; }

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
            .Where(p => !Common.Contains(p.Name) && !words.Contains(p.Name) && (inList || p.Name is not ("default" or "x-shown-when"))))
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
            ShownWhen = Shown(),
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

        ShownWhen? Shown()
        {
            if (inList || !schema.TryGetProperty("x-shown-when", out var when))
                return null;
            if (FormSchema.Text(when, "field") is { } other && when.TryGetProperty("is", out var answer)
                && answer.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
                return new ShownWhen(other, answer.ValueKind == JsonValueKind.String ? answer.GetString()! : answer.GetRawText());
            problems.Add(new FormProblem(
                $"{place}/x-shown-when", "invalid-condition",
                new("x-shown-when ต้องมี field และ is", "x-shown-when has a field, and what it is.")));
            return null;
        }

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

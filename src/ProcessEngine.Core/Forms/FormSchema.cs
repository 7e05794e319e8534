using System.Collections.Immutable;
using System.Text.Json;

namespace ProcessEngine.Core.Forms;

/// <param name="Place">Where in the schema: a JSON pointer (RFC 6901).</param>
public sealed record FormProblem(string Place, string Code, LocalizedText Reason);

/// <param name="Field">The field at fault.</param>
public sealed record FieldProblem(string Field, string Code, LocalizedText Reason);

/// <summary>The fields of a form and what may be written in them.</summary>
/// <remarks>
/// The subset of JSON Schema (2020-12) that the manuals' forms need: one object; properties of type string (minLength, maxLength, pattern,
/// enum, format date, date-time or email), number, integer (minimum, maximum), boolean, and array of strings or numbers (minItems,
/// maxItems, uniqueItems); required, title, description, default; <c>x-title-en</c> for the English label; <c>x-shown-when</c> for a
/// field that is asked only after a certain answer to one before it. A keyword outside the subset is
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

        foreach (var (i, field) in fields.Index())
        {
            if (field.ShownWhen is { } when && !fields.Take(i).Any(f => f.Name == when.Field))
            {
                problems.Add(new FormProblem(
                    $"/properties/{field.Name}/x-shown-when", "unknown-field",
                    new(
                        $"ช่อง \"{field.Name}\" แสดงตามช่อง \"{when.Field}\" ซึ่งต้องอยู่ก่อนหน้า",
                        $"\"{field.Name}\" is shown by \"{when.Field}\", which must stand before it.")));
            }
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

    /// <summary>The same form without some of its fields.</summary>
    public FormSchema Without(IReadOnlySet<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new FormSchema(Title, [.. Fields.Where(f => !names.Contains(f.Name))]);
    }

    /// <summary>Whether a field is to be filled in after what was answered before it; a hidden one hides what hangs on it.</summary>
    bool IsAsked(FormField field, IReadOnlyDictionary<string, string> data)
    {
        if (field.ShownWhen is not { } when)
            return true;
        if (Fields.FirstOrDefault(f => f.Name == when.Field) is { } before && !IsAsked(before, data))
            return false;
        return data.TryGetValue(when.Field, out var json) && when.Holds(json);
    }

    /// <summary>What is wrong with a filled-in form; empty when nothing is.</summary>
    /// <param name="data">Field → JSON text.</param>
    public ImmutableArray<FieldProblem> Check(IReadOnlyDictionary<string, string> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var problems = ImmutableArray.CreateBuilder<FieldProblem>();
        foreach (var field in Fields)
        {
            var asked = IsAsked(field, data);
            if (!data.TryGetValue(field.Name, out var json) || json == "null")
            {
                if (field.Required && asked)
                {
                    problems.Add(new FieldProblem(
                        field.Name, "required", new($"ต้องกรอก{field.Label.Th}", $"{field.Label.En} is required.")));
                }

                continue;
            }

            using var value = JsonDocument.Parse(json);
            if ((asked ? field : field with { Required = false }).Fault(value.RootElement) is { } fault)
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

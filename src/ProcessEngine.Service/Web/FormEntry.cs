using System.Globalization;
using System.Text.Json;
using ProcessEngine.Core;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Forms;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Web;

/// <summary>
/// A form of a definition as a person fills it in: text as typed on one
/// side, data on the other. What the data must be like, the core checks.
/// </summary>
public sealed class FormEntry
{
    public const string Prefix = "f.";

    readonly Dictionary<string, string[]> typed = new(StringComparer.Ordinal);
    readonly Dictionary<string, LocalizedText> faults = new(StringComparer.Ordinal);

    HashSet<string> naming = [];
    IReadOnlyList<Colleague> colleagues = [];
    Dictionary<Guid, string> named = [];

    FormEntry(IReadOnlyList<FormField> fields) => Fields = fields;

    public IReadOnlyList<FormField> Fields { get; }

    /// <summary>By the name of the field; of what could not be read here, and of what the core refused.</summary>
    public IReadOnlyDictionary<string, LocalizedText> Faults => faults;

    /// <summary>A form as it is first shown: with what the case knows already, else with its defaults.</summary>
    /// <param name="known">Field → JSON text.</param>
    /// <param name="optional">A form that may be left out shows no defaults: it would be begun before anybody wrote in it.</param>
    public static FormEntry Of(IReadOnlyList<FormField> fields, IReadOnlyDictionary<string, string>? known = null, bool optional = false)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var entry = new FormEntry(fields);
        foreach (var field in fields)
        {
            if (known?.TryGetValue(field.Name, out var json) == true)
                entry.Show(field, json);
            else if (field.Default is { } filled && !optional)
                entry.Show(field, filled.GetRawText());
        }

        return entry;
    }

    public static FormEntry Read(IReadOnlyList<FormField> fields, IFormCollection form)
    {
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentNullException.ThrowIfNull(form);
        var entry = new FormEntry(fields);
        foreach (var (name, values) in form.Where(f => f.Key.StartsWith(Prefix, StringComparison.Ordinal)))
            entry.typed[name[Prefix.Length..]] = [.. values.Select(v => v ?? "")];
        return entry;
    }

    /// <summary>The fields for the data that a definition declares.</summary>
    public static IReadOnlyList<FormField> FieldsOf(IEnumerable<Variable> variables) => [.. variables.Select(v => new FormField(
        v.Name, v.Type switch
        {
            VariableType.Boolean => FieldType.Boolean,
            VariableType.Number => FieldType.Number,
            VariableType.List => FieldType.List,
            VariableType.Text or VariableType.Date => FieldType.Text,
        },
        v.Label ?? new LocalizedText(v.Name, v.Name), null, v.Required, [], v.Type == VariableType.List
            ? new FormField(v.Name, FieldType.Text, v.Label ?? new LocalizedText(v.Name, v.Name), null, false, [], null)
            : null)
    {
        Format = v.Type == VariableType.Date ? "date" : null,
    })];

    /// <summary>Some of the fields name people of the office: they are chosen from those who work there, by name.</summary>
    public FormEntry Naming(IEnumerable<string> fields, IReadOnlyList<Colleague> people)
    {
        (naming, colleagues) = ([.. fields], people);
        named = people.ToDictionary(p => p.UserId, p => p.DisplayName);
        return this;
    }

    /// <summary>The same entry of some of the fields.</summary>
    public FormEntry Part(Func<FormField, bool> of)
    {
        var part = new FormEntry([.. Fields.Where(of)]) { naming = naming, colleagues = colleagues, named = named };
        foreach (var (name, written) in typed)
            part.typed[name] = written;
        foreach (var (name, fault) in faults)
            part.faults[name] = fault;
        return part;
    }

    /// <summary>Who may be chosen in a field; null where it does not name people.</summary>
    public IReadOnlyList<Colleague>? PeopleFor(string field) => naming.Contains(field) ? colleagues : null;

    public string Text(string name) => typed.GetValueOrDefault(name) is [var only, ..] ? only : "";

    public bool Chosen(string name, string value) =>
        typed.GetValueOrDefault(name)?.Any(written => written == value || written.Split('\n').Contains(value)) == true;

    /// <summary>Everything that was typed, as hidden fields of the page that asks "is this what you mean?".</summary>
    public IEnumerable<(string Name, string Value)> AsTyped => typed.SelectMany(t => t.Value.Select(value => (Prefix + t.Key, value)));

    /// <summary>The fields in which something else is written than in another entry of the same form.</summary>
    public IEnumerable<FormField> ChangedFrom(FormEntry before)
    {
        ArgumentNullException.ThrowIfNull(before);
        return Fields.Where(field => Written(field) != before.Written(field));
    }

    /// <summary>
    /// What is written in a field, however its parts came: digits of numbers and dates may be of either kind, and what is ticked has no
    /// order.
    /// </summary>
    string Written(FormField field)
    {
        var isDate = field.Format is "date" or "date-time";
        string[] parts = field.Format switch { "date" => [".d", ".m", ".y"], "date-time" => [".d", ".m", ".y", ".t"], _ => [""] };
        var text = string.Join('|', parts.Select(part => Lines(typed.GetValueOrDefault(field.Name + part) ?? [])));
        return isDate || field.Type is FieldType.Number or FieldType.WholeNumber ? Typed.Digits(text) : text;

        string Lines(string[] written)
        {
            var lines = written.SelectMany(text => text.ReplaceLineEndings("\n").Split('\n')).Select(line => line.Trim());
            var isTicked = field.Type == FieldType.List && (naming.Contains(field.Name) || field.Item is { Choices.IsEmpty: false });
            return string.Join('\n', isTicked ? lines.Order(StringComparer.Ordinal) : lines).Trim();
        }
    }

    public void Refuse(string field, LocalizedText reason) => faults.TryAdd(field, reason);

    /// <summary>The data; <see cref="Faults"/> says what could not be read.</summary>
    public JsonElement ToData()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var field in Fields)
                Write(writer, field);
            writer.WriteEndObject();
        }

        return JsonDocument.Parse(buffer.ToArray()).RootElement;
    }

    /// <summary>What was filled in, in words, for whoever looks it over before sending.</summary>
    public IEnumerable<(LocalizedText Label, string Value)> InWords(Words w)
    {
        ArgumentNullException.ThrowIfNull(w);
        var data = ToData();
        foreach (var field in Fields)
        {
            if (data.TryGetProperty(field.Name, out var value))
                yield return (field.Label, InWords(w, value, field.Format, naming.Contains(field.Name) ? named : null));
        }
    }

    /// <summary>A piece of data as people read it.</summary>
    /// <param name="people">Of data that name people: what they are called.</param>
    public static string InWords(Words w, JsonElement value, string? format = null, IReadOnlyDictionary<Guid, string>? people = null)
    {
        ArgumentNullException.ThrowIfNull(w);
        return value.ValueKind switch
        {
            JsonValueKind.String when people is not null && value.TryGetGuid(out var id) && people.TryGetValue(id, out var name) => name,
            JsonValueKind.True => w["ใช่", "Yes"],
            JsonValueKind.False => w["ไม่ใช่", "No"],
            JsonValueKind.String when format is null or "date"
                && DateOnly.TryParseExact(
                    value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) => w.Date(date),
            JsonValueKind.String when format is "date-time"
                && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, out var at) => w.DateAndTime(at),
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number when value.TryGetDecimal(out var number) =>
                w.Digits(number.ToString("#,0.##########", CultureInfo.InvariantCulture)),
            JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(v => InWords(w, v, null, people))),
            JsonValueKind.Null => "–",
            _ => value.GetRawText(),
        };
    }

    void Write(Utf8JsonWriter writer, FormField field)
    {
        if (field.Format is "date" or "date-time")
        {
            if (ReadDate(field) is { } date)
                writer.WriteString(field.Name, date);
            return;
        }

        var text = Text(field.Name).ReplaceLineEndings("\n").Trim();
        if (field.Type == FieldType.List)
        {
            WriteList(writer, field);
            return;
        }

        if (text.Length == 0)
            return;
        switch (field.Type)
        {
            case FieldType.Boolean:
                writer.WriteBoolean(field.Name, text == "true");
                break;
            case FieldType.Number or FieldType.WholeNumber when Typed.Number(text) is { } number:
                writer.WriteNumber(field.Name, number);
                break;
            case FieldType.Number or FieldType.WholeNumber:
                Refuse(field.Name, new LocalizedText($"{field.Label.Th}ต้องเป็นตัวเลข", $"{field.Label.En} must be a number."));
                break;
            case FieldType.Text:
                writer.WriteString(field.Name, InForm(field, text));
                break;
            default:
                throw UnknownKind.Of(field.Type.ToString());
        }
    }

    /// <summary>A text of a prescribed form may prescribe digits: Thai ones are meant as such where it does not take them.</summary>
    static string InForm(FormField field, string text) => field.Format == "email" || !field.Fits(text) ? Typed.Digits(text) : text;

    void WriteList(Utf8JsonWriter writer, FormField field)
    {
        var entries = (typed.GetValueOrDefault(field.Name) ?? [])
            .SelectMany(v => v.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .ToList();
        if (entries.Count == 0)
            return;
        writer.WriteStartArray(field.Name);
        foreach (var entry in entries)
        {
            if (field.Item?.Type is FieldType.Number or FieldType.WholeNumber && Typed.Number(entry) is { } number)
                writer.WriteNumberValue(number);
            else if (field.Item?.Format == "date" && Typed.Date(entry) is { } date)
                writer.WriteStringValue(Iso(date));
            else
                writer.WriteStringValue(field.Item is null ? entry : InForm(field.Item, entry));
        }

        writer.WriteEndArray();
    }

    /// <summary>Day, month and year in three fields, and the time in a fourth.</summary>
    string? ReadDate(FormField field)
    {
        var (day, month, year, time) = (
            Text(field.Name + ".d"), Text(field.Name + ".m"), Text(field.Name + ".y"), Typed.Digits(Text(field.Name + ".t")));
        if (string.IsNullOrWhiteSpace(day + month + year))
            return null;
        if (Typed.Date(day, month, year) is { } date)
        {
            if (field.Format == "date")
                return Iso(date);
            if (TimeOnly.TryParseExact(
                time.Length == 0 ? "00:00" : time.Replace('.', ':'),
                "H:mm",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var clock))
                return $"{Iso(date)}T{clock:HH:mm}:00+07:00";
        }

        // 69 may be 2569, 1969 or 2069: nobody guesses.
        if (Typed.Digits(year).Length is > 0 and < 4)
            Refuse(field.Name, new LocalizedText(
                $"{field.Label.Th}: พิมพ์ปีสี่หลัก เช่น 2569 หรือ 2026",
                $"{field.Label.En}: write the year with four digits, 2569 or 2026."));
        Refuse(field.Name, new LocalizedText($"{field.Label.Th}ไม่ใช่วันที่ที่มีอยู่", $"{field.Label.En} is no date that exists."));
        return null;
    }

    static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    void Show(FormField field, string json)
    {
        using var document = JsonDocument.Parse(json);
        var value = document.RootElement;
        if (field.Format is "date" or "date-time" && value.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            var local = value.GetString()!.Length == 10 ? at : at.ToOffset(Core.Calendar.BangkokTime.Offset);
            typed[field.Name + ".d"] = [local.Day.ToString(CultureInfo.InvariantCulture)];
            typed[field.Name + ".m"] = [local.Month.ToString(CultureInfo.InvariantCulture)];
            typed[field.Name + ".y"] = [(local.Year + Core.Calendar.FiscalYear.BuddhistOffset).ToString(CultureInfo.InvariantCulture)];
            typed[field.Name + ".t"] = [local.ToString("HH:mm", CultureInfo.InvariantCulture)];
            return;
        }

        typed[field.Name] = value.ValueKind switch
        {
            JsonValueKind.Array when field.Item is { Choices.IsEmpty: false } => [.. value.EnumerateArray().Select(Plain)],
            JsonValueKind.Array when field.Item?.Format == "date" =>
                [string.Join(
                    '\n',
                    value.EnumerateArray()
                        .Select(v => Typed.Date(Plain(v)) is { } date
                            ? $"{date.Day}/{date.Month}/{date.Year + Core.Calendar.FiscalYear.BuddhistOffset}"
                            : Plain(v)))],
            JsonValueKind.Array => [string.Join('\n', value.EnumerateArray().Select(Plain))],
            JsonValueKind.Null => [""],
            _ => [Plain(value)],
        };

        static string Plain(JsonElement v) => v.ValueKind == JsonValueKind.String ? v.GetString()! : v.GetRawText();
    }
}

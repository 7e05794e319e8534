using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Forms;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>
/// A form of one step's own as rows of fields. It stands in the draft (<c>formSchema</c>), so that what publishes the draft proves it.
/// What a row does not show of a field stays as it is.
/// </summary>
/// <param name="Rows">In the order of the form.</param>
public sealed record FormTable(string Title, string TitleEn, IReadOnlyList<FormRow> Rows)
{
    const string Schema = "formSchema";

    /// <returns>Null when there is no such step, or none that people do.</returns>
    public static FormTable? Read(string content, string step) =>
        ChartJson.Parse(content)?.Box(step) is { } box && IsStep(box)
            ? box[Schema] is JsonObject schema
                ? new FormTable(
                    ChartJson.Text(schema, "title"), ChartJson.Text(schema, "x-title-en"),
                    [.. Fields(schema).Where(f => f.Value is JsonObject)
                        .Select(f => FormRow.Read(f.Key, f.Value!.AsObject(), Required(schema).Contains(f.Key)))])
                : new FormTable("", "", [])
            : null;

    /// <summary>The schema as the step has it; null: it has no form of its own.</summary>
    public static string? SchemaOf(string content, string step) =>
        ChartJson.Parse(content)?.Box(step)?[Schema] is JsonObject schema ? schema.ToJsonString() : null;

    /// <summary>Whether the step fills in shared forms, which a form of its own would take the place of.</summary>
    public static bool HasShared(string content, string step) => ChartJson.Parse(content)?.Box(step)?["formRefs"] is not null;

    /// <summary>What a field was when somebody saw it.</summary>
    public static string MarkOf(FormRow row) => DefinitionPublisher.HashOf(JsonSerializer.Serialize(row))[..16];

    public static Outcome<string> Entitle(string content, string step, string title, string titleEn) => Edit(content, step, (_, schema) =>
    {
        ChartJson.Set(schema, "title", title);
        ChartJson.Set(schema, "x-title-en", titleEn);
        return null;
    });

    /// <summary>One more field, at the end.</summary>
    public static Outcome<string> Add(string content, string step, FormFieldKind kind, string label) => Edit(content, step, (_, schema) =>
    {
        if (Fields(schema).Count >= FormSchema.MaxFields)
            return new TooMuchOfThis("fields", FormSchema.MaxFields);
        if (NewName(schema, label) is not { } name)
            return InvalidInput.At("label", "ต้องระบุชื่อช่อง ขึ้นต้นด้วยตัวอักษร", "Give the field a name that begins with a letter.");
        Fields(schema)[name] = FormRow.New(kind, label);
        return null;
    });

    public static Outcome<string> Change(string content, string step, FormRow row) => Edit(content, step, (_, schema) =>
    {
        ArgumentNullException.ThrowIfNull(row);
        if (Fields(schema)[row.Name] is not JsonObject field)
            return Gone;
        row.WriteTo(field);
        Require(schema, row.Name, row.Required);
        return null;
    });

    /// <param name="up">Towards the beginning.</param>
    public static Outcome<string> Move(string content, string step, string name, bool up) => Edit(content, step, (_, schema) =>
    {
        var order = Fields(schema).Select(f => f.Key).ToList();
        var at = order.IndexOf(name);
        var to = up ? at - 1 : at + 1;
        if (at < 0 || to < 0 || to >= order.Count)
            return at < 0 ? Gone : null;
        (order[at], order[to]) = (order[to], order[at]);
        Reorder(schema, order);
        return null;
    });

    public static Outcome<string> Duplicate(string content, string step, string name) => Edit(content, step, (_, schema) =>
    {
        if (Fields(schema)[name] is not JsonObject field)
            return Gone;
        if (Fields(schema).Count >= FormSchema.MaxFields)
            return new TooMuchOfThis("fields", FormSchema.MaxFields);
        var copy = NewName(schema, name)!;
        var order = Fields(schema).Select(f => f.Key).ToList();
        Fields(schema)[copy] = field.DeepClone();
        order.Insert(order.IndexOf(name) + 1, copy);
        Reorder(schema, order);
        Require(schema, copy, Required(schema).Contains(name));
        return null;
    });

    /// <summary>What was shown by its answer is shown always then.</summary>
    public static Outcome<string> Delete(string content, string step, string name) => Edit(content, step, (_, schema) =>
    {
        if (!Fields(schema).Remove(name))
            return Gone;
        Require(schema, name, false);
        foreach (var (_, other) in Fields(schema))
        {
            if (other is JsonObject one && one["x-shown-when"] is JsonObject when && ChartJson.Text(when, "field") == name)
                one.Remove("x-shown-when");
        }

        return null;
    });

    /// <summary>The fields of a shared form become the step's own, behind those that it has; a field that it has stays.</summary>
    /// <param name="shared">A JSON Schema.</param>
    public static Outcome<string> Import(string content, string step, string shared) => Edit(content, step, (box, schema) =>
    {
        if (JsonNode.Parse(shared) is not JsonObject given)
            return Gone;
        if (ChartJson.Text(schema, "title").Length == 0)
        {
            ChartJson.Set(schema, "title", ChartJson.Text(given, "title"));
            ChartJson.Set(schema, "x-title-en", ChartJson.Text(given, "x-title-en"));
        }

        foreach (var (name, field) in Fields(given).Where(f => !Fields(schema).ContainsKey(f.Key)).ToList())
        {
            if (Fields(schema).Count >= FormSchema.MaxFields)
                return new TooMuchOfThis("fields", FormSchema.MaxFields);
            Fields(schema)[name] = field?.DeepClone();
            Require(schema, name, Required(given).Contains(name));
        }

        box.Remove("formRefs");
        return null;
    });

    /// <summary>The step has no form of its own any more.</summary>
    public static Outcome<string> Remove(string content, string step)
    {
        if (ChartJson.Parse(content) is not { } chart || chart.Box(step) is not { } box)
            return Gone;
        return box.Remove(Schema) ? chart.Write() : content;
    }

    /// <summary>A field whose answer conditions, limits and assignments may read.</summary>
    public static Outcome<string> Declare(string content, string step, string name) =>
        Read(content, step)?.Rows.FirstOrDefault(r => r.Name == name) is { } row
            ? TableData.Declare(content, name, row.Label, row.DataType, row.IsList)
            : Gone;

    static Outcome<string> Edit(string content, string step, Func<JsonObject, JsonObject, Rejection?> edit)
    {
        if (ChartJson.Parse(content) is not { } chart || chart.Box(step) is not { } box || !IsStep(box))
            return Gone;
        if (box[Schema] is not (null or JsonObject))
        {
            return InvalidInput.At(
                null, "แบบฟอร์มของขั้นตอนนี้แก้ที่นี่ไม่ได้ ให้แก้ใน Elsa Studio", "This form is edited in Elsa Studio: it is no object.");
        }

        var schema = box[Schema] as JsonObject ?? new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() };
        if (schema["properties"] is not JsonObject)
            schema["properties"] = new JsonObject();
        var before = schema.ToJsonString();
        if (edit(box, schema) is { } refused)
            return Outcome<string>.Refused(refused);
        if (schema.ToJsonString() == before && box[Schema] is not null)
            return content;
        if (box[Schema] is null)
            box[Schema] = schema;
        return chart.Write();
    }

    static bool IsStep(JsonObject box) => ChartJson.TypeOf(box) is "UserTask" or "Approval" or "Acknowledge";

    static JsonObject Fields(JsonObject schema) => schema["properties"] as JsonObject ?? [];

    static IEnumerable<string> Required(JsonObject schema) => ChartJson.Texts(schema, "required");

    static void Require(JsonObject schema, string name, bool required)
    {
        if (Required(schema).Contains(name) == required)
            return;
        if (schema["required"] is not JsonArray list)
            schema["required"] = list = [];
        if (required)
            list.Add(JsonValue.Create(name));
        else
            list.Remove(list.First(n => n?.ToString() == name));
        if (list.Count == 0)
            schema.Remove("required");
    }

    static void Reorder(JsonObject schema, IReadOnlyList<string> order)
    {
        var fields = Fields(schema);
        var all = order.Select(name => (name, Field: fields[name]?.DeepClone())).ToList();
        fields.Clear();
        foreach (var (name, field) in all)
            fields[name] = field;
    }

    /// <summary>From its label, so that conditions read as people speak.</summary>
    static string? NewName(JsonObject schema, string label)
    {
        var name = TableData.NameFrom(label);
        if (name is null)
            return null;
        for (var n = 1; ; n++)
        {
            var one = n == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}{n}");
            if (!Fields(schema).ContainsKey(one))
                return one;
        }
    }

    static InvalidInput Gone { get; } =
        InvalidInput.At(
            null, "ไม่มีช่องหรือขั้นตอนนี้แล้ว กรุณาโหลดหน้าใหม่", "That field or step is not there any more: load the page again.");
}

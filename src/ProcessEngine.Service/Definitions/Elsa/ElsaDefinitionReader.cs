using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;

namespace ProcessEngine.Service.Definitions.Elsa;

/// <summary>What a definition file says: the definition when it could be read, and everything that is wrong with it.</summary>
public sealed record ReadDefinition(ProcessDefinition? Definition, string Manual, IReadOnlyList<Finding> Findings)
{
    public bool IsSound => Definition is not null && Findings.Count == 0;
}

/// <summary>Reads Elsa 3's workflow-definition format: a flowchart of our own activity types. Elsa's words stay in this folder.</summary>
/// <remarks>A property may stand bare (<c>"role": "director"</c>) or wrapped as Studio writes it, with a Literal expression.</remarks>
public static class ElsaDefinitionReader
{
    const string TypePrefix = "ProcessEngine.";

    /// <summary>Larger than any manual needs; a file beyond it is refused unread.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    /// <param name="key">The key that the definition must carry; null to take the file's own.</param>
    public static ReadDefinition Read(string json, int version, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Length > MaxBytes)
            return Refused("too-large", "ไฟล์ใหญ่เกินไป", "The file is too large.");
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Read(document.RootElement, version, key)
                : Refused("not-an-object", "ไฟล์ต้องเป็นออบเจกต์ JSON", "The file must hold a JSON object.");
        }
        catch (JsonException e)
        {
            return Refused("invalid-json", $"ไฟล์ไม่ใช่ JSON ที่ถูกต้อง: {e.Message}", $"The file is not valid JSON: {e.Message}");
        }
    }

    static ReadDefinition Refused(string code, string th, string en) => new(null, "", [new Finding(null, code, new LocalizedText(th, en))]);

    static ReadDefinition Read(JsonElement file, int version, string? key)
    {
        var findings = new List<Finding>();
        var head = new Fields(file, null, findings);
        var custom = new Fields(Object(file, "customProperties"), null, findings);
        var definitionId = head.Text("definitionId") ?? "";
        if (key is not null && definitionId != key)
        {
            findings.Add(new Finding(null, "key-mismatch", new(
                $"definitionId \"{definitionId}\" ไม่ตรงกับชื่อไฟล์ ซึ่งต้องเป็น \"{key}\"",
                $"definitionId \"{definitionId}\" does not agree with the file's place, which makes it \"{key}\".")));
        }

        var name = head.Text("name");
        if (string.IsNullOrWhiteSpace(name))
            findings.Add(new Finding(null, "no-name", new("ไม่มีชื่อกระบวนงาน", "The procedure has no name.")));

        if (Object(file, "root") is not { ValueKind: JsonValueKind.Object } root || Type(root) != "Elsa.Flowchart")
        {
            findings.Add(new Finding(null, "no-flowchart", new("root ต้องเป็น Elsa.Flowchart", "root must be an Elsa.Flowchart.")));
            return new ReadDefinition(null, custom.Text("manual") ?? "", findings);
        }

        var nodes = Items(root, "activities").Select(activity => ReadNode(activity, findings)).OfType<Node>().ToList();
        var transitions = Items(root, "connections").Select(connection => ReadTransition(connection, findings)).OfType<Transition>().ToList();
        var definition = new ProcessDefinition(
            definitionId, version, new LocalizedText(name ?? "", custom.Text("nameEn") ?? head.Text("description") ?? ""), nodes, transitions);
        findings.AddRange(DefinitionCheck.Run(definition));
        return new ReadDefinition(definition, custom.Text("manual") ?? "", findings);
    }

    static Node? ReadNode(JsonElement activity, List<Finding> findings)
    {
        if (activity.ValueKind != JsonValueKind.Object || !activity.TryGetProperty("id", out var idValue) || idValue.GetString() is not { Length: > 0 } id)
        {
            findings.Add(new Finding(null, "no-id", new("มีกิจกรรมที่ไม่มีรหัส (id)", "An activity has no id.")));
            return null;
        }

        var fields = new Fields(activity, id, findings);
        switch (Type(activity))
        {
            case TypePrefix + "Start":
                return new StartNode(id);
            case TypePrefix + "End":
                return new EndNode(id, fields.Text("outcome") ?? "completed");
            case TypePrefix + "UserTask":
                return ReadStep(id, StepType.Task, fields);
            case TypePrefix + "Approval":
                return ReadStep(id, StepType.Approval, fields);
            case TypePrefix + "Acknowledge":
                return ReadStep(id, StepType.Acknowledge, fields);
            case var other:
                findings.Add(new Finding(id, "unknown-activity-type", new($"ไม่รู้จักกิจกรรมชนิด \"{other}\"", $"Unknown activity type \"{other}\".")));
                return null;
        }
    }

    static Step ReadStep(string id, StepType type, Fields fields) => new(id)
    {
        Type = type,
        Number = fields.Number("stepNumber"),
        PartOfStep = fields.Number("partOfStep"),
        Name = new LocalizedText(fields.Text("nameTh") ?? fields.Text("name") ?? id, fields.Text("nameEn") ?? fields.Text("nameTh") ?? fields.Text("name") ?? id),
        Text = fields.Text("text") ?? "",
        Kind = fields.Text("kind") ?? "",
        Role = fields.Required("role"),
        SupervisorRole = fields.Text("supervisorRole"),
        Deadline = ReadDeadline(fields),
        DeadlineSharedWith = fields.Text("slaSharedWith"),
        DeadlineStated = fields.Text("slaStated"),
        QualityStandard = fields.Text("qualityStandard"),
        Forms = fields.Texts("forms"),
        ReturnTo = fields.Texts("returnTo"),
        Escalation = ReadEscalation(fields),
    };

    /// <summary>The parameters of a rule stand flat on the step (<c>slaRule</c>, <c>slaMin</c> …), because Studio edits flat values.</summary>
    static DeadlineRule? ReadDeadline(Fields fields)
    {
        if (fields.Text("slaRule") is null)
            return null;
        var read = DeadlineRuleFields.Read(name => fields.Text("sla" + char.ToUpperInvariant(name[0]) + name[1..]));
        foreach (var problem in read.Problems)
            fields.Complain("invalid-deadline", $"sla {problem.Parameter}: {problem.Reason.Th}", $"sla {problem.Parameter}: {problem.Reason.En}");
        return read.Problems.Count == 0 ? read.Rule : null;
    }

    static EscalationPolicy ReadEscalation(Fields fields)
    {
        var standard = EscalationPolicy.Default;
        return new EscalationPolicy(
            Days("remindDaysBefore", standard.RemindDaysBefore),
            Days("escalateToSupervisorAfterDays", standard.SupervisorDaysAfter),
            Days("escalateToDirectorAfterDays", standard.DirectorDaysAfter));

        // 0 leaves a rung out.
        int? Days(string name, int? fallback)
        {
            var given = fields.Number(name);
            if (given is < 0 or > 250)
                fields.Complain("invalid-escalation", $"{name} ต้องอยู่ระหว่าง 0 ถึง 250", $"{name} must be between 0 and 250.");
            return given is null ? fallback : given is > 0 and <= 250 ? given : null;
        }
    }

    static Transition? ReadTransition(JsonElement connection, List<Finding> findings)
    {
        var source = Object(connection, "source");
        var target = Object(connection, "target");
        if (Field(source, "activity") is { } from && Field(target, "activity") is { } to)
            return new Transition(from, Field(source, "port") ?? Ports.Done, to);
        findings.Add(new Finding(null, "broken-connection", new("มีเส้นเชื่อมที่ไม่มีต้นทางหรือปลายทาง", "A connection lacks its source or its target.")));
        return null;

        static string? Field(JsonElement end, string name) =>
            end.ValueKind == JsonValueKind.Object && end.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    static JsonElement Object(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : default;

    static IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
        Object(parent, name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    static string Type(JsonElement activity) =>
        Object(activity, "type") is { ValueKind: JsonValueKind.String } type ? type.GetString()! : "";

    /// <summary>The values of one activity; what is of the wrong type is complained about once, with its place.</summary>
    sealed class Fields(JsonElement element, string? activityId, List<Finding> findings)
    {
        public void Complain(string code, string th, string en) => findings.Add(new Finding(activityId, code, new LocalizedText(th, en)));

        public string? Text(string name) => Value(name) switch
        {
            { ValueKind: JsonValueKind.String } value => string.IsNullOrWhiteSpace(value.GetString()) ? null : value.GetString(),
            { ValueKind: JsonValueKind.Number } value => value.GetRawText(),
            { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => null,
            _ => Wrong(name, "ข้อความ", "a text"),
        };

        public string Required(string name)
        {
            var text = Text(name);
            if (text is null)
                Complain("missing-" + name, $"ไม่ได้ระบุ {name}", $"{name} is missing.");
            return text ?? "";
        }

        public int? Number(string name)
        {
            if (Text(name) is not { } text)
                return null;
            if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
                return number;
            Wrong(name, "จำนวนเต็ม", "a whole number");
            return null;
        }

        public ImmutableArray<string> Texts(string name) => Value(name) switch
        {
            { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => [],
            { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
                [.. list.EnumerateArray().Select(item => item.GetString()!)],
            _ => Wrong(name, "รายการข้อความ", "a list of texts") is null ? [] : [],
        };

        /// <summary>The bare value, or what stands in Studio's Literal expression.</summary>
        JsonElement Value(string name)
        {
            var value = Object(element, name);
            if (value.ValueKind != JsonValueKind.Object)
                return value;
            var expression = Object(value, "expression");
            if (Object(expression, "type") is { ValueKind: JsonValueKind.String } kind && kind.GetString() == "Literal")
                return Object(expression, "value");
            Complain(
                "not-a-literal",
                $"{name} ต้องเป็นค่าคงที่ (Literal) ระบบไม่ประมวลผลนิพจน์ชนิดอื่น",
                $"{name} must be a literal; other kinds of expression are not evaluated.");
            return default;
        }

        string? Wrong(string name, string th, string en)
        {
            Complain("wrong-type", $"{name} ต้องเป็น{th}", $"{name} must be {en}.");
            return null;
        }
    }
}

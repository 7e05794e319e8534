using System.Collections.Immutable;
using System.Text.Json;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Forms;

namespace ProcessEngine.Service.Definitions.Elsa;

/// <summary>What a definition file says: the definition when it could be read, and everything that is wrong with it.</summary>
public sealed record ReadDefinition(ProcessDefinition? Definition, string Manual, IReadOnlyList<Finding> Findings)
{
    public bool IsSound => Definition is not null && Findings.All(f => f.Warning);
}

/// <summary>Reads Elsa 3's workflow-definition format: a flowchart of our own activity types. Elsa's words stay in this folder.</summary>
/// <remarks>A property may stand bare (<c>"role": "director"</c>) or wrapped as Studio writes it, with a Literal expression.</remarks>
public static class ElsaDefinitionReader
{
    const string TypePrefix = "ProcessEngine.";

    /// <summary>Larger than any manual needs; a file beyond it is refused unread.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    /// <param name="key">The key that the definition must carry; null to take the file's own.</param>
    public static ReadDefinition Read(string json, int version, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Length > MaxBytes)
            return Refused("too-large", "ไฟล์ใหญ่เกินไป", "The file is too large.");
        try
        {
            using var document = JsonDocument.Parse(json, ElsaFields.Strict);
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
        var head = new ElsaFields(file, null, findings);
        var custom = new ElsaFields(ElsaFields.Object(file, "customProperties"), null, findings);
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

        if (ElsaFields.Object(file, "root") is not { ValueKind: JsonValueKind.Object } root || Type(root) != "Elsa.Flowchart")
        {
            findings.Add(new Finding(null, "no-flowchart", new("root ต้องเป็น Elsa.Flowchart", "root must be an Elsa.Flowchart.")));
            return new ReadDefinition(null, custom.Text("manual") ?? "", findings);
        }

        var labels = ElsaFields.Object(ElsaFields.Object(file, "customProperties"), "dataLabels");
        var variables = ElsaFields.Items(file, "variables")
            .Select(variable => ReadVariable(variable, findings))
            .OfType<Variable>()
            .Select(variable => variable with { Label = ReadLabel(ElsaFields.Object(labels, variable.Name), findings) })
            .ToImmutableArray();
        var types = variables.DistinctBy(v => v.Name).ToDictionary(v => v.Name, v => v.Type, StringComparer.Ordinal);
        var forms = ElsaForms.ReadShared(ElsaFields.Object(file, "customProperties"), findings);
        var nodes = ElsaFields.Items(root, "activities")
            .Select(activity => ReadNode(activity, types, forms, findings))
            .OfType<Node>()
            .ToList();
        var transitions = ElsaFields.Items(root, "connections").Select(connection => ReadTransition(connection, findings))
            .OfType<Transition>()
            .ToList();
        var definition = new ProcessDefinition(
            definitionId, version, new LocalizedText(name ?? "", custom.Text("nameEn") ?? head.Text("description") ?? ""), nodes,
            transitions)
        {
            Variables = variables,
            Deadline = ElsaRules.ReadDeadline(custom),
            DeadlineUntil = custom.Text("slaUntil"),
            CarryOver = custom.Map("carryOver"),
            Escalation = ElsaRules.ReadEscalation(custom),
            FlowNotes = ElsaFlowNotes.Read(ElsaFields.Object(file, "customProperties")),
            ReopenWithinDays = custom.Number("reopenWithinDays") ?? 30,
            Public = ElsaPublicService.Read(custom, forms),
        };
        findings.AddRange(NoEffect.In(file));
        findings.AddRange(definition.Steps.SelectMany(step => Misspelt(step, custom.Texts("forms"))));
        findings.AddRange(DefinitionCheck.Run(definition));
        if (findings.Count == 0)
            findings.AddRange(DefinitionWarnings.Of(definition));
        return new ReadDefinition(definition, custom.Text("manual") ?? "", findings);
    }

    /// <summary>Words that stand elsewhere, too, and must agree; a slip of the pen is found here or by nobody.</summary>
    static IEnumerable<Finding> Misspelt(Step step, ImmutableArray<string> listed)
    {
        if (step.Kind.Length > 0 && !Step.Kinds.Contains(step.Kind))
        {
            yield return new Finding(step.Id, "unknown-kind", new(
                $"ไม่รู้จักงานชนิด \"{step.Kind}\"", $"Unknown kind of work \"{step.Kind}\"; known are {string.Join(", ", Step.Kinds)}."));
        }

        foreach (var form in step.Forms.Where(form => !listed.Contains(form)))
        {
            yield return new Finding(
                step.Id,
                "unlisted-form",
                new(
                    $"แบบฟอร์ม \"{form}\" ไม่อยู่ในรายการ forms ของกระบวนงาน",
                    $"The form \"{form}\" is not among the procedure's own forms."));
        }
    }

    /// <summary>The workflow variables that Studio edits are the declared data of the case.</summary>
    static Variable? ReadVariable(JsonElement variable, List<Finding> findings)
    {
        var fields = new ElsaFields(variable, null, findings);
        if (fields.Text("name") is not { } name)
        {
            fields.Complain("no-name", "มีตัวแปรที่ไม่มีชื่อ", "A variable has no name.");
            return null;
        }

        var typeName = fields.Text("typeName") ?? "String";
        VariableType? type = fields.Bool("isArray") ? VariableType.List : typeName switch
        {
            "String" or "Object" => VariableType.Text,
            "Boolean" => VariableType.Boolean,
            "Int16" or "Int32" or "Int64" or "Single" or "Double" or "Decimal" => VariableType.Number,
            "DateTime" or "DateTimeOffset" or "DateOnly" => VariableType.Date,
            _ => null,
        };
        if (type is null)
            fields.Complain(
                "unknown-variable-type",
                $"ตัวแปร \"{name}\" เป็นชนิดที่ไม่รู้จัก \"{typeName}\"",
                $"Variable \"{name}\" is of an unknown type \"{typeName}\".");
        return type is { } known ? new Variable(name, known, null, false) { Default = ReadDefault(variable, known) } : null;
    }

    /// <summary>What a piece of data is called for people; null where the file does not say.</summary>
    static LocalizedText? ReadLabel(JsonElement label, List<Finding> findings) =>
        label.ValueKind == JsonValueKind.Object && new ElsaFields(label, null, findings) is var fields && fields.Text("th") is { } th
            ? new LocalizedText(th, fields.Text("en") ?? th)
            : null;

    /// <summary>Studio holds every value as a text.</summary>
    static string? ReadDefault(JsonElement variable, VariableType type) => ElsaFields.Object(variable, "value") switch
    {
        { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } text when string.IsNullOrWhiteSpace(text.GetString()) => null,
        { ValueKind: JsonValueKind.String } text when type is not (VariableType.Text or VariableType.Date) =>
            IsJson(text.GetString()!) ? text.GetString()! : text.GetRawText(),
        var value => value.GetRawText(),
    };

    static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, ElsaFields.Strict);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    static Node? ReadNode(
        JsonElement activity, Dictionary<string, VariableType> variables, Dictionary<string, FormSchema?> forms, List<Finding> findings)
    {
        if (ElsaFields.Object(activity, "id") is not { ValueKind: JsonValueKind.String } given
            || given.GetString() is not { Length: > 0 } id)
        {
            findings.Add(new Finding(null, "no-id", new("มีกิจกรรมที่ไม่มีรหัส (id)", "An activity has no id.")));
            return null;
        }

        var fields = new ElsaFields(activity, id, findings);
        switch (Type(activity))
        {
            case TypePrefix + "Start":
                return new StartNode(id);
            case TypePrefix + "End":
                return new EndNode(id, fields.Text("outcome") ?? CaseOutcomes.Completed, fields.Bool("terminates"))
                {
                    Name = fields.Text("nameTh") is { } end ? new(end, fields.Text("nameEn") ?? end) : null,
                };
            case TypePrefix + "Decision":
                return new DecisionNode(id, [.. fields.Objects("branches").Select(branch => ReadBranch(branch, variables))]);
            case TypePrefix + "Fork":
                return new ForkNode(id);
            case TypePrefix + "Join":
                return new JoinNode(id);
            case TypePrefix + "WaitUntil":
                return new TimerNode(id, ElsaRules.ReadDeadline(fields), fields.Text("dateFrom"));
            case TypePrefix + "WaitForMessage":
                return new MessageNode(id, fields.Required("message"), fields.Text("correlationFrom"));
            case TypePrefix + "CallProcess":
                return new CallNode(id, fields.Required("definitionKey"), fields.Text("officeFrom"), fields.Bool("waits", absent: true))
                {
                    MayFail = fields.Bool("mayFail"),
                    GoesOn = fields.Bool("goesOn"),
                };
            case TypePrefix + "UserTask":
                return ElsaStepReader.Read(id, StepType.Task, fields, variables, forms);
            case TypePrefix + "Approval":
                return ElsaStepReader.Read(id, StepType.Approval, fields, variables, forms);
            case TypePrefix + "Acknowledge":
                return ElsaStepReader.Read(id, StepType.Acknowledge, fields, variables, forms);
            case var other:
                findings.Add(new Finding(
                    id, "unknown-activity-type", new($"ไม่รู้จักกิจกรรมชนิด \"{other}\"", $"Unknown activity type \"{other}\".")));
                return null;
        }
    }

    static DecisionBranch ReadBranch(ElsaFields branch, Dictionary<string, VariableType> variables)
    {
        var when = branch.Required("when");
        return new DecisionBranch(branch.Required("port"), when, ElsaRules.ReadCondition(branch, when, variables));
    }

    static Transition? ReadTransition(JsonElement connection, List<Finding> findings)
    {
        var source = ElsaFields.Object(connection, "source");
        var target = ElsaFields.Object(connection, "target");
        if (Field(source, "activity") is { } from && Field(target, "activity") is { } to)
            return new Transition(from, Field(source, "port") ?? Ports.Done, to);
        findings.Add(new Finding(
            null, "broken-connection", new("มีเส้นเชื่อมที่ไม่มีต้นทางหรือปลายทาง", "A connection lacks its source or its target.")));
        return null;

        static string? Field(JsonElement end, string name) =>
            end.ValueKind == JsonValueKind.Object && end.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
    }

    static string Type(JsonElement activity) =>
        ElsaFields.Object(activity, "type") is { ValueKind: JsonValueKind.String } type ? type.GetString()! : "";
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Forms;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

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

    const int MaxEntries = 100;

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

        var variables = Items(file, "variables").Select(variable => ReadVariable(variable, findings)).OfType<Variable>().ToImmutableArray();
        var types = variables.DistinctBy(v => v.Name).ToDictionary(v => v.Name, v => v.Type, StringComparer.Ordinal);
        var forms = ReadSharedForms(Object(file, "customProperties"), findings);
        var nodes = Items(root, "activities").Select(activity => ReadNode(activity, types, forms, findings)).OfType<Node>().ToList();
        var transitions = Items(root, "connections").Select(connection => ReadTransition(connection, findings))
            .OfType<Transition>()
            .ToList();
        var definition = new ProcessDefinition(
            definitionId, version, new LocalizedText(name ?? "", custom.Text("nameEn") ?? head.Text("description") ?? ""), nodes,
            transitions)
        {
            Variables = variables,
            Deadline = ReadDeadline(custom),
            DeadlineUntil = custom.Text("slaUntil"),
            CarryOver = custom.Map("carryOver"),
            Escalation = ReadEscalation(custom),
            ReopenWithinDays = custom.Number("reopenWithinDays") ?? 30,
        };
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
        var fields = new Fields(variable, null, findings);
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

    /// <summary>Studio holds every value as a text.</summary>
    static string? ReadDefault(JsonElement variable, VariableType type) => Object(variable, "value") switch
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
            using var document = JsonDocument.Parse(text, Strict);
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
        if (Object(activity, "id") is not { ValueKind: JsonValueKind.String } given || given.GetString() is not { Length: > 0 } id)
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
                return new EndNode(id, fields.Text("outcome") ?? "completed", fields.Bool("terminates"));
            case TypePrefix + "Decision":
                return new DecisionNode(id, [.. fields.Objects("branches").Select(branch => ReadBranch(branch, variables))]);
            case TypePrefix + "Fork":
                return new ForkNode(id);
            case TypePrefix + "Join":
                return new JoinNode(id);
            case TypePrefix + "WaitUntil":
                return new TimerNode(id, ReadDeadline(fields), fields.Text("dateFrom"));
            case TypePrefix + "WaitForMessage":
                return new MessageNode(id, fields.Required("message"), fields.Text("correlationFrom"));
            case TypePrefix + "CallProcess":
                return new CallNode(id, fields.Required("definitionKey"), fields.Text("officeFrom"), fields.Bool("waits", absent: true));
            case TypePrefix + "UserTask":
                return ReadStep(id, StepType.Task, fields, variables, forms);
            case TypePrefix + "Approval":
                return ReadStep(id, StepType.Approval, fields, variables, forms);
            case TypePrefix + "Acknowledge":
                return ReadStep(id, StepType.Acknowledge, fields, variables, forms);
            case var other:
                findings.Add(new Finding(
                    id, "unknown-activity-type", new($"ไม่รู้จักกิจกรรมชนิด \"{other}\"", $"Unknown activity type \"{other}\".")));
                return null;
        }
    }

    static Step ReadStep(
        string id,
        StepType type,
        Fields fields,
        Dictionary<string, VariableType> variables,
        Dictionary<string, FormSchema?> forms) => new(id)
    {
        Type = type,
        Number = fields.Number("stepNumber"),
        PartOfStep = fields.Number("partOfStep"),
        Name = new LocalizedText(
            fields.Text("nameTh") ?? fields.Text("name") ?? id,
            fields.Text("nameEn") ?? fields.Text("nameTh") ?? fields.Text("name") ?? id),
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
        Priority = fields.Choice<Priority>("priority"),
        Assignments = ReadAssignments(fields, variables),
        NotDoneBy = fields.Texts("notDoneBy"),
        Levels = [.. fields.Objects("levels").Select(level => ReadLevel(level, variables))],
        ReturnsToPreviousLevel = fields.Bool("returnsToPreviousLevel"),
        Committee = ReadCommittee(fields),
        ForEach = ReadForEach(fields),
        Timers = [.. fields.Objects("timers").Select(ReadTimer).OfType<BoundaryTimer>()],
        MayFail = fields.Bool("mayFail"),
        DeadlineDateFrom = fields.Text("slaDateFrom"),
        ClockPauses = fields.Bool("clockPauses", absent: true),
        Form = ReadForm(fields, forms),
        FormIsOptional = fields.Text("formsSource") == "inferred" && !fields.Texts(SharedForms.References).IsEmpty,
    };

    static DecisionBranch ReadBranch(Fields branch, Dictionary<string, VariableType> variables)
    {
        var when = branch.Required("when");
        return new DecisionBranch(branch.Required("port"), when, ReadCondition(branch, when, variables));
    }

    static Expression? ReadCondition(Fields fields, string when, Dictionary<string, VariableType> variables)
    {
        var compiled = Expression.Compile(when, variables);
        foreach (var problem in compiled.Problems)
            fields.Complain(problem.Code, $"เงื่อนไข \"{when}\": {problem.Reason.Th}", $"Condition \"{when}\": {problem.Reason.En}");
        if (compiled.Expression is { } expression && expression.Type != VariableType.Boolean)
            fields.Complain("not-a-condition", $"\"{when}\" ไม่ใช่เงื่อนไขจริงหรือเท็จ", $"\"{when}\" is not true or false.");
        return compiled.Expression;
    }

    /// <summary>One assignment as a text, or a list of <c>when</c> and <c>to</c>; without <c>when</c> an entry always holds.</summary>
    static ImmutableArray<Assignment> ReadAssignments(Fields fields, Dictionary<string, VariableType> variables)
    {
        if (!fields.HasList("assignTo"))
            return fields.Text("assignTo") is { } only && ReadAssignment(fields, only) is { } one ? [one] : [];
        return
        [
            .. fields.Objects("assignTo").Select(entry => ReadAssignment(entry, entry.Required("to")) is not { } assignment ? null
                : entry.Text("when") is { } when ? assignment with { When = when, Condition = ReadCondition(entry, when, variables) }
                : assignment).OfType<Assignment>(),
        ];
    }

    /// <summary><c>requester</c>, <c>doerOf:step</c>, <c>variable:name</c>, <c>responsible</c> or <c>responsibleFor:name</c>.</summary>
    static Assignment? ReadAssignment(Fields fields, string to)
    {
        switch (to.Split(':', 2))
        {
            case [""]:
                return null;
            case ["requester"]:
                return new Assignment(AssignmentKind.Requester, "");
            case ["responsible"]:
                return new Assignment(AssignmentKind.Responsible, "");
            case ["responsibleFor", var field]:
                return new Assignment(AssignmentKind.Responsible, field.Trim());
            case ["doerOf", var step]:
                return new Assignment(AssignmentKind.DoerOf, step.Trim());
            case ["variable", var name]:
                return new Assignment(AssignmentKind.Variable, name.Trim());
            default:
                fields.Complain(
                    "invalid-assignment",
                    "assignTo ต้องเป็น requester, doerOf:รหัสขั้นตอน, variable:ชื่อตัวแปร, responsible หรือ responsibleFor:ชื่อตัวแปร",
                    "assignTo must be requester, doerOf:step, variable:name, responsible or responsibleFor:name.");
                return null;
        }
    }

    static ApprovalLevel ReadLevel(Fields level, Dictionary<string, VariableType> variables) => new(
        level.Required("role"), level.Text("nameTh") is { } th ? new LocalizedText(th, level.Text("nameEn") ?? th) : null,
        ReadDeadline(level))
    {
        Assignments = ReadAssignments(level, variables),
    };

    static CommitteeRule? ReadCommittee(Fields fields)
    {
        if (fields.Choice<VotingRule>("votingRule") is not { } rule)
            return null;
        return new CommitteeRule(rule, fields.Text("membersFrom"), fields.Text("chairFrom"), fields.Number("quorum") ?? 0);
    }

    static MultiInstance? ReadForEach(Fields fields) => fields.Text("forEach") is not { } list ? null : new MultiInstance(
        list, fields.Choice<GoOnRule>("goOn") ?? GoOnRule.All, fields.Number("goOnPercent") ?? 100, fields.Bool("itemIsPerson"),
        fields.Text("collectInto"));

    static BoundaryTimer? ReadTimer(Fields timer)
    {
        if (ReadDeadline(timer) is { } after)
            return new BoundaryTimer(timer.Required("port"), after, timer.Bool("interrupts", absent: true));
        timer.Complain("invalid-timer", "ตัวจับเวลาต้องมี slaRule", "A timer needs an slaRule.");
        return null;
    }

    /// <summary>
    /// The forms that the steps share, as they were when this version was published (<see cref="SharedForms"/>). Null: of no use.
    /// </summary>
    static Dictionary<string, FormSchema?> ReadSharedForms(JsonElement custom, List<Finding> findings)
    {
        var forms = new Dictionary<string, FormSchema?>(StringComparer.Ordinal);
        if (Object(custom, SharedForms.Property) is not { ValueKind: JsonValueKind.Object } embedded)
            return forms;
        foreach (var form in embedded.EnumerateObject())
        {
            var (schema, problems) = FormSchema.Read(form.Value.GetRawText());
            forms[form.Name] = schema;
            findings.AddRange(problems.Select(p => new Finding(
                null, "invalid-form", new($"{form.Name}{p.Place}: {p.Reason.Th}", $"{form.Name}{p.Place}: {p.Reason.En}"))));
        }

        return forms;
    }

    static FormSchema? ReadForm(Fields fields, Dictionary<string, FormSchema?> forms)
    {
        var ids = fields.Texts(SharedForms.References);
        if (fields.Raw("formSchema") is not { } json)
            return ids.IsEmpty ? null : Combine(fields, ids, forms);
        if (!ids.IsEmpty)
            fields.Complain(
                "two-forms", "ขั้นตอนมีได้อย่างเดียว: formSchema หรือ formRefs", "A step has formSchema or formRefs, not both.");
        var (schema, problems) = FormSchema.Read(json);
        foreach (var problem in problems)
            fields.Complain("invalid-form", $"formSchema: {problem.Reason.Th}", $"formSchema: {problem.Reason.En}");
        return schema;
    }

    static FormSchema? Combine(Fields fields, ImmutableArray<string> ids, Dictionary<string, FormSchema?> forms)
    {
        if (ids.Length > SharedForms.MostOnOneStep || ids.Distinct(StringComparer.Ordinal).Count() < ids.Length)
        {
            fields.Complain(
                "too-many-forms", $"formRefs มีได้ไม่เกิน {SharedForms.MostOnOneStep} แบบฟอร์ม และต้องไม่ซ้ำกัน",
                $"formRefs names at most {SharedForms.MostOnOneStep} forms, each once.");
        }

        foreach (var unknown in ids.Where(id => !forms.ContainsKey(id)))
            fields.Complain(
                "unknown-form",
                $"ไม่มีแบบฟอร์ม \"{unknown}\" หรือใช้ไม่ได้ (forms/{unknown}.json)",
                $"There is no form \"{unknown}\", or it was refused (forms/{unknown}.json).");
        var (schema, twice) = FormSchema.Combine([.. ids.Select(id => forms.GetValueOrDefault(id)).OfType<FormSchema>()]);
        foreach (var name in twice)
            fields.Complain(
                "form-field-twice",
                $"ช่อง \"{name}\" อยู่ในแบบฟอร์มมากกว่าหนึ่งแบบของขั้นตอนนี้",
                $"The field \"{name}\" stands in two forms of this step.");
        return schema;
    }

    /// <summary>
    /// The parameters of a rule stand flat on the step (<c>slaRule</c>, <c>slaMin</c> …), because Studio edits flat values.
    /// </summary>
    static DeadlineRule? ReadDeadline(Fields fields)
    {
        if (fields.Text("slaRule") is null)
            return null;
        var read = DeadlineRuleFields.Read(name => fields.Text("sla" + char.ToUpperInvariant(name[0]) + name[1..]));
        foreach (var problem in read.Problems)
            fields.Complain(
                "invalid-deadline", $"sla {problem.Parameter}: {problem.Reason.Th}", $"sla {problem.Parameter}: {problem.Reason.En}");
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
        findings.Add(new Finding(
            null, "broken-connection", new("มีเส้นเชื่อมที่ไม่มีต้นทางหรือปลายทาง", "A connection lacks its source or its target.")));
        return null;

        static string? Field(JsonElement end, string name) =>
            end.ValueKind == JsonValueKind.Object && end.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
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
            { ValueKind: JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False } value => value.GetRawText(),
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

        /// <summary>An object of texts, for what a new case takes over.</summary>
        public ImmutableArray<CarriedOver> Map(string name) => Object(element, name) switch
        {
            { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null } => [],
            { ValueKind: JsonValueKind.Object } map when map.EnumerateObject().All(p => p.Value.ValueKind == JsonValueKind.String) =>
                [.. map.EnumerateObject().Select(p => new CarriedOver(p.Name, p.Value.GetString()!))],
            _ => Wrong(name, "ออบเจกต์ของข้อความ", "an object of texts") is null ? [] : [],
        };

        /// <summary>True or false. Studio's literals arrive as texts, with a capital.</summary>
        public bool Bool(string name, bool absent = false)
        {
            switch (Value(name))
            {
                case { ValueKind: JsonValueKind.Undefined or JsonValueKind.Null }:
                    return absent;
                case { ValueKind: JsonValueKind.False }:
                    return false;
                case { ValueKind: JsonValueKind.String } blank when string.IsNullOrWhiteSpace(blank.GetString()):
                    return absent;
                case { ValueKind: JsonValueKind.True }:
                    return true;
                case { ValueKind: JsonValueKind.String } text when bool.TryParse(text.GetString(), out var yes):
                    return yes;
                default:
                    Wrong(name, "true หรือ false", "true or false");
                    return false;
            }
        }

        public T? Choice<T>(string name)
            where T : struct, Enum
        {
            if (Text(name) is not { } text)
                return null;
            if (Enum.TryParse<T>(text, ignoreCase: true, out var choice) && !int.TryParse(text, out _))
                return choice;
            var names = string.Join(", ", Enum.GetNames<T>().Select(n => n.ToLowerInvariant()));
            Wrong(name, $"ค่าใดค่าหนึ่งใน {names}", $"one of {names}");
            return null;
        }

        /// <summary>Whether a value that may be a text or a list of objects is the list; Studio may hold it as a text of JSON.</summary>
        public bool HasList(string name) => Value(name) switch
        {
            { ValueKind: JsonValueKind.Array } => true,
            { ValueKind: JsonValueKind.String } text => text.GetString()!.TrimStart().StartsWith('['),
            _ => false,
        };

        /// <summary>A list of objects; Studio may hold it as a text of JSON.</summary>
        public IEnumerable<Fields> Objects(string name)
        {
            var value = Value(name);
            if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
                return [];
            try
            {
                if (value.ValueKind == JsonValueKind.String)
                {
                    using var text = JsonDocument.Parse(value.GetString()!, Strict);
                    value = text.RootElement.Clone();
                }
            }
            catch (JsonException)
            {
                // Falls through to the complaint.
            }

            if (value.ValueKind == JsonValueKind.Array
                && value.GetArrayLength() <= MaxEntries
                && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object))
                return [.. value.EnumerateArray().Select(item => new Fields(item, activityId, findings))];
            Wrong(name, $"รายการของออบเจกต์ ไม่เกิน {MaxEntries} รายการ", $"a list of at most {MaxEntries} objects");
            return [];
        }

        /// <summary>The JSON of an object, or of a text that holds one; null when absent.</summary>
        public string? Raw(string name)
        {
            // A schema is an object itself: what looks like Studio's wrapping has an expression.
            var value = Object(element, name);
            if (value.ValueKind == JsonValueKind.Object && Object(value, "expression").ValueKind == JsonValueKind.Undefined)
                return value.GetRawText();
            return Text(name);
        }

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

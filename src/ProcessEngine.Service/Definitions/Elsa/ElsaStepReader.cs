using System.Collections.Immutable;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Forms;

namespace ProcessEngine.Service.Definitions.Elsa;

/// <summary>Reads a step that people do: who, by when, how several decide, and what they fill in.</summary>
static class ElsaStepReader
{
    public static Step Read(
        string id,
        StepType type,
        ElsaFields fields,
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
            Deadline = ElsaRules.ReadDeadline(fields),
            DeadlineSharedWith = fields.Text("slaSharedWith"),
            DeadlineStated = fields.Text("slaStated"),
            QualityStandard = fields.Text("qualityStandard"),
            SourceNote = fields.Text("sourceNote"),
            Forms = fields.Texts("forms"),
            ReturnTo = fields.Texts("returnTo"),
            Escalation = ElsaRules.ReadEscalation(fields),
            Priority = fields.Choice<Priority>("priority"),
            Assignments = ReadAssignments(fields, variables),
            NotDoneBy = fields.Texts("notDoneBy"),
            Shows = fields.Texts("shows"),
            Levels = [.. fields.Objects("levels").Select(level => ReadLevel(level, variables))],
            ReturnsToPreviousLevel = fields.Bool("returnsToPreviousLevel"),
            Committee = ReadCommittee(fields),
            ForEach = ReadForEach(fields),
            Timers = [.. fields.Objects("timers").Select(ReadTimer).OfType<BoundaryTimer>()],
            MayFail = fields.Bool("mayFail"),
            DeadlineDateFrom = fields.Text("slaDateFrom"),
            ClockPauses = fields.Bool("clockPauses", absent: true),
            Form = ElsaForms.Read(fields, forms),
            FormIsOptional = fields.Text("formsSource") == "inferred" && !fields.Texts(SharedForms.References).IsEmpty,
        };

    /// <summary>One assignment as a text, or a list of <c>when</c> and <c>to</c>; without <c>when</c> an entry always holds.</summary>
    static ImmutableArray<Assignment> ReadAssignments(ElsaFields fields, Dictionary<string, VariableType> variables)
    {
        if (!fields.HasList("assignTo"))
            return fields.Text("assignTo") is { } only && ReadAssignment(fields, only) is { } one ? [one] : [];
        return
        [
            .. fields.Objects("assignTo").Select(entry => ReadAssignment(entry, entry.Required("to")) is not { } assignment ? null
                : entry.Text("when") is { } when
                    ? assignment with { When = when, Condition = ElsaRules.ReadCondition(entry, when, variables) }
                : assignment).OfType<Assignment>(),
        ];
    }

    /// <summary><c>requester</c>, <c>doerOf:step</c>, <c>variable:name</c>, <c>responsible</c> or <c>responsibleFor:name</c>.</summary>
    static Assignment? ReadAssignment(ElsaFields fields, string to)
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

    static ApprovalLevel ReadLevel(ElsaFields level, Dictionary<string, VariableType> variables) => new(
        level.Required("role"), level.Text("nameTh") is { } th ? new LocalizedText(th, level.Text("nameEn") ?? th) : null,
        ElsaRules.ReadDeadline(level))
    {
        Number = level.Number("stepNumber"),
        Assignments = ReadAssignments(level, variables),
    };

    static CommitteeRule? ReadCommittee(ElsaFields fields)
    {
        if (fields.Choice<VotingRule>("votingRule") is not { } rule)
            return null;
        return new CommitteeRule(rule, fields.Text("membersFrom"), fields.Text("chairFrom"), fields.Number("quorum") ?? 0);
    }

    static MultiInstance? ReadForEach(ElsaFields fields) => fields.Text("forEach") is not { } list ? null : new MultiInstance(
        list, fields.Choice<GoOnRule>("goOn") ?? GoOnRule.All, fields.Number("goOnPercent") ?? 100, fields.Bool("itemIsPerson"),
        fields.Text("collectInto"));

    static BoundaryTimer? ReadTimer(ElsaFields timer)
    {
        if (ElsaRules.ReadDeadline(timer) is { } after)
            return new BoundaryTimer(timer.Required("port"), after, timer.Bool("interrupts", absent: true));
        timer.Complain("invalid-timer", "ตัวจับเวลาต้องมี slaRule", "A timer needs an slaRule.");
        return null;
    }
}

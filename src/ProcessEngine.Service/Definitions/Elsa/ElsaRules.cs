using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Expressions;

namespace ProcessEngine.Service.Definitions.Elsa;

/// <summary>What several kinds of activity say alike: conditions, limits of time, and when who is told.</summary>
static class ElsaRules
{
    public static Expression? ReadCondition(ElsaFields fields, string when, Dictionary<string, VariableType> variables)
    {
        var compiled = Expression.Compile(when, variables);
        foreach (var problem in compiled.Problems)
            fields.Complain(problem.Code, $"เงื่อนไข \"{when}\": {problem.Reason.Th}", $"Condition \"{when}\": {problem.Reason.En}");
        if (compiled.Expression is { } expression && expression.Type != VariableType.Boolean)
            fields.Complain("not-a-condition", $"\"{when}\" ไม่ใช่เงื่อนไขจริงหรือเท็จ", $"\"{when}\" is not true or false.");
        return compiled.Expression;
    }

    /// <summary>
    /// The parameters of a rule stand flat on the step (<c>slaRule</c>, <c>slaMin</c> …), because Studio edits flat values.
    /// </summary>
    public static DeadlineRule? ReadDeadline(ElsaFields fields)
    {
        if (fields.Text("slaRule") is null)
            return null;
        var read = DeadlineRuleFields.Read(name => fields.Text("sla" + char.ToUpperInvariant(name[0]) + name[1..]));
        foreach (var problem in read.Problems)
            fields.Complain(
                "invalid-deadline", $"sla {problem.Parameter}: {problem.Reason.Th}", $"sla {problem.Parameter}: {problem.Reason.En}");
        return read.Problems.Count == 0 ? read.Rule : null;
    }

    public static EscalationPolicy ReadEscalation(ElsaFields fields)
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
}

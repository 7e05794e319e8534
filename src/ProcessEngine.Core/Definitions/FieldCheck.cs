using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Expressions;
using static ProcessEngine.Core.Definitions.Finding;

namespace ProcessEngine.Core.Definitions;

/// <summary>What is wrong with fields that boxes of several kinds have.</summary>
static class FieldCheck
{
    /// <summary>Every fault of a limit's own numbers.</summary>
    public static IEnumerable<Finding> Limit(string? id, DeadlineRule? rule) => rule is null
        ? []
        : DeadlineRule.Problems(rule).Concat(DeadlineRule.OutOfReach(rule) is { } beyond ? [beyond] : []).Select(problem =>
            Fault(id, "invalid-deadline", $"{problem.Parameter}: {problem.Reason.Th}", $"{problem.Parameter}: {problem.Reason.En}"));

    /// <summary>Whether a case could begin with it as if somebody had given it.</summary>
    public static bool IsFitDefault(Variable variable) => variable.DefaultOn(new DateOnly(2026, 10, 1)) is { } json
        && GivenValue.Unfit(json) is null && GivenValue.Fault(variable, json) is null;

    /// <summary>A variable must be declared, and of the type that is read from it.</summary>
    public static IEnumerable<Finding> Variable(ProcessDefinition definition, string id, string? name, VariableType type)
    {
        if (definition.Variables.FirstOrDefault(v => v.Name == name) is not { } variable)
        {
            yield return Fault(
                id, "unknown-variable", $"ไม่มีตัวแปร \"{name}\" ในนิยาม", $"The definition declares no variable \"{name}\".");
        }
        else if (variable.Type != type)
        {
            yield return Fault(
                id, "wrong-variable-type", $"ตัวแปร \"{name}\" ต้องเป็นชนิด {type}",
                $"Variable \"{name}\" must be of type {type}; it is {variable.Type}.");
        }
    }
}

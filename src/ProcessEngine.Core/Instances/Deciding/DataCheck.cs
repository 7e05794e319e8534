using System.Collections.Immutable;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Core.Instances.Deciding;

/// <summary>What is wrong with data that somebody gives to a case; null when nothing is.</summary>
static class DataCheck
{
    /// <summary>Declared data must be of its type; what is not declared is carried as it is.</summary>
    /// <param name="data">Name → JSON text.</param>
    public static VariableInvalid? Problem(ProcessDefinition definition, ImmutableSortedDictionary<string, string> data)
    {
        foreach (var variable in definition.Variables)
        {
            if (data.TryGetValue(variable.Name, out var json) && !variable.Accepts(json))
                return new VariableInvalid(variable.Name, variable.Type.ToString());
        }

        return null;
    }

    /// <summary>What a step is completed with must fill in its form, where it has one that may not be left out.</summary>
    public static Rejection? OutputProblem(ProcessDefinition definition, Step step, ImmutableSortedDictionary<string, string> outputs) =>
        !(step.FormIsOptional && outputs.IsEmpty) && step.Form?.Check(outputs) is { IsEmpty: false } problems
            ? new FormNotFilled(problems)
            : Problem(definition, outputs);
}

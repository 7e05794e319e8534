using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// What compiled code says when it calls: a reader of its source text would be led astray by the next change of its form.
/// </summary>
static class CompiledCalls
{
    /// <summary>The texts that a type, with what is nested in it, hands over as the first argument of certain calls.</summary>
    public static IReadOnlyList<string> FirstArguments(Type type, Predicate<MethodReference> of)
    {
        using var module = ModuleDefinition.ReadModule(type.Assembly.Location);
        var calls = module.GetTypes().Where(
            t => t.FullName == type.FullName || t.FullName.StartsWith($"{type.FullName}/", StringComparison.Ordinal))
            .SelectMany(t => t.Methods).Where(m => m.HasBody).SelectMany(m => m.Body.Instructions)
            .Where(
                i => i.OpCode.FlowControl == FlowControl.Call && i.Operand is MethodReference { Parameters.Count: > 0 } called
                    && of(called));
        return [.. calls.Select(FirstArgument).OfType<string>()];
    }

    /// <summary>Null when it is no text that stands in the code.</summary>
    static string? FirstArgument(Instruction call)
    {
        var at = call.Previous;
        // Backwards over the other arguments.
        for (var others = ((MethodReference)call.Operand).Parameters.Count - 1; others > 0 && at is not null; at = at.Previous)
            others += Takes(at) - Gives(at);
        return at?.Operand as string;
    }

    static int Takes(Instruction i) => i.Operand is MethodReference called && i.OpCode.FlowControl == FlowControl.Call
        ? called.Parameters.Count + (called.HasThis && i.OpCode.Code != Code.Newobj ? 1 : 0)
        : Values(i.OpCode.StackBehaviourPop, "Pop");

    static int Gives(Instruction i) => i.Operand is MethodReference called && i.OpCode.FlowControl == FlowControl.Call
        ? i.OpCode.Code == Code.Newobj || called.ReturnType.FullName != "System.Void" ? 1 : 0
        : Values(i.OpCode.StackBehaviourPush, "Push");

    /// <summary>Pop1_pop1 are two, Pop0 is none.</summary>
    static int Values(StackBehaviour behaviour, string word) =>
        behaviour.ToString().Split('_').Count(part => part.StartsWith(word, StringComparison.OrdinalIgnoreCase) && !part.EndsWith('0'));
}

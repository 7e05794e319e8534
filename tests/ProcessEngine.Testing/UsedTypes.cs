using System.Reflection;
using System.Reflection.Emit;

namespace ProcessEngine.Testing;

/// <summary>What compiled code really names, in signatures and in method bodies: what a reader of the source cannot see behind implicit usings.</summary>
public static class UsedTypes
{
    const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(o => o.Value);

    /// <summary>Every type that a type names, with the parts of constructed ones; nested types are types of their own.</summary>
    public static IEnumerable<Type> Of(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var named = type.GetInterfaces().Append(type.BaseType).Concat(type.GetFields(Own).Select(f => f.FieldType)).Concat(type.GetCustomAttributesData().Select(a => a.AttributeType));
        var bodies = type.GetMethods(Own).Cast<MethodBase>().Concat(type.GetConstructors(Own)).SelectMany(InMethod);
        return named.Concat(bodies).OfType<Type>().SelectMany(Parts).Distinct();
    }

    static IEnumerable<Type?> InMethod(MethodBase method)
    {
        var signature = method.GetParameters().Select(p => (Type?)p.ParameterType).Append((method as MethodInfo)?.ReturnType);
        var body = method.GetMethodBody();
        return body is null ? signature : signature.Concat(body.LocalVariables.Select(l => l.LocalType)).Concat(InCode(method, body.GetILAsByteArray()!));
    }

    static IEnumerable<Type?> InCode(MethodBase method, byte[] code)
    {
        for (var i = 0; i < code.Length;)
        {
            var opCode = OpCodesByValue[code[i] == 0xFE ? (short)((code[i++] << 8) | code[i++]) : code[i++]];
            switch (opCode.OperandType)
            {
                case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok:
                    var member = method.Module.ResolveMember(BitConverter.ToInt32(code, i), Arguments(method.DeclaringType), method.IsGenericMethod ? method.GetGenericArguments() : null);
                    yield return member as Type ?? member?.DeclaringType;
                    i += 4;
                    break;
                case OperandType.InlineSwitch:
                    i += 4 + (4 * BitConverter.ToInt32(code, i));
                    break;
                default:
                    i += SizeOf(opCode.OperandType);
                    break;
            }
        }
    }

    static Type[]? Arguments(Type? type) => type is { IsGenericType: true } ? type.GetGenericArguments() : null;

    static int SizeOf(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };

    static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition())
        : [type];
}

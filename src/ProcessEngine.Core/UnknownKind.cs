using System.Diagnostics;

namespace ProcessEngine.Core;

/// <summary>
/// A kind that somebody added, and one place that asks for the kind does not know yet. Never a silent default: the fault is said at once.
/// </summary>
public static class UnknownKind
{
    public static UnreachableException Of(object one, [System.Runtime.CompilerServices.CallerMemberName] string where = "") =>
        new($"{one as string ?? one.GetType().Name} is of a kind that {where} does not know.");
}

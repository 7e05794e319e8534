using System.Text.RegularExpressions;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Definitions;

/// <summary>A condition of a branch for people who read no expressions: the data by their labels, the rest in words.</summary>
public static partial class ConditionWords
{
    static readonly (string Word, string Th, string En)[] Known =
    [
        ("is not empty", "ระบุไว้", "is given"), ("is empty", "ไม่ได้ระบุ", "is not given"), ("true", "ใช่", "yes"),
        ("false", "ไม่ใช่", "no"), ("and", "และ", "and"), ("or", "หรือ", "or"), ("not", "ไม่", "not"), ("in", "เป็นหนึ่งใน", "one of"),
    ];

    /// <returns>What the condition asks; where its data have no labels, that it is a condition and no more.</returns>
    public static string Of(ProcessDefinition definition, string condition, bool english)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(condition);
        var unnamed = false;
        var told = Piece().Replace(condition, found =>
        {
            if (found.Value[0] is '"' or '\'')
                return found.Value[1..^1];
            if (Known.FirstOrDefault(k => k.Word == Blanks().Replace(found.Value, " ")) is { Word: not null } word)
                return english ? word.En : word.Th;
            if (definition.Variables.FirstOrDefault(v => v.Name == found.Value)?.Label is { } label)
                return english ? label.En : label.Th;
            unnamed = true;
            return found.Value;
        });
        return !unnamed ? told.Replace("!=", "≠", StringComparison.Ordinal).Replace(">=", "≥", StringComparison.Ordinal)
                .Replace("<=", "≤", StringComparison.Ordinal)
            : english ? "by its data" : "ตามข้อมูลของเรื่อง";
    }

    [GeneratedRegex("""("[^"]*"|'[^']*'|is\s+not\s+empty|is\s+empty|[A-Za-z_][A-Za-z0-9_]*)""")]
    private static partial Regex Piece();

    [GeneratedRegex("\\s+")]
    private static partial Regex Blanks();
}

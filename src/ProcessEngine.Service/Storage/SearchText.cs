namespace ProcessEngine.Service.Storage;

/// <summary>
/// What a person searches by: Thai and Arabic digits are one, and blanks and
/// full stops do not count ("ต่าง ๆ" and "ต่างๆ", "ผอ.สพป." and "ผอ. สพป").
/// </summary>
public static class SearchText
{
    public const string ThaiDigits = "๐๑๒๓๔๕๖๗๘๙";
    public const string Digits = "0123456789";

    /// <summary>What is left out on both sides.</summary>
    public const string LeftOut = " .\u00A0\u200B";

    public static string Fold(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.Concat(text.ToLowerInvariant()
            .Where(c => !LeftOut.Contains(c))
            .Select(c => ThaiDigits.IndexOf(c) is >= 0 and var digit ? Digits[digit] : c));
    }

    /// <summary>Whether a text holds what somebody typed.</summary>
    public static bool Holds(string text, string search) => Fold(text).Contains(Fold(search), StringComparison.Ordinal);

    /// <summary>The pattern for <see cref="Condition"/>: what was typed, taken letter by letter; null for all.</summary>
    public static string? Like(string? search) => search is null
        ? null
        : $"%{Escaped(Fold(search) is { Length: > 0 } folded ? folded : search)}%";

    static string Escaped(string text) => text.Replace("!", "!!", StringComparison.Ordinal)
        .Replace("%", "!%", StringComparison.Ordinal)
        .Replace("_", "!_", StringComparison.Ordinal);

    /// <summary>A condition that one of some columns holds <c>@like</c>.</summary>
    public static string Condition(Database database, params string[] columns)
    {
        ArgumentNullException.ThrowIfNull(database);
        return $"({string.Join(" OR ", columns.Select(column => $"{database.Folded(column)} LIKE @like ESCAPE '!'"))})";
    }
}

using System.Globalization;
using System.Text;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Storage;

/// <summary>
/// What a person searches by, in one spelling: however น้ำ was typed, with or without its tone mark; Thai and Arabic digits are one, so are
/// capitals and small letters of every script; blanks and full stops do not count ("ต่าง ๆ" and "ต่างๆ", "ผอ.สพป." and "ผอ. สพป").
/// </summary>
/// <remarks>Written beside what it is made of (<c>search_key</c>) and compared letter by letter: the same on both databases.</remarks>
public static class SearchText
{
    const int FirstTone = 0x0E48;
    const int LastTone = 0x0E4B;

    public static string Fold(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var folded = new StringBuilder(text.Length);
        foreach (var rune in ThaiText.OneWay(text).ToLowerInvariant().EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (Rune.IsWhiteSpace(rune) || rune.Value is '.' or (>= FirstTone and <= LastTone) || category == UnicodeCategory.Format)
                continue;
            if (category == UnicodeCategory.DecimalDigitNumber)
                folded.Append((int)Rune.GetNumericValue(rune));
            else
                folded.Append(rune);
        }

        return folded.ToString();
    }

    /// <summary>
    /// The key of what is found by any of several texts; nobody finds it by the end of one and the beginning of the next.
    /// </summary>
    public static string Key(params ReadOnlySpan<string?> texts)
    {
        var key = new StringBuilder();
        foreach (var text in texts)
            key.Append(Fold(text ?? "")).Append('\n');
        return key.ToString();
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

    /// <summary>A condition that one of some search keys holds <c>@like</c>.</summary>
    /// <param name="tables">The names by which a query knows the tables with the keys; empty for the only one.</param>
    public static string Condition(params string[] tables)
    {
        ArgumentNullException.ThrowIfNull(tables);
        return $"({string.Join(" OR ", tables.Select(t => $"{(t.Length == 0 ? "" : t + ".")}search_key LIKE @like ESCAPE '!'"))})";
    }
}

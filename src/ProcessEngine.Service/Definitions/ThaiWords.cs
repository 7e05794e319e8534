using System.Collections.Frozen;

namespace ProcessEngine.Service.Definitions;

/// <summary>
/// Where the words of a Thai text end, by the list of words that manuals use (<c>thai-words.txt</c>). Thai is written without spaces
/// between words, and where one ends only a dictionary knows; a word that the list does not have is never cut.
/// </summary>
static class ThaiWords
{
    /// <summary>Vowels, marks and signs that never begin a word.</summary>
    const string NeverFirst = "ะัาำิีึืฺุู็่้๊๋์ํ๎ๅๆฯ";

    /// <summary>A character of no known word costs as much as so many words.</summary>
    const int Unknown = 3;

    static readonly FrozenSet<string> Known = Read();
    static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Lookup = Known.GetAlternateLookup<ReadOnlySpan<char>>();
    static readonly int Longest = Known.Max(word => word.Length);

    public static bool IsKnown(string word) => Known.Contains(word);

    public static bool IsThai(char c) => c is >= '\u0E01' and <= '\u0E4E' and not '\u0E3F';

    /// <summary>
    /// The words of a run of Thai letters: as few as possible, the longer before the shorter; what lies between known words is one word.
    /// </summary>
    public static List<string> Of(string run)
    {
        ArgumentNullException.ThrowIfNull(run);
        // From the end: what the rest costs from each place on, and how far its first word reaches.
        var cost = new int[run.Length + 1];
        var reach = new int[run.Length];
        var isKnown = new bool[run.Length];
        for (var at = run.Length - 1; at >= 0; at--)
        {
            (cost[at], reach[at]) = (cost[at + 1] + Unknown, at + 1);
            if (NeverFirst.Contains(run[at], StringComparison.Ordinal))
                continue;
            for (var end = at + 1; end <= Math.Min(run.Length, at + Longest); end++)
            {
                if (cost[end] + 1 <= cost[at] && EndsAt(run, end) && Lookup.Contains(run.AsSpan(at, end - at)))
                    (cost[at], reach[at], isKnown[at]) = (cost[end] + 1, end, true);
            }
        }

        var words = new List<string>();
        for (int at = 0, unknown = -1; at < run.Length || unknown >= 0;)
        {
            if (at < run.Length && !isKnown[at])
            {
                unknown = unknown < 0 ? at : unknown;
                at = reach[at];
                continue;
            }

            if (unknown >= 0)
                words.Add(run[unknown..at]);
            unknown = -1;
            if (at == run.Length)
                break;
            words.Add(run[at..reach[at]]);
            at = reach[at];
        }

        return words;
    }

    static bool EndsAt(string run, int end) => end == run.Length || !NeverFirst.Contains(run[end], StringComparison.Ordinal);

    static FrozenSet<string> Read()
    {
        using var stream = typeof(ThaiWords).Assembly.GetManifestResourceStream("ProcessEngine.Service.Definitions.thai-words.txt")
            ?? throw new InvalidOperationException("The list of Thai words is missing.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .ToFrozenSet(StringComparer.Ordinal);
    }
}

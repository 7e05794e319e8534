using System.Globalization;

namespace ProcessEngine.Core.Forms;

/// <summary>
/// How many places a pattern has once its counted repetitions are written out: <c>(a{99}){99}</c> has 9,801, and takes that much memory to
/// be matched without backtracking.
/// </summary>
static class PatternSize
{
    public const int Most = 5_000;
    public const int Longest = 1_000;

    public static bool IsTooLarge(string pattern) =>
        pattern.Length > Longest || new Reader(pattern).WholeIsLargerThan(Most);

    /// <summary>Reads a pattern just so far: what it means is the framework's to say.</summary>
    ref struct Reader(string text)
    {
        const long Cap = 1_000_000_000;

        int at;

        public bool WholeIsLargerThan(long most)
        {
            var size = 0L;
            while (at < text.Length)
            {
                size += Ways();
                // A bracket too many; the framework refuses it.
                at++;
            }

            return size > most;
        }

        /// <summary>Up to the end of the group, or of the pattern.</summary>
        long Ways()
        {
            var size = 0L;
            while (at < text.Length && text[at] != ')')
                size = Math.Min(Cap, size + Repeated(One()));
            return size;
        }

        long One()
        {
            switch (text[at++])
            {
                case '(':
                    var inside = Ways();
                    at++;
                    return Math.Max(1, inside);
                case '[':
                    SkipClass();
                    return 1;
                case '\\' when at < text.Length && text[at] is 'p' or 'P' && text.IndexOf('}', at) is var end and > 0:
                    at = end + 1;
                    return 1;
                case '\\':
                    at++;
                    return 1;
                default:
                    return 1;
            }
        }

        void SkipClass()
        {
            // The first bracket stands for itself.
            if (at < text.Length && text[at] == '^')
                at++;
            if (at < text.Length && text[at] == ']')
                at++;
            for (var depth = 1; at < text.Length && depth > 0; at++)
            {
                if (text[at] == '\\')
                    at++;
                else if (text[at] == '[' && text[at - 1] == '-')
                    depth++;
                else if (text[at] == ']')
                    depth--;
            }
        }

        long Repeated(long size)
        {
            while (at < text.Length)
            {
                if (text[at] is '*' or '+' or '?')
                    at++;
                else if (text[at] == '{' && Count() is { } times)
                    size = Math.Min(Cap, size * Math.Max(1, times));
                else
                    break;
            }

            return size;
        }

        /// <summary>
        /// <c>{3}</c>, <c>{3,}</c> or <c>{3,5}</c>: how often at most, or at least where there is no most; null when it is text.
        /// </summary>
        long? Count()
        {
            var end = text.IndexOf('}', at);
            if (end < 0 || text[(at + 1)..end].Split(',') is not [_] and not [_, _])
                return null;
            var parts = text[(at + 1)..end].Split(',');
            var last = parts[^1].Length == 0 ? parts[0] : parts[^1];
            if (!long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var times))
                return null;
            at = end + 1;
            return Math.Min(times, Cap);
        }
    }
}

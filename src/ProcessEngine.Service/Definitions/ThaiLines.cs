using System.Globalization;

namespace ProcessEngine.Service.Definitions;

/// <summary>
/// Breaks a text into lines of about one length: at a space where there is one in reach, else between two words. A word is broken only when
/// it is wider than a line, and then nowhere between a vowel and its consonant.
/// </summary>
public static class ThaiLines
{
    const string NeverFirst = "ะาำๆฯๅ)]}”’.,:;/";
    const string NeverLast = "เแโใไ([{“‘";

    /// <summary>
    /// A break between two words that no space parts is as bad as a line that is so much too short, as a share of the line.
    /// </summary>
    const double Joined = 0.22;

    /// <summary>How wide a line of text is, about.</summary>
    public static double WidthOf(string text, int fontSize)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Sum(WidthOf) * fontSize;
    }

    /// <summary>As a share of the size of the type: of Sarabun and a little more, since others may stand in for it.</summary>
    static double WidthOf(char c) => c switch
    {
        ' ' or '.' or ',' or ':' or ';' or '|' or 'i' or 'l' or 'j' => 0.3,
        'เ' or 'แ' or 'โ' or 'ใ' or 'ไ' or 'ๅ' or '/' or '(' or ')' => c == 'แ' ? 0.6 : 0.42,
        'ั' or 'ิ' or 'ี' or 'ึ' or 'ื' or 'ุ' or 'ู' or 'ฺ' or '็' or '่' or '้' or '๊' or '๋' or '์' or 'ํ' or '๎' => 0,
        'า' or 'ำ' => 0.5,
        'm' or 'M' or 'w' or 'W' or 'ณ' or 'ญ' or 'ฌ' or 'พ' or 'ฟ' or 'ฬ' or '—' or '→' => 0.82,
        _ => 0.6,
    };

    public static IReadOnlyList<string> Wrap(string text, int fontSize, double width)
    {
        ArgumentNullException.ThrowIfNull(text);
        var room = Math.Max(width / fontSize, 1);
        var pieces = PiecesOf(text.Trim(), room);
        if (pieces.Count == 0)
            return [""];

        // From the end: the fewest lines, and of those the evenest, from each piece on; and where the first of them ends.
        var best = new (int Lines, double Unevenness)[pieces.Count + 1];
        var end = new int[pieces.Count];
        for (var first = pieces.Count - 1; first >= 0; first--)
        {
            best[first] = (int.MaxValue, 0);
            var length = 0.0;
            for (var next = first; next < pieces.Count; next++)
            {
                length += pieces[next].Width + (next > first && pieces[next].AfterSpace ? WidthOf(' ') : 0);
                if (length > room && next > first)
                    break;
                var rest = best[next + 1];
                var gap = (room - length) / room;
                var joined = next + 1 < pieces.Count && !pieces[next + 1].AfterSpace ? Joined * Joined : 0;
                var here = (rest.Lines + 1, rest.Unevenness + (gap * gap) + joined);
                if (here.CompareTo(best[first]) < 0)
                    (best[first], end[first]) = (here, next + 1);
            }
        }

        var lines = new List<string>();
        for (var at = 0; at < pieces.Count; at = end[at])
        {
            lines.Add(string.Concat(
                pieces[at..end[at]].Select((piece, i) => i > 0 && piece.AfterSpace ? " " + piece.Text : piece.Text)));
        }

        return lines;
    }

    /// <summary>Whether a line of this width has room for every word.</summary>
    public static bool FitsUntorn(string text, int fontSize, double width)
    {
        ArgumentNullException.ThrowIfNull(text);
        return PiecesOf(text.Trim(), double.MaxValue).All(piece => piece.Width * fontSize <= width);
    }

    readonly record struct Piece(string Text, bool AfterSpace, double Width);

    /// <summary>What is not broken: words, with the signs that cling to them.</summary>
    static List<Piece> PiecesOf(string text, double room)
    {
        var pieces = new List<Piece>();
        foreach (var part in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            // A sign that stands by itself (/) ends the line of the word before it.
            if (pieces.Count > 0 && part.All(c => NeverFirst.Contains(c, StringComparison.Ordinal)))
            {
                var whole = $"{pieces[^1].Text} {part}";
                pieces[^1] = pieces[^1] with { Text = whole, Width = whole.Sum(WidthOf) };
                continue;
            }

            var afterSpace = true;
            foreach (var word in Cling(WordsOf(part)).SelectMany(word => Cut(word, room)))
            {
                pieces.Add(new Piece(word, afterSpace, word.Sum(WidthOf)));
                afterSpace = false;
            }
        }

        return pieces;
    }

    /// <summary>Thai by its words; whatever else stands between is one word.</summary>
    static IEnumerable<string> WordsOf(string part)
    {
        for (var at = 0; at < part.Length;)
        {
            var (start, thai) = (at, ThaiWords.IsThai(part[at]));
            while (at < part.Length && ThaiWords.IsThai(part[at]) == thai)
                at++;
            foreach (var word in thai ? ThaiWords.Of(part[start..at]) : [part[start..at]])
                yield return word;
        }
    }

    /// <summary>Signs stay with the word that they close or open, and an abbreviation with what it abbreviates (ผอ.สพป.).</summary>
    static List<string> Cling(IEnumerable<string> words)
    {
        var clung = new List<string>();
        foreach (var word in words)
        {
            if (clung.Count > 0 && (NeverFirst.Contains(word[0], StringComparison.Ordinal)
                || NeverLast.Contains(clung[^1][^1], StringComparison.Ordinal) || clung[^1].EndsWith('.')))
                clung[^1] += word;
            else
                clung.Add(word);
        }

        return clung;
    }

    /// <summary>A word that is wider than a line, in parts that are not.</summary>
    static IEnumerable<string> Cut(string word, double room)
    {
        while (word.Sum(WidthOf) > room)
        {
            var characters = CharactersOf(word);
            var (count, length) = (0, 0.0);
            while (count < characters.Count && length + characters[count].Sum(WidthOf) <= room)
                length += characters[count++].Sum(WidthOf);
            count = Math.Max(count, 1);
            while (count > 1 && !MayBreak(characters[count - 1], characters.ElementAtOrDefault(count)))
                count--;
            if (count >= characters.Count)
                break;
            var part = string.Concat(characters.Take(count));
            yield return part;
            word = word[part.Length..];
        }

        yield return word;
    }

    static bool MayBreak(string one, string? other) => other is null
        || (!NeverFirst.Contains(other[0], StringComparison.Ordinal) && !NeverLast.Contains(one[^1], StringComparison.Ordinal)
            && !(char.IsAsciiLetterOrDigit(one[0]) && char.IsAsciiLetterOrDigit(other[0])));

    /// <summary>Characters as people see them: vowels and tone marks above and below belong to their consonant.</summary>
    static List<string> CharactersOf(string text)
    {
        var characters = new List<string>();
        for (var elements = StringInfo.GetTextElementEnumerator(text); elements.MoveNext();)
            characters.Add(elements.GetTextElement());
        return characters;
    }
}

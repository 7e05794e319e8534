using ProcessEngine.Core;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web;

/// <summary>A procedure that was found.</summary>
/// <param name="Where">The step or form that says it; null when its name does.</param>
public sealed record ProcedureFound(ProcedureCard Card, LocalizedText? Where, int Rank);

/// <summary>
/// Finds procedures by what people type: without blanks ("ติดตั้งคอมพิวเตอร์" for "ติดตั้ง … ระบบคอมพิวเตอร์"), without tone marks, with
/// or without ็, in either digits; by their names, and by what their steps and forms say ("แจ้งซ่อม", "ยืม").
/// </summary>
public static class ProcedureSearch
{
    /// <summary>Words shorter than that are in everything.</summary>
    const int ShortestPiece = 3;

    /// <summary>Somebody who writes more words in one does not look for a name.</summary>
    const int MostPieces = 4;

    /// <summary>What is found, the best first.</summary>
    public static IReadOnlyList<ProcedureFound> In(IEnumerable<ProcedureCard> cards, string search)
    {
        ArgumentNullException.ThrowIfNull(cards);
        ArgumentNullException.ThrowIfNull(search);
        var words = search.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Fold).Where(w => w.Length > 0).ToList();
        if (words.Count == 0)
            return [];
        return [.. cards.Select(card => Find(card, words)).OfType<ProcedureFound>().OrderBy(found => found.Rank)];
    }

    /// <summary>One spelling: as everywhere, and ็ does not count (เว็บ, เวบ).</summary>
    public static string Fold(string text) => SearchText.Fold(text).Replace("็", "", StringComparison.Ordinal);

    static ProcedureFound? Find(ProcedureCard card, List<string> words)
    {
        var named = card.NameKey;
        if (words.TrueForAll(w => named.Contains(w, StringComparison.Ordinal)))
            return new ProcedureFound(card, null, 0);
        foreach (var (label, key) in card.TextKeys)
        {
            if (words.TrueForAll(w => key.Contains(w, StringComparison.Ordinal)))
                return new ProcedureFound(card, label, 2);
        }

        if (words.TrueForAll(w => HasPieces(named, w, 0, 0, MostPieces)))
            return new ProcedureFound(card, null, 1);
        return words.TrueForAll(w => named.Contains(w, StringComparison.Ordinal)
            || card.TextKeys.Any(t => t.Key.Contains(w, StringComparison.Ordinal)))
            ? new ProcedureFound(card, null, 3)
            : null;
    }

    /// <summary>Whether a text has what was typed in one as pieces, in this order, with other words between.</summary>
    static bool HasPieces(string text, string typed, int from, int at, int left)
    {
        if (at == typed.Length)
            return true;
        if (left == 0)
            return false;
        for (var end = typed.Length; end - at >= ShortestPiece; end--)
        {
            // What is left over must be long enough to be a word, too.
            if (typed.Length - end is > 0 and < ShortestPiece)
                continue;
            var found = text.IndexOf(typed[at..end], from, StringComparison.Ordinal);
            if (found >= 0 && HasPieces(text, typed, found + end - at, end, left - 1))
                return true;
        }

        return false;
    }
}

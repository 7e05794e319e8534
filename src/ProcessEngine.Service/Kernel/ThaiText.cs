using System.Text;
using System.Text.RegularExpressions;

namespace ProcessEngine.Service.Kernel;

/// <summary>Thai as it looks, however it was typed: น้ำ has four encodings that look the same.</summary>
public static partial class ThaiText
{
    const string SaraAm = "\u0E33";

    /// <summary>
    /// One encoding of what looks alike: NFKC, SARA AM as one character behind its tone mark, a vowel before its tone mark, แ as one
    /// character.
    /// </summary>
    /// <param name="text">No half of a surrogate pair; what has one is given back as it is.</param>
    public static string OneWay(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!ValidationRules.IsClean(text))
            return text;
        // NFKC takes SARA AM apart, whatever came.
        var composed = Am().Replace(text.Normalize(NormalizationForm.FormKC), "$1$2$3" + SaraAm);
        return ToneBeforeVowel().Replace(composed, "$2$1").Replace("\u0E40\u0E40", "\u0E41", StringComparison.Ordinal);
    }

    [GeneratedRegex("([\u0E48-\u0E4B]?)\u0E4D([\u0E48-\u0E4B]?)\u0E32([\u0E48-\u0E4B]?)")]
    private static partial Regex Am();

    [GeneratedRegex("([\u0E48-\u0E4B])([\u0E31\u0E34-\u0E39\u0E47])")]
    private static partial Regex ToneBeforeVowel();
}

using System.Globalization;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Definitions;

/// <summary>
/// Breaks a Thai text into lines. Thai is written without spaces between words, and where one ends only a dictionary knows; a space is
/// taken where there is one in reach, else the beginning of a word that manuals use much, else any place that does not tear a vowel from
/// its consonant.
/// </summary>
public static class ThaiLines
{
    /// <summary>The width of a character as a share of the size of the type, on average and a little more.</summary>
    const double CharacterWidth = 0.6;

    const string NeverFirst = "ะาำๆฯๅ)]}”’.,:;";
    const string NeverLast = "เแโใไ([{“‘";

    /// <summary>
    /// A line may be longer than it is reckoned by so many characters, when it then ends at a space: many are narrower than the average.
    /// </summary>
    const int Tolerance = 2;

    static readonly string[] Words =
    [
        "การ", "ความ", "ระบบ", "ข้อมูล", "และ", "ให้", "ผู้", "รายงาน", "ดำเนิน", "เพื่อ", "ของ", "ประเมิน", "สำนักงาน", "เครือข่าย",
        "คอมพิวเตอร์", "เทคโนโลยี", "สารสนเทศ",
        "แผน", "โรงเรียน", "สถานศึกษา", "พัฒนา", "ปรับปรุง", "วัสดุ", "อุปกรณ์", "เจ้าของ", "ห้อง", "มอบหมาย", "รูปแบบ", "คณะ", "ขั้นตอน",
        "หนังสือ", "ราชการ", "โครงการ", "บริการ", "โปรแกรม", "ทราบ",
    ];

    // What stands before one of these when it is only the end of a word.
    static readonly string[] Beginnings = ["โครง", "บริ", "ราช", "กรรม", "ประ", "กิจ", "จัด", "อำนวย", "วิทยา", "วิชา", "เจ้า"];

    /// <summary>How wide a line of text is, about.</summary>
    public static double WidthOf(string text, int fontSize) => Characters(text).Count * fontSize * CharacterWidth;

    public static IReadOnlyList<string> Wrap(string text, int fontSize, double width)
    {
        ArgumentNullException.ThrowIfNull(text);
        var room = Math.Max(1, (int)(width / (fontSize * CharacterWidth)));
        var characters = Characters(text.Trim());
        var lines = new List<string>();
        while (characters.Count > room)
        {
            var end = Break(characters, Evenly(characters.Count, room), room);
            lines.Add(string.Concat(characters.Take(end)).Trim());
            characters = [.. characters.Skip(end).SkipWhile(string.IsNullOrWhiteSpace)];
        }

        lines.Add(string.Concat(characters));
        return lines;
    }

    /// <summary>Lines of one length read better than a full one and a rest.</summary>
    static int Evenly(int length, int room)
    {
        var lines = (length + room - 1) / room;
        return Math.Min(room, ((length + lines - 1) / lines) + 2);
    }

    static int Break(List<string> characters, int wanted, int room)
    {
        for (var end = Math.Min(room + Tolerance, characters.Count - 1); end > wanted / 2; end--)
        {
            if (string.IsNullOrWhiteSpace(characters[end]))
                return end;
        }

        for (var end = room; end > wanted / 2; end--)
        {
            var (before, after) = (string.Concat(characters.Take(end)), string.Concat(characters.Skip(end)));
            if (Words.Any(word => after.StartsWith(word, StringComparison.Ordinal))
                && !Beginnings.Any(b => before.EndsWith(b, StringComparison.Ordinal)))
                return end;
        }

        for (var end = wanted; end > 1; end--)
        {
            if (!NeverFirst.Contains(characters[end][0], StringComparison.Ordinal)
                && !NeverLast.Contains(characters[end - 1][0], StringComparison.Ordinal)
                && !IsLatin(characters[end - 1], characters[end]))
                return end;
        }

        return wanted;
    }

    static bool IsLatin(string one, string other) => char.IsAsciiLetterOrDigit(one[0]) && char.IsAsciiLetterOrDigit(other[0]);

    /// <summary>Characters as people see them: vowels and tone marks above and below belong to their consonant.</summary>
    static List<string> Characters(string text)
    {
        var characters = new List<string>();
        for (var elements = StringInfo.GetTextElementEnumerator(text); elements.MoveNext();)
            characters.Add(elements.GetTextElement());
        return characters;
    }
}

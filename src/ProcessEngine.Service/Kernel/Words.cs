using System.Globalization;
using System.Text.RegularExpressions;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Kernel;

/// <summary>
/// The language of a page, and how it writes dates and digits. Thai unless the reader asked for English; both texts stand where they are
/// used. Digits are Arabic unless the reader of Thai asked for Thai ones.
/// </summary>
public sealed partial class Words
{
    public const string Cookie = "pe_language";

    /// <summary>Below it stand the pages for people outside.</summary>
    public const string OutsidePath = "/r";

    public const string DigitsCookie = "pe_digits";

    static readonly string[] Months = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."];
    static readonly string[] LongMonths =
        [
            "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน",
            "ธันวาคม",
        ];
    static readonly string[] Days = ["อา.", "จ.", "อ.", "พ.", "พฤ.", "ศ.", "ส."];

    public Words(IHttpContextAccessor http)
    {
        // Pages for people outside set no cookies and read none: their language stands in the address.
        var request = http?.HttpContext?.Request;
        var outside = request?.Path.StartsWithSegments(OutsidePath) == true;
        var cookies = outside ? null : request?.Cookies;
        English = outside ? request!.Query["lang"] == "en" : cookies?[Cookie] == "en";
        ThaiDigits = !English && cookies?[DigitsCookie] == "thai";
        posts = http?.HttpContext?.RequestServices?.GetService<IPostNames>();
    }

    readonly IPostNames? posts;

    Words(bool thaiDigits) => ThaiDigits = thaiDigits;

    /// <summary>Of what is always in Thai: a memorandum.</summary>
    public static Words Thai { get; } = new(new HttpContextAccessor());

    /// <summary>Of official papers that are printed: in Thai, with Thai digits.</summary>
    public static Words Paper { get; } = new(thaiDigits: true);

    public bool English { get; }

    public bool ThaiDigits { get; }

    /// <summary>For the <c>lang</c> attribute.</summary>
    public string Language => English ? "en" : "th";

    public string this[string th, string en] => English ? en : Digits(th);
    public string this[LocalizedText text] => text is null ? "" : this[text.Th, text.En];

    /// <summary>An office by its name; its code where that is not known.</summary>
    public string Office(string code) => posts?.OfficeOf(code) is { } name ? this[name] : code;

    /// <summary>The office's own name of a post; null where it has none.</summary>
    public LocalizedText? OwnPost(string office, string role) => posts?.Find(office, role);

    /// <summary>A post as the office calls it; where it has no name of its own for it, as everybody does.</summary>
    public LocalizedText PostIn(string office, string role) => OwnPost(office, role) ?? Roles.NameOf(role);

    /// <summary>The same in the language of the page.</summary>
    public string Post(string office, string role) => this[PostIn(office, role)];

    /// <summary>A text with the digits that the reader wishes.</summary>
    public string Digits(string text) => ThaiDigits ? ToThaiDigits(text) : text;

    /// <summary>The same in the texts of a drawing, and not in its measures.</summary>
    public string DigitsOfDrawing(string svg) => ThaiDigits ? DrawnText().Replace(svg, text => ToThaiDigits(text.Value)) : svg;

    // After the tag of a text, up to the next tag; characters that are written as numbers are left alone.
    [GeneratedRegex("(?<=<(?:text|tspan|title)\\b[^>]*>[^<]*)(?<!&#[0-9]*)[0-9]")]
    private static partial Regex DrawnText();

    /// <summary>3. before the name of a step; nothing where the manual has no number for it.</summary>
    public string Numbered(int? number) => number is null ? "" : Digits($"{number}. ");

    /// <summary>๒๕๖๙ for 2569.</summary>
    public static string ToThaiDigits(string text) =>
        string.Create(text?.Length ?? 0, text, (to, from) =>
        {
            for (var i = 0; i < to.Length; i++)
                to[i] = char.IsAsciiDigit(from![i]) ? (char)('๐' + (from[i] - '0')) : from[i];
        });

    /// <summary>The text of record, in Thai whatever the page is in: marked so for whoever has it read aloud.</summary>
    public string? LanguageOfRecord => English ? "th" : null;

    /// <summary>31 ม.ค. 2569: the Buddhist Era lives here and nowhere deeper.</summary>
    public string Date(DateOnly date) => English
        ? date.ToString("d MMM yyyy", CultureInfo.InvariantCulture)
        : Digits(string.Create(
            CultureInfo.InvariantCulture, $"{date.Day} {Months[date.Month - 1]} {date.Year + FiscalYear.BuddhistOffset}"));

    /// <summary>Where there is little room.</summary>
    public string ShortDate(DateOnly date) =>
        English ? date.ToString("d MMM", CultureInfo.InvariantCulture) : Digits($"{date.Day} {Months[date.Month - 1]}");

    public string Date(DateTimeOffset instant) => Date(BangkokTime.DateOf(instant));

    /// <summary>With the day of the week, for dates that somebody has to keep.</summary>
    public string DayAndDate(DateOnly date) => English
        ? date.ToString("ddd d MMM yyyy", CultureInfo.InvariantCulture)
        : $"{Days[(int)date.DayOfWeek]} {Date(date)}";

    public string Time(DateTimeOffset instant) =>
        Digits(BangkokTime.TimeOf(instant).ToString("HH:mm", CultureInfo.InvariantCulture)) + (English ? "" : " น.");

    public string DateAndTime(DateTimeOffset instant) => $"{Date(instant)} {Time(instant)}";

    /// <summary>3 for มี.ค., มีนาคม, Mar or March; null for what is no month.</summary>
    public static int? MonthNamed(string name)
    {
        for (var month = 1; month <= 12; month++)
        {
            string[] names = [
                Months[month - 1],
                LongMonths[month - 1],
                CultureInfo.InvariantCulture.DateTimeFormat.GetAbbreviatedMonthName(month),
                CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month),
            ];
            if (names.Contains(name, StringComparer.OrdinalIgnoreCase))
                return month;
        }

        return null;
    }

    public string Month(int month) => English ? CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month) : LongMonths[month - 1];

    /// <summary>ต.ค. 68, for axes.</summary>
    public string ShortMonth(DateOnly month) => English
        ? month.ToString("MMM yy", CultureInfo.InvariantCulture)
        : Digits(string.Create(
            CultureInfo.InvariantCulture, $"{Months[month.Month - 1]} {(month.Year + FiscalYear.BuddhistOffset) % 100:00}"));

    public string Number(long number) => Digits(number.ToString("N0", CultureInfo.InvariantCulture));

    public string PlainDays(int days) => English ? $"{Number(days)} day{(days == 1 ? "" : "s")}" : $"{Number(days)} วัน";

    public string WorkingDays(int days) => English ? $"{Number(days)} working day{(days == 1 ? "" : "s")}" : $"{Number(days)} วันทำการ";
}

using System.Globalization;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;

namespace ProcessEngine.Service.Web;

/// <summary>The language of a page, and how it writes dates. Thai unless the reader asked for English; both texts stand where they are used.</summary>
public sealed class Words
{
    public const string Cookie = "pe_language";

    static readonly string[] Months = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."];
    static readonly string[] LongMonths =
        ["มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"];
    static readonly string[] Days = ["อา.", "จ.", "อ.", "พ.", "พฤ.", "ศ.", "ส."];

    public Words(IHttpContextAccessor http) => English = http?.HttpContext?.Request.Cookies[Cookie] == "en";

    public bool English { get; }

    /// <summary>For the <c>lang</c> attribute.</summary>
    public string Language => English ? "en" : "th";

    public string this[string th, string en] => English ? en : th;
    public string this[LocalizedText text] => text is null ? "" : English ? text.En : text.Th;

    /// <summary>The text of record, in Thai whatever the page is in: marked so for whoever has it read aloud.</summary>
    public string? LanguageOfRecord => English ? "th" : null;

    /// <summary>31 ม.ค. 2569: the Buddhist Era lives here and nowhere deeper.</summary>
    public string Date(DateOnly date) => English
        ? date.ToString("d MMM yyyy", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{date.Day} {Months[date.Month - 1]} {date.Year + FiscalYear.BuddhistOffset}");

    /// <summary>Where there is little room.</summary>
    public string ShortDate(DateOnly date) => English ? date.ToString("d MMM", CultureInfo.InvariantCulture) : $"{date.Day} {Months[date.Month - 1]}";

    public string Date(DateTimeOffset instant) => Date(BangkokTime.DateOf(instant));

    /// <summary>With the day of the week, for dates that somebody has to keep.</summary>
    public string DayAndDate(DateOnly date) => English
        ? date.ToString("ddd d MMM yyyy", CultureInfo.InvariantCulture)
        : $"{Days[(int)date.DayOfWeek]} {Date(date)}";

    public string Time(DateTimeOffset instant) => BangkokTime.TimeOf(instant).ToString("HH:mm", CultureInfo.InvariantCulture) + (English ? "" : " น.");

    public string DateAndTime(DateTimeOffset instant) => $"{Date(instant)} {Time(instant)}";

    public string Month(int month) => English ? CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month) : LongMonths[month - 1];

    public string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public string PlainDays(int days) => English ? $"{Number(days)} day{(days == 1 ? "" : "s")}" : $"{Number(days)} วัน";

    public string WorkingDays(int days) => English ? $"{Number(days)} working day{(days == 1 ? "" : "s")}" : $"{Number(days)} วันทำการ";
}

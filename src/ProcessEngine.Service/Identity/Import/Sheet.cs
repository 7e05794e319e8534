using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Xml;
using CsvHelper;
using CsvHelper.Configuration;
using ExcelDataReader;
using ProcessEngine.Core;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Identity.Import;

/// <summary>A row of a table, with the number that it has where it comes from.</summary>
public sealed record SheetRow(int Line, IReadOnlyList<string> Cells);

/// <summary>
/// A table as somebody brought it: pasted from a spreadsheet, or a file (CSV, TSV, XLSX). Read whole, within bounds; what is wrong with it
/// is said, never thrown.
/// </summary>
public sealed record Sheet(IReadOnlyList<SheetRow> Rows, LocalizedText? Fault)
{
    public const int MaxRows = 5000;
    public const int MaxColumns = 50;
    public const int MaxCell = 1000;

    /// <summary>Of a file as it comes, and of what it unpacks to.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    const int MaxUnpacked = 64 * 1024 * 1024;

    /// <summary>Rows that are looked at, the empty ones too.</summary>
    const int MaxLooked = 4 * MaxRows;

    /// <summary>Of Thai Windows, in which its spreadsheet programs save CSV.</summary>
    const int WindowsThai = 874;

    static Sheet() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    static Sheet Refused(string th, string en) => new([], new LocalizedText(th, en));

    static Sheet TooMany => Refused(
        $"มีเกิน {MaxRows:N0} แถว แบ่งเป็นหลายครั้ง", $"There are more than {MaxRows:N0} rows: bring them in parts.");

    /// <param name="content">A file: a workbook, or a text in UTF-8, UTF-16 or Windows Thai.</param>
    public static Sheet OfFile(byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return content.Length > MaxBytes
            ? Refused($"ไฟล์ใหญ่เกิน {MaxBytes / 1024 / 1024} MB", $"The file is larger than {MaxBytes / 1024 / 1024} MB.")
            : content is [(byte)'P', (byte)'K', 3, 4, ..] ? OfWorkbook(content)
            : content is [0xD0, 0xCF, 0x11, 0xE0, ..] ? Refused(
                "เป็นไฟล์ Excel รุ่นเก่าหรือมีรหัสผ่าน บันทึกเป็น .xlsx หรือ .csv ก่อน",
                "This is an old or a locked Excel file: save it as .xlsx or .csv first.")
            : OfText(Decode(content));
    }

    static string Decode(byte[] content)
    {
        if (content is [0xFF, 0xFE, ..])
            return Encoding.Unicode.GetString(content, 2, content.Length - 2);
        if (content is [0xFE, 0xFF, ..])
            return Encoding.BigEndianUnicode.GetString(content, 2, content.Length - 2);
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.GetEncoding(WindowsThai).GetString(content);
        }
    }

    /// <param name="text">Rows on lines; cells between tabs, commas or semicolons, with quotes where a cell holds one of them (RFC 4180).
    /// </param>
    public static Sheet OfText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.TrimStart('\uFEFF');
        if (!ValidationRules.IsClean(text))
            return Refused("ไม่ใช่ข้อความ หรือเป็นไฟล์ชนิดอื่น", "It is no text, or a file of another kind.");
        var first = text.AsSpan().TrimStart("\r\n ");
        first = first[..(first.IndexOfAny('\r', '\n') is >= 0 and var end ? end : first.Length)];
        var settings = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = first.Contains('\t') ? "\t" : first.Contains(';') && !first.Contains(',') ? ";" : ",",
            HasHeaderRecord = false,
            IgnoreBlankLines = false,
            BadDataFound = null,
            MaxFieldSize = MaxCell * 10,
        };
        try
        {
            using var reader = new StringReader(text);
            using var parser = new CsvParser(reader, settings);
            var rows = new List<SheetRow>();
            while (parser.Read())
            {
                if (Add(rows, parser.RawRow, parser.Record ?? []) is { } refused)
                    return refused;
            }

            return new Sheet(rows, null);
        }
        catch (CsvHelperException)
        {
            return Refused(
                "อ่านตารางไม่ได้ ตรวจเครื่องหมายคำพูดที่ไม่ปิด", "The table cannot be read: look for a quote that does not end.");
        }
    }

    static Sheet OfWorkbook(byte[] content)
    {
        try
        {
            using (var zip = new ZipArchive(new MemoryStream(content), ZipArchiveMode.Read))
            {
                // What an entry says of its length is what is read of it at most.
                if (zip.Entries.Sum(e => e.Length) > MaxUnpacked)
                    return Refused("ไฟล์ใหญ่เกินไปเมื่อคลายแล้ว", "It unpacks to more than is taken.");
            }

            using var reader = ExcelReaderFactory.CreateOpenXmlReader(new MemoryStream(content));
            var (rows, line) = (new List<SheetRow>(), 0);
            while (reader.Read())
            {
                if (++line > MaxLooked)
                    return TooMany;
                // Far out to the right nothing of ours stands.
                var cells = new string[Math.Min(reader.FieldCount, MaxColumns + 1)];
                for (var i = 0; i < cells.Length; i++)
                    cells[i] = Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture) ?? "";
                if (Add(rows, line, cells) is { } refused)
                    return refused;
            }

            return new Sheet(rows, null);
        }
        catch (Exception e) when (e is InvalidDataException or XmlException or IOException
            or ExcelDataReader.Exceptions.ExcelReaderException or FormatException or ArgumentException or InvalidOperationException
            or IndexOutOfRangeException or OverflowException or NotSupportedException or KeyNotFoundException or NullReferenceException)
        {
            // A damaged workbook: its reader has no one exception for that.
            return Refused("อ่านไฟล์ Excel นี้ไม่ได้ อาจเสียหาย", "This workbook cannot be read; it may be damaged.");
        }
    }

    /// <returns>Why the table is refused; null when it goes on.</returns>
    static Sheet? Add(List<SheetRow> rows, int line, string[] cells)
    {
        if (Array.TrueForAll(cells, string.IsNullOrWhiteSpace))
            return line > MaxLooked ? TooMany : null;
        if (cells.Length > MaxColumns && cells.Skip(MaxColumns).Any(c => !string.IsNullOrWhiteSpace(c)))
            return Refused($"แถวที่ {line} มีเกิน {MaxColumns} คอลัมน์", $"Row {line} has more than {MaxColumns} columns.");
        if (Array.Find(cells, c => c.Length > MaxCell || !ValidationRules.IsClean(c)) is not null)
            return Refused(
                $"แถวที่ {line} มีช่องที่ยาวเกินไป หรือมีอักขระที่ไม่ใช่ข้อความ", $"Row {line} has a cell that is too long, or no text.");
        // The first one names the columns.
        if (rows.Count > MaxRows)
            return TooMany;
        rows.Add(new SheetRow(line, cells));
        return null;
    }

    /// <summary>The same as text, for a form that sends it once more: cells between tabs.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        var line = 1;
        foreach (var row in Rows)
        {
            // With its number, so that what is said of a row is said of the same one. A browser drops an empty line at the beginning.
            for (; line < row.Line; line++)
                text.Append(" \n");
            text.AppendJoin('\t', row.Cells.Select(Plain)).Append('\n');
            line++;
        }

        return text.ToString();

        static string Plain(string cell) => string.Join(' ', cell.Split(['\t', '\r', '\n', '"'], StringSplitOptions.RemoveEmptyEntries));
    }
}

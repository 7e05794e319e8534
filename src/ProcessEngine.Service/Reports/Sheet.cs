using System.Globalization;
using System.Text;
using MiniExcelLibs;
using MiniExcelLibs.OpenXml;
using ProcessEngine.Core.Calendar;

namespace ProcessEngine.Service.Reports;

/// <summary>A table that is taken away, with what it is, by which filters, when and by whom.</summary>
/// <param name="Name">Of the file, without its ending.</param>
/// <param name="Rows">Cells: texts, whole numbers, and instants; null for none. Read once, as they are written.</param>
public sealed record Sheet(
    string Name, string Title, IReadOnlyList<(string Name, string Value)> About, IReadOnlyList<string> Columns,
    IAsyncEnumerable<object?[]> Rows)
{
    public const string Csv = "csv";
    public const string Xlsx = "xlsx";

    public static string ContentTypeOf(string format) => format == Csv
        ? "text/csv; charset=utf-8"
        : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>What spreadsheets take for a formula when a text begins with it.</summary>
    static readonly char[] FormulaStarts = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

    /// <summary>UTF-8 with the mark that spreadsheets know it by, lines ended by CR LF, instants in Bangkok time.</summary>
    public async Task WriteCsvAsync(Stream into, CancellationToken ct)
    {
        await using var text = new StreamWriter(into, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), 16 * 1024, leaveOpen: true)
        {
            NewLine = "\r\n",
        };
        await text.WriteLineAsync(Line([Title]));
        foreach (var (name, value) in About)
            await text.WriteLineAsync(Line([name, value]));
        await text.WriteLineAsync();
        await text.WriteLineAsync(Line([.. Columns]));
        await foreach (var row in Rows.WithCancellation(ct))
            await text.WriteLineAsync(Line(row));
    }

    static string Line(object?[] cells) => string.Join(',', cells.Select(Cell));

    static string Cell(object? value) => value switch
    {
        null => "",
        string text => Quoted(Neutral(text)),
        DateTimeOffset at => Local(at).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw Core.UnknownKind.Of(value),
    };

    /// <summary>A text that a spreadsheet would take for a formula is kept as a text by an apostrophe.</summary>
    public static string Neutral(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length > 0 && FormulaStarts.Contains(text[0]) ? "'" + text : text;
    }

    static string Quoted(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    /// <summary>Two sheets: the table, whose heading stays where it is; and what it is. Dates and numbers are such.</summary>
    public async Task WriteXlsxAsync(Stream into, CancellationToken ct)
    {
        var settings = new OpenXmlConfiguration { FastMode = true, FreezeRowCount = 1, AutoFilter = true };
        // The library reads rows as they are needed, and waits for none: they come from a page at a time.
        var sheets = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["data"] = Rows.ToBlockingEnumerable(ct).Select(Named),
            ["about"] = About.Prepend(("", Title)).Select(
                a => new Dictionary<string, object?>(StringComparer.Ordinal) { ["name"] = a.Item1, ["value"] = a.Item2 }),
        };
        await into.SaveAsAsync(sheets, configuration: settings, cancellationToken: ct);
    }

    Dictionary<string, object?> Named(object?[] row)
    {
        var named = new Dictionary<string, object?>(Columns.Count, StringComparer.Ordinal);
        for (var i = 0; i < Columns.Count; i++)
            named[Columns[i]] = row[i] is DateTimeOffset at ? Local(at) : row[i];
        return named;
    }

    static DateTime Local(DateTimeOffset at) => at.ToOffset(BangkokTime.Offset).DateTime;
}

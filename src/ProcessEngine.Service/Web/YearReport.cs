using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Reports;

namespace ProcessEngine.Service.Web;

/// <summary>The report of an office on a fiscal year, always in Thai: what _YearReport.cshtml prints as PDF.</summary>
public sealed record YearReport(
    GetServices.Report Services,
    GetCompliance.Group Total,
    IReadOnlyList<GetCompliance.Group> Procedures,
    IReadOnlyDictionary<string, GetFigures.Figure> Times,
    IReadOnlyList<GetWorkload.Grant> Grants,
    IReadOnlyList<ChartTable> Tables,
    DateTimeOffset MadeAt)
{
    public string MadeBy { get; init; } = "";

    public string Title => Kernel.Words.ToThaiDigits($"รายงานการรักษาเวลาและการให้บริการ ปีงบประมาณ พ.ศ. {Services.FiscalYear}");

    /// <summary>The same queries as the pages of these names; null when there is no such office.</summary>
    public static async Task<YearReport?> ReadAsync(
        Sources sources, ChartTables tables, string office, int year, DateTimeOffset now, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(tables);
        if (await GetServices.ReadAsync(sources, office, year, now, ct) is not { } services)
            return null;
        var asked = new AskedPeriod([office], FiscalYear.Begins(year), FiscalYear.Begins(year + 1), Narrowing.Nothing);
        var months = await Compliance("fiscalMonth");
        var procedures = await Compliance("definition");
        var load = await GetWorkload.ReadAsync(sources, asked, now, ct);
        var upTo = BangkokTime.DateOf(now);
        return new YearReport(
            services,
            new GetCompliance.Group(
                "", null, months.Sum(m => m.OnTime), months.Sum(m => m.Early), months.Sum(m => m.Late), months.Sum(m => m.Open),
                months.Sum(m => m.Overdue), months.Sum(m => m.WithoutLimit), months.Sum(m => m.AtRisk)),
            procedures,
            (await GetFigures.ReadAsync(sources, asked, "definition", ct)).ToDictionary(f => f.Key),
            load.Grants,
            [
                tables.Kept(year, upTo, months, (_, _) => null), tables.InAndOut(year, upTo, load.Months), tables.Used(load.Used),
                tables.Ages(load.Ages), tables.Rounds(load.Rounds),
            ],
            now);

        Task<IReadOnlyList<GetCompliance.Group>> Compliance(string groupBy) =>
            GetCompliance.ReadAsync(sources, asked.Offices, groupBy, asked.From, asked.To, now, ct);
    }
}

using ProcessEngine.Core.Calendar;

namespace ProcessEngine.Service.Reports;

/// <summary>The months of a period with all their days, as yyyymm; the last lies before the first where there are none.</summary>
readonly record struct WholeMonths(int First, int Last)
{
    /// <summary>The months of some office to which something was measured since they were added up.</summary>
    public const string StaleSql = """
        SELECT fiscal_month
        FROM measured_month_stale
        WHERE office = @office AND fiscal_month >= @first AND fiscal_month <= @last AND fiscal_month % 100 > 0
        """;

    public static WholeMonths Of(DateTimeOffset from, DateTimeOffset to)
    {
        var (begins, ends) = (BangkokTime.DateOf(from), BangkokTime.DateOf(to));
        var first = new DateOnly(begins.Year, begins.Month, 1);
        if (BangkokTime.At(first, TimeOnly.MinValue) < from)
            first = first.AddMonths(1);
        var last = new DateOnly(ends.Year, ends.Month, 1).AddMonths(-1);
        return new WholeMonths(NumberOf(first), NumberOf(last));
    }

    /// <summary>The months one by one.</summary>
    public IEnumerable<int> Months()
    {
        for (var month = First; month <= Last; month = After(month))
            yield return month;
    }

    /// <summary>The month after one.</summary>
    public static int After(int month) => month % 100 == 12 ? month + 89 : month + 1;

    /// <summary>Whether a month, or any month of a fiscal year, is among them.</summary>
    public bool Has(int period)
    {
        var (first, last) = period % 100 == 0 ? OfFiscalYear(period) : (period, period);
        return first <= Last && last >= First;
    }

    /// <summary>Of a month its fiscal year, as yyyy00 of the Gregorian year in which it ends.</summary>
    public static int FiscalYearOf(int month) => ((month / 100) + (month % 100 >= 10 ? 1 : 0)) * 100;

    /// <summary>The first and the last month of a fiscal year.</summary>
    public static (int First, int Last) OfFiscalYear(int year) => (year - 100 + 10, year + 9);

    /// <summary>The month of a moment.</summary>
    public static int MonthOf(DateTimeOffset at) => NumberOf(BangkokTime.DateOf(at));

    /// <summary>The end of the fiscal year that a moment is in.</summary>
    public static DateTimeOffset EndOfFiscalYear(DateTimeOffset at) => Begin(OfFiscalYear(FiscalYearOf(MonthOf(at))).Last, 1);

    static int NumberOf(DateOnly month) => (month.Year * 100) + month.Month;

    /// <summary>What is not in whole months that are added up: the ends of the period, and the months that are stale.</summary>
    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Rest(
        DateTimeOffset from, DateTimeOffset to, IReadOnlyCollection<int> stale)
    {
        if (Last < First)
            return [(from, to)];
        var (begins, ends) = (Begin(First), Begin(Last, 1));
        return
        [
            .. from < begins ? [(from, begins)] : Array.Empty<(DateTimeOffset, DateTimeOffset)>(),
            .. stale.Select(month => (Begin(month), Begin(month, 1))),
            .. ends < to ? [(ends, to)] : Array.Empty<(DateTimeOffset, DateTimeOffset)>(),
        ];
    }

    /// <summary>The first moment of a month, or of one that is so many later.</summary>
    public static DateTimeOffset Begin(int month, int later = 0) =>
        BangkokTime.At(new DateOnly(month / 100, month % 100, 1).AddMonths(later), TimeOnly.MinValue);
}

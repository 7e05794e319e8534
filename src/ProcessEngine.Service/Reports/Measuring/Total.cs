namespace ProcessEngine.Service.Reports.Measuring;

/// <summary>What was measured of some clocks, or of some tasks, added up: nothing in it is rounded.</summary>
/// <param name="what"><see cref="MonthSheet.Clocks"/> or <see cref="MonthSheet.Tasks"/>.</param>
sealed class Total(string what)
{
    /// <summary>Of clocks: places in <see cref="Counts"/>; first those of <see cref="MonthSheet.Results"/>, and any other.</summary>
    public const int Early = 0;
    public const int Within = 1;
    public const int Late = 2;
    public const int Pauses = 4;
    public const int Extensions = 5;
    public const int Stood = 6;

    /// <summary>Of tasks: by round, the last as many or more; then returned and rejected.</summary>
    public const int Rounds = 5;
    public const int Returned = 5;
    public const int Rejected = 6;

    /// <summary>Of tasks: those for which no limit is stated.</summary>
    public const int NoLimit = 7;

    /// <summary>Places of both.</summary>
    public const int Width = 8;

    /// <summary>Of clocks: per cent of the limit. Of tasks: minutes waited, and worked.</summary>
    public const int Percent = 0;
    public const int Waited = 0;
    public const int Worked = 1;

    static readonly int ReturnedAt = MonthSheet.Outcomes.ToList().IndexOf("returned");
    static readonly int RejectedAt = MonthSheet.Outcomes.ToList().IndexOf("rejected");

    public long[] Counts { get; } = new long[Width];
    public Histogram[] Spreads { get; } = [.. Enumerable.Range(0, SpreadsOf(what)).Select(_ => new Histogram())];

    /// <summary>In so many cases.</summary>
    public long Cases { get; set; }

    /// <summary>How many.</summary>
    public long Number => what == MonthSheet.Clocks ? Counts.AsSpan(0, Pauses).ToArray().Sum() : Counts.AsSpan(0, Rounds).ToArray().Sum();

    public static int SpreadsOf(string what) => what == MonthSheet.Clocks ? 1 : 2;

    /// <summary>Adds a row of a sheet; its case is the caller's to count.</summary>
    public void Add(ReadOnlySpan<int> cells)
    {
        if (what == MonthSheet.Clocks)
        {
            Counts[cells[MonthSheet.Result]]++;
            Counts[Pauses] += cells[MonthSheet.Pauses];
            Counts[Extensions] += cells[MonthSheet.Extensions];
            Counts[Stood] += MonthSheet.Value(cells[MonthSheet.Stood]) ?? 0;
            if (MonthSheet.Value(cells[MonthSheet.Percent]) is { } percent)
                Spreads[Percent].Add(percent);
            return;
        }

        Counts[Math.Clamp(cells[MonthSheet.Attempt], 1, Rounds) - 1]++;
        Counts[Returned] += cells[MonthSheet.Outcome] == ReturnedAt ? 1 : 0;
        Counts[Rejected] += cells[MonthSheet.Outcome] == RejectedAt ? 1 : 0;
        Counts[NoLimit] += cells[MonthSheet.NoLimit];
        if (MonthSheet.Value(cells[MonthSheet.Waited]) is { } minutes && MonthSheet.Value(cells[MonthSheet.Worked]) is { } more)
        {
            Spreads[Waited].Add(minutes);
            Spreads[Worked].Add(more);
        }
    }

    public void Add(long[] counts)
    {
        for (var i = 0; i < Width; i++)
            Counts[i] += counts[i];
    }
}

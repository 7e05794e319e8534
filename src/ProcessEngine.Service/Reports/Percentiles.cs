namespace ProcessEngine.Service.Reports;

/// <summary>What half, and what nine tenths, do not pass: by the nearest rank.</summary>
public sealed record Percentiles(int Median, int Ninetieth)
{
    /// <param name="values">They are put in order.</param>
    public static Percentiles? Of(List<int> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0)
            return null;
        values.Sort();
        return new Percentiles(values[((values.Count + 1) / 2) - 1], values[(((values.Count * 9) + 9) / 10) - 1]);
    }
}

namespace ProcessEngine.Service.Reports;

/// <summary>What half, and what nine tenths, do not pass: by the nearest rank.</summary>
public sealed record Percentiles(int Median, int Ninetieth);

using System.Globalization;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Benchmarks;

/// <summary>What was measured, one plain line each. Absolute figures change with the machine; ratios to a floor of the same run hardly do.</summary>
static class Figures
{
    public static int Missed { get; private set; }

    public static void Group(string name)
    {
        Console.WriteLine();
        Write(name, "measured", "floor", "ratio", "required", "");
    }

    /// <summary>More is better: at least so much of the floor.</summary>
    /// <param name="required">Null: only told.</param>
    public static void Rate(string what, double measured, double floor, double? required, string unit = "/s") =>
        Write(what, $"{Number(measured)} {unit}", $"{Number(floor)} {unit}", Number(measured / floor), required is { } r ? $">= {Number(r)}" : "", Verdict(required is null ? null : measured / floor >= required));

    /// <summary>Less is better: at most so many times the floor.</summary>
    public static void Cost(string what, double measured, double floor, double? required, string unit) =>
        Write(what, $"{Number(measured)} {unit}", $"{Number(floor)} {unit}", Number(measured / floor), required is { } r ? $"<= {Number(r)}" : "", Verdict(required is null ? null : measured / floor <= required));

    /// <summary>A limit in the unit itself, where there is no floor.</summary>
    public static void Limit(string what, double measured, double? limit, string unit) =>
        Write(what, $"{Number(measured)} {unit}", "", "", limit is { } l ? $"< {Number(l)} {unit}" : "", Verdict(limit is null ? null : measured < limit));

    /// <summary>More is better, where there is no floor.</summary>
    public static void AtLeast(string what, double measured, double? limit, string unit) =>
        Write(what, $"{Number(measured)} {unit}", "", "", limit is { } l ? $">= {Number(l)} {unit}" : "", Verdict(limit is null ? null : measured >= limit));

    /// <summary>A run counts only when every case ended as it must.</summary>
    public static void Holds(string what, bool holds) => Write(what, holds ? "yes" : "no", "", "", "yes", Verdict(holds));

    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    public static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
    }

    static string Verdict(bool? holds)
    {
        if (holds == false)
            Missed++;
        return holds switch { true => "PASS", false => "FAIL", null => "" };
    }

    static string Number(double value) => value.ToString(Math.Abs(value) >= 100 ? "N0" : Math.Abs(value) >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    static void Write(string what, string measured, string floor, string ratio, string required, string verdict) =>
        Console.WriteLine($"{what,-62} {measured,14} {floor,14} {ratio,8} {required,11}  {verdict}".TrimEnd());
}

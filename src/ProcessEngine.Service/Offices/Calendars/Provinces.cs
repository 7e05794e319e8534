using System.Collections.Frozen;
using System.Globalization;

namespace ProcessEngine.Service.Offices.Calendars;

/// <summary>The provinces of Thailand by ISO 3166-2 code; regional holidays go by them.</summary>
public static class Provinces
{
    static readonly FrozenSet<string> Codes = new (int First, int Last)[]
    {
        (10, 27), (30, 49), (50, 58), (60, 67), (70, 77), (80, 86), (90, 96),
    }
        .SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1))
        .Select(number => string.Create(CultureInfo.InvariantCulture, $"TH-{number}"))
        .ToFrozenSet(StringComparer.Ordinal);

    public static bool IsKnown(string code) => Codes.Contains(code);
}

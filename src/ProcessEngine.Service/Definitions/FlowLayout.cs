using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <summary>Where the boxes and lines of a flow chart stand, as its author drew it.</summary>
public sealed record FlowLayout(IReadOnlyDictionary<string, FlowBox> Boxes, IReadOnlyList<FlowLine> Lines)
{
    /// <summary>With more room between the rows, for words that need more of it than those for which it was drawn.</summary>
    public FlowLayout Stretched(double by) => new(
        Boxes.ToDictionary(b => b.Key, b => b.Value with { Y = b.Value.Y * by }, StringComparer.Ordinal),
        [.. Lines.Select(line => line with { Bends = [.. line.Bends.Select(bend => bend with { Y = bend.Y * by })] })]);
}

/// <param name="X">Of its middle.</param>
/// <param name="Y">Of its middle.</param>
public sealed record FlowBox(string Id, string Caption, double X, double Y, double Width);

/// <param name="Bends">Between the box that it leaves and the one that it reaches.</param>
public sealed record FlowLine(string From, string Port, string To, IReadOnlyList<FlowPoint> Bends);

public readonly record struct FlowPoint(double X, double Y);

/// <summary>What a case has done to a box, to be shown in the picture of its procedure.</summary>
/// <param name="Attempts">How many times it was entered; shown from the second on.</param>
public sealed record FlowMark(FlowMarkKind Kind, int Attempts)
{
    /// <summary>How much goes through, of four classes, for the width of the arrows that lead there; 0 where nobody asked.</summary>
    public int Volume { get; init; }

    /// <summary>What stands at its corner instead of a sign.</summary>
    public string? Badge { get; init; }
}

public enum FlowMarkKind
{
    Done,
    Open,
    Late,

    /// <summary>Of a step over a period: its limit is kept, or nearly always.</summary>
    Kept,

    /// <summary>Of a step over a period: late now and then.</summary>
    SometimesLate,

    /// <summary>Of a step over a period: late often.</summary>
    OftenLate,

    /// <summary>Of two versions: only the later one has it.</summary>
    Added,

    /// <summary>Of two versions: only the earlier one has it.</summary>
    Removed,

    /// <summary>Of two versions: it is not the same in both, or leads elsewhere.</summary>
    Changed,
}

namespace ProcessEngine.Service.Definitions;

/// <summary>
/// How a box is drawn, by the legend of the manuals: activity, ◇ decision, start or end; a bar where branches part or meet.
/// </summary>
public enum FlowShapeKind
{
    Activity,
    Decision,
    Terminal,
    Bar,
}

/// <summary>A box with its words, as large as they need. <paramref name="X"/> and <paramref name="Y"/> are its middle.</summary>
sealed record FlowShape(
    FlowShapeKind Kind, double X, double Y, double Width, double Height, IReadOnlyList<string> Name, IReadOnlyList<string> Who)
{
    public const double LineHeight = 31;
    public const double SmallLineHeight = 25;
    public const int NameSize = 24;
    public const int WhoSize = 19;

    const double Padding = 14;
    const double Lowest = 64;

    /// <summary>A diamond is so much wider than its author's box: its words stand in the middle of it.</summary>
    const double Wider = 90;

    /// <summary>How far before the side of a diamond its badges stand.</summary>
    const double BesideDiamond = 12;

    // How much of its width the words of a diamond may fill: wide and low, or narrow and high.
    static readonly double[] Shares = [0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8];

    public double Left => X - (Width / 2);
    public double Right => X + (Width / 2);
    public double Top => Y - (Height / 2);
    public double Bottom => Y + (Height / 2);

    public static FlowShape Bar(FlowBox box) => new(FlowShapeKind.Bar, box.X, box.Y, 16, 96, [], []);

    public static FlowShape Of(FlowShapeKind kind, FlowBox box, string name, IReadOnlyList<string> who)
    {
        if (kind == FlowShapeKind.Decision)
            return Shares.Select(share => Diamond(box, share, name, who)).MinBy(shape => shape.Height)!;
        var room = box.Width - (2 * Padding);
        var (names, whos) = Wrapped(name, who, room);
        return new(kind, box.X, box.Y, box.Width, Math.Max(Lowest, HeightOf(names, whos) + (2 * Padding)), names, whos);
    }

    /// <summary>As high as it must be for the corners of every line of its words to lie inside.</summary>
    static FlowShape Diamond(FlowBox box, double share, string name, IReadOnlyList<string> who)
    {
        var width = box.Width + Wider;
        var (names, whos) = Wrapped(name, who, width * share);
        var top = -HeightOf(names, whos) / 2;
        var height = Lowest;
        foreach (var (text, size, high) in
            names.Select(n => (n, NameSize, LineHeight)).Concat(whos.Select(w => (w, WhoSize, SmallLineHeight))))
        {
            var furthest = Math.Max(Math.Abs(top), Math.Abs(top + high));
            height = Math.Max(height, 2 * furthest / (1 - Math.Min(0.9, ThaiLines.WidthOf(text, size) / width)));
            top += high;
        }

        return new(FlowShapeKind.Decision, box.X, box.Y, width, height, names, whos);
    }

    static (List<string> Name, List<string> Who) Wrapped(string name, IReadOnlyList<string> who, double room) =>
        ([.. ThaiLines.Wrap(name, NameSize, room)], [.. who.SelectMany(text => ThaiLines.Wrap(text, WhoSize, room))]);

    static double HeightOf(IReadOnlyList<string> name, IReadOnlyList<string> who) =>
        (name.Count * LineHeight) + (who.Count * SmallLineHeight);

    /// <summary>How far the words reach above the middle.</summary>
    public double WordsAbove => HeightOf(Name, Who) / 2;

    /// <summary>
    /// The upper left (-1) or lower right (1) corner, where its badges stand; of a diamond a place before the middle of that side, so that
    /// no badge lies on its words.
    /// </summary>
    public FlowPoint Corner(int side)
    {
        if (Kind != FlowShapeKind.Decision)
            return new(X + (side * Width / 2), Y + (side * Height / 2));
        var away = BesideDiamond / Math.Sqrt((Width * Width) + (Height * Height));
        return new(X + (side * ((Width / 4) + (Height * away))), Y + (side * ((Height / 4) + (Width * away))));
    }

    /// <summary>
    /// Where a line that goes to a point leaves it: straight across when the point lies beside it, else on the way from its middle.
    /// </summary>
    public FlowPoint Edge(FlowPoint to)
    {
        if (to.Y > Top && to.Y < Bottom)
            return new(X + (Math.Sign(to.X - X) * HalfWidthAt(to.Y)), to.Y);
        if (to.X > Left && to.X < Right)
            return new(to.X, Y + (Math.Sign(to.Y - Y) * HalfHeightAt(to.X)));
        var (dx, dy) = (Math.Abs(to.X - X), Math.Abs(to.Y - Y));
        var share = Kind == FlowShapeKind.Decision
            ? 1 / ((dx / (Width / 2)) + (dy / (Height / 2)))
            : Math.Min(Width / 2 / dx, Height / 2 / dy);
        return new(X + ((to.X - X) * share), Y + ((to.Y - Y) * share));
    }

    double HalfWidthAt(double y) => Kind == FlowShapeKind.Decision ? Width / 2 * (1 - (Math.Abs(y - Y) / (Height / 2))) : Width / 2;

    double HalfHeightAt(double x) => Kind == FlowShapeKind.Decision ? Height / 2 * (1 - (Math.Abs(x - X) / (Width / 2))) : Height / 2;
}

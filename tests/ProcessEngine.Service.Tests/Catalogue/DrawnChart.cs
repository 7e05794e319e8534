using System.Globalization;
using System.Xml.Linq;
using ProcessEngine.Service.Definitions;

namespace ProcessEngine.Service.Tests.Catalogue;

/// <summary>A flow chart as it is drawn: where its boxes, lines and words lie.</summary>
sealed class DrawnChart
{
    static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>Closer to a box that it does not belong to no line may pass.</summary>
    const double Distance = 6;

    const double Stroke = 1.5;

    DrawnChart(IReadOnlyList<Box> boxes, IReadOnlyList<Line> lines, IReadOnlyList<Word> words) =>
        (Boxes, Lines, Words) = (boxes, lines, words);

    public IReadOnlyList<Box> Boxes { get; }
    public IReadOnlyList<Line> Lines { get; }
    public IReadOnlyList<Word> Words { get; }

    public sealed record Box(string Caption, IReadOnlyList<string> Texts, bool Diamond, double X, double Y, double Width, double Height)
    {
        /// <summary>How deep a point lies in it; negative: how far outside.</summary>
        public double Depth(double x, double y)
        {
            var (dx, dy, across, up) = (Math.Abs(x - X), Math.Abs(y - Y), Width / 2, Height / 2);
            return Diamond
                ? (1 - (dx / across) - (dy / up)) / Math.Sqrt((1 / (across * across)) + (1 / (up * up)))
                : Math.Min(across - dx, up - dy);
        }
    }

    public sealed record Line(string Classes, string? Note, IReadOnlyList<(double X, double Y)> Points)
    {
        public bool Is(string kind) => Classes.Split(' ').Contains(kind);

        public IEnumerable<(double X, double Y)> Dots => Points.Zip(Points.Skip(1)).SelectMany(p =>
        {
            var count = (int)(Math.Max(Math.Abs(p.Second.X - p.First.X), Math.Abs(p.Second.Y - p.First.Y)) / 2) + 1;
            return Enumerable.Range(0, count + 1).Select(i => (
                p.First.X + ((p.Second.X - p.First.X) * i / count), p.First.Y + ((p.Second.Y - p.First.Y) * i / count)));
        });
    }

    public sealed record Word(string Text, bool OfALoop, double X, double Y);

    public static DrawnChart Of(XDocument svg) => new(
        [.. svg.Descendants(Svg + "g").Select(BoxOf)],
        [.. svg.Descendants(Svg + "path").Where(p => ClassOf(p).Contains("line")).Select(p => new Line(
            (string)p.Attribute("class")!, (string?)p.Element(Svg + "title"), [.. PointsOf((string)p.Attribute("d")!)]))],
        [.. svg.Descendants(Svg + "text").Where(t => ClassOf(t).Contains("label")).Select(t => new Word(
            t.Value, ClassOf(t).Contains("loop"), Number(t, "x"), Number(t, "y")))]);

    /// <summary>Lines that run through a box, or along one that is not theirs.</summary>
    public IEnumerable<string> LinesThroughBoxes() =>
        from line in Lines
        let own = Boxes.Where(b => Math.Abs(b.Depth(line.Points[0].X, line.Points[0].Y)) < 2
            || Math.Abs(b.Depth(line.Points[^1].X, line.Points[^1].Y)) < 2).ToList()
        from box in Boxes
        where line.Dots.Any(dot => box.Depth(dot.X, dot.Y) > (own.Contains(box) ? Stroke : -Distance))
        select $"{line.Points[0]} → {line.Points[^1]}: {box.Caption}";

    /// <summary>Words beside a line that lie on a box.</summary>
    public IEnumerable<string> WordsOnBoxes() =>
        from word in Words
        let width = ThaiLines.WidthOf(word.Text, 21) * 0.9
        from box in Boxes
        where Enumerable.Range(0, 21).Any(i => box.Depth(word.X + (width * ((i / 20.0) - 0.5)), word.Y - 7) > 0)
        select $"{word.Text}: {box.Caption}";

    public IEnumerable<string> BoxesOnBoxes() =>
        from pair in Boxes.SelectMany((box, i) => Boxes.Skip(i + 1).Select(other => (One: box, Other: other)))
        from x in Enumerable.Range(0, 41).Select(i => pair.One.X + (pair.One.Width * ((i / 40.0) - 0.5)))
        from y in Enumerable.Range(0, 41).Select(i => pair.One.Y + (pair.One.Height * ((i / 40.0) - 0.5)))
        where pair.One.Depth(x, y) > 0 && pair.Other.Depth(x, y) > 0
        select $"{pair.One.Caption}: {pair.Other.Caption}";

    static Box BoxOf(XElement group)
    {
        var texts = group.Elements(Svg + "text").Where(t => ClassOf(t) is ["name" or "who"]).Select(t => t.Value).ToList();
        var caption = string.Concat(group.Elements(Svg + "text").Where(t => ClassOf(t) is ["name"]).Select(t => t.Value));
        var shape = group.Elements().First();
        if (shape.Name == Svg + "rect")
        {
            var (width, height) = (Number(shape, "width"), Number(shape, "height"));
            return new(caption, texts, false, Number(shape, "x") + (width / 2), Number(shape, "y") + (height / 2), width, height);
        }

        var corners = PointsOf((string)shape.Attribute("d")!).ToList();
        var (left, right) = (corners.Min(c => c.X), corners.Max(c => c.X));
        var (top, bottom) = (corners.Min(c => c.Y), corners.Max(c => c.Y));
        return new(caption, texts, true, (left + right) / 2, (top + bottom) / 2, right - left, bottom - top);
    }

    static string[] ClassOf(XElement of) => ((string?)of.Attribute("class") ?? "").Split(' ');

    static double Number(XElement of, string name) => double.Parse((string)of.Attribute(name)!, CultureInfo.InvariantCulture);

    static IEnumerable<(double X, double Y)> PointsOf(string path) =>
        path.Trim('M', 'z').Split('L').Select(point => point.Split(' ')).Select(p => (
            double.Parse(p[0], CultureInfo.InvariantCulture), double.Parse(p[1], CultureInfo.InvariantCulture)));
}

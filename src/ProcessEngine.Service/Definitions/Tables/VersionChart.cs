using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Offices;

namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>Two versions on one chart: the later one, with what is new, what has changed, and what is gone where it was.</summary>
public static class VersionChart
{
    /// <returns>Null when they cannot be drawn together.</returns>
    public static string? Draw(string from, string to, OfficeKind office, SharedForms forms, bool english, string description)
    {
        ArgumentNullException.ThrowIfNull(forms);
        if (Union(from, to) is not { } both || TableChart.Of(both) is not { } layout)
            return null;
        var (one, other, all) = (Read(from, forms), Read(to, forms), Read(both, forms));
        return one is null || other is null || all is null
            ? null
            : FlowPicture.DrawForPage(all, layout, office, Marks(DefinitionDiff.Between(one, other)), english, description);
    }

    static ProcessDefinition? Read(string content, SharedForms forms) =>
        ElsaDefinitionReader.Read(forms.Embed(content), 1).Definition;

    /// <summary>The later one, and the boxes that it has no more, with the arrows that led to them and from them.</summary>
    public static string? Union(string from, string to)
    {
        if (ChartJson.Parse(from) is not { } before || ChartJson.Parse(to) is not { } after)
            return null;
        var gone = before.Boxes.Where(b => after.Box(ChartJson.Id(b)) is null).ToList();
        var ids = gone.Select(ChartJson.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var box in gone)
            after.Add(box.DeepClone().AsObject());
        foreach (var arrow in before.Arrows.Where(a => ids.Contains(a.From) || ids.Contains(a.To)))
            after.Add(arrow.From, arrow.Port, arrow.To);
        return after.Write();
    }

    /// <summary>Whether it is seen without its colour, too: each has a sign at its corner.</summary>
    static Dictionary<string, FlowMark> Marks(IEnumerable<Difference> differences) => differences
        .Where(d => d.NodeId is not null).GroupBy(d => d.NodeId!, StringComparer.Ordinal)
        .ToDictionary(
            g => g.Key,
            g => g.Any(d => d.Kind == "added") ? new FlowMark(FlowMarkKind.Added, 1) { Badge = "+" }
                : g.Any(d => d.Kind == "removed") ? new FlowMark(FlowMarkKind.Removed, 1) { Badge = "−" }
                : new FlowMark(FlowMarkKind.Changed, 1) { Badge = "≠" },
            StringComparer.Ordinal);
}

namespace ProcessEngine.Core.Definitions;

/// <summary>Where an arrow of the chart comes from: the manual's own chart, its text, or whoever wrote the definition.</summary>
/// <param name="From">The box that it leaves.</param>
/// <param name="Port">By which way.</param>
/// <param name="Source">One of <see cref="Diagram"/>, <see cref="Words"/> and <see cref="Inferred"/>; of the arrow itself.</param>
public sealed record FlowNote(string From, string Port, string Source, LocalizedText Text)
{
    public const string Diagram = "diagram";
    public const string Words = "text";
    public const string Inferred = "inferred";

    /// <summary>The manual prints the arrow, but where it leads is not to be seen (ไม่ผ่าน in five charts of chiangmai-1).</summary>
    public bool TargetIsInferred { get; init; }

    /// <summary>What the manual prints beside the arrow; null: the usual word.</summary>
    public LocalizedText? Label { get; init; }

    /// <summary>Whether the manual leaves it open that, or where, the arrow leads.</summary>
    public bool IsInferred => Source == Inferred || TargetIsInferred;

    /// <summary>How it was found, in words.</summary>
    public LocalizedText SourceInWords => NameOf(Source) is var name && TargetIsInferred && Source != Inferred
        ? new(name.Th + " ปลายทางตีความ", name.En + ", its target inferred")
        : name;

    public static LocalizedText NameOf(string source) => source switch
    {
        Diagram => new("ตามผังงาน", "from the chart"),
        Words => new("ตามข้อความ", "from the text"),
        _ => new("ตีความ", "inferred"),
    };
}

namespace ProcessEngine.Core;

/// <summary>A text that people read, in Thai and in English. Thai is the text of record.</summary>
public sealed record LocalizedText(string Th, string En)
{
    public override string ToString() => Th;
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Studio;
using ProcessEngine.Service.Tests.Catalogue;

namespace ProcessEngine.Service.Tests.Constructs;

/// <summary>
/// docs/constructs.md and its pictures: for each construct who asks for it, what to write, how it is drawn and what comes of it.
/// </summary>
static class ConstructPage
{
    const string Pictures = "images/constructs";
    const string Tests = "../tests/ProcessEngine.Service.Tests";

    /// <summary>What every activity of Studio has, and what the chart shows anyway.</summary>
    static readonly string[] Usual = ["nodeId", "name", "version", "customProperties", "metadata", "nameTh", "nameEn", "stepNumber"];

    static readonly string[] Plain = ["ProcessEngine.Start", "ProcessEngine.UserTask", "ProcessEngine.End"];
    static readonly JsonSerializerOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Docs { get; } = Path.Combine(CatalogueFiles.Root, "docs");

    /// <summary>Files that may be there: those that are written, and no other.</summary>
    public static IEnumerable<string> Written => Directory.EnumerateFiles(Path.Combine(Docs, Pictures))
        .Select(path => $"{Pictures}/{Path.GetFileName(path)}").Append("constructs.md");

    /// <summary>What is written there; null when nothing is.</summary>
    public static string? TextOf(string file) => Path.Combine(Docs, file) is var path && File.Exists(path) ? File.ReadAllText(path) : null;

    /// <returns>File in docs/ → text.</returns>
    public static IReadOnlyDictionary<string, string> Files()
    {
        var files = Language.All.ToDictionary(
            c => $"{Pictures}/{c.Key}.svg", c => FlowPicture.Draw(c.Definition, ElsaLayoutReader.Read(c.Content), OfficeKind.Area));
        files["constructs.md"] = string.Join('\n', Page()) + "\n";
        return files;
    }

    static IEnumerable<string> Page()
    {
        yield return """
            # The language, construct by construct

            Generated from [`tests/ProcessEngine.Service.Tests/Constructs`](../tests/ProcessEngine.Service.Tests/Constructs) by
            `WRITE_DOCS=1 dotnet test tests/ProcessEngine.Service.Tests --filter Name~The_page_is_that_of_the_constructs`; do not edit.

            Each construct has a definition of its own, small enough to read at a glance. It is accepted without a finding, so it is proven to end ([soundness](soundness.md)); its runs go
            through the core, and every event of them is an approved text. What each field means stands in [how to write a definition](../processes/README.md); where each sentence of the
            manuals is answered, in [semantics](semantics.md). The people, schools and letters are invented.

            | | |
            |---|---|
            """;
        foreach (var (title, constructs) in Language.Groups)
            yield return $"| {title} | {string.Join(" · ", constructs.Select(c => $"[{c.Definition.Name.En}](#{c.Key})"))} |";
        foreach (var line in HowEachIsSet())
            yield return line;
        foreach (var (title, constructs) in Language.Groups)
        {
            yield return $"\n## {title}";
            foreach (var line in constructs.SelectMany(Section))
                yield return line;
        }
    }

    static IEnumerable<string> HowEachIsSet()
    {
        var all = Language.All.Select(c => (Construct: c, Set: HowSet.Of(c))).ToList();
        yield return $$"""

            ## How each is set

            Without JSON or Studio, in the rows of [the table](studio.md#the-table): {{all.Count(c => c.Set.ByTable)}} of {{all.Count}}; in Studio besides, by its fields or the form beside
            the canvas: {{all.Count(c => !c.Set.ByTable && c.Set.Json.Count == 0)}}; with something as JSON: {{all.Count(c => c.Set.Json.Count > 0)}}. What the table does not set, it names and leaves alone.

            | Construct | In the table | In Studio | As JSON |
            |---|---|---|---|
            """;
        foreach (var (construct, set) in all)
        {
            yield return $"| [{construct.Definition.Name.En}](#{construct.Key}) | {(set.ByTable ? "all of it" : "the rest")} | {string.Join(", ", set.Studio)} | "
                + $"{string.Join(", ", set.Json)} |";
        }
    }

    static IEnumerable<string> Section(Construct construct)
    {
        var name = construct.Definition.Name;
        yield return $"\n### <a id=\"{construct.Key}\"></a>{name.En} · {name.Th}\n";
        yield return construct.Manual.Length == 0
            ? $"No manual asks for it: {construct.Sentence}.\n"
            : $"> {construct.Sentence} — *{construct.Manual}*\n";
        yield return $"Write {construct.Write}.\n";
        List<string> written = [.. Special(JsonNode.Parse(construct.Content)!)];
        if (written.Count > 0)
            yield return $"```json\n{string.Join('\n', written)}\n```\n";
        yield return $"![{name.En}]({Pictures}/{construct.Key}.svg)\n";
        var first = construct.Tellings[0];
        if (first.Title.Length > 0)
            yield return $"*{first.Title}*\n";
        yield return $"```text\n{string.Join('\n', Told.Lines(construct, first))}\n```\n";
        var others = string.Join("; ", construct.Tellings.Skip(1).Select(t => t.Title));
        yield return $"[The file]({Tests}/Constructs/{construct.Key}.json) · [as approved]({Tests}/Approved/constructs/{construct.Key}.approved.txt){(others.Length == 0 ? "" : $", also: {others}")}";
    }

    /// <summary>What a definition has beside boxes and arrows; a line for each.</summary>
    static IEnumerable<string> Special(JsonNode file)
    {
        foreach (var variable in file["variables"]!.AsArray())
            yield return $"\"variables\": {Line(variable!, ["id", "value", "storageDriverTypeName"])}";
        var custom = file["customProperties"]!.AsObject();
        if (custom.Count > 1)
            yield return $"\"customProperties\": {Line(custom, ["nameEn"])}";
        foreach (var activity in file["root"]!["activities"]!.AsArray().Select(a => a!.AsObject()))
        {
            var plain = Plain.Contains(activity["type"]!.GetValue<string>());
            if (!plain || activity.Any(p => !Usual.Contains(p.Key) && p.Key is not ("id" or "type" or "role")))
                yield return Line(activity, Usual);
        }
    }

    static string Line(JsonNode of, string[] without) =>
        "{" + string.Join(
            ", ",
            of.AsObject().Where(p => !without.Contains(p.Key)).Select(
                p => $"\"{p.Key}\": {p.Value?.ToJsonString(AsWritten) ?? "null"}")) + "}";
}

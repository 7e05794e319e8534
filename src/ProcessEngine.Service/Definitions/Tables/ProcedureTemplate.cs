using System.Text.Json.Nodes;
using ProcessEngine.Core;

namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>What a new procedure may begin with: <c>Definitions/Templates</c>, each a definition that passes the proof.</summary>
public sealed record ProcedureTemplate(string Id, LocalizedText Name, LocalizedText What, string Content)
{
    const string Folder = ".Definitions.Templates.";
    const string Custom = "customProperties";

    public static IReadOnlyList<ProcedureTemplate> All { get; } = [.. Read().OrderBy(t => t.Id, StringComparer.Ordinal)];

    public static ProcedureTemplate? Find(string? id) => All.FirstOrDefault(t => t.Id == id);

    /// <summary>The names of its rows, in their order.</summary>
    public IReadOnlyList<string> Rows => [.. DefinitionTable.Read(Content)!.Rows.Select(r => r.Name)];

    /// <summary>A definition of that name to go on with.</summary>
    public JsonObject Begin(string name)
    {
        var file = JsonNode.Parse(Content)!.AsObject();
        (file["name"], file["description"]) = (name, name);
        if (file[Custom] is JsonObject custom)
        {
            custom.Remove("template");
            custom.Remove("nameEn");
        }

        return file;
    }

    static IEnumerable<ProcedureTemplate> Read()
    {
        var assembly = typeof(ProcedureTemplate).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.Contains(Folder, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var content = reader.ReadToEnd();
            var file = JsonNode.Parse(content)!.AsObject();
            var (custom, from) = (file[Custom]!.AsObject(), resource.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length);
            var what = custom["template"]!.AsObject();
            yield return new ProcedureTemplate(
                resource[from..^".json".Length], new(ChartJson.Text(file, "name"), ChartJson.Text(custom, "nameEn")),
                new(ChartJson.Text(what, "th"), ChartJson.Text(what, "en")), content);
        }
    }
}

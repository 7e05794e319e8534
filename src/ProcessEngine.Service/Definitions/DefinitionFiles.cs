using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Definitions;

/// <summary>A file of the folder of definitions, read without any database.</summary>
/// <param name="Content">As it is published: with the shared forms that it
/// uses, without white space. What is not JSON stands as it is.</param>
public sealed record DefinitionFile(string Key, string Content, ReadDefinition Read)
{
    public static IReadOnlyList<DefinitionFile> ReadAll(string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .Select(path => (File: Path.GetRelativePath(folder, path).Replace('\\', '/'), Text: File.ReadAllText(path)))
            .OrderBy(f => f.File, StringComparer.Ordinal).ToList();
        var (forms, _) = SharedForms.Read(files.Where(f => SharedForms.IsForm(f.File)));
        return [.. files.Where(f => !SharedForms.IsForm(f.File)).Select(f => Of(DefinitionFolder.KeyOf(f.File), f.Text, forms))];
    }

    static DefinitionFile Of(string key, string text, SharedForms forms)
    {
        var content = DefinitionPublisher.Minify(text) is { } minified ? forms.Embed(minified) : text;
        return new DefinitionFile(key, content, ElsaDefinitionReader.Read(content, 1, key));
    }
}

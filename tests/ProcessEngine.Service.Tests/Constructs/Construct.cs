using System.Collections.Immutable;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Tests.Instances;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Tests.Catalogue;

namespace ProcessEngine.Service.Tests.Constructs;

/// <summary>One thing that the definition language can say: a file that says it, and what its people do.</summary>
/// <param name="Key">The name of the file.</param>
/// <param name="Manual">Whose sentence asks for it; empty where no manual does.</param>
/// <param name="Sentence">As printed; where no manual asks for it, why it is there.</param>
/// <param name="Write">What is to be written into a definition.</param>
sealed record Construct(string Key, string Manual, string Sentence, string Write, params ImmutableArray<Telling> Tellings)
{
    readonly Lazy<(string Content, ReadDefinition Read)> file = new(() => Load(Key));

    public string Content => file.Value.Content;
    public ReadDefinition Read => file.Value.Read;
    public ProcessDefinition Definition => Read.Definition.ShouldNotBeNull(string.Join('\n', Read.Findings));

    static string Folder => Path.Combine(CatalogueFiles.Root, "tests", "ProcessEngine.Service.Tests", "Constructs");

    /// <summary>Every file that there is.</summary>
    public static IEnumerable<string> Files =>
        Directory.EnumerateFiles(Folder, "*.json").Select(path => Path.GetFileNameWithoutExtension(path));

    static (string Content, ReadDefinition Read) Load(string key)
    {
        var content = DefinitionPublisher.Minify(File.ReadAllText(Path.Combine(Folder, key + ".json"))).ShouldNotBeNull(key);
        return (content, ElsaDefinitionReader.Read(content, 1, "constructs." + key));
    }

    public override string ToString() => Key;
}

/// <param name="Title">What this one shows; empty when there is only one.</param>
sealed record Telling(string Title, Func<Story, Story> Script);

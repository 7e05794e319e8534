using System.Text.Json;
using System.Text.Json.Serialization;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// What a stock Elsa 3 server reads of an exported file, with the names and types of its <c>WorkflowDefinitionModel</c> (elsa-core
/// 1c0fb909f): its packages are not in the feeds.
/// It takes an activity of an unknown type for one that is not found, and keeps its JSON and its lines.
/// </summary>
public sealed class StockElsaSpec
{
    static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The types of variables that Elsa knows by an alias; it leaves a variable of any other out.</summary>
    static readonly string[] Aliases =
        ["Object", "String", "Boolean", "Int16", "Int32", "Int64", "Single", "Double", "Decimal", "DateTime", "DateTimeOffset", "DateOnly"];

    sealed record Definition(
        [property: JsonPropertyName("$schema")] string Schema, string Id, string DefinitionId, string Name, string Description, DateTimeOffset CreatedAt, int Version, string ToolVersion,
        IReadOnlyList<Variable> Variables, IReadOnlyList<JsonElement> Inputs, IReadOnlyList<JsonElement> Outputs, IReadOnlyList<string> Outcomes, Dictionary<string, JsonElement> CustomProperties,
        Options Options, bool IsLatest, bool IsPublished, Chart Root);

    sealed record Variable(string Name, string TypeName)
    {
        public string? Id { get; init; }
        public bool IsArray { get; init; }

        /// <summary>A text, whatever the type.</summary>
        public string? Value { get; init; }
        public string? StorageDriverTypeName { get; init; }
    }

    sealed record Options
    {
        public string? ActivationStrategyType { get; init; }
        public bool? UsableAsActivity { get; init; }
        public bool AutoUpdateConsumingWorkflows { get; init; }
        public string? ActivityCategory { get; init; }
        public string? IncidentStrategyType { get; init; }
        public string? CommitStrategyName { get; init; }
    }

    sealed record Chart(
        string Id, string NodeId, string Type, int Version, IReadOnlyList<JsonElement> Activities, IReadOnlyList<Connection> Connections)
    {
        public string? Name { get; init; }
        public Dictionary<string, JsonElement> CustomProperties { get; init; } = [];
        public Dictionary<string, JsonElement> Metadata { get; init; } = [];
        public IReadOnlyList<JsonElement> Variables { get; init; } = [];
    }

    sealed record Connection(End Source, End Target)
    {
        public IReadOnlyList<Place> Vertices { get; init; } = [];
    }

    sealed record End(string Activity, string Port);

    sealed record Place(double X, double Y);

    /// <summary>What Elsa reads of every activity; the rest it keeps as it is.</summary>
    sealed record Activity(string Id, string NodeId, string Type, int Version, Metadata Metadata)
    {
        public string? Name { get; init; }
        public Dictionary<string, JsonElement> CustomProperties { get; init; } = [];
    }

    sealed record Metadata(Designer Designer)
    {
        public string? DisplayText { get; init; }
    }

    sealed record Designer(Place Position)
    {
        public Size? Size { get; init; }
    }

    sealed record Size(double Width, double Height);

    static IEnumerable<string> Files() =>
        Directory.GetFiles(World.ShippedProcesses, "*.json", SearchOption.AllDirectories)
            .Where(f => File.ReadAllText(f).Contains("\"Elsa.Flowchart\"", StringComparison.Ordinal))
            .Select(f => Path.GetRelativePath(World.ShippedProcesses, f).Replace('\\', '/')).Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Files))]
    public void An_exported_file_is_what_the_importer_of_a_stock_Elsa_server_reads(string file)
    {
        var key = file[..^".json".Length].Replace('/', '.');
        var content = StudioModel.ToContent(StudioModel.Parse(File.ReadAllBytes(Path.Combine(World.ShippedProcesses, file))), key);
        var exported = StudioModel.ToFile(content, new VersionFacts(VersionId.Published(key, 1), 1, true, true, DateTimeOffset.UnixEpoch));
        var read = JsonSerializer.Deserialize<Definition>(exported, Strict)!;
        (read.DefinitionId, read.Root.Type, Version.Parse(read.ToolVersion).Major).ShouldBe((key, "Elsa.Flowchart", 3));
        read.Variables.ShouldAllBe(v => Aliases.Contains(v.TypeName));

        var loose = new JsonSerializerOptions(Strict) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };
        var activities = read.Root.Activities.Select(a => a.Deserialize<Activity>(loose)!).ToDictionary(a => a.Id);
        activities.Values.ShouldAllBe(a => a.NodeId == $"{read.Root.NodeId}:{a.Id}");
        read.Root.Connections.ShouldAllBe(c => activities.ContainsKey(c.Source.Activity) && activities.ContainsKey(c.Target.Activity));

        // And back again, without a difference.
        StudioModel.ToContent(StudioModel.Parse(System.Text.Encoding.UTF8.GetBytes(exported)), key)
            .ShouldBe(StudioModel.ToContent(StudioModel.Parse(System.Text.Encoding.UTF8.GetBytes(content)), key));
    }
}

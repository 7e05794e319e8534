using System.Collections.Concurrent;
using System.Text.Json;
using Dapper;
using ProcessEngine.Core;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web;

/// <summary>What a manual says of a procedure, for whoever looks for the right one.</summary>
public sealed record ProcedureCard(string Key, int Version, LocalizedText Name)
{
    public string Manual { get; init; } = "";

    /// <summary>The office made this version itself: its texts and limits are the office's, wherever they came from.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Whether its texts and limits are what a manual prints.</summary>
    public bool SaysTheManual => ManualTitle.Length > 0 && !IsOwn;
    public string ManualTitle { get; init; } = "";
    public string Group { get; init; } = "";
    public string Section { get; init; } = "";
    public string PrintedFor { get; init; } = "";
    public IReadOnlyList<string> Objectives { get; init; } = [];
    public IReadOnlyList<string> Scope { get; init; } = [];
    public IReadOnlyList<string> Forms { get; init; } = [];
    public IReadOnlyList<string> References { get; init; } = [];
    public string Kpi { get; init; } = "";
    public string DocumentCode { get; init; } = "";

    /// <summary>คำจำกัดความ, each as the manual prints it.</summary>
    public IReadOnlyList<string> Terms { get; init; } = [];

    /// <summary>What it is about.</summary>
    public LocalizedText Topic { get; init; } = ProcedureTopics.Of("", "");

    /// <summary>What procedures of several manuals have in common when they are the same work: the key without its manual.</summary>
    public string Work => Key[(Key.IndexOf('.', StringComparison.Ordinal) + 1)..];

    /// <summary>By what it is found first; see <see cref="ProcedureSearch"/>.</summary>
    public string NameKey { get; init; } = "";

    /// <summary>What its steps and forms say, each by what a result calls it.</summary>
    public IReadOnlyList<(LocalizedText Label, string Key)> TextKeys { get; init; } = [];

    /// <summary>How the arrows were found: <c>diagram</c>, <c>text</c> or <c>inferred</c>; empty when nothing is said.</summary>
    public string FlowSource { get; init; } = "";

    /// <summary>What the manual leaves open, and how it was decided here.</summary>
    public IReadOnlyList<LocalizedText> Choices { get; init; } = [];

    /// <summary>What is remarked on its printed texts.</summary>
    public IReadOnlyList<SourceNote> SourceNotes { get; init; } = [];

    /// <summary>Every box of the chart by its name.</summary>
    public IReadOnlyDictionary<string, LocalizedText> Boxes { get; init; } = new Dictionary<string, LocalizedText>();

    /// <summary>Step → what is remarked on its source: an empty cell of a table, a misprint.</summary>
    public IReadOnlyList<(string Step, string Note)> Remarks { get; init; } = [];
}

/// <summary>What is remarked on a printed text: a correction, a doubtful passage.</summary>
/// <param name="Of">
/// Which: <c>objectives</c>, <c>scope</c>, <c>forms</c>, <c>references</c>, <c>definitionsOfTerms</c>, <c>name</c>, <c>steps</c>,
/// <c>all</c>.
/// </param>
public sealed record SourceNote(string Of, LocalizedText Text);

/// <summary>The catalogue of procedures that can be started. A version is read once; it never changes.</summary>
public sealed class Procedures(Database database)
{
    const int MaxProcedures = 1000;

    readonly ConcurrentDictionary<(string Key, int Version), ProcedureCard> cards = new();

    // Index: the primary key; some hundreds of rows. An office's own version comes before those of every office.
    const string NewestSql = """
        SELECT definition_key, COALESCE(MAX(CASE WHEN office <> '*' THEN version END), MAX(version))
        FROM definition_version
        WHERE retired_at IS NULL AND office IN (@office, '*')
        GROUP BY definition_key
        ORDER BY definition_key
        LIMIT @MaxProcedures
        """;

    /// <param name="office">Whose; null: of nobody's own.</param>
    public async Task<IReadOnlyList<ProcedureCard>> ListAsync(string? office, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var newest =
            (await connection.QueryAsync<(string Key, int Version)>(NewestSql, new { office = office ?? "", MaxProcedures })).AsList();
        var list = new List<ProcedureCard>();
        foreach (var one in newest)
        {
            if (!cards.TryGetValue(one, out var card))
                card = await ReadAsync(connection, one.Key, one.Version);

            list.Add(card);
        }

        return list;
    }

    /// <summary>A version of which there is a case.</summary>
    public async Task<ProcedureCard> OfVersionAsync(string key, int version, CancellationToken ct)
    {
        if (cards.TryGetValue((key, version), out var known))
            return known;
        await using var connection = await database.OpenAsync(ct);
        return await ReadAsync(connection, key, version);
    }

    async Task<ProcedureCard> ReadAsync(System.Data.Common.DbConnection connection, string key, int version)
    {
        var (content, office) = await connection.QuerySingleAsync<(string, string)>(
            "SELECT content, office FROM definition_version WHERE definition_key = @key AND version = @version", new { key, version });
        return cards.GetOrAdd((key, version), Read(key, version, content) with { IsOwn = office != "*" });
    }

    public async Task<ProcedureCard?> FindAsync(string key, string? office, CancellationToken ct) =>
        (await ListAsync(office, ct)).FirstOrDefault(c => c.Key == key);

    static ProcedureCard Read(string key, int version, string content)
    {
        using var document = JsonDocument.Parse(content);
        var root = document.RootElement;
        var about = root.TryGetProperty("customProperties", out var custom) && custom.ValueKind == JsonValueKind.Object ? custom : default;
        var name = Text(root, "name") is { Length: > 0 } th ? th : key;
        var boxes = Items(root.TryGetProperty("root", out var chart) ? chart : default, "activities").ToList();
        return new ProcedureCard(key, version, new LocalizedText(name, Text(about, "nameEn") is { Length: > 0 } en ? en : name))
        {
            Manual = Text(about, "manual"),
            ManualTitle = Text(about, "manualTitle"),
            Group = Text(about, "group"),
            Section = Text(about, "section"),
            PrintedFor = Text(about, "office"),
            Objectives = Texts(about, "objectives"),
            Scope = Texts(about, "scope"),
            Forms = Texts(about, "forms"),
            References = Texts(about, "references"),
            Kpi = Text(about, "kpi"),
            DocumentCode = Text(about, "documentCode"),
            Terms = Texts(about, "definitionsOfTerms"),
            Topic = ProcedureTopics.Of(name, Text(about, "topic")),
            NameKey = string.Join(
                '\n',
                new[] { name, Text(about, "nameEn"), Text(about, "group"), key, Text(about, "manualTitle"), Text(about, "office") }
                    .Select(ProcedureSearch.Fold)),
            TextKeys = [.. boxes.SelectMany(TextsOf), .. Texts(about, "forms").Select(f => (FormLabel(f), ProcedureSearch.Fold(f)))],
            FlowSource = Text(about, "flowSource"),
            Choices = [.. Items(about, "choices").Select(c => new LocalizedText(
                Text(c, "th"), Text(c, "en") is { Length: > 0 } choice ? choice : Text(c, "th")))],
            SourceNotes =
            [
                .. Items(about, "sourceNotes").Select(n => new SourceNote(
                    Text(n, "of"), new LocalizedText(Text(n, "th"), Text(n, "en") is { Length: > 0 } english ? english : Text(n, "th")))),
            ],
            Remarks = [.. boxes.Select(a => (Text(a, "id"), Text(a, "sourceNote"))).Where(r => r.Item2.Length > 0)],
            Boxes = boxes.Where(a => Text(a, "nameTh").Length > 0).DistinctBy(a => Text(a, "id")).ToDictionary(
                a => Text(a, "id"),
                a => new LocalizedText(Text(a, "nameTh"), Text(a, "nameEn") is { Length: > 0 } english ? english : Text(a, "nameTh"))),
        };
    }

    /// <summary>What a box says: its words, the paper forms that it uses, and the fields of its form.</summary>
    static IEnumerable<(LocalizedText Label, string Key)> TextsOf(JsonElement box)
    {
        if (Text(box, "text") is not { Length: > 0 } said)
            yield break;
        var (name, english) = (Text(box, "nameTh"), Text(box, "nameEn"));
        var step = name.Length > 0 ? name : said;
        yield return (
            new LocalizedText($"ขั้นตอน “{step}”", $"the step “{(english.Length > 0 ? english : step)}”"),
            ProcedureSearch.Fold($"{step} {english} {said}"));
        foreach (var form in Texts(box, "forms"))
            yield return (FormLabel(form), ProcedureSearch.Fold(form));
        if (!box.TryGetProperty("formSchema", out var schema) || schema.ValueKind != JsonValueKind.Object)
            yield break;
        var titles = new List<string> { Text(schema, "title") };
        if (schema.TryGetProperty("properties", out var fields) && fields.ValueKind == JsonValueKind.Object)
            titles.AddRange(fields.EnumerateObject().Select(f => Text(f.Value, "title")));
        yield return (
            new LocalizedText($"แบบฟอร์มของขั้นตอน “{step}”", $"the form of “{(english.Length > 0 ? english : step)}”"),
            ProcedureSearch.Fold(string.Join('\n', titles)));
    }

    static LocalizedText FormLabel(string form) => new($"แบบฟอร์ม “{form}”", $"the form “{form}”");

    static string Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    static IEnumerable<JsonElement> Items(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : [];

    static List<string> Texts(JsonElement of, string name) =>
        [.. Items(of, name).Where(t => t.ValueKind == JsonValueKind.String).Select(t => t.GetString()!)];
}

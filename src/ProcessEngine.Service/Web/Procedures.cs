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
    public string ManualTitle { get; init; } = "";
    public string Group { get; init; } = "";
    public string Section { get; init; } = "";
    public string PrintedFor { get; init; } = "";
    public IReadOnlyList<string> Objectives { get; init; } = [];
    public IReadOnlyList<string> Scope { get; init; } = [];
    public IReadOnlyList<string> Forms { get; init; } = [];
    public IReadOnlyList<string> References { get; init; } = [];
    public string Kpi { get; init; } = "";

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
            {
                var content = await connection.QuerySingleAsync<string>(
                    "SELECT content FROM definition_version WHERE definition_key = @Key AND version = @Version",
                    new { one.Key, one.Version });
                card = cards.GetOrAdd(one, Read(one.Key, one.Version, content));
            }

            list.Add(card);
        }

        return list;
    }

    public async Task<ProcedureCard?> FindAsync(string key, string? office, CancellationToken ct) =>
        (await ListAsync(office, ct)).FirstOrDefault(c => c.Key == key);

    /// <summary>Whether every word that somebody typed stands somewhere on the card.</summary>
    public static bool Matches(ProcedureCard card, string search)
    {
        ArgumentNullException.ThrowIfNull(card);
        ArgumentNullException.ThrowIfNull(search);
        string[] texts = [card.Name.Th, card.Name.En, card.Group, card.Key, card.ManualTitle, card.PrintedFor];
        return search.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(word => texts.Any(text => SearchText.Holds(text, word)));
    }

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

using System.Text;
using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests.Catalogue;

/// <summary>A procedure as it is shipped, with the shared forms that it uses.</summary>
public sealed record Procedure(DefinitionFile File)
{
    public string Key => File.Key;
    public ProcessDefinition Definition => File.Read.Definition.ShouldNotBeNull(string.Join('\n', File.Read.Findings));

    /// <summary>What the manual says of it.</summary>
    public JsonNode Source { get; } = JsonNode.Parse(File.Content)!["customProperties"]!;

    public override string ToString() => Key;
}

/// <summary>A row of the inventory: what was counted in a manual by hand.</summary>
public sealed record InventoryRow(IReadOnlyDictionary<string, string> Columns)
{
    public string Key => this["id"].Replace('/', '.');
    public string this[string column] => Columns[column];
    public int Number(string column) => int.Parse(this[column], System.Globalization.CultureInfo.InvariantCulture);
}

static class CatalogueFiles
{
    /// <summary>The folder of the solution: what is approved lies beside the tests, what is generated in the docs.</summary>
    public static string Root => Repository.Root;

    public static IReadOnlyList<Procedure> All { get; } = [.. DefinitionFile.ReadAll(World.ShippedProcesses).Select(f => new Procedure(f))];

    public static IEnumerable<string> Keys => All.Select(p => p.Key);

    public static IReadOnlyList<InventoryRow> Inventory { get; } = [.. ReadInventory()];

    public static Procedure Find(string key) => All.Single(p => p.Key == key);

    static IEnumerable<InventoryRow> ReadInventory()
    {
        var lines = File.ReadAllLines(Path.Combine(Root, "tests", "ProcessEngine.Service.Tests", "Catalogue", "inventory.csv"));
        var names = Cells(lines[0]);
        return lines.Skip(1).Select(line => new InventoryRow(names.Zip(Cells(line)).ToDictionary(c => c.First, c => c.Second)));
    }

    /// <summary>Cells may stand in quotes, with commas in them.</summary>
    static List<string> Cells(string line)
    {
        List<StringBuilder> cells = [new()];
        var quoted = false;
        foreach (var c in line)
        {
            if (c == '"')
                quoted = !quoted;
            else if (c == ',' && !quoted)
                cells.Add(new());
            else
                cells[^1].Append(c);
        }

        return [.. cells.Select(c => c.ToString())];
    }
}

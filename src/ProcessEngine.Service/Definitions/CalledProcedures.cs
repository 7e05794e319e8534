using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions.Elsa;

namespace ProcessEngine.Service.Definitions;

/// <summary>What a procedure goes on to must be there: the proof of one file knows nothing of the others.</summary>
public static class CalledProcedures
{
    /// <summary>The same, with a finding for each box that calls what the office has not.</summary>
    public static async Task<ReadDefinition> CheckAsync(
        DefinitionCatalog definitions, ReadDefinition read, string office, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(definitions);
        ArgumentNullException.ThrowIfNull(read);
        var missing = new List<Finding>();
        foreach (var call in read.Definition?.Nodes.OfType<CallNode>() ?? [])
        {
            // Another office may have a procedure of that name of its own; a procedure may call itself before it is published.
            if (call.DefinitionKey.Length == 0 || call.OfficeFrom is not null || call.DefinitionKey == read.Definition!.Key
                || await definitions.KnowsAsync(call.DefinitionKey, office, ct))
                continue;
            missing.Add(new Finding(call.Id, "unknown-process", new(
                $"สำนักงานไม่มีกระบวนงาน \"{call.DefinitionKey}\" ที่เผยแพร่แล้ว",
                $"The office has no published procedure \"{call.DefinitionKey}\".")));
        }

        return missing.Count == 0 ? read : read with { Findings = [.. read.Findings, .. missing] };
    }
}

using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Instances;

/// <summary>Reads one case for somebody who may see it; to others it does not exist.</summary>
public sealed class CaseReader(Database database, DefinitionCatalog definitions)
{
    /// <param name="outcome">As it stands beside the snapshot, which may have been written before it was drawn from the events.</param>
    public static ProcessState StateOf(string json, string? outcome) => ProcessStore.ReadState(json) is var state && state.HasEnded
        ? state with { Outcome = state.Outcome ?? outcome }
        : state;

    public async Task<(ProcessDefinition Definition, ProcessState State)?> FindAsync(Guid id, Caller caller, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        string? json;
        string? outcome;
        await using (var connection = await database.OpenAsync(ct))
            (json, outcome) = await connection.QuerySingleOrDefaultAsync<(string?, string?)>(
                "SELECT state, outcome FROM process_instance WHERE instance_id = @id", new { id });
        if (json is null)
            return null;
        var state = StateOf(json, outcome);
        return caller.MaySee(state) ? (await definitions.GetAsync(state.DefinitionKey, state.DefinitionVersion), state) : null;
    }
}

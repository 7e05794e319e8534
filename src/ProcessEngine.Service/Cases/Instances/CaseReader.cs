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
    public async Task<(ProcessDefinition Definition, ProcessState State)?> FindAsync(Guid id, Caller caller, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(caller);
        string? json;
        await using (var connection = await database.OpenAsync(ct))
            json = await connection.QuerySingleOrDefaultAsync<string>(
                "SELECT state FROM process_instance WHERE instance_id = @id", new { id });
        if (json is null)
            return null;
        var state = ProcessStore.ReadState(json);
        return caller.MaySee(state) ? (await definitions.GetAsync(state.DefinitionKey, state.DefinitionVersion), state) : null;
    }
}

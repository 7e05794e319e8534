using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Cases.Instances;

/// <summary>Finds the version to which one case is to move: one of its procedure that its office may go by.</summary>
public sealed class TargetVersion(CaseReader cases, DefinitionCatalog definitions)
{
    /// <param name="Definition">Null for an act that names none.</param>
    public sealed record Found(ProcessDefinition? Definition);

    public async ValueTask<Outcome<Found>> FindAsync(ActOnInstance.Command act, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(act);
        if (act.Action != "migrate")
            return new Found(null);
        if (await cases.FindAsync(act.InstanceId, act.Caller, ct) is not var (_, state))
            return new InstanceNotFound(act.InstanceId);
        var version = act.ToVersion!.Value;
        return await definitions.KnowsAsync(state.DefinitionKey, version, state.Office, ct)
            ? new Found(await definitions.GetAsync(state.DefinitionKey, version))
            : new DefinitionNotFound($"{state.DefinitionKey} v{version}");
    }
}

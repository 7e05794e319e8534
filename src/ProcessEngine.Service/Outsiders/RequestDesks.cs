using Dapper;
using Microsoft.Extensions.Caching.Memory;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Outsiders;

/// <param name="ClosedWhy">Why the office does not take requests for it now; null: it does.</param>
public sealed record OfferedService(ProcessDefinition Definition, PublicService Public, string? ClosedWhy)
{
    public bool IsOpen => ClosedWhy is null;
}

/// <summary>The door of an office.</summary>
/// <param name="Services">What the definitions in force offer, in the order of their names.</param>
public sealed record RequestDesk(Office Office, bool IsOpen, string Contact, IReadOnlyList<OfferedService> Services)
{
    public OfferedService? Find(string service) => Services.FirstOrDefault(s => s.Definition.Key == service);
}

/// <summary>What offices offer people outside.</summary>
public sealed class RequestDesks(Database database, DefinitionCatalog definitions, OfficeCalendars offices, IMemoryCache cache)
{
    /// <summary>How long another node, and a newly published version, may not be seen here.</summary>
    static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(10);

    /// <summary>More procedures than any office has.</summary>
    const int MaxDefinitions = 2000;

    /// <returns>Null when there is no such office.</returns>
    public async Task<RequestDesk?> FindAsync(string code, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(code);
        if (code.Length > 50 || await offices.FindOfficeAsync(code, ct) is not { } office)
            return null;
        (bool IsOpen, string Contact) desk;
        Dictionary<string, string> closed;
        await using (var connection = await database.OpenAsync(ct))
        {
            // Indexes: the primary keys.
            desk = await connection.QuerySingleOrDefaultAsync<(bool, string)>(
                "SELECT is_open, contact FROM request_desk WHERE office = @code", new { code });
            closed = (await connection.QueryAsync<(string Key, string Reason)>(
                "SELECT definition_key, reason FROM request_closed WHERE office = @code", new { code }))
                .ToDictionary(c => c.Key, c => c.Reason, StringComparer.Ordinal);
        }

        var offered = await OfferedAsync(code, ct);
        return new RequestDesk(
            office, desk.IsOpen, desk.Contact ?? "",
            [
                .. offered.Select(d => new OfferedService(d, d.Public!, closed.GetValueOrDefault(d.Key)))
                    .OrderBy(s => s.Public.Name.Th, StringComparer.Ordinal),
            ]);
    }

    /// <summary>The same, of an office that has opened its door; others are as if there were none.</summary>
    public async Task<RequestDesk?> FindOpenAsync(string code, CancellationToken ct) =>
        await FindAsync(code, ct) is { IsOpen: true } desk ? desk : null;

    async Task<IReadOnlyList<ProcessDefinition>> OfferedAsync(string office, CancellationToken ct)
    {
        var name = ("offered", office);
        if (cache.TryGetValue(name, out IReadOnlyList<ProcessDefinition>? kept))
            return kept!;
        List<string> keys;
        await using (var connection = await database.OpenAsync(ct))
        {
            keys = (await connection.QueryAsync<string>(
                "SELECT definition_key FROM process_definition ORDER BY definition_key LIMIT @MaxDefinitions",
                new { MaxDefinitions })).AsList();
        }

        var found = new List<ProcessDefinition>();
        foreach (var key in keys)
        {
            if (await definitions.StartableAsync(key, office, ct) is { Public.Form: not null } definition)
                found.Add(definition);
        }

        return cache.Set(
            name, (IReadOnlyList<ProcessDefinition>)found,
            new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = KeepFor, Size = 1 + found.Count });
    }
}

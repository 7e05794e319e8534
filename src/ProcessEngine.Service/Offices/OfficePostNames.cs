using Dapper;
using Microsoft.Extensions.Caching.Memory;
using ProcessEngine.Core;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Offices;

/// <summary>
/// What offices are called, and the posts in them where that is another name than everybody's. Few rows, and every page shows some of
/// them: they are read whole, before a page is made.
/// </summary>
public sealed class OfficePostNames(Database database, IMemoryCache cache) : IPostNames
{
    /// <summary>How long another node may go on with the names of before.</summary>
    static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    // Index: the primary key.
    const string Sql = "SELECT office, role, name_th, name_en FROM office_post_name ORDER BY office, role LIMIT 10000";

    // Some hundreds at most.
    const string OfficesSql = "SELECT code, name_th, name_en FROM office ORDER BY code LIMIT 1000";

    volatile Dictionary<(string Office, string Role), LocalizedText> known = [];
    volatile Dictionary<string, LocalizedText> offices = [];

    public LocalizedText? Find(string office, string role) => known.GetValueOrDefault((office, role));

    public LocalizedText? OfficeOf(string code) => offices.GetValueOrDefault(code);

    /// <summary>Call before <see cref="Find"/> is to be believed.</summary>
    public async ValueTask RefreshAsync(CancellationToken ct)
    {
        if (cache.TryGetValue(typeof(OfficePostNames), out _))
            return;
        await using var connection = await database.OpenAsync(ct);
        known = (await connection.QueryAsync<(string Office, string Role, string Th, string En)>(Sql))
            .ToDictionary(r => (r.Office, r.Role), r => new LocalizedText(r.Th, r.En));
        offices = (await connection.QueryAsync<(string Code, string Th, string En)>(OfficesSql))
            .ToDictionary(r => r.Code, r => new LocalizedText(r.Th, r.En));
        cache.Set(
            typeof(OfficePostNames), true, new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Freshness, Size = 1 });
    }

    /// <summary>Call after names were changed on this node.</summary>
    public void Forget() => cache.Remove(typeof(OfficePostNames));
}

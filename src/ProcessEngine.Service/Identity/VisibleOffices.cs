using System.Data.Common;
using Dapper;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Identity;

/// <summary>The offices whose cases a caller may look at.</summary>
public static class VisibleOffices
{
    /// <summary>A system administrator sees every office, in pages of this many.</summary>
    const int MaxOffices = 500;

    /// <param name="asked">One office, or null for all of the caller's. An office that is not the caller's gives an empty list.</param>
    public static async Task<IReadOnlyList<string>> ForAsync(DbConnection connection, Caller caller, string? asked)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (asked is not null)
            return caller.BelongsTo(asked) ? [asked] : [];
        return caller.Offices is { } own
            ? own
            : [.. await connection.QueryAsync<string>("SELECT code FROM office ORDER BY code LIMIT @MaxOffices", new { MaxOffices })];
    }
}

using System.Collections.Immutable;
using Dapper;
using ProcessEngine.Core.Instances;

namespace ProcessEngine.Service.Kernel;

/// <summary>A post that somebody sits in by a written order: รักษาราชการแทน or ปฏิบัติราชการแทน.</summary>
/// <param name="From">First day, Bangkok.</param>
/// <param name="To">Last day, Bangkok, inclusive; null until a further order.</param>
/// <param name="Scope">The procedures that it covers; null for all.</param>
public sealed record PostByOrder(Guid User, string Office, PostOrder Order, DateOnly From, DateOnly? To, ImmutableArray<string>? Scope)
{
    public string Role => Order.Capacity.Role;

    public bool InForceOn(DateOnly day) => From <= day && (To is null || day <= To);

    public bool Covers(string definitionKey) => Scope is not { } keys || keys.Contains(definitionKey);

    /// <summary>
    /// The condition that keeps a query within what some orders cover; its parameters
    /// are added. A list as one parameter is not the same in both databases.
    /// </summary>
    /// <param name="not">Keeps it outside instead.</param>
    public static string Within(
        IReadOnlyCollection<PostByOrder> orders, string column, string parameter, DynamicParameters arguments, bool not = false)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (orders.Count == 0 || orders.Any(o => o.Scope is null))
            return "";
        var keys = orders.SelectMany(o => o.Scope!.Value).Distinct().ToList();
        foreach (var (i, key) in keys.Index())
            arguments.Add($"{parameter}_{i}", key);
        return $" AND {column} {(not ? "NOT IN" : "IN")} ({string.Join(", ", keys.Index().Select(k => $"@{parameter}_{k.Index}"))})";
    }
}

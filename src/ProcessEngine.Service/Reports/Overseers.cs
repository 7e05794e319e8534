using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Reports;

/// <summary>Who looks after what an office does, in their own right or by order: they see its reports, and take them away.</summary>
public static class Overseers
{
    public static IReadOnlyList<string> All { get; } =
    [
        Roles.Auditor, Roles.Director, Roles.DeputyDirector, Roles.GroupDirector, Roles.Administrator, Roles.ProcessOwner,
    ];

    public static bool Includes(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.Memberships.Any(m => All.Contains(m.Role)) || caller.Orders.Any(o => All.Contains(o.Order.Capacity.Role));
    }

    /// <summary>Of one office.</summary>
    public static bool Includes(Caller caller, string office)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return All.Any(role => caller.Holds(role, office))
            || caller.Orders.Any(o => o.Office == office && All.Contains(o.Order.Capacity.Role));
    }
}

using System.Collections.Immutable;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Events;

namespace ProcessEngine.Core.Instances.Deciding;

/// <summary>Who asks, with the roles held in the office of the case. The shell answers who it is, the core what they may do.</summary>
/// <param name="Roles">Held in one's own right.</param>
/// <param name="Orders">In force for the procedure of the case: by them the actor sits in posts that are not their own.</param>
public sealed record Actor(Guid? UserId, ImmutableHashSet<string> Roles, ImmutableArray<PostOrder> Orders = default)
{
    /// <summary>The service itself, when time passes.</summary>
    public static Actor System { get; } = new(null, []);

    /// <summary>Whoever asked from outside, let in by the link of the case.</summary>
    public static Actor Requester { get; } = new(Outside.Id, []);

    /// <summary>In one's own right, or by order.</summary>
    public bool Holds(string role) => Roles.Contains(role) || OrderFor(role, null) is not null;

    /// <summary>In one's own right, or by an order that covers the act.</summary>
    public bool Holds(string role, string act) => Roles.Contains(role) || OrderFor(role, act) is not null;

    /// <summary>The order by which a role is held that is not one's own; null when it is one's own, or not held.</summary>
    /// <param name="holder">Whose post it is, where that is known: an order for their post comes before others.</param>
    public Capacity? CapacityFor(string role, string act, Guid? holder = null) => Roles.Contains(role)
        ? null
        : ((holder is null ? null : OrderOf(holder.Value, role, act)) ?? OrderFor(role, act))?.Capacity;

    /// <summary>The order by which one sits in the post of a person; null without.</summary>
    public PostOrder? OrderOf(Guid holder, string role, string act) =>
        Orders.IsDefaultOrEmpty ? null : Orders.FirstOrDefault(o => o.Holder == holder && o.Capacity.Role == role && o.Covers(act));

    /// <summary>Of several, the one that was registered first.</summary>
    /// <param name="act">What it must cover; null: anything.</param>
    public PostOrder? OrderFor(string role, string? act)
    {
        if (Orders.IsDefaultOrEmpty)
            return null;
        foreach (var order in Orders)
        {
            if (order.Capacity.Role == role && (act is null || order.Covers(act)))
                return order;
        }

        return null;
    }
}

/// <summary>A written order by which somebody sits in a post that is not their own.</summary>
/// <param name="OrderId">In the register of the office.</param>
/// <param name="Holder">Whose post it is; null when it is vacant.</param>
/// <param name="Acts">The acts that it covers; null for all.</param>
public sealed record PostOrder(Guid OrderId, Capacity Capacity, Guid? Holder = null, ImmutableArray<string>? Acts = null)
{
    /// <summary>
    /// To take a task, to give it back, to write a note and to attach a file decides nothing: whoever may do anything may do that.
    /// </summary>
    public bool Covers(string act) => Acts is not { } acts || act is "claim" or "release" or "comment" or "attach" || acts.Contains(act);
}

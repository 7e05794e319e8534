using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.Events;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Deciding;

/// <summary>
/// Who may do what to a case and its tasks: in a post of their own, by order, as the person whom a task is for, or as a superior.
/// </summary>
public static class Permissions
{
    /// <summary>Who gives away others' work, and puts a case right.</summary>
    public static IReadOnlyList<string> Supervising { get; } =
        [Roles.GroupDirector, Roles.DeputyDirector, Roles.Director, Roles.Administrator];

    /// <summary>Who moves cases to another version of their definition.</summary>
    public static IReadOnlyList<string> Migrating { get; } = [Roles.ProcessOwner, Roles.Administrator];

    /// <summary>Who begins a case.</summary>
    public static IReadOnlyList<string> Starting { get; } = [.. Roles.Acting, Roles.Administrator];

    /// <summary>
    /// Who says that a message has come: whoever works in the office, and a program by a service account that holds such a post. Not who
    /// only looks on.
    /// </summary>
    public static IReadOnlyList<string> Messaging { get; } = [.. Roles.Acting, Roles.Administrator];

    /// <summary>A task is for the person it is assigned to; an unassigned one for everybody who holds its role in the office.</summary>
    public static bool MayAct(Actor by, string role, Guid? assignee)
    {
        ArgumentNullException.ThrowIfNull(by);
        return assignee is null ? by.Holds(role) : assignee == by.UserId;
    }

    internal static bool Supervises(Actor by, string act) => Supervising.Any(role => by.Holds(role, act));

    /// <summary>The order by which somebody is a superior; null when they are one in their own right, or none at all.</summary>
    internal static Capacity? SuperiorBy(Actor by, string act) =>
        Supervising.Any(by.Roles.Contains)
            ? null
            : Supervising.Select(role => by.CapacityFor(role, act)).FirstOrDefault(capacity => capacity is not null);

    /// <summary>What the holder of a post has taken and left behind is done by whoever sits in it.</summary>
    internal static bool SitsForHolder(Actor by, bool forPerson, OpenTask task, string act) =>
        !forPerson && task.Assignee is { } holder && by.OrderOf(holder, task.Role, act) is not null;

    /// <summary>
    /// What was taken in a post is decided in it: not after the role is lost, and not when the order has run out, was revoked or does not
    /// cover the act.
    /// </summary>
    /// <returns>Why the actor may not; null when they may.</returns>
    internal static Rejection? OutOfPost(Actor by, bool forPerson, OpenTask task, string act)
    {
        if (forPerson || by.Holds(task.Role, act))
            return null;
        if (by.OrderFor(task.Role, null) is { } order)
            return new ActNotInOrder(order.Capacity.OrderNumber, act, [.. order.Acts ?? []]);
        return task.TakenUnder is { } under ? new OrderNotInForce(under.OrderNumber, under.Role) : new NotAllowed(act, [task.Role]);
    }
}

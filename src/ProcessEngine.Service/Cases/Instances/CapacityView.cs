using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Cases.Instances;

/// <summary>By what right somebody decided.</summary>
/// <param name="Kind"><c>own</c> (the post is theirs), <c>acting</c> (รักษาราชการแทน) or <c>delegated</c> (ปฏิบัติราชการแทน).</param>
/// <param name="Role">The post.</param>
/// <param name="OrderNumber">The written order; null in one's own right.</param>
/// <param name="Text">As it is printed under a signature.</param>
public sealed record CapacityView(string Kind, string Role, string? OrderNumber, LocalizedText Text)
{
    const string Own = "own";

    public static CapacityView Of(string role, Capacity? capacity, OfficeKind kind) =>
        capacity is null ? new CapacityView(Own, role, null, Roles.NameOf(role, kind)) : Of(capacity, kind);

    /// <summary>Of an event: by what right a task was decided; of other acts only where it was by order.</summary>
    /// <param name="role">Of the task that it closes; null when it closes none.</param>
    public static CapacityView? Of(ProcessEvent e, string? role, OfficeKind kind)
    {
        ArgumentNullException.ThrowIfNull(e);
        return e.Capacity is { } capacity ? Of(capacity, kind)
            : e is DecisionEvent && role is not null ? Of(role, (Capacity?)null, kind)
            : null;
    }

    /// <param name="capacityKind">As a row holds it; null in one's own right.</param>
    public static CapacityView Of(string role, string? capacityKind, string? orderNumber, OfficeKind kind) =>
        Of(
            role,
            capacityKind is null ? null : new Capacity(Enum.Parse<CapacityKind>(capacityKind, ignoreCase: true), role, orderNumber!),
            kind);

    public static CapacityView Of(Capacity capacity, OfficeKind kind)
    {
        ArgumentNullException.ThrowIfNull(capacity);
        return new CapacityView(
            capacity.Kind.ToString().ToLowerInvariant(), capacity.Role, capacity.OrderNumber,
            ByOrder(capacity.Kind, Roles.NameOf(capacity.Role, kind), capacity.OrderNumber));
    }

    /// <summary>The same under the office's own name of the post; null: it has none.</summary>
    public CapacityView Named(LocalizedText? own) => own is null ? this : this with
    {
        Text = OrderNumber is null ? own : ByOrder(Enum.Parse<CapacityKind>(Kind, ignoreCase: true), own, OrderNumber),
    };

    static LocalizedText ByOrder(CapacityKind kind, LocalizedText post, string number) => kind == CapacityKind.Acting
        ? new LocalizedText($"รักษาราชการแทน {post.Th} ตามคำสั่งที่ {number}", $"Acting {post.En}, order {number}")
        : new LocalizedText($"ปฏิบัติราชการแทน {post.Th} ตามคำสั่งที่ {number}", $"On behalf of the {post.En}, order {number}");
}

namespace ProcessEngine.Core.Instances.Events;

/// <summary>By what right somebody acts in a post that is not their own.</summary>
/// <param name="Kind">รักษาราชการแทน in a vacant or absent post, or ปฏิบัติราชการแทน by delegation.</param>
/// <param name="Role">The post.</param>
/// <param name="OrderNumber">The written order, as numbered by the office.</param>
public sealed record Capacity(CapacityKind Kind, string Role, string OrderNumber);

public enum CapacityKind
{
    /// <summary>รักษาราชการแทน.</summary>
    Acting,

    /// <summary>ปฏิบัติราชการแทน.</summary>
    Delegated,
}

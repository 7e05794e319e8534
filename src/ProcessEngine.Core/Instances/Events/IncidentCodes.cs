namespace ProcessEngine.Core.Instances.Events;

/// <summary>What can stand in a case's way. Stable; for programs.</summary>
public static class IncidentCodes
{
    /// <summary>Nobody of the office holds the role, and nobody sits in it by order.</summary>
    public const string NobodyHoldsRole = "nobody-holds-role";

    /// <summary>Those who hold the role, or sit in it by order, may not: they asked for it, or did what it checks.</summary>
    public const string NobodyMayAct = "nobody-may-act";

    /// <summary>Whoever is to do it is nobody of the office.</summary>
    public const string NoSuchPerson = "no-such-person";

    /// <summary>Whoever alone may do it has left the office.</summary>
    public const string HolderLeft = "holder-left";

    /// <summary>Of a box that waits for a date of the case: there is none.</summary>
    public const string DateMissing = "date-missing";

    public const string ListMissing = "list-missing";
    public const string ListTooLong = "list-too-long";
    public const string NoMembers = "no-members";
    public const string QuorumOutOfReach = "quorum-out-of-reach";

    /// <summary>Of a call: what was called does not exist, or starts no cases any more.</summary>
    public const string DefinitionNotFound = "definition-not-found";

    /// <summary>Of a call: the office that it names does not exist.</summary>
    public const string OfficeNotFound = "office-not-found";

    /// <summary>Of a call: the case was refused.</summary>
    public const string CannotStart = "cannot-start";

    /// <summary>Of a call: what was waited for has been cancelled.</summary>
    public const string CallCancelled = "call-cancelled";
}

using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Studio;

/// <summary>Who works in Studio, for which office, and whether they may change anything: process owners edit, auditors look on.</summary>
public sealed record StudioAccess(Caller Caller, string Office, bool MayEdit)
{
    static readonly string[] Readers = [Roles.ProcessOwner, Roles.Auditor];

    /// <summary>The offices in which somebody may use Studio; <c>*</c> for what is every office's.</summary>
    public static IReadOnlyList<string> OfficesOf(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return [.. caller.Memberships.Where(m => Readers.Contains(m.Role)).Select(m => m.Office).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <param name="asked">Which office; null: the first of the caller's.</param>
    public static (StudioAccess? Access, Rejection? Refusal) Of(Caller caller, string? asked)
    {
        ArgumentNullException.ThrowIfNull(caller);
        var offices = OfficesOf(caller);
        if (offices.Count == 0)
            return (null, new NotAllowed("use-studio", Readers));
        var office = string.IsNullOrEmpty(asked) ? offices[0] : asked;
        if (!Readers.Any(role => caller.Holds(role, office)))
            return (null, new OfficeNotFound(office, "office"));
        return (new StudioAccess(caller, office, caller.Holds(Roles.ProcessOwner, office)), null);
    }
}

using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Offices.Calendars;

/// <summary>Who may set something of an office, asked in one place: whoever does not belong to it is not told that it is there.</summary>
public static class OfficeAccess
{
    /// <param name="act">What is asked for, for programs.</param>
    /// <param name="roles">One of these is needed.</param>
    /// <returns>Null when the caller may.</returns>
    public static async ValueTask<Rejection?> RefusalAsync(
        this OfficeCalendars offices, Caller caller, string office, string act, string[] roles, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(offices);
        ArgumentNullException.ThrowIfNull(caller);
        if (!caller.BelongsTo(office) || await offices.FindOfficeAsync(office, ct) is null)
            return new OfficeNotFound(office, "office");
        return roles.Any(role => caller.Holds(role, office)) ? null : new NotAllowed(act, roles);
    }
}

using System.Collections.Immutable;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;

namespace ProcessEngine.Service.Identity;

/// <summary>A role held in an office, or one that the office lets its holder stand in for; <c>*</c> stands for every office.</summary>
public sealed record Membership(string Office, string Role);

/// <summary>Who sends the request, and what they hold where.</summary>
public sealed record Caller(Guid UserId, string UserName, ImmutableArray<Membership> Memberships)
{
    public const string EveryOffice = "*";

    public bool IsSystemAdministrator => Memberships.Any(m => m.Office == EveryOffice && m.Role == Roles.Administrator);

    /// <summary>The caller as the core sees them: with the roles held in the office of the case.</summary>
    public Actor In(string office) =>
        new(UserId, [.. Memberships.Where(m => m.Office == office || m.Office == EveryOffice).Select(m => m.Role)]);

    public bool BelongsTo(string office) => Memberships.Any(m => m.Office == office || m.Office == EveryOffice);

    public bool Holds(string role, string office) => Memberships.Any(m => m.Role == role && (m.Office == office || m.Office == EveryOffice));

    /// <summary>The offices that the caller belongs to; null when that is every office.</summary>
    public ImmutableArray<string>? Offices =>
        Memberships.Any(m => m.Office == EveryOffice) ? null : [.. Memberships.Select(m => m.Office).Distinct()];
}

using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;

namespace ProcessEngine.Service.Kernel;

/// <summary>A role held in an office, or one that the office lets its holder stand in for; <c>*</c> stands for every office.</summary>
public sealed record Membership(string Office, string Role)
{
    /// <summary>First and last day of an appointment for a time; null: without a bound.</summary>
    [JsonIgnore]
    public DateOnly? From { get; init; }

    [JsonIgnore]
    public DateOnly? Until { get; init; }

    public bool HoldsOn(DateOnly day) => !(day < From) && !(day > Until);
}

/// <summary>A post whose tasks and notices reach somebody.</summary>
/// <param name="ByOrder">The orders by which they do; empty when the post is their own.</param>
public sealed record Post(string Office, string Role, ImmutableArray<PostByOrder> ByOrder);

/// <summary>Who sends the request, and what they hold where.</summary>
public sealed record Caller(Guid UserId, string UserName, ImmutableArray<Membership> Memberships)
{
    public const string EveryOffice = "*";

    /// <summary>
    /// Whoever came by the link of one case. It looks into every office and holds no post in any: the link alone says which case it is.
    /// </summary>
    public static Caller Outsider { get; } = new(Outside.Id, "outside", [new Membership(EveryOffice, "outside")]);

    /// <summary>By which door, key or session they came; null for a caller of the service's own making.</summary>
    public Origin? From { get; init; }

    /// <summary>The posts that they sit in by order, besides their own.</summary>
    public ImmutableArray<PostByOrder> Orders { get; init; } = [];

    public bool IsSystemAdministrator => Memberships.Any(m => m.Office == EveryOffice && m.Role == Roles.Administrator);

    /// <summary>With the orders and the appointments that are in force on a day, and no others.</summary>
    public Caller On(DateOnly day)
    {
        var held = Memberships.All(m => m.HoldsOn(day)) ? this : this with { Memberships = Memberships.RemoveAll(m => !m.HoldsOn(day)) };
        return held.Orders.IsEmpty ? held : held with { Orders = held.Orders.RemoveAll(o => !o.InForceOn(day)) };
    }

    /// <summary>
    /// The caller as the core sees them: with what they hold in the office of the case, and the orders for its procedure.
    /// </summary>
    public Actor In(string office, string definitionKey) => new(
        UserId,
        [.. Memberships.Where(m => m.Office == office || m.Office == EveryOffice).Select(m => m.Role)],
        Orders.IsEmpty ? [] : [.. Orders.Where(o => o.Office == office && o.Covers(definitionKey)).Select(o => o.Order)]);

    public bool BelongsTo(string office) =>
        Memberships.Any(m => m.Office == office || m.Office == EveryOffice) || Orders.Any(o => o.Office == office);

    /// <summary>
    /// In their own right: whoever sits in a post by order does the work of its cases, and does not look after the system.
    /// </summary>
    public bool Holds(string role, string office) =>
        Memberships.Any(m => m.Role == role && (m.Office == office || m.Office == EveryOffice));

    /// <summary>By an order for this procedure.</summary>
    public bool SitsIn(string role, string office, string definitionKey) =>
        Orders.Any(o => o.Role == role && o.Office == office && o.Covers(definitionKey));

    /// <summary>The offices that the caller belongs to; null when that is every office.</summary>
    public ImmutableArray<string>? Offices =>
        Memberships.Any(m => m.Office == EveryOffice)
            ? null
            : [.. Memberships.Select(m => m.Office).Concat(Orders.Select(o => o.Office)).Distinct()];

    /// <summary>Their own posts of some roles, then those that they sit in by order and that are not their own.</summary>
    public IReadOnlyList<Post> PostsOf(IReadOnlyList<string> roles)
    {
        var own = Memberships.Where(m => m.Office != EveryOffice && roles.Contains(m.Role))
            .Distinct()
            .Select(m => new Post(m.Office, m.Role, []))
            .ToList();
        return
        [
            .. own,
            .. Orders.Where(o => roles.Contains(o.Role) && !own.Any(p => p.Office == o.Office && p.Role == o.Role))
                .GroupBy(o => (o.Office, o.Role))
                .Select(g => new Post(g.Key.Office, g.Key.Role, [.. g])),
        ];
    }

    /// <summary>
    /// Whether a case is the caller's to look at: of an office of theirs, or with a task that they took under an order that is over.
    /// </summary>
    public bool MaySee(ProcessState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return BelongsTo(state.Office) || state.OpenTasks.Any(t => t.TakenUnder is not null && t.Assignee == UserId);
    }
}

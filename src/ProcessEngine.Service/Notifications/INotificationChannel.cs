using ProcessEngine.Core;

namespace ProcessEngine.Service.Notifications;

/// <summary>One way by which people are told outside the pages. Each has a job of its own: one that hangs holds up no other.</summary>
public interface INotificationChannel
{
    /// <summary>Stable: it stands in the rows of deliveries, and one of <see cref="NotificationChannels.Names"/>.</summary>
    string Name { get; }

    /// <summary>The job, for the administrator's page.</summary>
    LocalizedText Title { get; }

    /// <summary>Whether this is set up here, and the person wants it.</summary>
    bool Reaches(Recipient recipient);

    /// <summary>Whether the person wants it once a working day.</summary>
    bool IsDaily(Recipient recipient);

    /// <summary>Whether what comes to one person at once goes out as one.</summary>
    bool Together { get; }

    /// <summary>The machine that takes it: what it refuses for one, it would refuse for all.</summary>
    string Receiver(Recipient recipient);

    /// <summary>Whether the machine itself failed, not what was sent to it.</summary>
    bool IsDown(Exception failure);

    /// <param name="deliveries">To one person; one, unless <see cref="Together"/>.</param>
    Task SendAsync(Recipient recipient, IReadOnlyList<Delivery> deliveries, CancellationToken ct);
}

public static class NotificationChannels
{
    public const string Email = "email";
    public const string Webhook = "webhook";

    /// <summary>Each has a class, and a test that says so.</summary>
    public static IReadOnlyList<string> Names { get; } = [Email, Webhook];
}

/// <summary>Somebody, and how they want to be told.</summary>
/// <param name="EmailWhen"><c>never</c>, <c>once</c> or <c>daily</c>.</param>
/// <param name="Quiet">Only within office hours.</param>
public sealed record Recipient(Guid User, string? Email, string EmailWhen, string? Webhook, bool Quiet);

/// <summary>One notice on its way to one person.</summary>
/// <param name="About">The procedure, or the account.</param>
/// <param name="Link">A path of the pages.</param>
/// <param name="Attempts">Before this one.</param>
public sealed record Delivery(Guid Id, string Kind, string About, string Link, int Attempts, DateTimeOffset CreatedAt)
{
    /// <summary>Of work that was rejected or sent back: why.</summary>
    public string? Reason { get; init; }
}

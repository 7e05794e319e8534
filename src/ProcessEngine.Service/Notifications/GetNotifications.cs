using Dapper;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Notifications;

/// <summary>
/// <c>GET /api/v1/notifications</c>: what the caller is told, newest first. It reads the outbox; other channels will be fed from it, too.
/// </summary>
public static class GetNotifications
{
    // Indexes: ix_outbox_user, ix_outbox_role, ix_outbox_administrator; one bounded part for each way of being addressed.
    const string Part = """
        SELECT * FROM (
            SELECT m.message_id AS id, m.kind, m.instance_id AS process_instance_id, m.task_id, m.office, m.to_role, m.to_user,
                m.created_at, m.reason, i.title
            FROM outbox m
            JOIN process_instance i ON i.instance_id = m.instance_id
            WHERE {0}
            ORDER BY m.message_id DESC
            LIMIT @take
        ) AS part
        """;

    // Index: ix_account_notice.
    const string OfAccount =
        """
        SELECT notice_id AS id, kind, office, user_id AS to_user, created_at, link,
            CASE WHEN kind = @setAside THEN @work ELSE @title END AS title
        FROM account_notice WHERE user_id = @user
        """;

    /// <summary>Those who do the work, and those who are told of incidents.</summary>
    static readonly string[] Told = [.. Roles.Acting, Roles.Administrator];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/notifications", GetAsync).WithName("ListNotifications").WithTags("Notifications").Produces<Page<Notification>>()
            .Paged();

    static async Task<IResult> GetAsync(HttpContext http, Database database)
    {
        var paging = Paging.From(http, keys: 1);
        var rows = await ListAsync(database, http.Caller(), paging.AfterId(), paging.Limit + 1, http.RequestAborted);
        return Results.Json(paging.ToPage(rows, r => r, r => [r.Id.ToString()]), JsonShape.Options);
    }

    /// <param name="after">The last one of the page before; null for the newest.</param>
    public static async Task<List<Notification>> ListAsync(Database database, Caller caller, Guid? after, int take, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(caller);
        var arguments = new DynamicParameters(new { user = caller.UserId, after, take });
        var parts = Parts(caller, arguments, Part, after is null ? "" : " AND m.message_id < @after");
        await using var connection = await database.OpenAsync(ct);
        var ofCases = await connection.QueryAsync<Notification>(
            string.Join("\nUNION ALL\n", parts) + "\nORDER BY id DESC LIMIT @take",
            arguments);
        var ofAccount = await connection.QueryAsync<Notification>(
            $"{OfAccount}{(after is null ? "" : " AND notice_id < @after")} ORDER BY notice_id DESC LIMIT @take",
            new
            {
                user = caller.UserId,
                after,
                take,
                setAside = AccountNotices.WorkSetAside,
                work = AccountNotices.AboutWork,
                title = AccountNotices.AboutAccount,
            });
        // As both databases order ids.
        return [.. ofCases.Concat(ofAccount).OrderByDescending(n => n.Id.ToString(), StringComparer.Ordinal).Take(take)];
    }

    /// <summary>
    /// One bounded query for each way in which a notice of a case reaches somebody; the parameters, but for <c>@user</c>, are added.
    /// </summary>
    internal static List<string> Parts(Caller caller, DynamicParameters arguments, string part, string further)
    {
        var parts = new List<string> { Of("m.to_user = @user") };
        if (caller.IsSystemAdministrator)
            parts.Add(Of($"m.to_role = '{Roles.Administrator}'"));
        foreach (var (n, post) in caller.PostsOf(Told).Index())
        {
            if (caller.IsSystemAdministrator && post.Role == Roles.Administrator)
                continue;
            arguments.Add($"office{n}", post.Office);
            arguments.Add($"role{n}", post.Role);
            // What the holder of the post was told before an order began is not for those who sit in it.
            var byOrder = post.ByOrder.Index().Select(o =>
            {
                arguments.Add($"from{n}_{o.Index}", BangkokTime.At(o.Item.From, TimeOnly.MinValue));
                return "(m.created_at >= "
                    + $"@from{n}_{o.Index}{PostByOrder.Within([o.Item], "i.definition_key", $"scope{n}_{o.Index}", arguments)})";
            });
            var within = post.ByOrder.IsEmpty ? "" : $" AND ({string.Join(" OR ", byOrder)})";
            parts.Add(Of($"m.office = @office{n} AND m.to_role = @role{n}{within}"));
        }

        return parts;

        string Of(string condition) => part.Replace("{0}", condition + further, StringComparison.Ordinal);
    }
}

/// <summary>A notice. Its id is stable: the same notice never comes under two ids.</summary>
public sealed record Notification
{
    public Guid Id { get; init; }

    /// <summary>
    /// <c>task-opened</c>, <c>work-rejected</c>, <c>work-sent-back</c>,
    /// <c>task-reassigned</c>, <c>mentioned</c>, <c>task-reminder</c>, <c>task-overdue</c>,
    /// <c>task-escalated</c>,
    /// <c>deadline-moved</c>, <c>deadline-to-confirm</c>, <c>incident</c>, <c>instance-suspended</c>, <c>instance-completed</c> or
    /// <c>instance-cancelled</c>; of one's own account <c>account-password-set</c>, <c>account-second-factor-reset</c>,
    /// <c>account-roles-set</c>, <c>account-key-revoked</c>, <c>account-joining-asked</c>, <c>account-joining-decided</c> or
    /// <c>account-identity-linked</c>.
    /// </summary>
    public string Kind { get; init; } = "";

    /// <summary>Null for what concerns the reader's own account.</summary>
    public Guid? ProcessInstanceId { get; init; }

    public Guid? TaskId { get; init; }
    public string Office { get; init; } = "";
    public string Title { get; init; } = "";
    public string? ToRole { get; init; }
    public Guid? ToUser { get; init; }
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Of work that was rejected or sent back: why.</summary>
    public string? Reason { get; init; }

    /// <summary>The page that says more; null where that is the task or the case.</summary>
    public string? Link { get; init; }
}

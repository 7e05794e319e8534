using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>
/// <c>GET /live/inbox</c> and <c>/live/tasks/{id}</c>: tells an open page
/// that what it shows has changed; the page then asks for itself again. <c>/live/bell</c>: a page that shows nothing of the kind.
/// Each of them tells how many notices are new (<c>bell</c>), when that has changed.
/// Each open page costs one small indexed query every few seconds, however many tasks there are, and any node sees what another stored.
/// </summary>
public static class Live
{
    public const string Path = "/live";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var live = routes.MapGroup(Path).RequireAuthorization(WebPages.OfPeople).ExcludeFromDescription();
        live.MapGet("/bell", (HttpContext http) => Watch(http, _ => Task.FromResult<string?>("")));
        live.MapGet("/inbox", (HttpContext http, Inbox inbox) => Watch(http, async ct => await inbox.VersionAsync(http.Caller(), ct)));
        live.MapGet(
            "/tasks/{id:guid}",
            (HttpContext http, Guid id, TaskReader tasks) => Watch(http, async ct => await VersionAsync(tasks, id, http.Caller(), ct)));
    }

    /// <summary>The revision of the case of a task; null for those who may not see it.</summary>
    static async Task<string?> VersionAsync(TaskReader tasks, Guid id, Caller caller, CancellationToken ct) =>
        (await tasks.FindAsync(id, caller, ct)).Value?.State.Revision.ToString(CultureInfo.InvariantCulture);

    static IResult Watch(HttpContext http, Func<CancellationToken, Task<string?>> version) =>
        TypedResults.ServerSentEvents(ChangesAsync(http, version, http.RequestAborted));

    static async IAsyncEnumerable<SseItem<string>> ChangesAsync(
        HttpContext http, Func<CancellationToken, Task<string?>> version, [EnumeratorCancellation] CancellationToken ct)
    {
        var services = http.RequestServices;
        var (sessions, every) = (services.GetRequiredService<Sessions>(), services.GetRequiredService<ServiceOptions>().LiveInterval);
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var clock = services.GetRequiredService<TimeProvider>();
        var session = http.SignedIn()!.SessionId;
        var (head, caller) = (services.GetRequiredService<PageHead>(), http.Caller());
        var seen = http.Request.Query["since"].ToString();
        var rung = http.Request.Query["bell"].ToString();
        while (!stopping.IsCancellationRequested && await sessions.FindAsync(session, ct) is not null && await version(ct) is { } now)
        {
            // A line even when nothing changed: a connection that is gone shows itself only when something is sent.
            yield return new SseItem<string>(now, now == seen ? "same" : "changed");
            seen = now;
            if ((await head.UnreadAsync(caller, ct))?.ToString(CultureInfo.InvariantCulture) is { } unread && unread != rung)
                yield return new SseItem<string>(rung = unread, "bell");
            if (!await WaitAsync(every, clock, ct, stopping))
                yield break;
        }
    }

    static async Task<bool> WaitAsync(TimeSpan time, TimeProvider clock, CancellationToken gone, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(gone, stopping);
        await Task.Delay(time, clock, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !either.IsCancellationRequested;
    }
}

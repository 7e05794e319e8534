using System.Text.Json;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Studio;

/// <summary>
/// The part of Elsa 3's REST contract that Elsa Studio calls, under <c>/elsa/api</c>: another door to the same definitions and cases.
/// It takes the cookie of the pages, so whatever changes something must come from a page of ours.
/// </summary>
public static class StudioApi
{
    public const string Prefix = "/elsa/api";

    /// <summary>The office that the window works for, and the window's own name: see <c>wwwroot/studio.js</c>.</summary>
    public const string OfficeHeader = "X-Studio-Office";
    public const string WindowHeader = "X-Studio-Window";
    public const string DefinitionHeader = "X-Studio-Definition";

    /// <summary>The revision of the draft that the window shows.</summary>
    public const string RevisionHeader = "X-Studio-Revision";

    /// <summary>Why something is published, percent-encoded: Studio's own button does not ask, <c>studio.js</c> does.</summary>
    public const string ReasonHeader = "X-Studio-Reason";

    public static bool IsStudioRequest(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.Request.Path.StartsWithSegments("/elsa");
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var api = routes.MapGroup(Prefix).ExcludeFromDescription();
        api.AddEndpointFilter(GuardAsync);
        // Large enough that what is too large is told as Studio shows it, and not cut off.
        api.WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(16 * 1024 * 1024));
        StudioDescriptors.Map(api);
        StudioDefinitions.Map(api);
        StudioDefinitionEdits.Map(api);
        StudioDefinitionFiles.Map(api);
        StudioInstances.Map(api);
        StudioPresence.Map(api);
    }

    public static StudioAccess Studio(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.Features.Get<StudioAccess>() ?? throw new InvalidOperationException("The request was let through without its right.");
    }

    /// <summary>The sender's right to edit; refused as Studio shows it.</summary>
    /// <exception cref="RefusedRequestException" />
    public static StudioAccess Editor(this HttpContext http) =>
        http.Studio() is { MayEdit: true } access
            ? access
            : throw new RefusedRequestException(new NotAllowed("edit-definitions", [Roles.ProcessOwner]));

    static async ValueTask<object?> GuardAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        ArgumentNullException.ThrowIfNull(context);
        var http = context.HttpContext;
        if (!ComesFromHere(http.Request))
            return new Refused(Problems.ForStatus(StatusCodes.Status403Forbidden));
        if (http.SignedIn() is not { MustChangePassword: false } person)
            return new Refused(Problems.ForStatus(StatusCodes.Status403Forbidden));
        var (access, refusal) = StudioAccess.Of(person.Caller, http.Request.Headers[OfficeHeader]);
        if (refusal is not null)
            return new Refused(Problems.From(refusal));
        http.Features.Set(access);
        return await next(context) is var answer && answer is Problem problem ? new Refused(problem) : answer;
    }

    sealed class Refused(Problem problem) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(problem, httpContext);
    }

    /// <summary>
    /// A browser says where a request comes from: over a trustworthy connection
    /// in Sec-Fetch-Site, otherwise in Origin for whatever may change something.
    /// What says neither is no browser of ours. Reading needs no such word: another
    /// site's page cannot see the answer, and SameSite=Lax keeps the cookie from it.
    /// </summary>
    static bool ComesFromHere(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
            return site == "same-origin" || (site == "none" && HttpMethods.IsGet(request.Method));
        if (request.Headers.Origin.ToString() is { Length: > 0 } origin)
            return Uri.TryCreate(origin, UriKind.Absolute, out var from)
                && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
        return HttpMethods.IsGet(request.Method);
    }

    /// <summary>Problems in the shape that Studio shows: ASP.NET's, with lists of texts. Unchanged besides.</summary>
    public static Task WriteAsync(Problem problem, HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(http);
        // Studio shows what is refused with 400 and takes anything but 403 for a fault of its own.
        var status = problem.Status is 401 or 403 or 404 or >= 500 ? problem.Status : StatusCodes.Status400BadRequest;
        var english = http.Request.Cookies[Words.Cookie] == "en";
        var message = english ? problem.Message.En : problem.Message.Th;
        string[] texts = [message, .. (problem.Errors ?? [])
            .Select(e => english ? e.Message.En : e.Message.Th)
            .Where(t => !message.Contains(t, StringComparison.Ordinal))
            .Distinct()
            .Take(20)];
        http.Response.StatusCode = status;
        http.Response.SayWhenToTryAgain();
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsJsonAsync(
            new
            {
                problem.Type,
                Title = message,
                Status = status,
                StatusCode = status,
                Detail = message,
                Message = message,
                Errors = new Dictionary<string, string[]> { ["generalErrors"] = texts },
            },
            JsonShape.Options, Problem.ContentType, http.RequestAborted);
    }

    /// <summary>A command's answer, or what stands in its way.</summary>
    /// <exception cref="RefusedRequestException">The command was refused.</exception>
    public static StoredAnswer Required(this Outcome<StoredAnswer> outcome) =>
        outcome.Rejection is { } rejection ? throw new RefusedRequestException(rejection) : outcome.Value!;

    /// <summary>Elsa's <c>{items, count}</c>.</summary>
    public static IResult List<T>(IReadOnlyCollection<T> items) => Results.Json(new { items, count = items.Count }, StudioJson.Options);

    public static RequestId RequestId(this StudioAccess access)
    {
        ArgumentNullException.ThrowIfNull(access);
        return new RequestId(access.Caller.UserId, null, []);
    }
}

/// <summary>JSON as Studio reads it: camelCase, enums by their names, times with offset.</summary>
public static class StudioJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All),
        MaxDepth = 64,
        TypeInfoResolver = JsonShape.NoEmptyEntries,
    };
}

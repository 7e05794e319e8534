using Microsoft.Net.Http.Headers;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Outsiders;

namespace ProcessEngine.Service.Web;

/// <summary>
/// <c>GET /r/t/{token}/files/{file}</c>: a file that the requester laid to their request, or that was handed over to them.
/// </summary>
public static class DoorFiles
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/r/t/{token}/files/{file:guid}", GetAsync).AllowAnonymous().ExcludeFromDescription();

    static async Task<IResult> GetAsync(HttpContext http, string token, Guid file, RequestReader requests, RequestLimits limits)
    {
        var sender = SignInLimits.AddressOf(http);
        if (!limits.MayTry(sender))
            return Results.StatusCode(StatusCodes.Status429TooManyRequests);
        if (await requests.FindAsync(token, http.RequestAborted) is not { } known)
        {
            limits.WasWrong(sender);
            return Results.NotFound();
        }

        if (await requests.FileAsync(known, file, http.RequestAborted) is not { } content)
            return Results.NotFound();
        var about = known.Files.First(f => f.Id == file);
        var headers = http.Response.Headers;
        headers.CacheControl = "private, no-store";
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileNameStar = about.Name }.ToString();
        return Results.File(content, about.ContentType);
    }
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Web;

/// <summary>
/// A page for process owners, and for auditors to look at. It works for one
/// office at a time; the address says for which, where there are several.
/// </summary>
public abstract class StudioPage : DeskPage
{
    public const string OfficeParameter = "office";

    // What Elsa Studio needs: WebAssembly, styles that it writes, workers of its code view, and the one script that it injects (it
    // registers Ctrl+S; of 3.8.2).
    const string ContentPolicy =
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'sha256-snlP1jz0gjwc5cTz9ErZcliXuCK63+Mmf68RRCeptgc='; "
        + "style-src 'self' 'unsafe-inline'; "
        + "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; "
        + "form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    public StudioAccess Access { get; private set; } = null!;

    /// <summary>What a form of this page was refused for.</summary>
    public Problem? Refused { get; protected set; }

    /// <summary>What has changed in the draft since its owner looked, when that is why a form was refused.</summary>
    public IReadOnlyList<Difference> ChangedSince => Refused?.Facts?.GetValueOrDefault("changes") as IReadOnlyList<Difference> ?? [];

    /// <summary>Why the draft is published, as it was filled in.</summary>
    public string? Reason { get; private set; }

    public string NewKey { get; } = FormRequest.NewKey();

    /// <summary>Where Studio asks: absolute, as it wants it, by the name under which the reader came.</summary>
    public string Endpoint => $"{Request.Scheme}://{Request.Host}{StudioApi.Prefix}";

    public bool StudioIsHere => Of<StudioFiles>().AreHere;

    /// <summary>The office for the addresses of other pages; null where it need not be said.</summary>
    public string Where => StudioAccess.OfficesOf(Caller).Count > 1 ? $"?{OfficeParameter}={Uri.EscapeDataString(Access.Office)}" : "";

    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (access, refusal) = StudioAccess.Of(Caller, HttpContext.Text(OfficeParameter));
        if (refusal is not null)
        {
            context.Result = refusal is NotAllowed ? new StatusCodeResult(StatusCodes.Status403Forbidden) : NotFound();
            return;
        }

        Access = access!;
    }

    /// <summary>This page holds a component of Studio's.</summary>
    protected void AllowStudio() => Response.Headers.ContentSecurityPolicy = ContentPolicy;

    /// <summary>The draft that its owner has seen, and why it is published.</summary>
    protected async Task<Drafts.Publish> PublicationAsync(string key, int revision, string? reason)
    {
        Reason = reason;
        return new Drafts.Publish(Caller, await HttpContext.IdentifyFormAsync(), Access.Office, key, revision, reason ?? "");
    }

    /// <summary>The page once more, with what it was refused for.</summary>
    protected Microsoft.AspNetCore.Mvc.RazorPages.PageResult Refuse(Rejection rejection)
    {
        Refused = Problems.From(rejection);
        Response.StatusCode = Refused.Status is 412 or 422 ? StatusCodes.Status400BadRequest : Refused.Status;
        return Page();
    }
}

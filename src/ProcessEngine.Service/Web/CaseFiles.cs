using MediatR;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Service.Attachments;
using ProcessEngine.Service.Http;
using ProcessEngine.Service.Identity;

namespace ProcessEngine.Service.Web;

/// <summary>The files of a case, for people: <c>POST /cases/{id}/files</c> and <c>GET /cases/{id}/files/{file}</c>. The rules are those of the API.</summary>
public static class CaseFiles
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var files = routes.MapGroup("/cases/{id:guid}/files").RequireAuthorization(WebPages.OfPeople).ExcludeFromDescription();
        // The token is looked at when the form has been read, within the limits of an upload.
        files.MapPost("/", PostAsync).DisableAntiforgery().WithMetadata(new RequestSizeLimitAttribute(Upload.MostHeard));
        files.MapGet("/{file:guid}", (HttpContext http, Guid id, Guid file, AttachmentReader reader) => reader.DownloadAsync(http, id, file, http.Flag("look") == true));
    }

    static async Task<IResult> PostAsync(HttpContext http, Guid id, IMediator mediator, IAntiforgery antiforgery, Words w)
    {
        Guid? task = null;
        try
        {
            var form = await Upload.ReadFormAsync(http);
            if (!await antiforgery.IsRequestValidAsync(http))
                return Results.StatusCode(StatusCodes.Status400BadRequest);
            task = Guid.TryParse(form["task"], out var given) ? given : null;
            var upload = await Upload.OfAsync(form, http.RequestAborted);
            // Another file from the same page is another request.
            var request = await http.IdentifyFormAsync() is { Key: { } key } known ? known with { Key = $"{key}-{upload.Sha256[..16]}" } : null;
            var outcome = await mediator.Send(new AttachFile.Command(http.Caller(), request ?? new(http.Caller().UserId, null, []), id, task, upload), http.RequestAborted);
            if (outcome.Rejection is null)
                DeskPage.Say(http, w[$"แนบไฟล์ {upload.Name} แล้ว", $"{upload.Name} is attached."]);
            else
                Refuse(Problems.From(outcome.Rejection));
        }
        catch (RefusedRequestException refused)
        {
            Refuse(Problems.From(refused.Rejection));
        }

        return Results.Redirect(task is null ? $"/cases/{id}#files" : $"/tasks/{task}#files");

        void Refuse(Problem problem)
        {
            DeskPage.Say(http, w["ยังไม่ได้แนบไฟล์: ", "The file was not attached: "] + w[problem.Why], good: false);
        }
    }
}

/// <summary>The files of a case as a page shows them.</summary>
/// <param name="Task">For which one is laid to the case from here; null: for the case as a whole.</param>
/// <param name="NewKey">Of the form that brings another; null: none may come.</param>
public sealed record FilesOfCase(Guid Case, Guid? Task, IReadOnlyList<AttachmentView> Files, Func<Guid?, string> NameOf, string? NewKey);

using System.Security.Cryptography;
using System.Text;
using MediatR;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Cases.Attachments;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Web;

/// <summary>
/// The files of a case, for people: <c>POST /cases/{id}/files</c> and <c>GET /cases/{id}/files/{file}</c>. The rules are those of the API.
/// </summary>
public static class CaseFiles
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var files = routes.MapGroup("/cases/{id:guid}/files").RequireAuthorization(WebPages.OfPeople).ExcludeFromDescription();
        // The token is looked at when the form has been read, within the limits of an upload.
        files.MapPost("/", PostAsync).DisableAntiforgery().WithMetadata(new RequestSizeLimitAttribute(Upload.MaxBodyBytes));
        files.MapGet(
            "/{file:guid}",
            (HttpContext http, Guid id, Guid file, AttachmentReader reader) => reader.DownloadAsync(
                http, id, file, http.Flag("look") == true));
    }

    static async Task<IResult> PostAsync(
        HttpContext http, Guid id, IMediator mediator, IAntiforgery antiforgery, TaskReader tasks, FormDrafts drafts, Words w)
    {
        Guid? task = null;
        try
        {
            var refused = default(RefusedRequestException);
            try
            {
                await Upload.ReadFormAsync(http);
            }
            catch (RefusedRequestException e) when (e.Rejection is FileTooLarge)
            {
                refused = e;
            }

            var form = http.Request.Form;
            if (!await antiforgery.IsRequestValidAsync(http))
                return Results.StatusCode(StatusCodes.Status400BadRequest);
            task = Guid.TryParse(form["task"], out var given) ? given : null;
            // What is being written on the task comes along, since the page is left: it stands there again as a draft.
            if (task is { } about
                && form.ContainsKey("said")
                && (await tasks.FindAsync(about, http.Caller(), http.RequestAborted)).Rejection is null)
                await drafts.SaveAsync(http.Caller().UserId, FormDrafts.OfTask(about), form, http.RequestAborted);
            if (refused is not null)
                throw refused;
            var upload = await Upload.OfAsync(form, http.RequestAborted);
            var outcome = await mediator.Send(
                new Service.Cases.Attachments.AttachFile.Command(http.Caller(), Identify(http, form, task, upload), id, task, upload),
                http.RequestAborted);
            if (outcome.Rejection is null)
                DeskPage.SetFlash(http, w[$"แนบไฟล์ {upload.Name} แล้ว", $"{upload.Name} is attached."]);
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
            DeskPage.SetFlash(http, w["ยังไม่ได้แนบไฟล์: ", "The file was not attached: "] + w[problem.Why], good: false);
        }
    }

    /// <summary>By what it brings, not by what was being written beside it; another file from the same page is another request.</summary>
    static RequestId Identify(HttpContext http, IFormCollection form, Guid? task, Upload upload)
    {
        var key = FormRequest.KeyOf(form);
        return new RequestId(
            http.Caller().UserId,
            key is null ? null : $"{key}-{upload.Sha256[..16]}",
            SHA256.HashData(Encoding.UTF8.GetBytes(
                $"{http.Request.Path}{http.Request.QueryString}\n{task}\n{upload.Name}\n{upload.Sha256}")));
    }
}

/// <summary>The files of a case as a page shows them.</summary>
/// <param name="Task">For which one is laid to the case from here; null: for the case as a whole.</param>
/// <param name="NewKey">Of the form that brings another; null: none may come.</param>
/// <param name="Along">The id of a form that goes along with a file, so
/// that what stands in it is not lost; null: a file goes alone.</param>
public sealed record FilesOfCase(
    Guid Case, Guid? Task, IReadOnlyList<AttachmentView> Files, Func<Guid?, string> NameOf, string? NewKey, string? Along = null)
{
    /// <summary>Those that the reader may withdraw.</summary>
    public IReadOnlySet<Guid> MayWithdraw { get; init; } = new HashSet<Guid>();

    /// <summary>Whether the reader still gets what was withdrawn.</summary>
    public bool SeesWithdrawn { get; init; }
}

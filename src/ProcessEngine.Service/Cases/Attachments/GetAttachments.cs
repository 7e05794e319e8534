using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Attachments;

/// <summary><c>GET /api/v1/process-instances/{id}/attachments</c>, <c>GET …/attachments/{attachmentId}/content</c>.</summary>
public static class GetAttachments
{
    const string Route = "/process-instances/{id:guid}/attachments";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Route, ListAsync).WithName("ListAttachments").WithTags("Attachments").Produces<Page<AttachmentView>>()
            .Query(("taskId", "Only those of this task.")).Paged().Refuses(400, 404);
        routes.MapGet(
            Route + "/{attachmentId:guid}/content",
            (HttpContext http, Guid id, Guid attachmentId, AttachmentReader files) => files.DownloadAsync(http, id, attachmentId))
            .WithName("GetAttachmentContent").WithTags("Attachments")
            .Produces<Stream>(200, FileKinds.ContentTypes[0], [.. FileKinds.ContentTypes.Skip(1)])
            .Produces(StatusCodes.Status304NotModified)
            .Refuses(404, 409, 410, 412);
    }

    static async Task<IResult> ListAsync(HttpContext http, Guid id, AttachmentReader files)
    {
        var paging = Paging.From(http, keys: 1);
        Guid? task = http.Text("taskId") is not { } text ? null
            : Guid.TryParse(text, out var given) ? given
            : throw RefusedRequestException.At("taskId", "ต้องเป็นรหัสงาน", "It must be the id of a task.");
        return await files.ListAsync(id, task, http.Caller(), paging.AfterId(), paging.Limit + 1, http.RequestAborted) is { } rows
            ? Results.Json(paging.ToPage(rows, r => r, r => [r.Id.ToString()]), JsonShape.Options)
            : Problems.From(new InstanceNotFound(id));
    }
}

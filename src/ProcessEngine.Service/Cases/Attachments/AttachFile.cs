using System.Text;
using Dapper;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Attachments;

/// <summary><c>POST /api/v1/process-instances/{id}/attachments</c>: a form with <c>file</c> and, for one task, <c>taskId</c>.</summary>
/// <remarks>
/// The bytes are stored in the transaction of the event that holds their hash: what the audit trail names is there, whole.
/// </remarks>
public static class AttachFile
{
    /// <summary>Files of one case: more is an archive, not a case.</summary>
    public const int MaxFiles = 200;

    internal const string InsertSql = """
        INSERT INTO attachment (attachment_id, instance_id, task_id, file_name, content_type, size, sha256, created_at, created_by,
            content)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/process-instances/{id:guid}/attachments", PostAsync).WithName("AttachFile").WithTags("Attachments")
            .Accepts<IFormFile>("multipart/form-data")
            .TakesFile(("taskId", "The task for which it is laid to the case; left out: the case as a whole."))
            .Produces<AttachmentView>(201).WithMetadata(new RequestSizeLimitAttribute(Upload.MaxBodyBytes)).Idempotent().Guarded()
            .Refuses(400, 403, 404, 409, 412, 413, 415, 422);

    static async Task<IResult> PostAsync(HttpContext http, Guid id, IMediator mediator)
    {
        var form = await Upload.ReadFormAsync(http);
        var task = form["taskId"].ToString();
        Guid? taskId = task.Length == 0 ? null
            : Guid.TryParse(task, out var given) ? given
            : throw RefusedRequestException.At("taskId", "ต้องเป็นรหัสงาน", "It must be the id of a task.");
        var upload = await Upload.OfAsync(form, http.RequestAborted);
        // The boundary of a form differs from send to send: a request is recognised by what it brings.
        var request = http.Identify(Encoding.UTF8.GetBytes($"{upload.Name}\n{taskId}\n{upload.Sha256}"));
        return (await mediator.Send(new Command(http.Caller(), request, id, taskId, upload), http.RequestAborted)).ToResult();
    }

    /// <param name="TaskId">The task for which it is laid to the case; null: for the case as a whole.</param>
    public sealed record Command(Caller Caller, RequestId Id, Guid InstanceId, Guid? TaskId, Upload Upload)
        : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Upload).Custom((upload, context) =>
        {
            if (FileKinds.Problem(upload.Name, upload.Content) is { } problem)
                context.AddFailure(new FluentValidation.Results.ValidationFailure("file", problem.En) { CustomState = problem });
        });
    }

    internal sealed class Handler(ProcessStore store, Database database, TimeProvider time)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, upload) = (request.Caller, request.Upload);
            await using (var connection = await database.OpenAsync(cancellationToken))
            {
                // Index: ix_attachment_instance. Two at once may go over the bound by one: it keeps cases small, it proves nothing.
                if (await connection.ExecuteScalarAsync<long>(
                    "SELECT COUNT(*) FROM attachment WHERE instance_id = @InstanceId", new { request.InstanceId }) >= MaxFiles)
                    return new Core.Instances.Deciding.TooMuchOfThis("attachments", MaxFiles);
            }

            var (id, contentType) = (Guid.CreateVersion7(time.GetUtcNow()), FileKinds.ContentTypeOf(upload.Name));
            return await store.ActOnInstanceAsync(
                request.InstanceId, caller, request.Id,
                (_, actor) => new Core.Instances.Deciding.AttachFile(
                    id, request.TaskId, upload.Name, contentType, upload.Content.Length, upload.Sha256)
                { By = actor },
                change => new StoredAnswer(
                    StatusCodes.Status201Created,
                    JsonShape.Write(new AttachmentView(
                        id, request.TaskId, upload.Name, contentType, upload.Content.Length, upload.Sha256, change.Now, caller.UserId)),
                    AttachmentReader.AddressOf(request.InstanceId, id)),
                cancellationToken,
                (session, now) => session.Enqueue(
                    InsertSql, id, request.InstanceId, request.TaskId, upload.Name, contentType, upload.Content.Length, upload.Sha256, now,
                    caller.UserId, upload.Content));
        }
    }
}

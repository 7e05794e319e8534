using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Cases.Attachments;

/// <summary>
/// <c>POST /api/v1/process-instances/{id}/attachments/{attachmentId}/withdraw</c>: a file that does not belong there is taken out of the
/// case. Its bytes stay, and the history says who attached it, and who withdrew it and why.
/// </summary>
public static class WithdrawFile
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/process-instances/{id:guid}/attachments/{attachmentId:guid}/withdraw", PostAsync).WithName("WithdrawAttachment")
            .WithTags("Attachments").Accepts<Request>("application/json").Produces<AttachmentView>().Idempotent().Guarded()
            .Refuses(400, 403, 404, 409, 412, 422);

    static async Task<IResult> PostAsync(HttpContext http, Guid id, Guid attachmentId, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(
            new Command(sent.Caller, sent.Id, id, attachmentId, sent.Body.Comment), http.RequestAborted)).ToResult();
    }

    /// <summary>The files that somebody may withdraw, as the core says.</summary>
    public static async Task<IReadOnlySet<Guid>> PossibleAsync(
        ProcessDefinition definition, ProcessState state, Caller caller, IReadOnlyList<AttachmentView> files, OfficeCalendars calendars,
        ProcessStore store)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(calendars);
        ArgumentNullException.ThrowIfNull(store);
        var moment = await calendars.MomentAsync(state.Office, definition.Key, store.Now());
        var by = caller.In(state.Office, state.DefinitionKey);
        return files.Where(f => f.Withdrawn is null && ProcessDecider.Decide(
            definition, state, new Core.Instances.Deciding.WithdrawFile(f.Id, f.FileName, f.CreatedBy, "?") { By = by }, moment)
            .Rejection is null).Select(f => f.Id).ToHashSet();
    }

    /// <param name="Comment">The reason.</param>
    public sealed record Request(string? Comment);

    public sealed record Command(Caller Caller, RequestId Id, Guid InstanceId, Guid AttachmentId, string? Comment)
        : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Comment).PlainText(ValidationRules.CommentLength);
            RuleFor(c => c.Comment).Given().Says("ต้องระบุเหตุผล", "A reason is required.");
        }
    }

    internal sealed class Handler(ProcessStore store, CaseReader cases, AttachmentReader files)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (await cases.FindAsync(request.InstanceId, request.Caller, cancellationToken) is null)
                return new InstanceNotFound(request.InstanceId);
            // Who attached it does not change any more; whether it is still there the core knows from its events.
            if (await files.FindAsync(request.InstanceId, request.AttachmentId, request.Caller, cancellationToken) is not { } file)
                return new AttachmentNotFound(request.AttachmentId);
            return await store.ActOnInstanceAsync(
                request.InstanceId, request.Caller, request.Id,
                (_, by) => new Core.Instances.Deciding.WithdrawFile(file.Id, file.FileName, file.CreatedBy, request.Comment!) { By = by },
                change => new StoredAnswer(
                    StatusCodes.Status200OK,
                    JsonShape.Write(file with { Withdrawn = new WithdrawnView(change.Now, request.Caller.UserId, request.Comment!) }),
                    ETag: Requests.ETag(change.After.Revision)),
                cancellationToken);
        }
    }
}

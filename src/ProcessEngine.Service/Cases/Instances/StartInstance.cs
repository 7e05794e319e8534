using System.Text.Json;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Instances;

/// <summary><c>POST /api/v1/process-instances</c>: a case begins.</summary>
public static class StartInstance
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/process-instances", PostAsync)
            .WithName("StartProcessInstance")
            .WithTags("Process instances")
            .Accepts<Request>("application/json")
            .Produces<InstanceView>(201)
            .Idempotent()
            .Refuses(400, 403, 404, 422);

    static async Task<IResult> PostAsync(HttpContext http, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        var (body, id) = (sent.Body, sent.Id);
        return (await mediator.Send(
            new Command(
                sent.Caller, id, body.DefinitionKey, body.Office, body.Title, body.BusinessKey, body.Variables, body.Priority,
                body.Numbered),
            http.RequestAborted)).ToResult();
    }

    /// <param name="DefinitionKey"><c>manual.procedure</c></param>
    /// <param name="Office">The code of the office that runs the case.</param>
    /// <param name="Title">What the case is about; shown in every inbox.</param>
    /// <param name="BusinessKey">The caller's own reference, for example a letter's number.</param>
    /// <param name="Variables">An object with data of the case.</param>
    /// <param name="Numbered">The service gives the reference: the next running
    /// number of the procedure in the office and year, such as <c>1/2570</c>.</param>
    /// <param name="Priority"><c>urgent</c>, <c>veryUrgent</c> or <c>mostUrgent</c>; ordinary when left out.</param>
    public sealed record Request(
        string? DefinitionKey,
        string? Office,
        string? Title,
        string? BusinessKey,
        JsonElement? Variables,
        string? Priority = null,
        bool Numbered = false);

    public sealed record Command(
        Caller Caller,
        RequestId Id,
        string? DefinitionKey,
        string? Office,
        string? Title,
        string? BusinessKey,
        JsonElement? Variables,
        string? Priority = null,
        bool Numbered = false)
        : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.DefinitionKey).Given().PlainText(ValidationRules.CodeLength * 2);
            RuleFor(c => c.Office).Given().PlainText(ValidationRules.CodeLength);
            RuleFor(c => c.Title).Given().PlainText(ValidationRules.TitleLength);
            RuleFor(c => c.BusinessKey).PlainText(ValidationRules.CodeLength * 2);
            RuleFor(c => c.BusinessKey).Null().When(c => c.Numbered)
                .Says("ระบุเลขที่เองหรือให้ระบบออกเลขที่ อย่างใดอย่างหนึ่ง", "Either give a reference or have one given.");
            RuleFor(c => c.Variables).Data();
            RuleFor(c => c.Priority).OneOf<Command, Priority>();
        }
    }

    internal sealed class Handler(ProcessStore store, DefinitionCatalog definitions, OfficeCalendars offices, TimeProvider time)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (await offices.FindOfficeAsync(request.Office!, cancellationToken) is null || !request.Caller.BelongsTo(request.Office!))
                return new OfficeNotFound(request.Office!, "office");
            if (await definitions.StartableAsync(request.DefinitionKey!, request.Office!, cancellationToken) is not { } definition)
            {
                return await definitions.KnowsAsync(request.DefinitionKey!, request.Office!, cancellationToken)
                    ? new DefinitionRetired(request.DefinitionKey!)
                    : new DefinitionNotFound(request.DefinitionKey!);
            }

            var command = new StartProcess
            {
                By = request.Caller.In(request.Office!, definition.Key),
                InstanceId = Guid.CreateVersion7(time.GetUtcNow()),
                Office = request.Office!,
                Title = request.Title!,
                BusinessKey = request.BusinessKey,
                Priority = ValidationRules.ReadAs<Priority>(request.Priority),
                Variables = JsonShape.ToRawMap(request.Variables),
            };
            return request.Numbered
                ? await store.StartNumberedAsync(definition, request.Id, command, Answer, cancellationToken)
                : await store.StartAsync(definition, request.Caller, request.Id, command, Answer, cancellationToken);
        }

        static StoredAnswer Answer(CaseChange change) => new(
            StatusCodes.Status201Created, JsonShape.Write(InstanceView.Of(change.Definition, change.After)),
            $"/api/v1/process-instances/{change.After.InstanceId}",
            Requests.ETag(change.After.Revision));
    }
}

using System.Collections.Immutable;
using System.Text.Json;
using FluentValidation;
using MediatR;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Cases.Instances;

/// <summary>
/// <c>POST /api/v1/process-instances/{id}/cancel | suspend | resume | reopen | move | variables | messages | priority | migrate</c>,
/// <c>…/waits/{waitId}/retry</c>, <c>…/incidents/{incidentId}/retry</c>, <c>…/deadlines/{deadlineId}/extend | confirm</c>,
/// and <c>POST /api/v1/messages</c>, which finds the case by itself.
/// </summary>
public static class ActOnInstance
{
    static readonly string[] Actions = ["cancel", "suspend", "resume", "reopen", "move", "variables", "messages", "priority", "migrate"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var action in Actions)
        {
            var name = $"{char.ToUpperInvariant(action[0])}{action[1..]}ProcessInstance";
            var route = routes.MapPost(
                $"/process-instances/{{id:guid}}/{action}",
                (HttpContext http, Guid id, IMediator mediator) => PostAsync(http, action, id, null, mediator));
            Describe(route, name);
        }

        Describe(routes.MapPost("/process-instances/{id:guid}/waits/{part:guid}/retry", RetryAsync), "RetryIncident");
        Describe(routes.MapPost("/process-instances/{id:guid}/incidents/{part:guid}/retry", RetryAsync), "RetryIncidentById");
        Describe(routes.MapPost("/process-instances/{id:guid}/deadlines/{part:guid}/extend", ExtendAsync), "ExtendDeadline");
        Describe(routes.MapPost("/process-instances/{id:guid}/deadlines/{part:guid}/confirm", ConfirmAsync), "ConfirmDeadline");
        Describe(routes.MapPost("/messages", SendAsync), "SendMessage");

        static Task<IResult> RetryAsync(HttpContext http, Guid id, Guid part, IMediator mediator) =>
            PostAsync(http, "retry", id, part, mediator);
        static Task<IResult> ExtendAsync(HttpContext http, Guid id, Guid part, IMediator mediator) =>
            PostAsync(http, "extend", id, part, mediator);
        static Task<IResult> ConfirmAsync(HttpContext http, Guid id, Guid part, IMediator mediator) =>
            PostAsync(http, "confirm", id, part, mediator);
    }

    static void Describe(RouteHandlerBuilder route, string name) =>
        route.WithName(name).WithTags("Process instances").Accepts<Request>("application/json").Produces<InstanceView>()
            .Idempotent().Guarded()
            .Refuses(400, 403, 404, 409, 412, 422);

    static async Task<IResult> PostAsync(HttpContext http, string action, Guid id, Guid? part, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        return (await mediator.Send(CommandOf(sent, action, id, part), http.RequestAborted)).ToResult();
    }

    static Command CommandOf(Sent<Request> sent, string action, Guid id, Guid? part) => new(
        action, id, part, sent.Caller, sent.Id, sent.Body.Comment, sent.Body.ToStep, sent.Body.Changes, sent.Body.Name,
        sent.Body.Correlation, sent.Body.Data, sent.Body.Rule, sent.Body.Priority)
    {
        ToVersion = sent.Body.ToVersion,
        Moves = sent.Body.Moves,
    };

    static async Task<IResult> SendAsync(HttpContext http, IMediator mediator)
    {
        var sent = await http.ReadAsync<Request>();
        var office = sent.Body.Office ?? "";
        return sent.Caller.BelongsTo(office)
            ? (await mediator.Send(CommandOf(sent, "messages", Guid.Empty, null) with { Office = office }, http.RequestAborted)).ToResult()
            : Problems.From(new OfficeNotFound(office, "office"));
    }

    /// <param name="Comment">The reason; required but for resume, variables, messages, priority, confirm and retry.</param>
    /// <param name="ToStep">Where the case goes on (reopen, move).</param>
    /// <param name="Changes">Name → new value (variables).</param>
    /// <param name="Name">Of the message (messages), with its correlation and its data.</param>
    /// <param name="Rule">By how much (extend), for example <c>{"rule":"working_days","n":3}</c>.</param>
    /// <param name="Office">Where the message is for (POST /messages).</param>
    /// <param name="Priority">How urgent the case is from now on (priority); null: ordinary.</param>
    /// <param name="ToVersion">By which version the case goes on (migrate).</param>
    /// <param name="Moves">Old node id → new node id, where they differ (migrate).</param>
    public sealed record Request(
        string? Comment,
        string? ToStep,
        JsonElement? Changes,
        string? Name,
        string? Correlation,
        JsonElement? Data,
        DeadlineRule? Rule,
        string? Office,
        string? Priority = null,
        int? ToVersion = null,
        Dictionary<string, string>? Moves = null);

    public sealed record Command(
        string Action,
        Guid InstanceId,
        Guid? Part,
        Caller Caller,
        RequestId Id,
        string? Comment,
        string? ToStep,
        JsonElement? Changes,
        string? Name,
        string? Correlation,
        JsonElement? Data,
        DeadlineRule? Rule,
        string? Priority) : IRequest<Outcome<StoredAnswer>>
    {
        /// <summary>Where a message is for that finds its case by itself; null: the case is known.</summary>
        public string? Office { get; init; }

        public int? ToVersion { get; init; }

        public IReadOnlyDictionary<string, string>? Moves { get; init; }
    }

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Comment).PlainText(ValidationRules.CommentLength);
            RuleFor(c => c.Comment).Given().When(c => c.Action is "cancel" or "suspend" or "reopen" or "move" or "extend" or "migrate")
                .Says("ต้องระบุเหตุผล", "A reason is required.");
            RuleFor(c => c.ToStep).PlainText(ValidationRules.CodeLength);
            RuleFor(c => c.ToStep).Given().When(c => c.Action is "reopen" or "move");
            RuleFor(c => c.Changes).Data();
            RuleFor(c => c.Changes).NotNull().When(c => c.Action == "variables").Says("ต้องระบุข้อมูลที่เปลี่ยน", "Say what changes.");
            RuleFor(c => c.Name).PlainText(ValidationRules.CodeLength);
            RuleFor(c => c.Name).Given().When(c => c.Action == "messages");
            RuleFor(c => c.Correlation).PlainText(ValidationRules.TitleLength);
            RuleFor(c => c.Data).Data();
            RuleFor(c => c.Priority).OneOf<Command, Priority>();
            RuleFor(c => c.Rule).NotNull().When(c => c.Action == "extend").Says("ต้องระบุระยะเวลาที่ขยาย", "Say by how much.");
            RuleFor(c => c.Rule).Must(rule => rule is null or WorkingDays or CalendarDays)
                .Says("ขยายเวลาเป็นวันทำการหรือวัน", "An extension is in working days or days.");
            RuleFor(c => c.ToVersion).NotNull().When(c => c.Action == "migrate").Says("ต้องระบุรุ่น", "Say to which version.");
            RuleFor(c => c.Moves).Must(moves => moves is null || moves.Count <= MaxMoves)
                .Says($"ไม่เกิน {MaxMoves} รายการ", $"At most {MaxMoves}.");
        }

        const int MaxMoves = 500;
    }

    internal sealed class Handler(ProcessStore store, TargetVersion versions) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (request.Office is { } office)
            {
                // Whoever may not send one is not told whether somebody waits for it.
                if (!Permissions.Messaging.Any(role => request.Caller.Holds(role, office))
                    && !request.Caller.Orders.Any(o => o.Office == office))
                    return new NotAllowed("send-message", Permissions.Messaging);
                return await store.DeliverAsync(
                    office, request.Name!, request.Correlation ?? "", request.Caller, request.Id, (_, by) => ToCommand(request, by, null),
                    change => Answer(change, null), cancellationToken);
            }

            var target = await versions.FindAsync(request, cancellationToken);
            return target.Rejection is { } unknown
                ? unknown
                : await store.ActOnInstanceAsync(
                    request.InstanceId, request.Caller, request.Id, (_, by) => ToCommand(request, by, target.Value?.Definition),
                    change => Answer(change, target.Value?.Definition), cancellationToken);
        }

        /// <param name="by">By which version the case goes on, where that is another one.</param>
        static StoredAnswer Answer(CaseChange change, ProcessDefinition? by) => new(
            StatusCodes.Status200OK, JsonShape.Write(InstanceView.Of(by ?? change.Definition, change.After)),
            ETag: Requests.ETag(change.After.Revision));
    }

    /// <param name="to">The version to which the case is to move; null of every other act.</param>
    internal static ProcessCommand ToCommand(Command c, Actor by, ProcessDefinition? to) => c.Action switch
    {
        "cancel" => new CancelInstance(c.Comment!) { By = by },
        "suspend" => new SuspendInstance(c.Comment!) { By = by },
        "resume" => new ResumeInstance(c.Comment) { By = by },
        "reopen" => new ReopenInstance(c.ToStep!, c.Comment!) { By = by },
        "move" => new MoveInstance(c.ToStep!, c.Comment!) { By = by },
        "variables" => new ChangeVariables(JsonShape.ToRawMap(c.Changes), c.Comment) { By = by },
        "messages" => new ReceiveMessage(c.Name!, c.Correlation, JsonShape.ToRawMap(c.Data)) { By = by },
        "priority" => new ChangePriority(ValidationRules.ReadAs<Priority>(c.Priority), c.Comment) { By = by },
        "retry" => new RetryIncident(c.Part!.Value) { By = by },
        "extend" => new ExtendDeadline(c.Part!.Value, c.Rule!, c.Comment!) { By = by },
        "confirm" => new ConfirmDeadline(c.Part!.Value, c.Comment) { By = by },
        "migrate" => new MigrateInstance(to!, MovesOf(c)) { By = by, Reason = c.Comment },
        _ => throw UnknownKind.Of(c.Action),
    };

    static ImmutableSortedDictionary<string, string> MovesOf(Command c) =>
        (c.Moves ?? ImmutableSortedDictionary<string, string>.Empty).ToImmutableSortedDictionary(StringComparer.Ordinal);
}

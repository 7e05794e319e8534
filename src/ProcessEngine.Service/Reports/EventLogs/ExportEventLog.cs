using System.Globalization;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports.EventLogs;

/// <summary>
/// <c>POST /api/v1/reports/event-logs</c>: what happened in the cases of an office that began in a period, for programs of process mining.
/// That it was taken away stands in the trail of the administration before the first event is read.
/// </summary>
public static class ExportEventLog
{
    public const string Xes = "xes";
    public const string Ocel = "ocel";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/reports/event-logs", PostAsync).WithName("ExportEventLog").WithTags("Audit").Accepts<Request>("application/json")
            .Produces<Stream>(200, "application/xml", "application/json").Refuses(400, 403, 404);

    /// <param name="Format"><c>xes</c> (IEEE 1849-2016) or <c>ocel</c> (OCEL 2.0, JSON).</param>
    /// <param name="From">Cases that began at or after this moment; the start of the fiscal year when left out.</param>
    /// <param name="To">Before this moment; now when left out.</param>
    public sealed record Request(string? Format, string? Office, DateTimeOffset? From, DateTimeOffset? To);

    public sealed record Command(Caller Caller, string? Format, string? Office, DateTimeOffset? From, DateTimeOffset? To)
        : IRequest<Outcome<EventLogFile>>;

    static async Task<IResult> PostAsync(HttpContext http, IMediator mediator)
    {
        var body = (await http.ReadAsync<Request>()).Body;
        var outcome = await mediator.Send(
            new Command(http.Caller(), body.Format, body.Office, body.From, body.To), http.RequestAborted);
        return outcome.Rejection is { } no ? Problems.From(no) : outcome.Value!;
    }

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Format).Must(f => f is Xes or Ocel).Says($"ต้องเป็น {Xes} หรือ {Ocel}", $"It must be {Xes} or {Ocel}.");
            RuleFor(c => c.From).Must((c, from) => from is null || c.To is null || from <= c.To)
                .Says("ต้องไม่อยู่หลัง to", "It must not lie after to.");
        }
    }

    internal sealed class Handler(Database database, EventLog log, TimeProvider time) : IRequestHandler<Command, Outcome<EventLogFile>>
    {
        public async Task<Outcome<EventLogFile>> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, office) = (request.Caller, request.Office ?? "");
            if (!caller.BelongsTo(office))
                return new OfficeNotFound(office, "office");
            if (!Verifications.MayAsk(caller, office))
                return new NotAllowed("export-event-log", [.. Verifications.Readers]);
            var now = Instants.Truncate(time.GetUtcNow());
            var to = request.To ?? now;
            var from = request.From ?? FiscalYear.BeginsBefore(to);
            var detail = new { kind = "event-log", format = request.Format, from, to };
            await database.TransactAsync(
                async session =>
                {
                    await AdministrationTrail.RecordAsync(
                        session, caller, new AdministrationAct("report-exported", office, null, detail), now);
                    return true;
                },
                cancellationToken);
            return new EventLogFile(log, request.Format!, office, from, to, BangkokTime.DateOf(now));
        }
    }
}

/// <summary>An event log, written as it is read.</summary>
public sealed class EventLogFile(EventLog log, string format, string office, DateTimeOffset from, DateTimeOffset to, DateOnly made)
    : IResult, Microsoft.AspNetCore.Mvc.IActionResult
{
    public Task ExecuteResultAsync(Microsoft.AspNetCore.Mvc.ActionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ExecuteAsync(context.HttpContext);
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var (response, ct) = (httpContext.Response, httpContext.RequestAborted);
        var day = made.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        response.Headers.ContentDisposition =
            $"attachment; filename=\"events-{day}.{(format == ExportEventLog.Xes ? "xes" : "jsonocel")}\"";
        if (format == ExportEventLog.Xes)
        {
            response.ContentType = "application/xml";
            await XesFile.WriteAsync(response.Body, log, office, from, to, ct);
        }
        else
        {
            response.ContentType = "application/json";
            await OcelFile.WriteAsync(response.Body, log, office, from, to, ct);
        }
    }
}

using MediatR;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Reports;

/// <summary>That somebody made the report of a year stands in the trail, as with every file that is taken away.</summary>
public static class RecordYearReport
{
    public sealed record Command(Caller Caller, string Office, int FiscalYear) : IRequest<Outcome<bool>>;

    internal sealed class Handler(Database database, TimeProvider time) : IRequestHandler<Command, Outcome<bool>>
    {
        public async Task<Outcome<bool>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!Overseers.Includes(request.Caller, request.Office))
                return new NotAllowed("export-report", [.. Overseers.All]);
            var now = Instants.Truncate(time.GetUtcNow());
            var act = new AdministrationAct(
                "report-exported", request.Office, null, new { kind = "year", format = "pdf", fiscalYear = request.FiscalYear });
            await database.TransactAsync(
                async session =>
                {
                    await AdministrationTrail.RecordAsync(session, request.Caller, act, now);
                    return true;
                },
                cancellationToken);
            return Outcome<bool>.Success(true);
        }
    }
}

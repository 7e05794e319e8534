using MediatR;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Outsiders;

/// <summary>Somebody of the office lets the requester have a file of the case, or takes that back.</summary>
public static class HandFile
{
    public sealed record Command(Caller Caller, RequestId Id, KnownRequest Request, Guid File, bool Takes)
        : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Handler(IdempotentWriter store) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        // Only a file of this very case.
        const string HandSql = """
            INSERT INTO request_file (instance_id, attachment_id, handed_by, handed_at)
            SELECT instance_id, attachment_id, $3, $4 FROM attachment WHERE instance_id = $1 AND attachment_id = $2
            ON CONFLICT DO NOTHING
            """;

        const string TakeSql = "DELETE FROM request_file WHERE instance_id = $1 AND attachment_id = $2";

        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            var row = request.Request.Row;
            // Whoever only looks on hands nothing out.
            if (!Permissions.Starting.Any(role => request.Caller.Holds(role, row.Office)))
                return new NotAllowed("hand-over-file", Permissions.Starting);
            return await store.ExecuteAsync(
                request.Id,
                (session, now) =>
                {
                    if (request.Takes)
                        session.Enqueue(TakeSql, row.InstanceId, request.File);
                    else
                        session.Enqueue(HandSql, row.InstanceId, request.File, request.Caller.UserId, now);
                    return ValueTask.FromResult<Outcome<StoredAnswer>>(new StoredAnswer(StatusCodes.Status200OK, "{}"));
                },
                () => new TooManyConflicts(),
                cancellationToken);
        }
    }
}

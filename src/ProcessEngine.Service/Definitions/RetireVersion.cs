using MediatR;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <summary>No new case starts on a version any more. Cases that run go on.</summary>
sealed class RetireVersion(IdempotentWriter store) : IRequestHandler<Drafts.Retire, Outcome<StoredAnswer>>
{
    const string OfficeSql = "SELECT office FROM definition_version WHERE definition_key = $1 AND version = $2";
    const string Sql = """
        UPDATE definition_version
        SET retired_at = $3, retired_by = $4
        WHERE definition_key = $1 AND version = $2 AND retired_at IS NULL
        """;

    public async Task<Outcome<StoredAnswer>> Handle(Drafts.Retire request, CancellationToken cancellationToken) =>
        Drafts.Refusal(request.Caller) is { } refusal
            ? refusal
            : await store.ExecuteAsync(
                request.Id,
                async (session, now) =>
                {
                    var office = await session.QuerySingleAsync(
                        OfficeSql, new object?[] { request.Key, request.Version }, row => row.GetString(0));
                    // What another office has of its own is nobody else's to know of.
                    if (office is null || (office != Caller.EveryOffice && !request.Caller.BelongsTo(office)))
                        return new DefinitionNotFound($"{request.Key} v{request.Version}");
                    if (!Drafts.Editors.Any(role => request.Caller.Holds(role, office)))
                        return new NotAllowed("retire-version", Drafts.Editors);
                    session.Enqueue(Sql, request.Key, request.Version, now, request.Caller.UserId);
                    return new StoredAnswer(
                        StatusCodes.Status200OK, JsonShape.Write(new Drafts.Published(request.Key, request.Version, "retired")));
                },
                () => new TooManyConflicts(),
                cancellationToken);
}

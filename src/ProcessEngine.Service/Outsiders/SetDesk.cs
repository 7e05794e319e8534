using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Outsiders;

/// <summary>An administrator opens the door of the office to people outside, or closes it, or one of its services.</summary>
public static class SetDesk
{
    /// <param name="Contact">Where else the office is reached: shown on the public pages.</param>
    /// <param name="Closed">Service → why it is not offered now. All others that the definitions offer are.</param>
    public sealed record Command(
        Caller Caller, RequestId Id, string Office, bool Open, string? Contact, IReadOnlyDictionary<string, string> Closed)
        : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Contact).PlainText(ValidationRules.TitleLength);
            RuleForEach(c => c.Closed.Values).Given().PlainText(ValidationRules.TitleLength).OverridePropertyName("closed");
        }
    }

    internal sealed class Handler(IdempotentWriter store, OfficeCalendars offices) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        const string SaveSql = """
            INSERT INTO request_desk (office, is_open, contact, set_by, set_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (office) DO UPDATE SET is_open = excluded.is_open, contact = excluded.contact, set_by = excluded.set_by,
                set_at = excluded.set_at
            """;

        const string OpenAllSql = "DELETE FROM request_closed WHERE office = $1";
        const string CloseSql =
            "INSERT INTO request_closed (office, definition_key, reason, set_by, set_at) VALUES ($1, $2, $3, $4, $5)";

        // What those who ask from outside are called in every history. They sign in by no account: it is no active one.
        const string NameOutsideSql = """
            INSERT INTO app_user (user_id, user_name, display_name, active, created_at, kind) VALUES ($1, $2, $3, $4, $5, 'person')
            ON CONFLICT DO NOTHING
            """;

        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (await offices.RefusalAsync(request.Caller, request.Office, "set-requests", [Roles.Administrator], cancellationToken)
                is { } refusal)
                return refusal;
            return await store.ExecuteAsync(
                request.Id,
                (session, now) =>
                {
                    session.Enqueue(SaveSql, request.Office, request.Open, request.Contact ?? "", request.Caller.UserId, now);
                    session.Enqueue(OpenAllSql, request.Office);
                    foreach (var (service, reason) in request.Closed)
                        session.Enqueue(CloseSql, request.Office, service, reason, request.Caller.UserId, now);
                    session.Enqueue(NameOutsideSql, Outside.Id, "outside", "ผู้ขอจากภายนอก", false, now);
                    return ValueTask.FromResult<Outcome<StoredAnswer>>(new StoredAnswer(StatusCodes.Status200OK, "{}"));
                },
                () => new TooManyConflicts(),
                cancellationToken,
                (request.Caller, new AdministrationAct(
                    "requests-set", request.Office, Detail: new { open = request.Open, closed = request.Closed.Keys.ToArray() })));
        }
    }
}

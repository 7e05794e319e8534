using Dapper;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>
/// One-time links for people of an office to choose their password, instead of a password that somebody else knows. They are shown once, to
/// be printed or handed over; the ones before them open nothing any more.
/// </summary>
public static class MakeLinks
{
    /// <summary>Of one request.</summary>
    public const int Most = 5000;

    // Indexes: ix_membership_office, the primary keys.
    const string WithoutSql = """
        SELECT u.user_id, u.user_name, u.display_name
        FROM app_user u
        WHERE u.active = @yes AND u.kind = 'person' AND u.home_office = @office
            AND u.user_id IN (SELECT m.user_id FROM membership m WHERE m.office = @office)
            AND NOT EXISTS (SELECT 1 FROM credential c WHERE c.user_id = u.user_id)
        ORDER BY u.display_name, u.user_id
        LIMIT @take
        """;

    /// <summary>Those who cannot sign in yet. Their account is the office's own.</summary>
    public static async Task<IReadOnlyList<Colleague>> WithoutPasswordAsync(
        System.Data.Common.DbConnection connection, string office, int take) =>
        (await connection.QueryAsync<Colleague>(WithoutSql, new { office, take, yes = true })).AsList();

    /// <param name="User">One person; null for all who have no password yet.</param>
    // No RequestId: what is answered must not lie in the idempotency table. Asked for again, it makes new ones.
    public sealed record Command(Caller Caller, string Office, Guid? User, string? Reason) : IRequest<Outcome<IReadOnlyList<Made>>>;

    /// <param name="Address">Path and query of the page that it opens.</param>
    public sealed record Made(string UserName, string DisplayName, string Address, DateTimeOffset ExpiresAt);

    internal sealed class Handler(Database database, OfficeCalendars offices, TimeProvider time)
        : IRequestHandler<Command, Outcome<IReadOnlyList<Made>>>
    {
        public async Task<Outcome<IReadOnlyList<Made>>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (await offices.RefusalAsync(request.Caller, request.Office, "make-links", [Roles.Administrator], cancellationToken)
                is { } notTheirs)
                return notTheirs;
            IReadOnlyList<Colleague> people;
            await using (var connection = await database.OpenAsync(cancellationToken))
            {
                if (request.User is not { } user)
                {
                    people = await WithoutPasswordAsync(connection, request.Office, Most);
                }
                else
                {
                    if (await Accounts.RefusalAsync(connection, request.Caller, user, "make-links") is { } refusal)
                        return refusal;
                    var account = (await Accounts.FindAsync(connection, user))!;
                    if (account.IsService)
                        return new ServiceAccountSignsIn(user);
                    if (!account.Active)
                        return new UserNotFound(account.UserName, "user");
                    people = [new Colleague { UserId = user, UserName = account.UserName, DisplayName = account.DisplayName }];
                }
            }

            var now = Instants.Truncate(time.GetUtcNow());
            return await database.TransactAsync(
                async session =>
                {
                    var made = new List<Made>();
                    foreach (var person in people)
                        made.Add(new Made(
                            person.UserName, person.DisplayName, AccountLinks.AddressOf(AccountLinks.Make(session, person.UserId, now)),
                            now + AccountLinks.HoldsFor));
                    await AdministrationTrail.RecordAsync(
                        session, request.Caller,
                        [.. people.Select(p => new AdministrationAct("link-made", request.Office, p.UserId, Reason: request.Reason))], now);
                    return Outcome<IReadOnlyList<Made>>.Success(made);
                },
                cancellationToken);
        }
    }
}

using FluentValidation;
using MediatR;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity.Import;

/// <summary>
/// People of an office from a table: first what would happen, row by row, and nothing stored; then all rows that are right, together or not
/// at all. The same table brought again changes nothing.
/// </summary>
public static class ImportPeople
{
    public sealed record PreviewQuery(Caller Caller, string Office, PeopleTable Table, string DefaultRole) : IRequest<Outcome<ImportPlan>>;

    /// <param name="Seen">Of the plan that was shown (<see cref="ImportPlan.Fingerprint"/>).</param>
    public sealed record Command(
        Caller Caller, RequestId Id, string Office, PeopleTable Table, string DefaultRole, string? Seen, string? Reason)
        : IRequest<Outcome<StoredAnswer>>;

    /// <summary>How many of each there were.</summary>
    public sealed record Stored(int Created, int Changed, int Same, int Refused);

    internal sealed class PreviewValidator : AbstractValidator<PreviewQuery>
    {
        public PreviewValidator() =>
            RuleFor(q => q.DefaultRole).Must(Roles.All.Contains).Says("ไม่รู้จักบทบาทนี้", "There is no such role.");
    }

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.DefaultRole).Must(Roles.All.Contains).Says("ไม่รู้จักบทบาทนี้", "There is no such role.");
            RuleFor(c => c.Reason).PlainText(ValidationRules.CommentLength);
        }
    }

    static async ValueTask<Rejection?> RefusalAsync(
        Caller caller, string office, PeopleTable table, OfficeCalendars offices, CancellationToken ct) =>
        await offices.RefusalAsync(caller, office, "import-people", [Roles.Administrator], ct)
            ?? (table.Fault is { } fault ? InvalidInput.At("table", fault.Th, fault.En) : null);

    internal sealed class PreviewHandler(Database database, OfficeCalendars offices) : IRequestHandler<PreviewQuery, Outcome<ImportPlan>>
    {
        public async Task<Outcome<ImportPlan>> Handle(PreviewQuery request, CancellationToken cancellationToken)
        {
            if (await RefusalAsync(request.Caller, request.Office, request.Table, offices, cancellationToken) is { } refusal)
                return refusal;
            return await database.TransactAsync(
                session => ImportPlan.OfAsync(session, request.Caller, request.Office, request.Table, request.DefaultRole),
                cancellationToken);
        }
    }

    internal sealed class Handler(IdempotentWriter store, OfficeCalendars offices, Database database, ApiKeys keys, Sessions sessions)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        const int FlushEvery = 200;

        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (await RefusalAsync(request.Caller, request.Office, request.Table, offices, cancellationToken) is { } refusal)
                return refusal;
            var outcome = await store.ExecuteAsync(
                request.Id,
                (session, now) => StoreAsync(session, request, now),
                () => new PlanChanged(),
                cancellationToken);
            keys.Forget();
            sessions.Forget();
            offices.Forget(request.Office);
            return outcome;
        }

        async ValueTask<Outcome<StoredAnswer>> StoreAsync(WriteSession session, Command request, DateTimeOffset now)
        {
            // One import of an office after the other: the second one sees what the first has stored.
            await session.QueryAsync(
                $"SELECT o.code FROM office o WHERE o.code = $1 {database.Lock("o")}", new object?[] { request.Office }, _ => { });
            var plan = await ImportPlan.OfAsync(session, request.Caller, request.Office, request.Table, request.DefaultRole);
            if (plan.Fingerprint() != request.Seen)
                return new PlanChanged();
            var groupOf = await Groups.ByNameAsync(session, request.Office, now);
            var acts = new List<AdministrationAct>();
            foreach (var (n, row) in plan.Rows.Index())
            {
                if (row.Outcome == RowOutcome.Created)
                    acts.Add(Create(session, request, row, groupOf, now));
                else if (row.Outcome == RowOutcome.Changed)
                    await ChangeAsync(session, request, row, groupOf, acts, now);
                if (n % FlushEvery == FlushEvery - 1)
                    await session.FlushAsync();
            }

            await AdministrationTrail.RecordAsync(session, request.Caller, acts, now);
            return new StoredAnswer(StatusCodes.Status200OK, JsonShape.Write(new Stored(
                plan.Count(RowOutcome.Created), plan.Count(RowOutcome.Changed), plan.Count(RowOutcome.Same),
                plan.Count(RowOutcome.Refused))));
        }

        static AdministrationAct Create(
            WriteSession session, Command request, PlannedRow row, Func<string?, Guid?> groupOf, DateTimeOffset now)
        {
            var (id, person) = (Guid.CreateVersion7(now), row.Row);
            Accounts.Add(session, id, person.UserName, person.Name, Accounts.Person, request.Office, now);
            foreach (var role in row.Roles)
                Accounts.Give(session, id, request.Office, role);
            if (person.Details != MemberDetails.Nothing)
                Members.Save(session, request.Office, id, person.Details, groupOf(person.Details.Group));
            if (person.Email is { } email)
                Members.SetAddress(session, id, email, now);
            return new AdministrationAct(
                "user-created", request.Office, id, new { person.UserName, kind = Accounts.Person, row.Roles, imported = true },
                request.Reason);
        }

        static async ValueTask ChangeAsync(
            WriteSession session, Command request, PlannedRow row, Func<string?, Guid?> groupOf, List<AdministrationAct> acts,
            DateTimeOffset now)
        {
            var (known, person) = (row.Known!, row.Row);
            var changed = row.Changes.Select(c => c.Column).ToHashSet();
            if (changed.Remove(PeopleColumn.Roles))
            {
                var account = new Account(known.User, known.UserName, known.DisplayName, known.Active, known.Kind, known.HomeOffice);
                await Memberships.SetAsync(session, account, request.Office, row.Roles, now);
                acts.Add(new AdministrationAct(
                    "roles-set", request.Office, known.User, new { before = known.Roles, after = row.Roles }, request.Reason));
                if (known.User != request.Caller.UserId)
                    AccountNotices.Tell(session, known.User, AccountNotices.RolesSet, request.Office, "/notifications", now);
            }

            if (changed.Count == 0)
                return;
            if (changed.Contains(PeopleColumn.Name))
                Members.Rename(session, known.User, person.Name);
            if (changed.Contains(PeopleColumn.Email))
                Members.SetAddress(session, known.User, person.Email!, now);
            var details = new MemberDetails(
                person.Details.Post ?? known.Details.Post, person.Details.Level ?? known.Details.Level,
                person.Details.Group ?? known.Details.Group, person.Details.Telephone ?? known.Details.Telephone);
            if (details != known.Details)
                Members.Save(session, request.Office, known.User, details, groupOf(details.Group));
            acts.Add(new AdministrationAct(
                "user-changed", request.Office, known.User, new { columns = changed.Order().Select(c => c.ToString()) }, request.Reason));
        }
    }
}

/// <summary>Somebody changed people of the office after the plan was shown.</summary>
public sealed record PlanChanged : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        409, "already-exists", "table", "มีผู้เปลี่ยนรายชื่อของสำนักงานหลังจากที่ท่านดู ตรวจอีกครั้งแล้วยืนยันใหม่",
        "Somebody changed people of this office after you looked: look once more, then confirm.");
}

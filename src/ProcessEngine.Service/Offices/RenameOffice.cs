using FluentValidation;
using MediatR;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Offices;

/// <summary>
/// An office gets another name, or is of another kind. Its code and its province stay: cases and due dates go by them.
/// </summary>
public static class RenameOffice
{
    public sealed record Command(Caller Caller, RequestId Id, string Code, string? NameTh, string? NameEn, string? Kind)
        : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.NameTh).Name(ValidationRules.TitleLength);
            RuleFor(c => c.NameEn).PlainText(ValidationRules.TitleLength);
            RuleFor(c => c.Kind).Must(kind => kind is OfficeKinds.Area or OfficeKinds.Primary or OfficeKinds.Secondary)
                .Says("เลือกประเภทของสำนักงาน", "Choose what kind of office it is.");
        }
    }

    internal sealed class Handler(IdempotentWriter store, OfficeCalendars offices, OfficePostNames names)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        // Index: the primary key.
        const string Sql = "UPDATE office SET name_th = $2, name_en = $3, kind = $4 WHERE code = $1";

        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!request.Caller.IsSystemAdministrator)
                return new NotAllowed("rename-office", [Roles.Administrator]);
            if (await offices.FindOfficeAsync(request.Code, cancellationToken) is not { } before)
                return new OfficeNotFound(request.Code, "code");
            var after = before with
            {
                NameTh = request.NameTh!,
                NameEn = string.IsNullOrWhiteSpace(request.NameEn) ? request.NameTh! : request.NameEn,
                Kind = request.Kind!,
            };
            var outcome = await store.ExecuteAsync(
                request.Id,
                (session, _) =>
                {
                    session.Enqueue(Sql, after.Code, after.NameTh, after.NameEn, after.Kind);
                    return ValueTask.FromResult<Outcome<StoredAnswer>>(
                        new StoredAnswer(StatusCodes.Status200OK, JsonShape.Write(OfficeView.Of(after))));
                },
                () => new TooManyConflicts(),
                cancellationToken,
                (request.Caller, new AdministrationAct(
                    "office-renamed", after.Code, Detail: new { before = OfficeView.Of(before), after = OfficeView.Of(after) })));
            offices.Forget(after.Code);
            names.Forget();
            return outcome;
        }
    }
}

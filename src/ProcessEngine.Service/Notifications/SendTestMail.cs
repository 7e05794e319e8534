using System.Net.Mail;
using FluentValidation;
using MediatR;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Notifications;

/// <summary>A message that shows whether mail goes out, sent at once and waited for; it says nothing of anybody.</summary>
public static class SendTestMail
{
    public sealed record Command(Caller Caller, string Office, string? Address) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        const int AddressLength = 200;

        public Validator() => RuleFor(c => c.Address)
            .Must(text => text is { Length: <= AddressLength } && !text.Any(char.IsControl) && MailAddress.TryCreate(text, out var address)
                && address.Address == text)
            .Says("ที่อยู่อีเมลไม่ถูกต้อง", "That is no e-mail address.");
    }

    internal sealed class Handler(
        IEnumerable<INotificationChannel> channels, NotificationOptions options, OfficeCalendars offices, Database database,
        TimeProvider time)
        : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (await offices.RefusalAsync(request.Caller, request.Office, "send-test-mail", [Roles.Administrator], cancellationToken)
                is { } refusal)
                return refusal;
            if (!options.HasMail)
                return InvalidInput.At("address", "ยังไม่ได้ตั้งค่าอีเมลที่เครื่องแม่ข่าย", "E-mail is not set up on the server.");
            await using (var connection = await database.OpenAsync(cancellationToken))
            {
                if (await DeliveryHold.IsHeldAsync(connection))
                    return InvalidInput.At("address", "การส่งถูกพักไว้ ปล่อยให้ส่งก่อน", "Sending is held: release it first.");
            }

            var now = Instants.Truncate(time.GetUtcNow());
            // Recorded first: whoever has mail sent is known, whatever becomes of it.
            await database.TransactAsync(
                async session =>
                {
                    await AdministrationTrail.RecordAsync(
                        session, request.Caller, new AdministrationAct("mail-tested", request.Office, Detail: new { request.Address }),
                        now);
                    return true;
                },
                cancellationToken);
            try
            {
                using var timeout = new CancellationTokenSource(options.Timeout, TimeProvider.System);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
                var message = new Delivery(
                    Guid.CreateVersion7(now), AccountNotices.MailTest, AccountNotices.TestAbout, "/account/notifications", 0, now);
                await channels.Single(c => c.Name == NotificationChannels.Email).SendAsync(
                    new Recipient(request.Caller.UserId, request.Address, "once", null, false), [message], either.Token);
                return new StoredAnswer(StatusCodes.Status204NoContent, "");
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                var why = e is OperationCanceledException ? $"No answer within {options.Timeout.TotalSeconds:0} seconds." : e.Message;
                return InvalidInput.At("address", $"ส่งไม่สำเร็จ: {why}", $"It could not be sent: {why}");
            }
        }
    }
}

using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FluentValidation;
using MediatR;
using MimeKit;
using ProcessEngine.Core.Forms;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Cases.Attachments;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Outsiders;

/// <summary>How a request came.</summary>
public static class RequestChannels
{
    public const string Page = "page";
    public const string Telephone = "telephone";
    public const string Letter = "letter";
    public const string Counter = "counter";

    /// <summary>What an officer files for somebody else.</summary>
    public static IReadOnlyList<string> OnBehalf { get; } = [Telephone, Letter, Counter];
}

/// <summary>Who asks, as far as they say so.</summary>
/// <param name="Organisation">A school, a unit; no personal data.</param>
public sealed record Requester(string? Name, string? Organisation, string? Telephone, string? Mail);

/// <summary>Somebody outside asks for a service, or an officer for them. One case, however often it is sent.</summary>
public static class FileRequest
{
    const int MaxTitle = 120;

    /// <param name="Officer">Who files it for somebody else; null: they do so themselves.</param>
    /// <param name="Token">Of the link to follow it by.</param>
    /// <param name="Data">What was filled in.</param>
    /// <param name="Consent">What they agreed to, as it was shown.</param>
    public sealed record Command(
        RequestDesk Desk, OfferedService Service, Caller? Officer, string Channel, string Token, Requester By, JsonElement Data,
        string Consent, Upload? File) : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.By.Name).Name(200).OverridePropertyName("name");
            RuleFor(c => c.By.Organisation).PlainText(200).OverridePropertyName("organisation");
            RuleFor(c => c.By.Telephone).PlainText(50).OverridePropertyName("telephone");
            RuleFor(c => c.By.Mail).PlainText(200)
                .Must(mail => mail is null || IsMail(mail)).Says("ไม่ใช่ที่อยู่อีเมล", "It is no e-mail address.")
                .OverridePropertyName("mail");
            RuleFor(c => c.Data).Must(data => data.GetRawText().Length <= ValidationRules.DataLength)
                .Says("คำขอยาวเกินไป", "The request is too long.");
            RuleFor(c => c.File).Custom((upload, context) =>
            {
                if (upload is not null && FileKinds.Problem(upload.Name, upload.Content) is { } problem)
                    context.AddFailure(new FluentValidation.Results.ValidationFailure("file", problem.En) { CustomState = problem });
            });
        }

        /// <summary>One address and nothing else: no name, no second one, no line after it.</summary>
        static bool IsMail(string mail) => !mail.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is ',' or ';' or '<' or '>' or '"')
            && mail.Split('@') is [{ Length: > 0 }, { Length: > 2 } host] && host.Contains('.', StringComparison.Ordinal)
            && MailboxAddress.TryParse(mail, out var read) && read.Address == mail;
    }

    internal sealed class Handler(ProcessStore store, TimeProvider time) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        const string InsertSql = """
            INSERT INTO request (instance_id, office, definition_key, number, channel, filed_by, token_hash, name, organisation, telephone,
                mail, consent, asked_at, keep_days)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """;

        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            var (definition, service, office) = (request.Service.Definition, request.Service.Public, request.Desk.Office.Code);
            if (request.Officer is { } officer && !officer.BelongsTo(office))
                return new OfficeNotFound(office, "office");
            if (!request.Desk.IsOpen && request.Officer is null)
                return new OfficeNotFound(office, "office");
            if (request.Service.ClosedWhy is { } why && request.Officer is null)
                return new ServiceClosed(definition.Key, why);
            var data = JsonShape.ToRawMap(request.Data);
            if (service.Form!.Check(data) is { IsEmpty: false } problems)
                return new FormNotFilled(problems);

            var (by, asked) = (request.By, Guid.CreateVersion7(time.GetUtcNow()));
            var id = new RequestId(request.Officer?.UserId ?? Outside.Id, "ask-" + Convert.ToHexStringLower(
                RequestTickets.HashOf(request.Token))[..32], HashOf(request));
            var stored = await store.StartNumberedAsync(
                definition, id,
                new StartProcess
                {
                    By = request.Officer?.In(office, definition.Key) ?? Actor.Requester,
                    InstanceId = asked,
                    Office = office,
                    Title = TitleOf(request),
                    Variables = data,
                },
                change => new StoredAnswer(StatusCodes.Status201Created, JsonShape.Write(new Filed(change.After.InstanceId))),
                cancellationToken,
                (session, now, number) => session.Enqueue(
                    InsertSql, asked, office, definition.Key, number, request.Channel, request.Officer?.UserId,
                    RequestTickets.HashOf(request.Token), by.Name, Blank(by.Organisation), Blank(by.Telephone), Blank(by.Mail),
                    request.Consent, now, service.KeepDays));
            if (stored.Rejection is null && request.File is { } file)
            {
                var attached = await AttachAsync(
                    store, JsonSerializer.Deserialize<Filed>(stored.Value!.Body, JsonShape.Options)!.Id, request.Officer, file, time,
                    cancellationToken);
                if (attached.Rejection is { } refused)
                    return refused;
            }

            return stored;
        }

        static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

        static byte[] HashOf(Command c) => SHA256.HashData(Encoding.UTF8.GetBytes(
            $"{c.Service.Definition.Key}\n{c.By}\n{c.Data.GetRawText()}\n{c.File?.Sha256}"));

        /// <summary>What the case is called inside: the service, and the first that was filled in. No name of a person.</summary>
        static string TitleOf(Command request)
        {
            var first = request.Service.Public.Form!.Fields.Where(f => f.Type == FieldType.Text && f.Format is null && f.Choices.IsEmpty)
                .Select(f => request.Data.TryGetProperty(f.Name, out var value) && value.ValueKind == JsonValueKind.String
                    ? value.GetString()!.ReplaceLineEndings(" ").Trim() : "")
                .FirstOrDefault(text => text.Length > 0);
            string?[] parts = [request.Service.Public.Name.Th, first, Blank(request.By.Organisation)];
            var title = string.Join(" · ", parts.OfType<string>());
            return title.Length <= MaxTitle ? title : ThaiCut(title);
        }

        // Not in the middle of a letter with its vowels and tone marks.
        static string ThaiCut(string title)
        {
            var text = new StringBuilder();
            var letters = System.Globalization.StringInfo.GetTextElementEnumerator(title);
            while (letters.MoveNext() && text.Length + letters.GetTextElement().Length < MaxTitle)
                text.Append(letters.GetTextElement());
            return text.Append('…').ToString();
        }
    }

    /// <param name="Id">The case.</param>
    public sealed record Filed(Guid Id);

    /// <summary>A file that came from outside, laid to the case once however often it is sent.</summary>
    internal static Task<Outcome<StoredAnswer>> AttachAsync(
        ProcessStore store, Guid instance, Caller? officer, Upload file, TimeProvider time, CancellationToken ct)
    {
        var (id, type) = (Guid.CreateVersion7(time.GetUtcNow()), FileKinds.ContentTypeOf(file.Name));
        var by = officer?.UserId ?? Outside.Id;
        Core.Instances.Deciding.AttachFile Attach(Actor actor) => new(
            id, null, file.Name, type, file.Content.Length, file.Sha256)
        {
            By = actor,
        };
        return store.ActFromOutsideAsync(
            instance, officer,
            new RequestId(by, $"file-{instance:N}-{file.Sha256[..16]}", SHA256.HashData(Encoding.UTF8.GetBytes(file.Sha256))),
            (_, actor) => Attach(actor),
            _ => new StoredAnswer(StatusCodes.Status201Created, "{}"),
            ct,
            (session, now) => session.Enqueue(
                Cases.Attachments.AttachFile.InsertSql, id, instance, null, file.Name, type, file.Content.Length, file.Sha256, now, by,
                file.Content));
    }
}

/// <summary>The office does not take requests for it now.</summary>
public sealed record ServiceClosed(string Service, string Why) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        409, "service-closed", "service", $"ขณะนี้สำนักงานปิดรับคำขอนี้: {Why}", $"The office does not take this request now: {Why}",
        ("service", Service));
}

/// <summary>The link is none, was revoked or has expired: which of these, nobody is told.</summary>
public sealed record LinkDoesNotHold : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        404, "link-does-not-hold", null, "ลิงก์นี้ใช้ไม่ได้ อาจพิมพ์ไม่ครบ ถูกยกเลิก หรือหมดอายุแล้ว",
        "This link does not hold: it is incomplete, was revoked, or has expired.");
}

using System.Globalization;
using Dapper;
using FluentValidation;
using MediatR;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Attachments;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Papers;

/// <summary>What an office prints its papers with.</summary>
public sealed record OfficePaper
{
    /// <summary>Where the running number stands in a pattern.</summary>
    public const string Serial = "{n}";

    /// <summary>Where the Buddhist year stands, if it does.</summary>
    public const string Year = "{y}";

    /// <summary>As <c>ศธ 04123/{n}</c>; null where the office numbers its papers elsewhere.</summary>
    public string? BookPattern { get; init; }

    public string? Telephone { get; init; }

    /// <summary>A picture that is printed at the head (ครุฑ); null where the paper has it already.</summary>
    public byte[]? Crest { get; init; }

    public string? CrestType { get; init; }

    public string? CrestAddress => Crest is null ? null : $"data:{CrestType};base64,{Convert.ToBase64String(Crest)}";

    /// <summary>The number of a paper in the book.</summary>
    public string Numbered(int serial, int year)
    {
        var culture = CultureInfo.InvariantCulture;
        return BookPattern!.Replace(Serial, serial.ToString(culture), StringComparison.Ordinal)
            .Replace(Year, year.ToString(culture), StringComparison.Ordinal);
    }
}

public sealed class OfficePapers(Database database)
{
    // Index: the primary key.
    const string FindSql = "SELECT book_pattern, telephone, crest, crest_type FROM office_paper WHERE office = @office";

    public async Task<OfficePaper> FindAsync(string office, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<OfficePaper>(FindSql, new { office }) ?? new OfficePaper();
    }
}

/// <summary>An administrator says what the papers of the office are printed with.</summary>
public static class SetOfficePaper
{
    /// <summary>As the file of a picture; larger ones belong on the paper, not in every PDF.</summary>
    public const int MostCrestBytes = 256 * 1024;

    const int PatternLength = 60;
    const int TelephoneLength = 60;

    /// <param name="Crest">A picture in the place of the one before; null leaves it.</param>
    /// <param name="WithoutCrest">Take the picture away.</param>
    public sealed record Command(
        Caller Caller, RequestId Id, string Office, string? BookPattern, string? Telephone, Upload? Crest, bool WithoutCrest)
        : IRequest<Outcome<StoredAnswer>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.BookPattern).PlainText(PatternLength);
            RuleFor(c => c.BookPattern)
                .Must(p => p!.Split(OfficePaper.Serial).Length == 2 && p.Replace(OfficePaper.Serial, "", StringComparison.Ordinal)
                    .Replace(OfficePaper.Year, "", StringComparison.Ordinal).AsSpan().IndexOfAny('{', '}') < 0)
                .When(c => c.BookPattern is not null)
                .Says(
                    "ต้องมี {n} หนึ่งแห่ง ตรงที่เลขลำดับจะอยู่ เช่น ศธ 04123/{n}",
                    "It needs {n} once, where the running number stands: ศธ 04123/{n}.");
            RuleFor(c => c.Telephone).PlainText(TelephoneLength);
        }
    }

    internal sealed class Handler(IdempotentWriter store, OfficeCalendars offices) : IRequestHandler<Command, Outcome<StoredAnswer>>
    {
        const string SaveSql = """
            INSERT INTO office_paper (office, book_pattern, telephone, crest, crest_type) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (office) DO UPDATE SET book_pattern = excluded.book_pattern, telephone = excluded.telephone
            """;
        const string CrestSql = "UPDATE office_paper SET crest = $2, crest_type = $3 WHERE office = $1";

        public async Task<Outcome<StoredAnswer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (await offices.RefusalAsync(request.Caller, request.Office, "set-paper", [Roles.Administrator], cancellationToken)
                is { } refusal)
                return refusal;
            if (request.Crest is { } crest && FaultOf(crest) is { } fault)
                return new InvalidInput([new FieldError("crest", fault)]);
            return await store.ExecuteAsync(
                request.Id,
                async (session, now) =>
                {
                    session.Enqueue(SaveSql, request.Office, request.BookPattern, request.Telephone, null, null);
                    if (request.Crest is { } picture)
                        session.Enqueue(CrestSql, request.Office, picture.Content, FileKinds.ContentTypeOf(picture.Name));
                    else if (request.WithoutCrest)
                        session.Enqueue(CrestSql, request.Office, null, null);
                    await AdministrationTrail.RecordAsync(
                        session, request.Caller,
                        new AdministrationAct(
                            "paper-set", request.Office,
                            Detail: new
                            {
                                bookPattern = request.BookPattern,
                                telephone = request.Telephone,
                                crest = request.Crest?.Sha256 ?? (request.WithoutCrest ? "removed" : null),
                            }),
                        now);
                    return new StoredAnswer(StatusCodes.Status204NoContent, "");
                },
                () => new TooManyConflicts(),
                cancellationToken);
        }
    }

    /// <summary>What is wrong with a picture; null when it may be printed.</summary>
    static LocalizedText? FaultOf(Upload picture) =>
        picture.Content.Length > MostCrestBytes
            ? new($"ภาพต้องไม่เกิน {MostCrestBytes / 1024} kB", $"The picture may have at most {MostCrestBytes / 1024} kB.")
        : FileKinds.Problem(picture.Name, picture.Content)
            ?? (FileKinds.ContentTypeOf(picture.Name) is "image/png" or "image/jpeg"
                ? null
                : new LocalizedText("ใช้ได้เฉพาะภาพ PNG หรือ JPEG", "Only a PNG or JPEG picture will do."));
}

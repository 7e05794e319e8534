using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Forms;

namespace ProcessEngine.Service.Outsiders;

/// <summary>What a form was opened with: sealed, in a field of the form, since its page has no cookie to keep it by.</summary>
/// <param name="Token">Of the link that the request will have: so the same form, sent twice, is one request with one link.</param>
/// <param name="Form">The form as it was when it was opened.</param>
public sealed record RequestTicket(string Office, string Service, DateTimeOffset At, string Token, string Form);

/// <summary>Gives tickets and links, and knows them again.</summary>
public sealed class RequestTickets(IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>A page that stood open for longer has to be opened anew.</summary>
    public static readonly TimeSpan HoldsFor = TimeSpan.FromHours(24);

    const int TokenBytes = 24;
    const int MaxLength = 2000;

    readonly IDataProtector protector = protection.CreateProtector("request-ticket");

    public static string NewToken() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(TokenBytes));

    /// <summary>What is stored of a link: it cannot be made a link again.</summary>
    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    public string Give(string office, string service, FormSchema form) => protector.Protect(JsonSerializer.Serialize(
        new RequestTicket(office, service, time.GetUtcNow(), NewToken(), FormOf(form))));

    /// <returns>Null when it is none of ours, of another form, or older than a day.</returns>
    public RequestTicket? Read(string? ticket, string office, string service)
    {
        if (ticket is null or { Length: 0 or > MaxLength })
            return null;
        try
        {
            return JsonSerializer.Deserialize<RequestTicket>(protector.Unprotect(ticket)) is { } read
                && read.Office == office && read.Service == service && time.GetUtcNow() - read.At < HoldsFor
                ? read
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>What a form asks, as a mark: the same fields in the same order give the same one.</summary>
    public static string FormOf(FormSchema form)
    {
        ArgumentNullException.ThrowIfNull(form);
        var fields = string.Join('\n', form.Fields.Select(
            f => $"{f.Name}|{f.Type}|{f.Label.Th}|{f.Required}|{string.Join(',', f.Choices)}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(fields)))[..16];
    }

    public static bool IsSame(RequestTicket ticket, PublicService service)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        ArgumentNullException.ThrowIfNull(service);
        return service.Form is { } form && FormOf(form) == ticket.Form;
    }
}

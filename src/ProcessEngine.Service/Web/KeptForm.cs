using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>
/// What somebody had written when their session or page had expired. It is shown again, to be sent once more; never sent by itself.
/// </summary>
/// <param name="Path">Where it was sent to, with its query.</param>
public sealed record KeptForm(string Path, IReadOnlyList<KeptField> Fields)
{
    const int MaxFields = 500;
    const int MaxCharacters = 200_000;
    const string Purpose = "kept-form";

    /// <summary>Reads the form of a request that is refused. Only what the person's own page sent is kept, and no passwords.</summary>
    public static async Task ReadAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var request = http.Request;
        if (http.Features.Get<KeptForm>() is not null || !request.HasFormContentType || !IsFromUs(request)
            || request.Path.StartsWithSegments("/sign-in") || request.Path.StartsWithSegments("/account"))
            return;
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(http.RequestAborted);
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            return;
        }

        var fields = form.Where(f => !f.Key.StartsWith("__", StringComparison.Ordinal))
            .SelectMany(f => f.Value.Select(v => new KeptField(f.Key, v ?? ""))).ToList();
        if (fields.Count is > 0 and <= MaxFields && fields.Sum(f => f.Name.Length + f.Value.Length) <= MaxCharacters)
            http.Features.Set(new KeptForm(request.Path + request.QueryString, fields));
    }

    /// <summary>
    /// A browser says which page a form came from. Another site's form must not come back as something that the person wrote.
    /// </summary>
    static bool IsFromUs(HttpRequest request) =>
        Uri.TryCreate(request.Headers.Origin.ToString(), UriKind.Absolute, out var origin)
            && string.Equals(origin.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);

    /// <summary>As a hidden field of the sign-in page, which nobody but this service can read or write.</summary>
    public string Seal(IDataProtectionProvider protection) => protection.CreateProtector(Purpose).Protect(JsonSerializer.Serialize(this));

    public static KeptForm? Open(IDataProtectionProvider protection, string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        try
        {
            return JsonSerializer.Deserialize<KeptForm>(protection.CreateProtector(Purpose).Unprotect(text));
        }
        catch (Exception e) when (e is CryptographicException or JsonException or FormatException)
        {
            return null;
        }
    }
}

public sealed record KeptField(string Name, string Value)
{
    /// <summary>What people write is shown to them; the rest of a form is for the machine.</summary>
    public bool IsText => Name is "comment" or "said" or "title" or "text" || Name.StartsWith("f.", StringComparison.Ordinal);
}

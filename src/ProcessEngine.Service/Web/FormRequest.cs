using System.Security.Cryptography;
using System.Text;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Web;

/// <summary>
/// How a form that is sent twice is recognised: by the key in one of its fields, which its page was given, and by what it says.
/// </summary>
public static class FormRequest
{
    public const string KeyField = "key";

    public static string NewKey() => "page-" + Guid.NewGuid().ToString("N");

    public static async Task<RequestId> IdentifyFormAsync(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{http.Request.Path}{http.Request.QueryString}\n"));
        foreach (var (name, values) in form.Where(f => !f.Key.StartsWith("__", StringComparison.Ordinal))
            .OrderBy(f => f.Key, StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{string.Join('\0', values.ToArray())}\n"));
        return new RequestId(http.Caller().UserId, KeyOf(form), hash.GetHashAndReset());
    }

    /// <summary>What somebody ticked; a field without anything in it, or none at all, is nothing.</summary>
    public static string[] Chosen(string?[]? sent) => [.. (sent ?? []).OfType<string>()];

    /// <summary>The key that a page was given; null when the form has none of ours.</summary>
    public static string? KeyOf(IFormCollection form)
    {
        ArgumentNullException.ThrowIfNull(form);
        var key = form[KeyField].ToString();
        return key.Length is > 0 and <= 100 && key.StartsWith("page-", StringComparison.Ordinal) ? key : null;
    }

    /// <summary>One act of a form that asks for several.</summary>
    public static RequestId Part(this RequestId request, Guid of)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request with { Key = request.Key is null ? null : $"{request.Key}-{of:N}" };
    }
}

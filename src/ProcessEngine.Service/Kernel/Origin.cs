namespace ProcessEngine.Service.Kernel;

/// <summary>From where a request comes.</summary>
/// <param name="Door"><c>key</c> (a program), <c>page</c> (somebody who signed in), <c>link</c> (somebody with a one-time link) or
/// <c>start</c> (the service itself, when it starts).</param>
/// <param name="Id">Of the key or the session.</param>
/// <param name="Address">Of the sender, as far as the service sees it.</param>
public sealed record Origin(string Door, Guid? Id, string? Address)
{
    public const string Key = "key";
    public const string Page = "page";

    /// <summary>A one-time link, by which somebody chose their password.</summary>
    public const string Link = "link";

    public static Origin Of(HttpContext http, string door, Guid? id)
    {
        ArgumentNullException.ThrowIfNull(http);
        var address = http.Connection.RemoteIpAddress;
        return new Origin(door, id, (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString());
    }

    public static Origin Start { get; } = new("start", null, null);
}

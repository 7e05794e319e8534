using System.Text.Json;
using MediatR;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>The keys of an account, as two pages show them: one's own, and those of a service account.</summary>
/// <param name="Action">Where its forms go.</param>
/// <param name="Hidden">What they bring along.</param>
/// <param name="Secret">Of the key that was made just now; it is never to be seen again.</param>
/// <param name="MayMake">Nobody makes a key for another person.</param>
public sealed record KeyList(
    IReadOnlyList<ApiKeyEndpoints.KeyView> Keys, string Action, IReadOnlyList<(string Name, string? Value)> Hidden, string NewKey,
    string? Secret, bool MayMake);

/// <summary>What came of making a key.</summary>
/// <param name="Secret">Null when it was refused, or was made and shown before.</param>
public sealed record KeyMade(string? Secret, Rejection? Refused);

/// <summary>The forms of <see cref="KeyList"/>: another door to the handlers behind the API.</summary>
public static class KeyForms
{
    public static async Task<KeyMade> MakeAsync(HttpContext http, IMediator mediator, Guid user, string? label, string? days)
    {
        var asked = int.TryParse(Typed.Digits(days), out var number) ? number : string.IsNullOrWhiteSpace(days) ? (int?)null : 0;
        var outcome = await mediator.Send(
            new ApiKeyEndpoints.Command(http.Caller(), await http.IdentifyFormAsync(), user, label?.Trim(), asked), http.RequestAborted);
        return outcome.Rejection is { } no ? new KeyMade(null, no)
            : outcome.Value!.Replayed ? new KeyMade(null, null)
            : new KeyMade(JsonSerializer.Deserialize<ApiKeyEndpoints.Created>(outcome.Value.Body, JsonShape.Options)!.Key, null);
    }

    public static async Task<Rejection?> RevokeAsync(HttpContext http, IMediator mediator, Guid user, Guid key) =>
        (await mediator.Send(
            new ApiKeyEndpoints.RevokeCommand(http.Caller(), await http.IdentifyFormAsync(), user, key, null),
            http.RequestAborted)).Rejection;
}

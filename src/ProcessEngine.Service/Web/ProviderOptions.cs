using System.ComponentModel.DataAnnotations;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>
/// Sign-in with an identity provider of the authorities (OpenID Connect, code flow with PKCE).
/// Section <c>ProcessEngine:SignIn</c>: all of it, or nothing.
/// </summary>
public sealed record ProviderOptions : IValidatableObject
{
    /// <summary>What its button says. Without a <see cref="ClientId"/> there is no button.</summary>
    [Required(ErrorMessage = "must not be empty")]
    public string Name { get; init; } = "OpenID";

    /// <summary>The provider's issuer; below it lies <c>/.well-known/openid-configuration</c>.</summary>
    [WebAddress]
    public string Authority { get; init; } = "";

    public string ClientId { get; init; } = "";

    [DataType(DataType.Password)]
    public string ClientSecret { get; init; } = "";

    [Required(ErrorMessage = "must not be empty")]
    public string Scope { get; init; } = "openid profile";

    public bool IsOn => ClientId.Length > 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Name, string Value)[] parts =
            [(nameof(Authority), Authority), (nameof(ClientId), ClientId), (nameof(ClientSecret), ClientSecret)];
        return parts.All(p => p.Value.Length == 0)
            ? []
            : parts.Where(p => p.Value.Length == 0).Select(p => new ValidationResult("is required as soon as a provider is set", [p.Name]));
    }
}

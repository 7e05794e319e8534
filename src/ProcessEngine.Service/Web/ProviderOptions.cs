using System.ComponentModel.DataAnnotations;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>
/// Sign-in with an identity provider of the authorities (OAuth 2.0 code flow with PKCE, OpenID's userinfo).
/// Section <c>ProcessEngine:SignIn</c>: all of it, or nothing.
/// </summary>
public sealed record ProviderOptions : IValidatableObject
{
    /// <summary>What its button says. Without a <see cref="ClientId"/> there is no button.</summary>
    [Required(ErrorMessage = "must not be empty")]
    public string Name { get; init; } = "OpenID";

    public string ClientId { get; init; } = "";

    [DataType(DataType.Password)]
    public string ClientSecret { get; init; } = "";

    [WebAddress]
    public string AuthorizationEndpoint { get; init; } = "";

    [WebAddress]
    public string TokenEndpoint { get; init; } = "";

    [WebAddress]
    public string UserInformationEndpoint { get; init; } = "";

    [Required(ErrorMessage = "must not be empty")]
    public string Scope { get; init; } = "openid profile";

    /// <summary>The field of userinfo that holds the name by which the person is known here.</summary>
    [Required(ErrorMessage = "must not be empty")]
    public string UserNameField { get; init; } = "preferred_username";

    public bool IsOn => ClientId.Length > 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Name, string Value)[] parts =
        [
            (nameof(ClientId), ClientId), (nameof(ClientSecret), ClientSecret), (nameof(AuthorizationEndpoint), AuthorizationEndpoint),
            (nameof(TokenEndpoint), TokenEndpoint), (nameof(UserInformationEndpoint), UserInformationEndpoint),
        ];
        return parts.All(p => p.Value.Length == 0)
            ? []
            : parts.Where(p => p.Value.Length == 0).Select(p => new ValidationResult("is required as soon as a provider is set", [p.Name]));
    }
}

using System.ComponentModel.DataAnnotations;

namespace ProcessEngine.Service.Kernel;

/// <summary>A whole address, <c>http</c> or <c>https</c>. Whether there must be one, <see cref="RequiredAttribute"/> says.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WebAddressAttribute() : ValidationAttribute("must be an address such as https://work.example.go.th")
{
    public override bool IsValid(object? value) => value is null or ""
        || (value is string text && Uri.TryCreate(text, UriKind.Absolute, out var address)
            && address.Scheme is "http" or "https" && address.UserInfo.Length == 0);
}

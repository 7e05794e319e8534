using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web.Pages;

/// <summary>Language, digits and colours: kept in the browser, and nobody's business but the reader's.</summary>
[AllowAnonymous]
public sealed class PreferencesModel(TimeProvider time) : PageModel
{
    public const string ThemeCookie = "pe_theme";

    public IActionResult OnGet() => Redirect("/");

    public IActionResult OnPost(string? language, string? theme, string? digits, string? back)
    {
        if (language is "th" or "en")
            Keep(Words.Cookie, language);
        if (digits is "thai" or "arabic")
            Keep(Words.DigitsCookie, digits);
        if (theme is "light" or "dark" or "auto")
            Keep(ThemeCookie, theme);
        return Redirect(Url.IsLocalUrl(back) ? back : "/");
    }

    void Keep(string name, string value) => Response.Cookies.Append(
        name, value,
        new CookieOptions { Expires = time.GetUtcNow().AddYears(1), HttpOnly = true, SameSite = SameSiteMode.Lax, IsEssential = true });
}

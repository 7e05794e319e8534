using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ProcessEngine.Service.Kernel;

/// <summary>
/// What comes in the query and in forms is text, for every page and every door: with NUL or other control characters in it, it is refused
/// before anybody looks at it. (PostgreSQL refuses NUL, SQLite would keep it.)
/// </summary>
public static class CleanInput
{
    public static void UseCleanInput(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        // A page that is shown in the place of another one is asked for anew: its form has been read, and cannot be read twice.
        if (http.Request.HasFormContentType && http.Features.Get<IFormFeature>() is not CleanForm)
            http.Features.Set<IFormFeature>(new CleanForm(http));
        // An error page is shown under the address that was refused.
        if (http.Features.Get<IExceptionHandlerFeature>() is null
            && http.Request.Query.FirstOrDefault(p => !IsClean(p)) is { Key: { } name })
        {
            throw RefusedRequestException.At(
                ValidationRules.IsClean(name) ? name : null, "มีอักขระที่ไม่ถูกต้อง", "It has characters that are not text.");
        }

        return next(http);
    });

    static bool IsClean(KeyValuePair<string, StringValues> field) =>
        ValidationRules.IsClean(field.Key) && field.Value.All(value => value is null || ValidationRules.IsClean(value));

    /// <exception cref="BadHttpRequestException">Something in it is no text.</exception>
    static IFormCollection Checked(IFormCollection form) => form.All(IsClean) && form.Files.All(f => ValidationRules.IsClean(f.Name))
        ? form
        : throw new BadHttpRequestException("A field of the form has characters that are not text.");

    sealed class CleanForm : IFormFeature
    {
        readonly FormFeature inner;
        IFormCollection? looked;

        public CleanForm(HttpContext http) =>
            inner = new FormFeature(http.Request, http.RequestServices.GetRequiredService<IOptions<FormOptions>>().Value);

        public bool HasFormContentType => inner.HasFormContentType;

        public IFormCollection? Form
        {
            get => inner.Form;
            set => looked = inner.Form = value is null ? null : Checked(value);
        }

        public IFormCollection ReadForm() => looked ??= Checked(inner.ReadForm());

        public async Task<IFormCollection> ReadFormAsync(CancellationToken cancellationToken) =>
            looked ??= Checked(await inner.ReadFormAsync(cancellationToken));
    }
}

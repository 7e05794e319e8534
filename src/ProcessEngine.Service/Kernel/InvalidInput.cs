using System.Globalization;
using System.Text;
using System.Text.Json;
using FluentValidation;
using MediatR;
using ProcessEngine.Core;
using ProcessEngine.Core.Instances;

namespace ProcessEngine.Service.Kernel;

/// <param name="Field">As the caller named it; null when it is the whole body.</param>
public sealed record FieldError(string? Field, LocalizedText Message);

/// <summary>Input of the wrong shape: every fault at once.</summary>
public sealed record InvalidInput(IReadOnlyList<FieldError> Errors) : Rejection
{
    /// <summary>What a validator found, with the field as the caller named it.</summary>
    public static FieldError Of(FluentValidation.Results.ValidationFailure found)
    {
        ArgumentNullException.ThrowIfNull(found);
        return new FieldError(
            char.ToLowerInvariant(found.PropertyName[0]) + found.PropertyName[1..],
            found.CustomState as LocalizedText ?? new LocalizedText(found.ErrorMessage, found.ErrorMessage));
    }

    public static InvalidInput At(string? field, string th, string en) => new([new FieldError(field, new LocalizedText(th, en))]);
}

/// <summary>Validates each request before its handler sees it. The only behaviour there is.</summary>
public sealed class ValidationBehavior<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators)
    : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
    where TResponse : IOutcome<TResponse>
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        var errors = new List<FieldError>();
        foreach (var validator in validators)
        {
            var result = await validator.ValidateAsync(request, cancellationToken);
            errors.AddRange(result.Errors.Select(InvalidInput.Of));
        }

        return errors.Count == 0 ? await next() : TResponse.Refused(new InvalidInput(errors));
    }
}

/// <summary>The rules for input that validators share.</summary>
public static class ValidationRules
{
    public const int TitleLength = 500;
    public const int CommentLength = 4000;
    public const int CodeLength = 100;
    public const int DataLength = 64 * 1024;

    /// <summary>A message in both languages.</summary>
    public static IRuleBuilderOptions<T, TProperty> Says<T, TProperty>(this IRuleBuilderOptions<T, TProperty> rule, string th, string en) =>
        rule.WithMessage(en).WithState(_ => new LocalizedText(th, en));

    public static IRuleBuilderOptions<T, string?> Given<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(text => text is not null && text.EnumerateRunes().Any(IsSeen)).Says("ต้องระบุ", "It is required.");

    /// <summary>
    /// What people and offices are called. Nothing in it is invisible: two
    /// names that look the same are the same, and none turns the line around.
    /// </summary>
    public static IRuleBuilderOptions<T, string?> Name<T>(this IRuleBuilder<T, string?> rule, int maxLength) =>
        rule.Given().PlainText(maxLength)
            .Must(text => text is null || !text.EnumerateRunes().Any(r => !IsSeen(r) && r.Value is not (' ' or Joiner)))
            .Says("มีอักขระที่มองไม่เห็น", "It contains invisible characters.");

    /// <summary>Holds an emoji of several people together.</summary>
    const int Joiner = 0x200D;

    static bool IsSeen(Rune rune) => !Rune.IsWhiteSpace(rune)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.OtherNotAssigned);

    /// <summary>The camelCase name of a value, or nothing.</summary>
    public static IRuleBuilderOptions<T, string?> OneOf<T, TEnum>(this IRuleBuilder<T, string?> rule)
        where TEnum : struct, Enum
    {
        var names = string.Join(", ", Enum.GetNames<TEnum>().Select(JsonNamingPolicy.CamelCase.ConvertName));
        return rule.Must(text => text is null || ReadAs<TEnum>(text) is not null)
            .Says($"ต้องเป็นค่าใดค่าหนึ่งใน {names}", $"It must be one of {names}.");
    }

    public static TEnum? ReadAs<TEnum>(string? text)
        where TEnum : struct, Enum =>
        Enum.GetValues<TEnum>().Where(value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()) == text).Cast<TEnum?>()
            .FirstOrDefault();

    /// <summary>Refused, never cut: cutting Thai in the middle of a cluster would change the word.</summary>
    public static IRuleBuilderOptions<T, string?> PlainText<T>(this IRuleBuilder<T, string?> rule, int maxLength) =>
        rule.Must(text => text is null || text.Length <= maxLength)
            .Says($"ยาวเกิน {maxLength} ตัวอักษร", $"It is longer than {maxLength} characters.")
            .Must(text => text is null || IsClean(text))
            .Says("มีอักขระควบคุมหรืออักขระที่ไม่สมบูรณ์", "It contains control characters or broken characters.");

    /// <summary>Line breaks and tabs are text; NUL and the like are not, nor is half a surrogate pair.</summary>
    public static bool IsClean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsControl(c) && c is not ('\n' or '\r' or '\t'))
                return false;
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(c))
                return false;
        }

        return true;
    }
}

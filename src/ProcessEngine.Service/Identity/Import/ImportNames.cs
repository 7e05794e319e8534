using FluentValidation;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Identity.Import;

/// <summary>What a row says of somebody is held against the same rules as what is typed.</summary>
sealed class ImportNames : AbstractValidator<ImportNames.Names>
{
    /// <summary>The names of these are those of the columns.</summary>
    public sealed record Names(string Name, string UserName, MemberDetails Details);

    public static ImportNames Rules { get; } = new();

    public ImportNames()
    {
        RuleFor(n => n.Name).Name(ValidationRules.TitleLength);
        RuleFor(n => n.UserName).UserName();
        RuleFor(n => n.Details).Details();
    }
}

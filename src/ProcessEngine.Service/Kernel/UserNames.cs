using System.Text;
using FluentValidation;

namespace ProcessEngine.Service.Kernel;

/// <summary>What somebody signs in with. Two names that read alike are one name, whoever types them, and wherever.</summary>
public static class UserNames
{
    /// <summary>
    /// By which a name is unique and found: as it looks (<see cref="ThaiText.OneWay"/>), without blanks around it, capitals as small
    /// letters.
    /// </summary>
    public static string Key(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        // A capital may have a small letter that is written another way.
        return ThaiText.OneWay(ThaiText.OneWay(name).Trim().ToLowerInvariant());
    }

    /// <summary>As it is shown: as it was given, but for blanks around it.</summary>
    public static string Shown(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Normalize(NormalizationForm.FormC).Trim();
    }

    /// <summary>
    /// A condition that a user is meant by a name: by its key, or, where two accounts of before would have one key, by the name as it
    /// stands. Its parameters are <c>@nameKey</c> and <c>@name</c>; indexes: the unique key, the unique user name.
    /// </summary>
    public static string Condition(string alias) => $"({alias}.name_key = @nameKey OR {alias}.user_name = @name)";

    /// <summary>Whoever bears exactly the name comes first.</summary>
    public static string Order(string alias) => $"CASE WHEN {alias}.user_name = @name THEN 0 ELSE 1 END";

    public static IRuleBuilderOptions<T, string?> UserName<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Name(ValidationRules.CodeLength)
            .Must(name => name is null || !ValidationRules.IsClean(name) || !name.EnumerateRunes().Any(r => LeavesNoTrace(r.Value)))
            .Says("มีอักขระที่มองไม่เห็น", "It contains invisible characters.")
            .Must(name => name is null || !ValidationRules.IsClean(name) || Key(name).Length is > 0 and <= ValidationRules.CodeLength)
            .Says(
                $"ยาวเกิน {ValidationRules.CodeLength} ตัวอักษร หรือไม่มีตัวอักษร",
                $"It is longer than {ValidationRules.CodeLength} characters, or has none.");

    /// <summary>
    /// Characters that are letters or marks by their category and show nothing (Unicode: default ignorable), and blanks of fonts.
    /// </summary>
    static bool LeavesNoTrace(int c) => c is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F)
        or (>= 0x200B and <= 0x200F) or 0x2800 or 0x3164 or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xE0000 and <= 0xE0FFF);
}

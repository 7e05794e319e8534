using System.Net.Mail;
using FluentValidation;
using ProcessEngine.Core;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Identity;

/// <summary>What an office says of somebody who works there.</summary>
/// <param name="Post">ตำแหน่ง, as it is printed: นักวิชาการคอมพิวเตอร์.</param>
/// <param name="Level">ระดับ: ชำนาญการ.</param>
/// <param name="Group">The name of their group.</param>
public sealed record MemberDetails(string? Post, string? Level, string? Group, string? Telephone)
{
    public static MemberDetails Nothing { get; } = new(null, null, null, null);
}

/// <summary>What such details may be, wherever they are typed.</summary>
public static class MemberRules
{
    public const int PostLength = 200;
    public const int LevelLength = 100;
    public const int GroupLength = 200;
    public const int TelephoneLength = 50;
    public const int AddressLength = 200;

    public static LocalizedText NoAddress { get; } = new("ที่อยู่อีเมลไม่ถูกต้อง", "That is no e-mail address.");
    public static LocalizedText NoTelephone { get; } =
        new("หมายเลขโทรศัพท์ไม่ถูกต้อง", "That is no telephone number.");

    public static bool IsAddress(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= AddressLength && !text.Any(char.IsControl) && MailAddress.TryCreate(text, out var address)
            && address.Address == text;
    }

    /// <summary>Digits, Thai ones too, with what is written between them, and an extension (ต่อ 12).</summary>
    public static bool IsTelephone(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var number = text.Replace("ต่อ", "", StringComparison.Ordinal).Replace("ext", "", StringComparison.OrdinalIgnoreCase);
        return text.Length <= TelephoneLength && number.Count(char.IsDigit) >= 3
            && number.All(c => char.IsDigit(c) || c is ' ' or '-' or '+' or '(' or ')' or '.' or ',' or '/' or '#');
    }

    public static void Details<T>(this IRuleBuilder<T, MemberDetails> rule) => rule.ChildRules(details =>
    {
        details.RuleFor(d => d.Post).Plain(PostLength);
        details.RuleFor(d => d.Level).Plain(LevelLength);
        details.RuleFor(d => d.Group).Plain(GroupLength);
        details.RuleFor(d => d.Telephone).Must(t => t is null || IsTelephone(t)).Says(NoTelephone.Th, NoTelephone.En);
    });

    /// <summary>A name, where there is one.</summary>
    static void Plain<T>(this IRuleBuilder<T, string?> rule, int length) =>
        rule.Must(text => text is null || text.Length > 0).Says("ต้องระบุ", "It is required.").PlainText(length);
}

using System.Globalization;
using ProcessEngine.Core;
using ProcessEngine.Service.Definitions.Tables;

namespace ProcessEngine.Service.Web;

/// <summary>What the fields of a form that is built are called, and how what is filled in of one is read.</summary>
public static class FormWords
{
    public static IReadOnlyList<FormFieldKind> Kinds { get; } = [.. Enum.GetValues<FormFieldKind>().Where(k => k != FormFieldKind.Other)];

    public static FormFieldKind KindOf(string? typed) =>
        Enum.TryParse<FormFieldKind>(typed, out var kind) && Kinds.Contains(kind) ? kind : FormFieldKind.ShortText;

    public static LocalizedText Of(FormFieldKind kind) => kind switch
    {
        FormFieldKind.ShortText => new("ข้อความบรรทัดเดียว", "a line of text"),
        FormFieldKind.LongText => new("ข้อความหลายบรรทัด", "several lines of text"),
        FormFieldKind.Number => new("จำนวน หรือจำนวนเงิน", "a number, or an amount"),
        FormFieldKind.WholeNumber => new("จำนวนเต็ม", "a whole number"),
        FormFieldKind.YesNo => new("ใช่หรือไม่ใช่", "yes or no"),
        FormFieldKind.Date => new("วันที่", "a date"),
        FormFieldKind.DateAndTime => new("วันที่และเวลา", "a date and time"),
        FormFieldKind.Email => new("ที่อยู่อีเมล", "an e-mail address"),
        FormFieldKind.OneOf => new("เลือกหนึ่งข้อ", "one of several"),
        FormFieldKind.SeveralOf => new("เลือกได้หลายข้อ", "as many of several as one likes"),
        FormFieldKind.Lines => new("รายการ บรรทัดละหนึ่ง", "a list, one entry a line"),
        FormFieldKind.Other => new("คงตามที่กำหนดไว้เดิม", "as it was set"),
        _ => throw UnknownKind.Of(kind),
    };

    /// <summary>What bounds a field from below, and from above.</summary>
    public static (LocalizedText Least, LocalizedText Most) Bounds(FormRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.IsList
            ? (new("อย่างน้อย (รายการ)", "At least (entries)"), new("ไม่เกิน (รายการ)", "At most (entries)"))
            : row.DataType == "Decimal"
                ? (new("ไม่น้อยกว่า", "At least"), new("ไม่เกิน", "At most"))
                : (new("", ""), new("ไม่เกิน (ตัวอักษร)", "At most (characters)"));
    }

    /// <summary>Answers on which another field may hang; null: whatever is typed.</summary>
    public static IReadOnlyList<(string Value, LocalizedText Text)>? AnswersOf(FormRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.Kind switch
        {
            FormFieldKind.YesNo => [("true", new("ใช่", "yes")), ("false", new("ไม่ใช่", "no"))],
            FormFieldKind.OneOf or FormFieldKind.SeveralOf => [.. row.Choices.Split('\n').Select(c => (c, new LocalizedText(c, c)))],
            _ => null,
        };
    }

    /// <summary>What the form does not have stays.</summary>
    public static FormRow Read(FormRow before, Func<string, string?> field)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(field);
        var shown = Text("shown", before.ShownField.Length == 0 ? "" : $"{before.ShownField}={before.ShownAnswer}").Split('=', 2);
        return before with
        {
            Kind = field("kind") is { } kind && before.Kind != FormFieldKind.Other ? KindOf(kind) : before.Kind,
            Label = Text("label", before.Label),
            LabelEn = Text("labelEn", before.LabelEn),
            Required = field("there") is null ? before.Required : field("required") == "true",
            Help = Text("help", before.Help),
            Choices = Text("choices", before.Choices),
            Least = Number("least", before.Least),
            Most = Number("most", before.Most),
            ShownField = shown is [{ Length: > 0 } other, _] ? other : "",
            ShownAnswer = shown is [{ Length: > 0 }, var answer] ? answer : "",
        };

        string Text(string name, string otherwise) => field(name)?.Trim().ReplaceLineEndings("\n") ?? otherwise;

        string Number(string name, string otherwise) => field(name) is not { } typed ? otherwise
            : Typed.Number(typed) is { } number ? number.ToString(CultureInfo.InvariantCulture)
            : typed.Trim();
    }
}

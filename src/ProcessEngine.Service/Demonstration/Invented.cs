using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Expressions;
using ProcessEngine.Core.Forms;
using ProcessEngine.Core.Instances;

namespace ProcessEngine.Service.Demonstration;

/// <summary>The people of the demonstration.</summary>
sealed record Cast(IReadOnlyList<Actor> People)
{
    public IEnumerable<Actor> Holding(string role) => People.Where(p => p.Roles.Contains(role));

    public Actor Director => Holding(Roles.Director).First();

    public static string ListOf(IEnumerable<Actor> people) => JsonSerializer.Serialize(people.Select(p => p.UserId));
}

/// <summary>What the people of the demonstration write: plausible, and of nobody.</summary>
static class Invented
{
    public const string PictureType = "image/png";

    static readonly string[] Remarks =
    [
        "ดำเนินการเรียบร้อยแล้ว", "ตรวจสอบแล้ว ครบถ้วนตามรายการ", "ประสานโรงเรียนแล้ว", "เป็นไปตามแผนปฏิบัติการ", "แก้ไขตามข้อเสนอแนะแล้ว",
        "ส่งเอกสารประกอบแล้ว", "ผู้เกี่ยวข้องรับทราบแล้ว", "จัดเตรียมข้อมูลเรียบร้อย",
    ];

    static readonly string[] Refusals =
    [
        "งบประมาณไม่สอดคล้องกับแผน ให้ปรับรายการ", "ขาดเอกสารประกอบ ให้แนบเพิ่มเติม", "ระยะเวลาดำเนินการสั้นเกินไป ให้ทบทวน",
        "ข้อมูลโรงเรียนไม่ครบ ให้สำรวจใหม่",
    ];

    static readonly string[] Schools = ["ตัวอย่างวิทยา", "บ้านตัวอย่าง", "ชุมชนตัวอย่าง", "อนุบาลตัวอย่าง", "ตัวอย่างพัฒนา", "วัดตัวอย่าง"];

    static readonly string[] Patterned =
        ["1/2569", "ศธ 04001/123", "0812345678", "12345", "2569", "A-001", "1", "10.0.0.1", "a@example.go.th"];

    /// <summary>A grey square of 2 × 2 points (PNG).</summary>
    public static byte[] Picture { get; } = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAAAAABX3VL4AAAADklEQVR4nGNoaGhoaGgAAAiEAgGMSlLKAAAAAElFTkSuQmCC");

    public static string PictureHash { get; } = Convert.ToHexStringLower(SHA256.HashData(Picture));

    public static string School(Random random) => $"โรงเรียน{Of(Schools, random)}";

    public static string Remark(Random random) => Of(Remarks, random);

    public static string Refusal(Random random) => Of(Refusals, random);

    public static T Of<T>(IReadOnlyList<T> some, Random random) => some[random.Next(some.Count)];

    /// <summary>An instant of the working hours of a day, or of the next working day.</summary>
    public static DateTimeOffset AtWork(WorkingCalendar calendar, DateOnly day, Random random) =>
        BangkokTime.At(calendar.OnOrAfter(day), WorkingHours.Open).AddMinutes(random.Next(0, 460)).AddSeconds(random.Next(0, 60));

    /// <summary>A form, filled in; fields that may be left open are at times.</summary>
    /// <param name="round">How often the step has been done: what was said of a loop in one round is not said again in the next.</param>
    public static ImmutableSortedDictionary<string, string> Fill(
        Step step, IEnumerable<string> people, Cast cast, int round, DateOnly day, Random random)
    {
        var filled = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var field in step.Form?.Fields ?? [])
        {
            if (!field.Required && random.Next(3) == 0)
                continue;
            var value = people.Contains(field.Name) ? Person(field, step.Role, cast) : ValueOf(field, round, day, random);
            if (value is not null)
                filled[field.Name] = value;
        }

        return filled.ToImmutable();
    }

    static string? Person(FormField field, string role, Cast cast) => field.Type == FieldType.List
        ? Cast.ListOf(cast.Holding(role))
        : cast.Holding(role).FirstOrDefault() is { } one ? JsonSerializer.Serialize(one.UserId) : null;

    /// <returns>JSON; null where nothing fits.</returns>
    static string? ValueOf(FormField field, int round, DateOnly day, Random random)
    {
        if (!field.Choices.IsEmpty)
            return Choice(field, random);
        switch (field.Type)
        {
            case FieldType.Boolean:
                return (random.Next(4) > 0) == (round % 2 == 1) ? "true" : "false";
            case FieldType.Number or FieldType.WholeNumber:
                var (least, most) = ((int)Math.Ceiling(field.Minimum ?? 1), (int)Math.Floor(field.Maximum ?? 60));
                return random.Next(least + ((most - least) / 2), Math.Max(most, least) + 1).ToString(CultureInfo.InvariantCulture);
            case FieldType.List:
                var entries = Enumerable.Range(0, Math.Clamp(3, field.MinItems ?? 0, field.MaxItems ?? 3))
                    .Select(i => field.Item is { } item ? ValueOf(item, round, day.AddDays(i), random) : null)
                    .OfType<string>();
                return $"[{string.Join(',', field.UniqueItems ? entries.Distinct() : entries)}]";
            case FieldType.Text:
                return Text(field, day, random) is { } text ? JsonSerializer.Serialize(text) : null;
            default:
                throw Core.UnknownKind.Of(field.Type);
        }
    }

    static string Choice(FormField field, Random random) => field.Type == FieldType.Text
        ? JsonSerializer.Serialize(Of(field.Choices, random))
        : Of(field.Choices, random);

    static string? Text(FormField field, DateOnly day, Random random)
    {
        var text = field.Format switch
        {
            "date" => day.AddDays(random.Next(1, 10)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "date-time" => $"{day.AddDays(random.Next(1, 10)):yyyy-MM-dd}T09:00:00+07:00",
            "email" => "school@example.go.th",
            _ when field.Pattern is not null => Patterned.FirstOrDefault(field.Fits),
            _ => field.Label.Th.Contains("โรงเรียน", StringComparison.Ordinal) ? School(random) : Remark(random),
        };
        if (text is null || text.Length < (field.MinLength ?? 0))
            return null;
        return field.MaxLength is { } longest && text.Length > longest ? text[..longest] : text;
    }

    /// <summary>What a case is asked at its start.</summary>
    public static ImmutableSortedDictionary<string, string> AtStart(ProcessDefinition definition, Cast cast, DateOnly day, Random random)
    {
        var given = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var variable in definition.AskedAtStart)
        {
            var roles = definition.Steps.Where(s => s.NamesPeople.Contains(variable.Name)).Select(s => s.Role).ToList();
            if (roles.Count > 0)
            {
                var people = roles.SelectMany(cast.Holding).Distinct().ToList();
                if (people.Count > 0)
                    given[variable.Name] = variable.Type == VariableType.List
                        ? Cast.ListOf(people)
                        : JsonSerializer.Serialize(people[0].UserId);
                continue;
            }

            if (variable.Default is not null)
                continue;
            given[variable.Name] = variable.Type switch
            {
                VariableType.Boolean => random.Next(2) == 0 ? "true" : "false",
                VariableType.Number => random.Next(1, 30).ToString(CultureInfo.InvariantCulture),
                VariableType.Text => JsonSerializer.Serialize(School(random)),
                VariableType.Date => JsonSerializer.Serialize(day.AddDays(random.Next(20, 60))),
                VariableType.List => JsonSerializer.Serialize(Schools.Take(3).Select(s => $"โรงเรียน{s}")),
                _ => throw Core.UnknownKind.Of(variable.Type),
            };
        }

        return given.ToImmutable();
    }
}

using System.Globalization;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions.Tables;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>What the rows of a table say to people, and how what is typed in one is read.</summary>
public static class TableWords
{
    /// <summary>Kinds that a new row may be.</summary>
    public static IReadOnlyList<RowKind> NewKinds { get; } =
    [
        RowKind.Work, RowKind.Approve, RowKind.Acknowledge, RowKind.Committee, RowKind.Levels, RowKind.Wait, RowKind.Decide,
        RowKind.Message, RowKind.Call,
    ];

    /// <summary>Kinds that a step may become.</summary>
    public static IReadOnlyList<RowKind> Steps { get; } = [.. NewKinds.Take(5)];

    public static LocalizedText Of(RowKind kind) => kind switch
    {
        RowKind.Work => new("งานปฏิบัติ", "work"),
        RowKind.Approve => new("พิจารณาอนุมัติ", "approval"),
        RowKind.Acknowledge => new("รับทราบ", "acknowledgement"),
        RowKind.Committee => new("มติคณะกรรมการ", "committee"),
        RowKind.Levels => new("อนุมัติตามลำดับชั้น", "levels of approval"),
        RowKind.Wait => new("รอเวลา", "wait"),
        RowKind.Decide => new("แยกตามข้อมูล", "by the data"),
        RowKind.Message => new("รอข้อความจากภายนอก", "wait for a message"),
        RowKind.Call => new("ส่งต่อกระบวนงานอื่น", "another procedure"),
        RowKind.Fork => new("เริ่มทำพร้อมกัน", "at the same time"),
        RowKind.Join => new("รอครบทุกทาง", "until all are done"),
        RowKind.Other => new("แก้ใน Elsa Studio", "edited in Studio"),
        _ => throw UnknownKind.Of(kind),
    };

    public static LocalizedText OfRule(string rule) => rule switch
    {
        "" => new("ไม่กำหนดเวลา", "no limit"),
        "working_days" => new("วันทำการ", "working days"),
        "working_days_range" => new("วันทำการ เป็นช่วง", "working days, a range"),
        "calendar_days" => new("วัน (นับวันหยุด)", "days (with holidays)"),
        "working_minutes" => new("นาทีทำการ", "working minutes"),
        "window" => new("ช่วงเวลาของปีงบประมาณ", "a time of the fiscal year"),
        "working_days_before_event" => new("วันทำการก่อนวันงาน", "working days before an event"),
        "calendar_days_before_event" => new("วันก่อนวันงาน", "days before an event"),
        "given_date" => new("ตามวันที่ในข้อมูล", "a date of the case"),
        TableRow.Kept => new("คงตามที่กำหนดไว้เดิม", "as it was set"),
        _ => throw UnknownKind.Of(rule),
    };

    public static LocalizedText OfWay(string port) => port switch
    {
        Ports.Done => new("แล้วไปที่", "then to"),
        Ports.Approve => new("เห็นชอบแล้วไปที่", "approved, to"),
        Ports.Reject => new("ไม่เห็นชอบ ไปที่", "refused, to"),
        Ports.Return => new("ส่งกลับแก้ไข ไปที่", "returned, to"),
        Ports.Fail => new("ทำไม่สำเร็จ ไปที่", "failed, to"),
        Ports.Else => new("นอกจากนั้นไปที่", "else to"),
        _ => new($"ทาง {port} ไปที่", $"way {port} to"),
    };

    public static LocalizedText OfVoting(string voting) => voting switch
    {
        "majority" => new("เสียงข้างมาก", "majority"),
        "all" => new("ต้องเห็นชอบทุกคน", "all of them"),
        "any" => new("เห็นชอบคนเดียวก็ผ่าน", "any one of them"),
        "quorum" => new("ตามจำนวนเสียงเห็นชอบ", "so many votes in favour"),
        _ => new("คงตามที่กำหนดไว้เดิม", "as it was set"),
    };

    /// <summary>A limit in one line.</summary>
    public static LocalizedText InBrief(RowTime time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var rule = OfRule(time.Rule);
        return time.Rule switch
        {
            "" => new("–", "–"),
            "working_days_range" => new($"{time.N}–{time.Max} วันทำการ", $"{time.N}–{time.Max} working days"),
            "window" => new(
                $"{TypedDay(time.From)} ถึง {TypedDay(time.To)} ของปีงบประมาณ", $"{TypedDay(time.From)} to {TypedDay(time.To)}"),
            "given_date" or TableRow.Kept => rule,
            _ => new($"{time.N} {rule.Th}", $"{time.N} {rule.En}"),
        };
    }

    const string EndOfMonth = "สิ้นเดือน";

    /// <summary>1/10 for 10-01, สิ้นเดือน/2 for 02-last.</summary>
    public static string TypedDay(string stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return stored.Split('-') is [var month, var day] && int.TryParse(month, NumberStyles.None, CultureInfo.InvariantCulture, out var m)
            ? string.Create(CultureInfo.InvariantCulture, $"{(day == "last" ? EndOfMonth : day.TrimStart('0'))}/{m}")
            : stored;
    }

    /// <summary>What <see cref="TypedDay"/> wrote, or somebody typed; as it is when it is no day, and the proof then says so.</summary>
    public static string StoredDay(string? typed)
    {
        var text = Typed.Digits(typed);
        if (text.Split('/') is not [var day, var month]
            || !int.TryParse(month.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var m))
            return text;
        return int.TryParse(day.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var d)
            ? string.Create(CultureInfo.InvariantCulture, $"{m:00}-{d:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{m:00}-last");
    }

    /// <summary>What a piece of data is, as the table offers it.</summary>
    public static LocalizedText OfType(string type) => type switch
    {
        "String" => new("ข้อความ หรือบุคคลหนึ่งคน", "text, or one person"),
        "Decimal" => new("จำนวน", "a number"),
        "DateTime" => new("วันที่", "a date"),
        "Boolean" => new("ใช่หรือไม่ใช่", "yes or no"),
        "people" => new("รายชื่อ (บุคคล โรงเรียน หน่วยงาน)", "a list (of people, schools, units)"),
        _ => new(type, type),
    };

    public static LocalizedText OfData(TableData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return OfType(data.IsList ? "people" : data.Type);
    }

    /// <summary>What a case begins with, as somebody types it.</summary>
    public static string TypedDefault(TableData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return (data.Type, data.Default) switch
        {
            ("Boolean", "true" or "True") => "ใช่",
            ("Boolean", "false" or "False") => "ไม่ใช่",
            ("DateTime" or "DateTimeOffset" or "DateOnly", var text) => DateOnly.TryParseExact(
                text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? string.Create(CultureInfo.InvariantCulture, $"{day.Day}/{day.Month}/{day.Year + 543}")
                : TypedDay(text),
            (_, var text) => text,
        };
    }
}

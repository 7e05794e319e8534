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

    /// <summary>What somebody filled in of a row; what the form does not have stays.</summary>
    /// <param name="field">Null where the form has no such field.</param>
    public static TableRow Read(TableRow before, Func<string, string?> field)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(field);
        var kind = Enum.TryParse<RowKind>(field("kind"), out var chosen) && Enum.IsDefined(chosen) ? chosen : before.Kind;
        return before with
        {
            Kind = kind,
            Name = Text("name", before.Name),
            Role = Text("role", before.Role),
            Who = Text("who", before.Who),
            Form = Text("form", before.Form),
            Quality = Text("quality", before.Quality),
            Voting = Text("voting", before.Voting),
            Members = Text("members", before.Members),
            Levels = field("level.0") is null ? before.Levels
                : [.. Enumerable.Range(0, DefinitionTable.MaxLevels).Select(i => Text($"level.{i}", "")).Where(r => r.Length > 0)],
            Time = field("rule") is null ? before.Time : ReadTime(),
            Ways = [.. Ways()],
        };

        string Text(string name, string otherwise) => field(name)?.Trim().ReplaceLineEndings("\n") ?? otherwise;

        RowTime ReadTime()
        {
            var (rule, n, max) = (Text("rule", ""), Typed.Digits(field("n")), Typed.Digits(field("most")));
            // ๓ - ๕ in one field is a range.
            if (n.Split('-', '–') is [var least, var most] && rule is "working_days" or "working_days_range")
                (rule, n, max) = ("working_days_range", least.Trim(), most.Trim());
            return rule switch
            {
                "" => RowTime.None,
                TableRow.Kept => before.Time,
                "working_days_range" => RowTime.None with { Rule = rule, N = n, Max = max },
                "window" => RowTime.None with { Rule = rule, From = StoredDay(field("from")), To = StoredDay(field("to")) },
                "given_date" => RowTime.None with { Rule = rule, DateFrom = Text("date", "") },
                "working_days_before_event" or "calendar_days_before_event" =>
                    RowTime.None with { Rule = rule, N = n, DateFrom = Text("date", "") },
                _ => RowTime.None with { Rule = rule, N = n },
            };
        }

        IEnumerable<RowWay> Ways()
        {
            if (field("new.to") is { Length: > 0 } fresh && Condition() is { } when)
                yield return new RowWay(NewPort(), when, fresh);
            foreach (var (i, way) in before.Ways.Index())
            {
                var to = Text($"way.{i}", way.To);
                var condition = Text($"when.{i}", way.When);
                if (way.Port == Ports.Else || before.Kind != RowKind.Decide || condition.Length > 0)
                    yield return way with { When = condition, To = to };
            }
        }

        string? Condition() => Text("new.data", "") is { Length: > 0 } data && Text("new.value", "") is { Length: > 0 } value
            ? $"{data} {Compared(Text("new.is", "="))} {Literal(value)}"
            : null;

        string NewPort() => Enumerable.Range(1, 1000).Select(n => string.Create(CultureInfo.InvariantCulture, $"Way{n}"))
            .First(port => before.Ways.All(w => w.Port != port));
    }

    /// <summary>The comparisons that a condition may have.</summary>
    public static IReadOnlyList<string> Comparisons { get; } = ["=", "!=", ">", ">=", "<", "<="];

    static string Compared(string typed) => Comparisons.Contains(typed) ? typed : "=";

    /// <summary>A number, yes or no as they are; anything else is a text.</summary>
    static string Literal(string typed) => typed switch
    {
        "ใช่" or "yes" or "true" => "true",
        "ไม่ใช่" or "no" or "false" => "false",
        _ when Typed.Number(typed) is { } number => number.ToString(CultureInfo.InvariantCulture),
        _ => $"\"{typed.Replace("\\", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal)}\"",
    };
}

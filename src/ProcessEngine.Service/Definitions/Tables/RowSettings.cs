using System.Globalization;
using System.Text.Json.Nodes;
using ProcessEngine.Core;

namespace ProcessEngine.Service.Definitions.Tables;

/// <summary>How a setting of a row is filled in.</summary>
public enum SettingKind
{
    Text,
    LongText,

    /// <summary>A whole number.</summary>
    Number,
    Flag,

    /// <summary>One of the words that the setting lists.</summary>
    Choice,
    Role,

    /// <summary>Another step.</summary>
    Step,

    /// <summary>Several steps, their ids with blanks between them.</summary>
    Steps,

    /// <summary>Several steps, or the start of the case.</summary>
    StepsAndStart,

    /// <summary>A piece of data of the case.</summary>
    Data,

    /// <summary>A list among the data of the case.</summary>
    List,

    /// <summary>Another procedure.</summary>
    Procedure,
}

/// <summary>What a setting belongs to, in the order of the form.</summary>
public enum SettingGroup
{
    /// <summary>It is what the row is about, and stands with its name.</summary>
    Itself,
    People,
    Time,
    Ways,
    Repeated,
    Shown,
}

/// <summary>One value of a row, as text; empty: not given.</summary>
public sealed record RowSetting(string Name, string Value);

/// <summary>A property of a box that the table offers beside the usual ones.</summary>
/// <param name="Name">As the file has it.</param>
/// <param name="Kinds">The rows that have it.</param>
public sealed record SettingField(
    string Name, SettingKind Kind, SettingGroup Group, LocalizedText Label, IReadOnlyList<RowKind> Kinds)
{
    /// <summary>Of a choice: what is stored, and what it is called.</summary>
    public IReadOnlyList<(string Value, LocalizedText Text)> Choices { get; init; } = [];

    /// <summary>Of a flag: what it is when the file says nothing.</summary>
    public bool Absent { get; init; }

    public LocalizedText? Help { get; init; }

    public bool IsSteps => Kind is SettingKind.Steps or SettingKind.StepsAndStart;

    public string Read(JsonObject box)
    {
        if (IsSteps)
            return box[Name] is null or JsonArray ? string.Join(' ', ChartJson.Texts(box, Name)) : TableRow.Kept;
        var text = ChartJson.Text(box, Name);
        if (Kind == SettingKind.Flag)
            return text.Length == 0 ? Word(Absent) : text.ToLowerInvariant();
        return text.Length == 0 && box[Name] is not null ? TableRow.Kept : text;
    }

    /// <summary>Only what differs from what was there is written.</summary>
    public void Write(JsonObject box, string value)
    {
        if (value == TableRow.Kept || value == Read(box))
            return;
        switch (Kind)
        {
            case SettingKind.Flag when value == Word(Absent):
                box.Remove(Name);
                break;
            case SettingKind.Flag:
                box[Name] = !Absent;
                break;
            case SettingKind.Steps or SettingKind.StepsAndStart:
                var ids = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (ids.Length == 0)
                    box.Remove(Name);
                else
                    box[Name] = new JsonArray([.. ids.Select(id => (JsonNode)JsonValue.Create(id))]);
                break;
            default:
                ChartJson.Set(box, Name, value, number: Kind == SettingKind.Number);
                break;
        }
    }

    static string Word(bool flag) => flag ? "true" : "false";
}

/// <summary>The settings that the table offers beside the usual ones of a row.</summary>
public static class RowSettings
{
    static readonly RowKind[] Steps = [RowKind.Work, RowKind.Approve, RowKind.Acknowledge, RowKind.Committee, RowKind.Levels];
    static readonly RowKind[] Timed = [.. Steps, RowKind.Wait];
    static readonly RowKind[] Returning = [RowKind.Approve, RowKind.Levels];
    static readonly RowKind[] Done = [RowKind.Work, RowKind.Acknowledge];

    public static IReadOnlyList<SettingField> All { get; } =
    [
        new("message", SettingKind.Text, SettingGroup.Itself, new("ชื่อข้อความที่รอ", "The message that it waits for"), [RowKind.Message])
        {
            Help = new("ตามที่ระบบภายนอกส่งมา เช่น ตอบกลับหนังสือ", "As the system outside names it, such as reply"),
        },
        new(
            "correlationFrom", SettingKind.Data, SettingGroup.Itself,
            new("เป็นของเรื่องที่มีค่าตรงกับข้อมูล", "It is for the case whose data it carries"), [RowKind.Message])
        {
            Help = new("ไม่เลือก: ตรงกับรหัสเรื่อง", "None: the number of the case"),
        },
        new("definitionKey", SettingKind.Procedure, SettingGroup.Itself, new("กระบวนงานที่ส่งต่อ", "The procedure"), [RowKind.Call]),
        new(
            "officeFrom", SettingKind.Data, SettingGroup.Itself, new("สำนักงานที่รับ ตามข้อมูล", "The office, by the data"), [RowKind.Call])
        {
            Help = new("ไม่เลือก: สำนักงานเดียวกัน", "None: the same office"),
        },
        new("waits", SettingKind.Flag, SettingGroup.Itself, new("รอจนเรื่องที่ส่งต่อเสร็จ", "Wait until it has ended"), [RowKind.Call])
        {
            Absent = true,
        },
        new(
            "goesOn", SettingKind.Flag, SettingGroup.Itself,
            new("เรื่องที่ส่งต่อดำเนินต่อ แม้เรื่องนี้ถูกยกเลิก", "It goes on even when this case is cancelled"), [RowKind.Call]),
        new("priority", SettingKind.Choice, SettingGroup.Time, new("ชั้นความเร็ว", "Urgency"), Steps)
        {
            Choices =
            [
                ("urgent", new("ด่วน", "urgent")), ("veryUrgent", new("ด่วนมาก", "very urgent")),
                ("mostUrgent", new("ด่วนที่สุด", "most urgent")),
            ],
        },
        new("notDoneBy", SettingKind.StepsAndStart, SettingGroup.People,
            new("ต้องไม่ใช่คนเดียวกับผู้ทำ", "Not by whoever did"), Steps),
        new("chairFrom", SettingKind.Data, SettingGroup.People, new("ประธาน ตามข้อมูล", "The chair, by the data"), [RowKind.Committee]),
        new("quorum", SettingKind.Number, SettingGroup.People, new("จำนวนเสียงเห็นชอบที่ต้องได้", "Votes in favour that it takes"),
            [RowKind.Committee]),
        new("slaSharedWith", SettingKind.Step, SettingGroup.Time, new("ใช้เวลารวมกับแถว", "Shares the time of"), Steps),
        new("slaRoll", SettingKind.Choice, SettingGroup.Time, new("ถ้าครบกำหนดในวันหยุด", "When it ends on a holiday"), Timed)
        {
            Choices = [("forward", new("เลื่อนไปวันทำการถัดไป", "the next working day")), ("none", new("ไม่เลื่อน", "it stays"))],
        },
        new("slaFiscalYear", SettingKind.Number, SettingGroup.Time, new("ปีงบประมาณของช่วงเวลา (พ.ศ.)", "Fiscal year of the window (B.E.)"),
            Timed),
        new("slaFirstDay", SettingKind.Choice, SettingGroup.Time, new("วันที่รับเรื่อง", "The day of receipt"), Timed)
        {
            Choices = [("count_if_at_open", new("นับ ถ้ารับไม่เกิน 08:30 น.", "counts, when received by 08:30"))],
        },
        new("clockPauses", SettingKind.Flag, SettingGroup.Time,
            new("หยุดนับเวลาเมื่อเรื่องถูกระงับหรือรอบุคคลภายนอก", "The clock stands still with the case"), Steps)
        {
            Absent = true,
        },
        new("remindDaysBefore", SettingKind.Number, SettingGroup.Time,
            new("เตือนก่อนครบกำหนด (วันทำการ)", "Remind before (working days)"), Steps)
        {
            Help = new("ว่าง: 1 ไม่เตือน: 0", "Empty: 1. Never: 0"),
        },
        new("supervisorRole", SettingKind.Role, SettingGroup.Time, new("ผู้บังคับบัญชาที่แจ้งเมื่อช้า", "The superior who is told"), Steps),
        new("escalateToSupervisorAfterDays", SettingKind.Number, SettingGroup.Time,
            new("แจ้งผู้บังคับบัญชาหลังเกินกำหนด (วันทำการ)", "Tell the superior after (working days)"), Steps)
        {
            Help = new("ว่าง: 1 ไม่แจ้ง: 0", "Empty: 1. Never: 0"),
        },
        new("escalateToDirectorAfterDays", SettingKind.Number, SettingGroup.Time,
            new("แจ้งผู้อำนวยการหลังเกินกำหนด (วันทำการ)", "Tell the director after (working days)"), Steps)
        {
            Help = new("ว่าง: 3 ไม่แจ้ง: 0", "Empty: 3. Never: 0"),
        },
        new("mayFail", SettingKind.Flag, SettingGroup.Ways,
            new("แจ้งว่าทำไม่สำเร็จได้ (มีทางออกอีกทาง)", "It may fail (and goes another way)"), [.. Done, RowKind.Call]),
        new("returnTo", SettingKind.Steps, SettingGroup.Ways, new("ส่งกลับไปที่แถวเหล่านี้ได้ด้วย", "May also be returned to"), Returning),
        new("returnsToPreviousLevel", SettingKind.Flag, SettingGroup.Ways, new("ส่งกลับทีละชั้น", "Returned one level down"),
            [RowKind.Levels]),
        new("forEach", SettingKind.List, SettingGroup.Repeated, new("ทำทุกรายการใน (เช่น ถามทุกโรงเรียน)", "For every entry of"), Done)
        {
            Help = new("เลือกข้อมูลที่เป็นรายชื่อ แต่ละรายการได้งานของตน", "A list among the data: each entry has its own task"),
        },
        new("goOn", SettingKind.Choice, SettingGroup.Repeated, new("ไปต่อเมื่อ", "Goes on when"), Done)
        {
            Choices =
            [
                ("all", new("ตอบครบทุกรายการ", "all have answered")), ("percent", new("ตอบครบตามร้อยละ", "so many per cent have")),
                ("deadline", new("ครบกำหนดเวลา", "the time is over")),
            ],
        },
        new("goOnPercent", SettingKind.Number, SettingGroup.Repeated, new("ร้อยละที่ต้องครบ", "How many per cent"), Done),
        new("itemIsPerson", SettingKind.Flag, SettingGroup.Repeated, new("แต่ละรายการคือผู้รับงาน", "Each entry is the person who does it"),
            Done),
        new("collectInto", SettingKind.List, SettingGroup.Repeated, new("เก็บคำตอบไว้ในข้อมูล", "Answers are kept in"), Done),
        new("shows", SettingKind.StepsAndStart, SettingGroup.Shown, new("แสดงคำตอบของแถวเหล่านี้", "Shows the answers of"), Steps)
        {
            Help = new("ไม่เลือก: ทุกแถวตั้งแต่การอนุมัติครั้งก่อน", "None: every row since the last approval"),
        },
        new("text", SettingKind.LongText, SettingGroup.Shown, new("ข้อความตามคู่มือ", "The manual's own sentence"), Steps),
    ];

    static readonly Dictionary<RowKind, IReadOnlyList<SettingField>> ByKind = Enum.GetValues<RowKind>()
        .ToDictionary(kind => kind, kind => (IReadOnlyList<SettingField>)[.. All.Where(f => f.Kinds.Contains(kind))]);

    public static IReadOnlyList<SettingField> Of(RowKind kind) => ByKind[kind];

    public static IReadOnlyList<RowSetting> Read(JsonObject box, RowKind kind) =>
        [.. Of(kind).Select(field => new RowSetting(field.Name, field.Read(box)))];

    public static void Write(JsonObject box, TableRow before, TableRow after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        foreach (var field in Of(after.Kind))
        {
            var value = after.Setting(field.Name);
            if (value != before.Setting(field.Name))
                field.Write(box, value);
        }
    }

    /// <summary>What is offered to choose from must be one of that; the rest is for the proof.</summary>
    public static bool IsOffered(SettingField field, string value)
    {
        ArgumentNullException.ThrowIfNull(field);
        return field.Kind switch
        {
            SettingKind.Choice => value.Length == 0 || field.Choices.Any(c => c.Value == value),
            SettingKind.Flag => value is "true" or "false",
            SettingKind.Number => value.Length == 0 || int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
            _ => true,
        };
    }
}

using System.Collections.Frozen;
using System.Text.Json;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Identity;

namespace ProcessEngine.Service.Studio;

/// <summary>A way out of a box.</summary>
sealed record StudioPort(string Name, string DisplayName, string Type = "Flow", bool IsBrowsable = true);

/// <summary>A property of a box, and how it is edited.</summary>
/// <param name="Name">As stored, with a capital.</param>
/// <param name="Options">Of a list to choose from: value and text.</param>
sealed record StudioInput(
    string Name,
    string DisplayName,
    string Hint,
    string Description = "",
    IReadOnlyList<(string Value, string Text)>? Options = null,
    object? Default = null);

/// <summary>A kind of activity as Studio offers it.</summary>
/// <param name="Kind">Studio's: <c>Task</c>, <c>Action</c>, <c>Trigger</c>.</param>
sealed record StudioActivity(
    string Name,
    string DisplayName,
    string Description,
    string Category,
    string Kind,
    Func<StudioSurroundings, IReadOnlyList<StudioPort>> Ports,
    Func<StudioSurroundings, IReadOnlyList<StudioInput>> Inputs);

/// <summary>What the definition that is open offers to choose from.</summary>
sealed record StudioSurroundings(
    IReadOnlyList<(string Value, string Text)> Steps,
    IReadOnlyList<(string Value, string Text)> Variables,
    IReadOnlyList<(string Value, string Text)> Forms,
    ILookup<string, string> ExtraPorts)
{
    public static StudioSurroundings None { get; } = new([], [], [], Array.Empty<string>().ToLookup(s => s));

    public IReadOnlyList<StudioPort> PortsOf(string type, params StudioPort[] ports) =>
        [
            .. ports,
            .. ExtraPorts[type].Distinct()
                .Where(name => ports.All(p => p.Name != name))
                .Select(name => new StudioPort(name, name == Core.Definitions.Ports.Fail ? "ทำไม่สำเร็จ" : name)),
        ];
}

/// <summary>The kinds of activity that there are, what each asks for and with which editor.</summary>
static class StudioActivities
{
    public const string Prefix = "ProcessEngine.";
    const string People = "ขั้นตอน";
    const string Flow = "ทางเดิน";

    /// <summary>Lists of objects, for which Studio has no editor: they go to it as text.</summary>
    public static IReadOnlyList<string> TextsOfJson { get; } = ["levels", "branches", "timers", "formSchema"];

    public static readonly StudioActivity[] All =
    [
        new("Start", "เริ่มต้น", "จุดเริ่มของเรื่อง มีได้จุดเดียว", Flow, "Trigger", _ => [new(Ports.Done, "ถัดไป")], _ => []),
        new(
            "UserTask", "งานปฏิบัติ", "ขั้นตอนที่เจ้าหน้าที่ดำเนินการ", People, "Task",
            s => s.PortsOf("UserTask", new StudioPort(Ports.Done, "เสร็จแล้ว")), StepInputs),
        new(
            "Approval", "พิจารณาอนุมัติ", "ขั้นตอนที่ผู้มีอำนาจเห็นชอบ ไม่เห็นชอบ หรือส่งกลับ", People, "Task",
            s => s.PortsOf("Approval", new(Ports.Approve, "เห็นชอบ"), new(Ports.Reject, "ไม่เห็นชอบ"), new(Ports.Return, "ส่งกลับแก้ไข")),
            s => [.. StepInputs(s), .. ApprovalInputs(s)]),
        new(
            "Acknowledge", "รับทราบ", "ขั้นตอนที่ผู้บังคับบัญชารับทราบ ไม่มีทางย้อนกลับ", People, "Task",
            s => s.PortsOf("Acknowledge", new StudioPort(Ports.Done, "รับทราบแล้ว")), StepInputs),
        new(
            "Decision", "แยกตามเงื่อนไข", "ข้อมูลของเรื่องเป็นตัวกำหนดทางไป ไม่มีผู้ปฏิบัติ", Flow, "Action", _ => [],
            _ =>
            [
                new("Outcomes", "ทางออก", "dynamic-outcomes", "ชื่อทางออกเป็นอักษรอังกฤษ กด Enter เพื่อเพิ่ม นอกจากนี้มีทาง Else เสมอ"),
                new(
                    "Branches",
                    "เงื่อนไขของทางออก (JSON)",
                    "multiline",
                    "รายการของ port และ when เช่น [{\"port\":\"Large\",\"when\":\"amount > 100000\"}] ใช้ทางแรกที่เป็นจริง"),
            ]),
        new(
            "Fork", "แยกทำพร้อมกัน", "เริ่มหลายทางพร้อมกัน ลากเส้นออกอย่างน้อยสองเส้น", Flow, "Action",
            _ => [new(Ports.Done, "ทำพร้อมกัน")], _ => []),
        new(
            "Join", "รอครบทุกทาง", "รอจนทุกทางที่เข้ามาเสร็จ แล้วไปต่อครั้งเดียว", Flow, "Action", _ => [new(Ports.Done, "ครบแล้ว")],
            _ => []),
        new(
            "WaitUntil", "รอถึงกำหนด", "เรื่องพักไว้จนถึงวันที่กำหนด", Flow, "Action", _ => [new(Ports.Done, "ถึงกำหนด")],
            s =>
            [
                .. Limit(s),
                new(
                    "DateFrom", "วันที่จากข้อมูล", "dropdown", "ข้อมูลของเรื่องที่เก็บวันที่ ไม่มีกฎเวลา: 08:30 น. ของวันนั้น",
                    OrNone(s.Variables)),
            ]),
        new(
            "WaitForMessage", "รอข้อมูลจากภายนอก", "เรื่องพักไว้จนได้รับข้อความจากระบบอื่น", Flow, "Action",
            _ => [new(Ports.Done, "ได้รับแล้ว")],
            s =>
            [
                new("Message", "ชื่อข้อความ", "singleline"),
                new("CorrelationFrom", "ค่าอ้างอิงจากข้อมูล", "dropdown", "ว่างไว้: ใช้รหัสเรื่อง", OrNone(s.Variables)),
            ]),
        new(
            "CallProcess", "ส่งต่อกระบวนงานอื่น", "เริ่มกระบวนงานอื่น และรอผลหรือไม่รอก็ได้", Flow, "Action",
            s => s.PortsOf("CallProcess", new StudioPort(Ports.Done, "ไปต่อ")),
            s =>
            [
                new("DefinitionKey", "รหัสกระบวนงาน", "singleline", "เช่น khonkaen-5.install-maintain-computers"),
                new("OfficeFrom", "สำนักงานจากข้อมูล", "dropdown", "ว่างไว้: สำนักงานเดียวกัน", OrNone(s.Variables)),
                new("Waits", "รอจนเรื่องที่ส่งต่อเสร็จ", "checkbox", Default: true),
                new(
                    "MayFail", "มีทางไปเมื่อเรื่องที่รอถูกยกเลิก", "checkbox", "ลากเส้นออกทาง Fail ไม่เลือก: แจ้งผู้ดูแลระบบ",
                    Default: false),
                new("GoesOn", "เรื่องที่รอดำเนินต่อ แม้เรื่องนี้ถูกยกเลิก", "checkbox", "ไม่เลือก: ถูกยกเลิกตามไปด้วย", Default: false),
            ]),
        new(
            "End", "สิ้นสุด", "จบเรื่อง", Flow, "Action", _ => [],
            _ =>
            [
                new("Outcome", "ผลของเรื่อง", "singleline", "ภาษาอังกฤษ ว่างไว้: completed"),
                new("Terminates", "ยุติงานอื่นที่ยังค้างอยู่ทั้งหมด", "checkbox", Default: false),
            ]),
    ];

    static readonly FrozenSet<string> Known = All.Select(a => Prefix + a.Name).ToFrozenSet(StringComparer.Ordinal);

    static readonly FrozenSet<string> Steps =
        All.Where(a => a.Category == People).Select(a => Prefix + a.Name).ToFrozenSet(StringComparer.Ordinal);

    public static bool IsKnown(string? type) => type is not null && Known.Contains(type);

    /// <summary>Whether people do what is in such a box.</summary>
    public static bool IsStep(string? type) => type is not null && Steps.Contains(type);

    /// <summary>The names of the properties that a box of this type has, as Studio's instance viewer looks for them.</summary>
    public static IEnumerable<string> PropertiesOf(string type) =>
        All.FirstOrDefault(a => Prefix + a.Name == type) is { } activity
            ? activity.Inputs(StudioSurroundings.None).Select(i => i.Name)
            : [];

    static readonly (string, string)[] Kinds =
    [
        ("appoint", "แต่งตั้ง"), ("plan", "วางแผน"), ("propose", "เสนอ"), ("coordinate", "ประสานงาน"), ("execute", "ดำเนินการ"),
        ("evaluate", "ประเมินผล"), ("report", "รายงาน"),
        ("study", "ศึกษา วิเคราะห์"), ("register", "ลงทะเบียน"), ("pilot", "ทดลองใช้"), ("follow_up", "ติดตาม"), ("improve", "ปรับปรุง"),
        ("notify", "แจ้ง"), ("acknowledge", "รับทราบ"),
    ];

    static readonly (string, string)[] Rules =
    [
        ("working_days", "วันทำการ (จำนวน)"), ("working_days_range", "วันทำการ (ช่วง)"), ("calendar_days", "วัน นับวันหยุด"),
        ("working_minutes", "นาทีในเวลาราชการ"),
        ("working_days_before_event", "วันทำการก่อนวันงาน"), ("calendar_days_before_event", "วันก่อนวันงาน"),
        ("given_date", "วันที่ที่หน่วยงานอื่นกำหนด"), ("window", "ช่วงเวลาของปีงบประมาณ"),
    ];

    static (string, string)[] Urgencies =>
        [.. Enum.GetValues<Priority>().Select(p => (JsonNamingPolicy.CamelCase.ConvertName(p.ToString()), Priorities.NameOf(p).Th))];

    static (string, string)[] ActingRoles => [.. Roles.Acting.Select(role => (role, Roles.NameOf(role).Th))];

    static IReadOnlyList<(string, string)> OrNone(IReadOnlyList<(string, string)> options) => [("", "(ไม่ระบุ)"), .. options];

    static IReadOnlyList<StudioInput> StepInputs(StudioSurroundings s) =>
    [
        new("Role", "ผู้ปฏิบัติ (บทบาท)", "dropdown", "ตำแหน่งที่รับงานนี้", ActingRoles),
        .. Limit(s),
        new("SlaStated", "กำหนดเวลาตามคู่มือ", "singleline", "ถ้อยคำในคู่มือ เช่น ๑ - ๕ วันทำการ"),
        new("SlaSharedWith", "ใช้เวลารวมกับขั้นตอน", "dropdown", "ขั้นตอนแรกของช่วงเวลาที่ใช้ร่วมกัน", OrNone(s.Steps)),
        new("StepNumber", "ขั้นตอนที่", "singleline", "ลำดับที่พิมพ์ในคู่มือ"),
        new("PartOfStep", "เป็นส่วนหนึ่งของขั้นตอนที่", "singleline", "เมื่อขั้นตอนเดียวในคู่มือมีสองการกระทำ"),
        new("Text", "ข้อความตามคู่มือ", "multiline", "แสดงกับงานทั้งหมด"),
        new("NameEn", "ชื่อภาษาอังกฤษ", "singleline", "ชื่อภาษาไทยแก้ที่แท็บ Common ช่อง Name"),
        new("Kind", "ลักษณะงาน", "dropdown", "", OrNone(Kinds)),
        new("QualityStandard", "มาตรฐานคุณภาพงาน", "multiline"),
        new("FormRefs", "แบบฟอร์มที่กรอกในระบบ", "checklist", "เลือกได้ไม่เกิน 3 แบบ", s.Forms),
        new("Forms", "แบบฟอร์มตามคู่มือ", "multitext", "ต้องอยู่ในรายการแบบฟอร์มของกระบวนงาน กด Enter เพื่อเพิ่ม"),
        new("FormsSource", "ที่มาของการผูกแบบฟอร์ม", "dropdown", "", [("", "คู่มือระบุไว้"), ("inferred", "ตีความเอง: เว้นไม่กรอกได้")]),
        new("FormSchema", "แบบฟอร์มเฉพาะขั้นตอน (JSON Schema)", "multiline", "ใช้แทนแบบฟอร์มที่กรอกในระบบ"),
        new(
            "AssignTo",
            "มอบให้บุคคล",
            "multiline",
            "requester, doerOf:รหัสขั้นตอน, variable:ชื่อข้อมูล, responsible, responsibleFor:ชื่อข้อมูล หรือรายการ JSON ของ when และ to "
                + "ว่างไว้: ทุกคนในบทบาท"),
        new("Priority", "ชั้นความเร็ว", "dropdown", "เมื่อคู่มือบอกว่าทำทันที", OrNone(Urgencies)),
        new(
            "NotDoneBy",
            "ห้ามเป็นคนเดียวกับผู้ทำ",
            "checklist",
            "หลักสองคน: ผู้ทำขั้นตอนเหล่านี้ทำขั้นตอนนี้ไม่ได้",
            [("start", "ผู้เริ่มเรื่อง"), .. s.Steps]),
        new(
            "Shows",
            "แสดงคำตอบของขั้นตอน",
            "checklist",
            "ไม่เลือก: ทุกขั้นตอนตั้งแต่การอนุมัติครั้งก่อน",
            [("start", "ข้อมูลเมื่อเริ่มเรื่อง"), .. s.Steps]),
        new("MayFail", "แจ้งว่าทำไม่สำเร็จได้", "checkbox", "เรื่องไปต่อทางออก “ทำไม่สำเร็จ” ซึ่งปรากฏหลังบันทึก", Default: false),
        new("ClockPauses", "หยุดนับเวลาเมื่อเรื่องถูกระงับหรือรอบุคคลภายนอก", "checkbox", Default: true),
        new("RemindDaysBefore", "เตือนก่อนครบกำหนด (วันทำการ)", "singleline", "ว่างไว้: 1  ไม่เตือน: 0"),
        new("SupervisorRole", "ผู้บังคับบัญชาที่แจ้ง", "dropdown", "", OrNone(ActingRoles)),
        new("EscalateToSupervisorAfterDays", "แจ้งผู้บังคับบัญชาเมื่อเกินกำหนด (วันทำการ)", "singleline", "ว่างไว้: 1  ไม่แจ้ง: 0"),
        new("EscalateToDirectorAfterDays", "แจ้ง ผอ.เขต เมื่อเกินกำหนด (วันทำการ)", "singleline", "ว่างไว้: 3  ไม่แจ้ง: 0"),
        new("ForEach", "ทำซ้ำทุกรายการใน", "dropdown", "ข้อมูลของเรื่องที่เป็นรายการ เช่น รายชื่อโรงเรียน", OrNone(s.Variables)),
        new(
            "GoOn",
            "ไปต่อเมื่อ",
            "dropdown",
            "ของการทำซ้ำ",
            OrNone([("all", "ครบทุกรายการ"), ("percent", "ครบตามร้อยละ"), ("deadline", "ครบกำหนดเวลา")])),
        new("GoOnPercent", "ร้อยละที่ต้องครบ", "singleline"),
        new("ItemIsPerson", "แต่ละรายการคือผู้รับงาน", "checkbox", Default: false),
        new("CollectInto", "เก็บผลไว้ในข้อมูล", "dropdown", "", OrNone(s.Variables)),
        new("Timers", "ทางออกตามเวลา (JSON)", "multiline", "รายการของ port, slaRule … และ interrupts"),
        new("TableText", "ข้อความในตารางมาตรฐาน", "multiline", "เมื่อต่างจากข้อความตามคู่มือ"),
        new("SourceNote", "หมายเหตุเกี่ยวกับคู่มือ", "multiline"),
    ];

    static IReadOnlyList<StudioInput> ApprovalInputs(StudioSurroundings s) =>
    [
        new("ReturnTo", "ส่งกลับได้ที่ขั้นตอน", "checklist", "นอกจากขั้นตอนที่เส้น “ส่งกลับแก้ไข” ชี้ไป", s.Steps),
        new("Levels", "ลำดับชั้นการอนุมัติ (JSON)", "multiline", "รายการของ role, nameTh, nameEn กำหนดเวลา และ assignTo"),
        new("ReturnsToPreviousLevel", "ส่งกลับทีละชั้น", "checkbox", Default: false),
        new("VotingRule", "มติคณะกรรมการ", "dropdown", "ใช้เมื่อหลายคนตัดสินร่วมกัน แล้วไม่มีทางส่งกลับ",
            OrNone([
                ("any", "เห็นชอบคนเดียวก็ผ่าน"),
                ("all", "ต้องเห็นชอบทุกคน"),
                ("majority", "เสียงข้างมาก"),
                ("quorum", "ตามจำนวนเสียง"),
            ])),
        new("MembersFrom", "รายชื่อกรรมการจากข้อมูล", "dropdown", "ว่างไว้: ทุกคนในบทบาท", OrNone(s.Variables)),
        new("ChairFrom", "ประธานจากข้อมูล", "dropdown", "", OrNone(s.Variables)),
        new("Quorum", "จำนวนเสียงเห็นชอบ", "singleline"),
    ];

    static IReadOnlyList<StudioInput> Limit(StudioSurroundings s) =>
    [
        new("SlaRule", "กำหนดเวลา", "dropdown", "ว่างไว้เมื่อคู่มือไม่ได้กำหนด", OrNone(Rules)),
        new("SlaN", "จำนวน (วัน)", "singleline", "ของวันทำการ วัน และก่อนวันงาน"),
        new("SlaMin", "อย่างน้อย (วัน)", "singleline", "ของช่วง"),
        new("SlaMax", "ไม่เกิน (วันทำการ)", "singleline", "ของช่วง"),
        new("SlaMinutes", "จำนวนนาที", "singleline"),
        new("SlaRoll", "ถ้าครบกำหนดในวันหยุด", "dropdown", "", OrNone([("forward", "เลื่อนไปวันทำการถัดไป"), ("none", "ไม่เลื่อน")])),
        new("SlaDateFrom", "นับจากวันที่ในข้อมูล", "dropdown", "", OrNone(s.Variables)),
        new("SlaWindowFrom", "ช่วงเริ่ม (เดือน-วัน)", "singleline", "เช่น 10-01"),
        new("SlaWindowTo", "ช่วงสิ้นสุด (เดือน-วัน)", "singleline", "เช่น 11-30 หรือ 02-last (วันสุดท้ายของเดือน)"),
        new("SlaFiscalYear", "ปีงบประมาณ (พ.ศ.)", "singleline", "ว่างไว้: ปีที่รับเรื่อง"),
        new("SlaFirstDay", "วันที่รับเรื่อง", "dropdown", "", [("", "ไม่นับ"), ("count_if_at_open", "นับ ถ้ารับไม่เกิน 08:30 น.")]),
    ];
}

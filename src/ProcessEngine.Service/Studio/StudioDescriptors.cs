using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Studio;

/// <summary>
/// What Studio asks before it can draw: which kinds of box there are, what
/// each asks for and with which editor, and some lists that are short here.
/// </summary>
public static class StudioDescriptors
{
    const string Prefix = "ProcessEngine.";
    const string People = "ขั้นตอน";
    const string Flow = "ทางเดิน";

    /// <summary>Lists of objects, for which Studio has no editor: they go to it as text.</summary>
    public static IReadOnlyList<string> TextsOfJson { get; } = ["levels", "branches", "timers", "formSchema"];

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/descriptors/activities", ActivitiesAsync);
        api.MapGet("/descriptors/expression-descriptors", () => StudioApi.List(Expressions));
        api.MapGet("/descriptors/storage-drivers", () => StudioApi.List<object>([new
        {
            TypeName = "ProcessEngine.Case",
            DisplayName = "ข้อมูลของเรื่อง",
            Priority = 5,
            Deprecated = false,
        }]));
        api.MapGet("/descriptors/variables", () => StudioApi.List(VariableTypes));
        foreach (var none in new[]
        {
            "workflow-activation-strategies", "incident-strategies", "log-persistence-strategies", "commit-strategies/workflows",
            "commit-strategies/activities",
        })
            api.MapGet($"/descriptors/{none}", () => StudioApi.List<object>([]));
        // No hub: Studio asks again from time to time instead.
        api.MapGet("/features/installed", () => StudioApi.List<object>([]));
        api.MapGet("/features/installed/{name}", () => Results.NotFound());
        api.MapPost("/scripting/javascript/type-definitions/{id}", () => Results.Text("", "text/plain"));
        api.MapPost(
            "/descriptors/activities/{type}/options/{property}",
            () => Results.Json(new { Items = new Dictionary<string, object>() }, StudioJson.Options));
    }

    // Only literal values are run; the others stand here because Studio does not start without one of them. Publishing refuses what uses
    // them.
    static readonly object[] Expressions =
    [
        new
        {
            Type = "Literal",
            DisplayName = "ค่าคงที่",
            IsSerializable = true,
            IsBrowsable = false,
            Properties = new Dictionary<string, object>(),
        },
        new
        {
            Type = "Object",
            DisplayName = "รายการ",
            IsSerializable = true,
            IsBrowsable = false,
            Properties = new Dictionary<string, object> { ["MonacoLanguage"] = "json" },
        },
        new
        {
            Type = "Variable",
            DisplayName = "ข้อมูลของเรื่อง",
            IsSerializable = true,
            IsBrowsable = false,
            Properties = new Dictionary<string, object>(),
        },
        new
        {
            Type = "Input",
            DisplayName = "ข้อมูลเข้า",
            IsSerializable = true,
            IsBrowsable = false,
            Properties = new Dictionary<string, object>(),
        },
        new
        {
            Type = "JavaScript",
            DisplayName = "JavaScript (ไม่รองรับ)",
            IsSerializable = true,
            IsBrowsable = false,
            Properties = new Dictionary<string, object> { ["MonacoLanguage"] = "javascript" },
        },
    ];

    static readonly object[] VariableTypes =
    [
        new { TypeName = "String", DisplayName = "ข้อความ", Category = "ข้อมูลของเรื่อง", Description = "ข้อความ หรือรหัสของบุคคล" },
        new { TypeName = "Boolean", DisplayName = "ใช่/ไม่ใช่", Category = "ข้อมูลของเรื่อง", Description = "" },
        new { TypeName = "Int32", DisplayName = "จำนวนเต็ม", Category = "ข้อมูลของเรื่อง", Description = "" },
        new { TypeName = "Decimal", DisplayName = "จำนวนทศนิยม", Category = "ข้อมูลของเรื่อง", Description = "" },
        new { TypeName = "DateTime", DisplayName = "วันที่", Category = "ข้อมูลของเรื่อง", Description = "" },
    ];

    /// <summary>A way out of a box.</summary>
    sealed record Port(string Name, string DisplayName, string Type = "Flow", bool IsBrowsable = true);

    /// <summary>A property of a box, and how it is edited.</summary>
    /// <param name="Name">As stored, with a capital.</param>
    /// <param name="Options">Of a list to choose from: value and text.</param>
    sealed record Input(
        string Name,
        string DisplayName,
        string Hint,
        string Description = "",
        IReadOnlyList<(string Value, string Text)>? Options = null,
        object? Default = null);

    /// <param name="Kind">Studio's: <c>Task</c>, <c>Action</c>, <c>Trigger</c>.</param>
    sealed record Activity(
        string Name,
        string DisplayName,
        string Description,
        string Category,
        string Kind,
        Func<Surroundings, IReadOnlyList<Port>> Ports,
        Func<Surroundings, IReadOnlyList<Input>> Inputs);

    /// <summary>What the definition that is open offers to choose from.</summary>
    sealed record Surroundings(
        IReadOnlyList<(string Value, string Text)> Boxes,
        IReadOnlyList<(string Value, string Text)> Variables,
        IReadOnlyList<(string Value, string Text)> Forms,
        ILookup<string, string> ExtraPorts)
    {
        public IReadOnlyList<Port> PortsOf(string type, params Port[] ports) =>
            [
                .. ports,
                .. ExtraPorts[type].Distinct()
                    .Where(name => ports.All(p => p.Name != name))
                    .Select(name => new Port(name, name == Core.Definitions.Ports.Fail ? "ทำไม่สำเร็จ" : name)),
            ];
    }

    static readonly Activity[] Activities =
    [
        new("Start", "เริ่มต้น", "จุดเริ่มของเรื่อง มีได้จุดเดียว", Flow, "Trigger", _ => [new(Ports.Done, "ถัดไป")], _ => []),
        new(
            "UserTask", "งานปฏิบัติ", "ขั้นตอนที่เจ้าหน้าที่ดำเนินการ", People, "Task",
            s => s.PortsOf("UserTask", new Port(Ports.Done, "เสร็จแล้ว")), StepInputs),
        new(
            "Approval", "พิจารณาอนุมัติ", "ขั้นตอนที่ผู้มีอำนาจเห็นชอบ ไม่เห็นชอบ หรือส่งกลับ", People, "Task",
            s => s.PortsOf("Approval", new(Ports.Approve, "เห็นชอบ"), new(Ports.Reject, "ไม่เห็นชอบ"), new(Ports.Return, "ส่งกลับแก้ไข")),
            s => [.. StepInputs(s), .. ApprovalInputs(s)]),
        new(
            "Acknowledge", "รับทราบ", "ขั้นตอนที่ผู้บังคับบัญชารับทราบ ไม่มีทางย้อนกลับ", People, "Task",
            s => s.PortsOf("Acknowledge", new Port(Ports.Done, "รับทราบแล้ว")), StepInputs),
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
            _ => [new(Ports.Done, "ไปต่อ")],
            s =>
            [
                new("DefinitionKey", "รหัสกระบวนงาน", "singleline", "เช่น khonkaen-5.install-maintain-computers"),
                new("OfficeFrom", "สำนักงานจากข้อมูล", "dropdown", "ว่างไว้: สำนักงานเดียวกัน", OrNone(s.Variables)),
                new("Waits", "รอจนเรื่องที่ส่งต่อเสร็จ", "checkbox", Default: true),
            ]),
        new(
            "End", "สิ้นสุด", "จบเรื่อง", Flow, "Action", _ => [],
            _ =>
            [
                new("Outcome", "ผลของเรื่อง", "singleline", "ภาษาอังกฤษ ว่างไว้: completed"),
                new("Terminates", "ยุติงานอื่นที่ยังค้างอยู่ทั้งหมด", "checkbox", Default: false),
            ]),
    ];

    static readonly FrozenSet<string> Known = Activities.Select(a => Prefix + a.Name).ToFrozenSet(StringComparer.Ordinal);

    public static bool IsKnown(string? type) => type is not null && Known.Contains(type);

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

    static IReadOnlyList<Input> StepInputs(Surroundings s) =>
    [
        new("Role", "ผู้ปฏิบัติ (บทบาท)", "dropdown", "ตำแหน่งที่รับงานนี้", ActingRoles),
        .. Limit(s),
        new("SlaStated", "กำหนดเวลาตามคู่มือ", "singleline", "ถ้อยคำในคู่มือ เช่น ๑ - ๕ วันทำการ"),
        new("SlaSharedWith", "ใช้เวลารวมกับขั้นตอน", "dropdown", "ขั้นตอนแรกของช่วงเวลาที่ใช้ร่วมกัน", OrNone(s.Boxes)),
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
            [("start", "ผู้เริ่มเรื่อง"), .. s.Boxes]),
        new("MayFail", "แจ้งว่าทำไม่สำเร็จได้", "checkbox", "เรื่องไปต่อทางออก “ทำไม่สำเร็จ” ซึ่งปรากฏหลังบันทึก", Default: false),
        new("ClockPauses", "หยุดนับเวลาเมื่อเรื่องถูกระงับหรือรอบุคคลภายนอก", "checkbox", Default: true),
        new("RemindDaysBefore", "เตือนก่อนครบกำหนด (วันทำการ)", "singleline", "ว่างไว้: 1  ไม่เตือน: 0"),
        new("SupervisorRole", "ผู้บังคับบัญชาที่แจ้ง", "dropdown", "", OrNone(ActingRoles)),
        new("EscalateToSupervisorAfterDays", "แจ้งผู้บังคับบัญชาเมื่อเลยกำหนด (วันทำการ)", "singleline", "ว่างไว้: 1  ไม่แจ้ง: 0"),
        new("EscalateToDirectorAfterDays", "แจ้ง ผอ.เขต เมื่อเลยกำหนด (วันทำการ)", "singleline", "ว่างไว้: 3  ไม่แจ้ง: 0"),
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

    static IReadOnlyList<Input> ApprovalInputs(Surroundings s) =>
    [
        new("ReturnTo", "ส่งกลับได้ที่ขั้นตอน", "checklist", "นอกจากขั้นตอนที่เส้น “ส่งกลับแก้ไข” ชี้ไป", s.Boxes),
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

    static IReadOnlyList<Input> Limit(Surroundings s) =>
    [
        new("SlaRule", "กำหนดเวลา", "dropdown", "ว่างไว้เมื่อคู่มือไม่ได้กำหนด", OrNone(Rules)),
        new("SlaN", "จำนวน (วัน)", "singleline", "ของวันทำการ วัน และก่อนวันงาน"),
        new("SlaMin", "อย่างน้อย (วัน)", "singleline", "ของช่วง"),
        new("SlaMax", "ไม่เกิน (วันทำการ)", "singleline", "ของช่วง"),
        new("SlaMinutes", "จำนวนนาที", "singleline"),
        new("SlaRoll", "ถ้าครบกำหนดในวันหยุด", "dropdown", "", OrNone([("forward", "เลื่อนไปวันทำการถัดไป"), ("none", "ไม่เลื่อน")])),
        new("SlaDateFrom", "นับจากวันที่ในข้อมูล", "dropdown", "", OrNone(s.Variables)),
        new("SlaWindowFrom", "ช่วงเริ่ม (เดือน-วัน)", "singleline", "เช่น 10-01"),
        new("SlaWindowTo", "ช่วงสิ้นสุด (เดือน-วัน)", "singleline", "เช่น 11-30"),
        new("SlaFiscalYear", "ปีงบประมาณ (พ.ศ.)", "singleline", "ว่างไว้: ปีที่รับเรื่อง"),
        new("SlaFirstDay", "วันที่รับเรื่อง", "dropdown", "", [("", "ไม่นับ"), ("count_if_at_open", "นับ ถ้ารับไม่เกิน 08:30 น.")]),
    ];

    static async Task<IResult> ActivitiesAsync(HttpContext http, Database database, DefinitionFolder folder)
    {
        var surroundings = await SurroundingsAsync(http, database, folder.Forms);
        List<object> items = [.. Activities.Select(a => (object)Describe(a, surroundings))];
        items.Add(new
        {
            TypeName = "Elsa.Flowchart",
            Namespace = "Elsa",
            Name = "Flowchart",
            Version = 1,
            Category = "Flowchart",
            DisplayName = "ผังงาน",
            Description = "ขั้นตอนและเส้นเชื่อม",
            Inputs = Array.Empty<object>(),
            Outputs = Array.Empty<object>(),
            Kind = "Action",
            Ports = Array.Empty<object>(),
            CustomProperties = new Dictionary<string, object>(),
            ConstructionProperties = new Dictionary<string, object>(),
            IsContainer = true,
            IsBrowsable = false,
            IsStart = false,
            IsTerminal = false,
        });
        return StudioApi.List(items);
    }

    static object Describe(Activity a, Surroundings s) => new
    {
        TypeName = Prefix + a.Name,
        Namespace = "ProcessEngine",
        a.Name,
        Version = 1,
        a.Category,
        a.DisplayName,
        a.Description,
        Inputs = a.Inputs(s).Select(Describe),
        Outputs = Array.Empty<object>(),
        a.Kind,
        Ports = a.Ports(s),
        CustomProperties = new Dictionary<string, object>(),
        ConstructionProperties = new Dictionary<string, object>(),
        IsContainer = false,
        IsBrowsable = true,
        IsStart = a.Name == "Start",
        IsTerminal = a.Name == "End",
    };

    static object Describe(Input input, int order) => new
    {
        input.Name,
        TypeName = input.Hint switch
        {
            "checkbox" => "Boolean",
            "checklist" or "multitext" or "dynamic-outcomes" => "String[]",
            _ => "String",
        },
        input.DisplayName,
        input.Description,
        Order = (float)order,
        IsBrowsable = true,
        IsSynthetic = false,
        // Bare values, as in the files: no expression can be chosen that would not be run. Only Studio's reader of outcomes insists on a
        // wrapped one.
        IsWrapped = input.Hint == "dynamic-outcomes",
        UIHint = input.Hint,
        Category = (string?)null,
        DefaultValue = input.Default,
        DefaultSyntax = input.Hint == "dynamic-outcomes" ? "Object" : "Literal",
        IsReadOnly = false,
        IsSensitive = false,
        StorageDriverType = (string?)null,
        UISpecifications = Specification(input),
    };

    static Dictionary<string, object>? Specification(Input input)
    {
        var items = input.Options?.Select(o => new { o.Text, o.Value }).ToList();
        return input.Hint switch
        {
            "dropdown" => new() { ["dropdown"] = new { SelectList = new { Items = items, IsFlagsEnum = false, SortItems = false } } },
            "checklist" => new() { ["checklist"] = new { CheckList = new
            {
                Items = items!.Select(i => new { i.Text, i.Value, IsChecked = false }),
                IsFlagsEnum = false,
            } } },
            "dynamic-outcomes" => new() { ["DynamicOutcomesOptions"] = new { FixedOutcomes = new[] { Ports.Else } } },
            _ => null,
        };
    }

    /// <summary>The names of the properties that a box of this type has, as Studio's instance viewer looks for them.</summary>
    public static IEnumerable<string> PropertiesOf(string type) =>
        Activities.FirstOrDefault(a => Prefix + a.Name == type) is { } activity ? activity.Inputs(Nothing).Select(i => i.Name) : [];

    static readonly Surroundings Nothing = new([], [], [], Array.Empty<string>().ToLookup(s => s));

    /// <summary>Steps, data and forms of the definition that the window has open: what a list offers is what is there.</summary>
    static async Task<Surroundings> SurroundingsAsync(HttpContext http, Database database, SharedForms forms)
    {
        var listed = forms.All.Select(f => (f.Id, f.Title)).ToList();
        var (office, key) = (http.Studio().Office, http.Request.Headers[StudioApi.DefinitionHeader].ToString());
        if (key.Length is 0 or > 200)
            return Nothing with { Forms = listed };
        string? content;
        await using (var connection = await database.OpenAsync(http.RequestAborted))
        {
            content = (await OfficeDrafts.FindAsync(connection, office, key))?.Content;
            if (content is null && await OfficeDefinitions.FindAsync(connection, office, key) is { CurrentVersion: { } version })
                content = await OfficeDefinitions.ContentAsync(connection, office, key, version);
        }

        if (content is null)
            return Nothing with { Forms = listed };
        using var document = JsonDocument.Parse(content);
        var root = document.RootElement.TryGetProperty("root", out var chart) ? chart : default;
        var steps = Items(root, "activities")
            .Where(a => Text(a, "type") is Prefix + "UserTask" or Prefix + "Approval" or Prefix + "Acknowledge")
            .ToList();
        return new Surroundings(
            [.. steps.Where(a => Text(a, "id") is not null).Select(a => (Text(a, "id")!, Text(a, "name") ?? Text(a, "id")!))],
            [.. Items(document.RootElement, "variables").Select(v => Text(v, "name")).OfType<string>().Select(name => (name, name))],
            listed,
            steps.SelectMany(a => ExtraPorts(a).Select(port => (Type: Text(a, "type")![Prefix.Length..], port)))
                .ToLookup(p => p.Type, p => p.port));
    }

    static IEnumerable<string> ExtraPorts(JsonElement step)
    {
        if (step.TryGetProperty("mayFail", out var fails) && fails.ValueKind == JsonValueKind.True)
            yield return Ports.Fail;
        foreach (var timer in Items(step, "timers"))
        {
            if (Text(timer, "port") is { Length: > 0 } port)
                yield return port;
        }
    }

    static IEnumerable<JsonElement> Items(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(i => i.ValueKind == JsonValueKind.Object)
            : [];

    static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

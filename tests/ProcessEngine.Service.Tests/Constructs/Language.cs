using System.Collections.Immutable;
using System.Text.Json;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Core.Tests.Instances;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Tests.Catalogue;
using static ProcessEngine.Core.Tests.Instances.Story;

namespace ProcessEngine.Service.Tests.Constructs;

/// <summary>
/// The whole definition language, construct by construct. Who does what when stands here; what comes of it, in the approved texts.
/// </summary>
static class Language
{
    static readonly Guid[] Members = [Person(31), Person(32), Person(33), Person(34)];
    static readonly string[] Schools = ["บ้านดอน", "วัดใหม่", "บ้านนา", "วัดโพธิ์", "อนุบาล"];

    /// <summary>What a case needs to get through any of the constructs.</summary>
    public static ImmutableSortedDictionary<string, string> Data { get; } = new Dictionary<string, object> { ["schools"] = Schools, ["members"] = Ids(4), ["asOf"] = "2026-06-10" }
        .ToImmutableSortedDictionary(d => d.Key, d => JsonSerializer.Serialize(d.Value));

    static Telling Runs(Func<Story, Story> script) => new("", script);

    static Telling Runs(string title, Func<Story, Story> script) => new(title, script);

    static PostOrder InPost(CapacityKind kind) => new(Person(50), new Capacity(kind, Roles.Director, "12/2569"));

    static string[] Ids(int members) => [.. Members.Take(members).Select(m => m.ToString())];

    public static IReadOnlyList<Construct> All => [.. Groups.SelectMany(g => g.Constructs)];

    public static IReadOnlyList<(string Title, Construct[] Constructs)> Groups { get; } =
    [
        ("Flow", [
            new("sequence", "khonkaen-3", "เสนอผู้บริหารและเผยแพร่ข้อมูลสารสนเทศ", "arrows by `Done`",
                Runs(
                    s =>
                        s.Starts().On("2026-03-04 10:00").Completes("submit").On("2026-03-05 14:00").Completes("see").On("2026-03-06 09:30")
                            .Completes("publish"))),
            new("decision", "suratthani-chumphon", "หากการขอคำปรึกษา คำแนะนำเป็นทางการ ควรจัดทำทะเบียนคุม…", "`Decision`: `branches` of `port` and `when`; the way `Else`; `variables`",
                Runs("formal", s => s.Starts().Completes("receive", ("formal", true)).Completes("register").Completes("advise")),
                Runs(
                    "formal and most urgent: the first condition that holds",
                    s => s.Starts().Completes("receive", ("formal", true), ("urgency", "ด่วนที่สุด")).Completes("answer-at-once")),
                Runs("nothing known: else", s => s.Starts().Completes("receive").Completes("advise"))),
            new("fork-join", "chiangmai-2", "พฤศจิกายน – มิถุนายน … พฤศจิกายน – ตลอดปีงบประมาณ", "`Fork`, `Join`",
                Runs(
                    s =>
                        s.Starts().Completes("plan").On("2026-03-04 09:00").Completes("train").On("2026-03-05 09:00").Completes("develop")
                            .On("2026-03-06 09:00").Completes("test").Completes("report"))),
            new("reject-loop", "suratthani-chumphon", "D -- ไม่เห็นชอบ --> C", "`Approval`: an arrow back by `Reject`",
                Runs(
                    s =>
                        s.Starts().Completes("plan").On("2026-03-04 10:00").Rejects("propose", "ยังไม่ครอบคลุม").On("2026-03-05 10:00")
                            .Completes("plan").On("2026-03-06 10:00").Approves("propose").Completes("work"))),
            new("reject-undoes", "chiangmai-1", "ไม่ผ่าน", "nothing: what lies after the step to which it goes is undone, also in other branches",
                Runs(
                    s =>
                        s.Starts().Completes("plan").On("2026-03-04 09:00").Completes("develop").On("2026-03-05 09:00")
                            .Rejects("check", "แบบไม่ตรงความต้องการ").On("2026-03-06 09:00").Completes("plan").Approves("check")
                                .Completes("develop").Completes("report"))),
            new("return-to-step", "chiangmai-2", "ให้คำแนะนำ และตรวจสอบ", "`returnTo`; the arrow `Return` is the one taken when nothing is chosen",
                Runs(
                    "to a step of the director's choice",
                    s => s.Starts().Completes("appoint").Completes("plan").Returns(
                        "propose", "appoint",
                        "เพิ่มคณะทำงาน").Completes("appoint").Completes("plan").Approves("propose").Completes("work")),
                Runs("without a choice", s => s.Starts().Completes("appoint").Completes("plan").Returns("propose", reason: "แก้ไขแผน")),
                Runs("to a step that is not allowed", s => s.Starts().Completes("appoint").Completes("plan").Returns("propose", "work"))),
        ]),
        ("Many at once", [
            new("list-all", "chiangmai-2", "แจ้ง ประสานงาน สถานศึกษา และ/หรือ ผู้เกี่ยวข้อง", "`forEach`, `goOn: all`, `collectInto`, `itemIsPerson`",
                Runs(
                    s => s.Starts().Completes(
                        "ask", ("schools", Schools[..3])).Completes("collect", ("pupils", 120)).Completes("collect",
                        ("pupils", 80)).Completes("collect", ("pupils", 45)).Completes("sum-up")),
                Runs("an empty list is done at once", s => s.Starts().Completes("ask", ("schools", Array.Empty<string>())))),
            new("list-percent", "chiangmai-2", "ประสานกลุ่มงานที่มีส่วนเกี่ยวข้องให้เข้าร่วมประชุม", "`goOn: percent`, `goOnPercent`",
                Runs(
                    "three of five are sixty per cent",
                    s => s.Starts().Completes("ask", ("schools", Schools)).Completes(
                        "collect", ("pupils", 120)).Completes("collect", ("pupils", 80)).Completes("collect", ("pupils", 45)))),
            new("list-deadline", "khonkaen-3", "ส่งหนังสือในระบบ AMSS ให้โรงเรียนได้ทันในเวลาที่กำหนด", "`goOn: deadline`, and a limit on the step",
                Runs(
                    s => s.Starts().Completes("ask", ("schools", Schools[..3])).On("2026-03-05 09:00").Completes(
                        "collect", ("pupils", 120)).TimeIs("2026-03-10 16:30").TimeIs("2026-03-10 16:31").Completes("sum-up"))),
            new("committee-any", "khonkaen-3", "คณะทำงานร่วมกำหนดคุณลักษณะ", "`votingRule: any`, `membersFrom` (else all who hold the role)",
                Runs(
                    "one in favour",
                    s => s.Starts().Completes(
                        "appoint", ("members", Ids(3))).Votes(Members[0], Vote.Reject).Votes(Members[2], Vote.Approve)),
                Runs(
                    "all against",
                    s => s.Starts().Completes(
                        "appoint", ("members", Ids(2))).Votes(Members[0], Vote.Reject).Votes(Members[1], Vote.Abstain))),
            new("committee-all", "suratthani-chumphon", "แต่งตั้งคณะกรรมการ/คณะทำงาน", "`votingRule: all`",
                Runs(
                    "all in favour",
                    s => s.Starts().Completes(
                        "appoint", ("members", Ids(3))).Votes(Members[0], Vote.Approve).Votes(Members[1], Vote.Approve).Votes(Members[2],
                        Vote.Approve)),
                Runs(
                    "one against refuses",
                    s => s.Starts().Completes(
                        "appoint", ("members", Ids(3))).Votes(Members[0], Vote.Approve).Votes(Members[1], Vote.Reject))),
            new("committee-majority", "suratthani-chumphon", "แต่งตั้งคณะกรรมการ/คณะทำงาน", "`votingRule: majority`, `chairFrom`",
                Runs(
                    "known before all have voted",
                    s => s.Starts().Completes("appoint", ("members", Ids(3)), ("chair", Ids(1)[0])).Votes(Members[1], Vote.Approve).Votes(
                        Members[2], Vote.Approve)),
                Runs("even: the vote of the chair decides", s => s.Starts().Completes("appoint", ("members", Ids(4)), ("chair", Ids(1)[0]))
                    .Votes(Members[1], Vote.Reject).Votes(Members[2], Vote.Reject).Votes(Members[3], Vote.Approve)
                        .Votes(Members[0], Vote.Approve)),
                Runs(
                    "even without a chair: refused",
                    s => s.Starts().Completes(
                        "appoint", ("members", Ids(2))).Votes(Members[0], Vote.Approve).Votes(Members[1], Vote.Reject))),
            new("committee-quorum", "suratthani-chumphon", "แต่งตั้งคณะกรรมการ/คณะทำงาน", "`votingRule: quorum`, `quorum`",
                Runs("three in favour", s => s.Starts().Completes("appoint", ("members", Ids(4)))
                    .Votes(Members[0], Vote.Approve).Votes(Members[1], Vote.Abstain).Votes(Members[2], Vote.Approve)
                        .Votes(Members[3], Vote.Approve)),
                Runs(
                    "out of reach",
                    s => s.Starts().Completes(
                        "appoint", ("members", Ids(4))).Votes(Members[0], Vote.Reject).Votes(Members[1], Vote.Abstain)),
                Runs(
                    "fewer members than that: an incident, not a refusal",
                    s => s.Starts().Completes("appoint", ("members", Ids(2))).Changes(("members", Ids(4))))),
        ]),
        ("Decisions and people", [
            new("four-eyes", "suratthani-chumphon", "ปฏิบัติหน้าที่ผู้อำนวยการกลุ่ม", "`notDoneBy`: steps, or `start` for whoever started the case",
                Runs(
                    s =>
                        s.Starts().CompletesAs(Person(11), "plan").Approves("approve", Person(11)).Approves("approve", Requester)
                            .Approves("approve", Person(12)))),
            new("in-place-of", "suratthani-chumphon", "ปฏิบัติหน้าที่ผู้อำนวยการกลุ่ม", "nothing: orders are kept by the office, and the capacity stands with the decision",
                Runs(s => s.Starts().Completes("plan").ByOrder(Person(41), InPost(CapacityKind.Acting)).Rejects("propose", "ยังไม่ครอบคลุม")
                    .Completes("plan").ByOrder(Requester, InPost(CapacityKind.Delegated)).Approves("propose")
                        .ByOrder(Person(42), InPost(CapacityKind.Delegated)).Approves("propose"))),
            new("levels", "khonkaen-3", "หนังสือทุกเรื่องจะเสนอผ่านผู้อำนวยการกลุ่มผ่านรองผู้อำนวยการ…ที่ดูแลรับผิดชอบ และนำเสนอต่อท่านผู้อำนวยการ", "`levels` of `role` and a limit each; `returnsToPreviousLevel`",
                Runs(s => s.Starts().Completes("draft").On("2026-03-04 09:00").Approves("sign").On("2026-03-04 14:00").Returns("sign", reason: "แก้คำผิด").On("2026-03-05 09:00").Approves("sign").Approves("sign")
                    .On("2026-03-06 09:00").Returns("sign", "draft", "เขียนใหม่").Completes("draft").Approves("sign").Approves("sign")
                        .Approves("sign").Completes("send"))),
            new("levels-to-proposer", "khonkaen-3", "หนังสือทุกเรื่องจะเสนอผ่านผู้อำนวยการกลุ่มผ่านรองผู้อำนวยการ…ที่ดูแลรับผิดชอบ และนำเสนอต่อท่านผู้อำนวยการ", "`levels` without `returnsToPreviousLevel`: the arrow `Return`",
                Runs(
                    s => s.Starts().Completes("draft").Approves("sign").On("2026-03-04 09:00").Returns(
                        "sign", reason: "แก้คำผิด").Completes("draft").Approves("sign").Approves("sign").Rejects("sign", "ไม่เห็นชอบ"))),
            new("responsible", "khonkaen-3", "ผ่านรองผู้อำนวยการ…ที่ดูแลรับผิดชอบ", "`assignTo: responsibleFor:name` (the variable with the field of work) or `responsible` (for the procedure); who looks after what is kept by the office",
                Runs("one of two deputies", s => s.LooksAfter(Roles.DeputyDirector, "วิชาการ", Person(51)).LooksAfter(Roles.DeputyDirector, "งบประมาณ", Person(52))
                    .Starts().Completes("draft", ("field", "งบประมาณ")).Approves("sign").By(Person(51), Roles.DeputyDirector)
                        .Approves("sign").Approves("sign").Approves("sign").Completes("send")),
                Runs(
                    "a field that nobody has: any deputy",
                    s => s.LooksAfter(Roles.DeputyDirector, "วิชาการ", Person(51)).Starts().Completes(
                        "draft", ("field", "อื่น")).Approves("sign").Approves("sign"))),
            new("acknowledge", "suratthani-chumphon", "เสนอ ผอ.สพท.รับทราบ", "`Acknowledge`: one way out, no way back",
                Runs(s => s.Starts().Completes("report").Rejects("note").Completes("note"))),
            new("assign-requester", "suratthani-chumphon", "ควรประเมินความเข้าใจของผู้ขอรับคำปรึกษา", "`assignTo: requester`",
                Runs(
                    s => s.Starts().Completes("advise").By(Person(11), Roles.Officer).Completes("assess").Completes("assess"))),
            new("assign-doer", "chiangmai-2", "เสนองาน ผอ.กลุ่ม หรือ เจ้าของเรื่อง", "`assignTo: doerOf:step`",
                Runs(
                    s => s.Starts().CompletesAs(Person(21), "assign").Completes("make").By(
                        Person(22), Roles.GroupDirector).Approves("accept").Approves("accept"))),
            new("assign-variable", "suratthani-chumphon", "มอบหมายผู้เกี่ยวข้องเตรียมข้อมูลได้ถูกต้อง", "`assignTo: variable:name`; the variable holds the id of a person",
                Runs(s => s.Starts().Completes("study", ("preparer", Person(15).ToString())).Completes("prepare")),
                Runs(
                    "nobody is named: for everybody of the role, and an incident",
                    s => s.Starts().Completes("study").Completes("prepare"))),
            new("assign-conditional", "chiangmai-2", "เสนองาน ผอ.กลุ่ม หรือ เจ้าของเรื่อง", "`assignTo` as a list of `when` and `to`: the first that holds, else everybody of the role; of a level, too",
                Runs("the owner of the matter, who is named", s => s.Starts().Completes("receive", ("givenBy", "เจ้าของเรื่อง"), ("owner", Person(16).ToString())).Completes("make")
                    .By(Person(22), Roles.GroupDirector).Approves("accept").Approves("accept")),
                Runs("the owner of the matter, who started the case", s => s.Starts().Completes("receive", ("givenBy", "เจ้าของเรื่อง")).Completes("make").Rejects("accept", "แก้สี")
                    .Completes("make").Approves("accept")),
                Runs(
                    "else the group director",
                    s => s.Starts().Completes("receive", ("givenBy", "ผอ.กลุ่ม")).Completes("make").Approves("accept"))),
            new("claim", "chiangmai-2", "ได้รับมอบหมายงาน จาก ผอ.กลุ่ม หรือ เจ้าของเรื่อง", "nothing: every task can be claimed, released and reassigned",
                Runs(s => s.Starts().Claims("repair", Person(11)).By(Person(12), Roles.ComputerOfficer).Completes("repair").Releases("repair").Claims("repair", Person(12))
                    .Reassigns("repair", Person(14), Roles.Officer).Reassigns("repair", Person(13), Roles.ComputerOfficer)
                        .Completes("repair"))),
        ]),
        ("Urgency", [
            new("priority", "chiangmai-2", "จะทำงานแก้ไขทันที ให้พร้อมใช้งานในการประชุมครั้งต่อไป", "`priority` of a step: `urgent`, `veryUrgent` or `mostUrgent`; a case is marked when it starts or later",
                Runs("a step that is always urgent, in an ordinary case", s => s.Starts().Completes("repair")),
                Runs(
                    "marked later, by a superior",
                    s => s.Starts().Marks(Priority.MostUrgent).On("2026-03-02 10:00").Marks(null).Completes("repair"))),
        ]),
        ("Waiting", [
            new("wait-date", "chiangmai-2", "ข้อมูล ณ วันที่ ๑๐ มิถุนายน หรือตามที่ระบบกำหนด", "`WaitUntil`: `dateFrom`, or an `slaRule` for so long after arrival",
                Runs(
                    s =>
                        s.Starts(("asOf", "2026-06-10")).Completes("announce").TimeIs("2026-06-10 08:30").TimeIs("2026-06-10 08:31")
                            .Completes("extract")),
                Runs(
                    "the date is moved while the case waits",
                    s =>
                        s.Starts(("asOf", "2026-06-10")).Completes("announce").On("2026-05-20 10:00").Changes(("asOf", "2026-06-15"))
                            .TimeIs("2026-06-10 08:31").TimeIs("2026-06-15 08:31")),
                Runs(
                    "without a date: an incident",
                    s => s.Starts().Completes("announce").On("2026-05-20 10:00").Changes(("asOf", "2026-06-10")))),
            new("begin-with", "suratthani-chumphon", "เพื่อใช้เป็นข้อมูลในการพัฒนาการดำเนินการในปีต่อไป", "`value` of a variable, of a date also month and day of the fiscal year; `carryOver` in `customProperties`: variable ← variable of the last completed case",
                Runs("the first year", s => s.Starts().Completes("collect").Completes("report", ("advice", "เพิ่มช่องทาง"))),
                Runs(
                    "the next: what came of the last begins it",
                    s => s.AfterACaseWith(("advice", "เพิ่มช่องทาง")).On("2026-10-01 08:30").Starts()),
                Runs(
                    "what is given comes first",
                    s => s.AfterACaseWith(("advice", "เพิ่มช่องทาง")).Starts(("dataAsOf", "2026-06-15"), ("adviceLastYear", "ลดขั้นตอน")))),
            new("wait-message", "chiangmai-2", "ได้รับหนังสือแจ้ง…ส่งมาจากส่วนกลาง สพฐ.", "`WaitForMessage`: `message`, `correlationFrom`",
                Runs(
                    s => s.Starts().Completes(
                        "ask", ("letterNumber", "ศธ 04009/123")).On("2026-03-09 11:00").Hears("answer-received",
                        "ศธ 04009/999").Hears("answer-received", "ศธ 04009/123", ("approved", true)).Completes("act"))),
            new("call", "khonkaen-3", "ร่วมดำเนินการจัดซื้อจัดจ้าง", "`CallProcess`: `definitionKey`, `officeFrom`; `mayFail` and an arrow by `Fail` for a case that was cancelled (else an incident); `goesOn: true` where it outlives this case",
                Runs(s => s.Starts().Completes("specify").On("2026-04-20 15:00").Ends("buy").Completes("receive"))),
            new("hand-over", "chiangmai-2", "หากมีปัญหาจะให้เจ้าของเครื่องแจ้งกลุ่มพัสดุเพื่อดำเนินการซ่อมต่อไป", "`CallProcess` with `waits: false`; `End` with an `outcome` of its own",
                Runs("handed over is not solved", s => s.Starts(("supplyOffice", "supply")).Fails("fix")),
                Runs("solved", s => s.Starts(("supplyOffice", "supply")).Completes("fix"))),
            new("timer-interrupts", "chiangmai-2", "จะทำงานแก้ไขทันที ให้พร้อมใช้งานในการประชุมครั้งต่อไป", "`timers` of `port`, `slaRule` …, `interrupts: true`",
                Runs("too late", s => s.Starts().TimeIs("2026-03-02 09:30").TimeIs("2026-03-02 09:31").Completes("replace")),
                Runs("in time", s => s.Starts().On("2026-03-02 09:20").Completes("repair").TimeIs("2026-03-02 09:31"))),
            new("timer-beside", "suratthani-chumphon", "เสนอ ผอ.สพท. อนุมัติแผนดำเนินงาน | ๓ วันทำการ", "`timers` with `interrupts: false`: the other branch runs beside the step",
                Runs(
                    s =>
                        s.Starts().Completes("draft").TimeIs("2026-03-05 16:31").On("2026-03-06 09:00").Completes("ask-after")
                            .On("2026-03-06 10:00").Approves("approve"))),
            new("other-channel", "chiangmai-2", "หากมีปัญหาระหว่างการประชุม จะสลับไปใช้ช่องทางอื่นที่ได้จัดเตรียมไว้", "`mayFail: true`, and an arrow by `Fail`",
                Runs(
                    s =>
                        s.Starts().On("2026-03-02 09:10").Fails("conference").On("2026-03-02 09:25").Fails("youtube").On("2026-03-02 12:00")
                            .Completes("satellite"))),
            new("outsider", "chiangmai-2", "ให้คำแนะนำ และตรวจสอบ", "nothing: a task can be paused; `clockPauses: false` lets its clock run on",
                Runs(
                    s =>
                        s.Starts().On("2026-03-04 10:00").Pauses("check").TimeIs("2026-03-06 09:00").Completes("check")
                            .On("2026-03-09 09:00").Continues("check").On("2026-03-10 11:00").Completes("check"))),
            new("suspend", "", "a flood or an election stops an office", "nothing: a superior suspends; `clockPauses: false` lets the clock of a step run on",
                Runs(
                    s =>
                        s.Starts().On("2026-03-04 10:00").Suspends().Completes("survey").TimeIs("2026-03-12 09:00").On("2026-03-16 08:30")
                            .Resumes().On("2026-03-17 10:00").Completes("survey")),
                Runs("or cancelled", s => s.Starts().On("2026-03-04 10:00").Cancels("ซ้ำกับเรื่องเดิม"))),
        ]),
        ("Limits", [
            new("limit-working-days", "suratthani-chumphon", "๓ วันทำการ", "`slaRule: working_days`, `slaN`, `slaStated`",
                Runs("Songkran does not count", s => s.On("2026-04-10 09:00").Starts().On("2026-04-20 16:00").Completes("do")),
                Runs(
                    "a holiday is declared while it runs",
                    s => s.On("2026-11-26 10:00").Starts().On("2026-11-27 09:00").DaysOff("2026-11-30")),
                Runs("into a year whose holidays are not announced yet", s => s.On("2026-12-29 10:00").Starts())),
            new("limit-working-days-range", "suratthani-chumphon", "๑ - ๕ วันทำการ", "`slaRule: working_days_range`, `slaMin`, `slaMax`",
                Runs("early is no breach", s => s.On("2026-10-20 09:00").Starts().On("2026-10-20 15:00").Completes("do")),
                Runs("within", s => s.On("2026-10-20 09:00").Starts().On("2026-10-28 16:30").Completes("do")),
                Runs("late", s => s.On("2026-10-20 09:00").Starts().TimeIs("2026-10-28 16:31").On("2026-10-29 09:00").Completes("do"))),
            new("limit-calendar-days", "suratthani-chumphon", "๑๕ วัน", "`slaRule: calendar_days`, `slaN`, `slaMin` for a range, `slaRoll: forward`",
                Runs(
                    "the fifteenth day is a Saturday and a holiday",
                    s => s.On("2026-11-20 10:00").Starts().On("2026-12-08 15:00").Completes("do"))),
            new("limit-calendar-days-fixed", "", "a duty that a law lays on the official (Administrative Procedure Act, s. 64)", "`slaRoll: none`",
                Runs(s => s.On("2026-11-20 10:00").Starts().On("2026-12-08 15:00").Completes("do"))),
            new("limit-working-minutes", "suratthani-chumphon", "๓๐ นาที", "`slaRule: working_minutes`, `slaMinutes`",
                Runs("begun on a Friday at 16:15", s => s.On("2026-02-06 16:15").Starts().On("2026-02-09 08:40").Completes("do"))),
            new("limit-window", "chiangmai-2", "๑ – ๑๕ ตุลาคม", "`slaRule: window`, `slaWindowFrom`, `slaWindowTo`, `slaFiscalYear`",
                Runs(s => s.On("2026-10-01 09:00").Starts().On("2026-10-15 16:00").Completes("do")),
                Runs("begun in September: the window of the year that ends", s => s.On("2026-09-28 09:00").Starts())),
            new("limit-working-days-before-event", "chiangmai-2", "ก่อนวันที่จะประชุม 1 วัน", "`slaRule: working_days_before_event`, `slaN`, `slaDateFrom`",
                Runs(
                    "the meeting is moved",
                    s => s.On("2026-11-30 09:00").Starts(("meetingOn", "2026-12-08")).On("2026-12-01 09:00").Changes(
                        ("meetingOn", "2026-12-15")).On("2026-12-14 15:00").Completes("do"))),
            new("limit-calendar-days-before-event", "chiangmai-2", "ทำงานติดตั้ง ทดสอบใช้งาน ก่อนวันที่จะประชุม 1 วัน", "`slaRule: calendar_days_before_event`, `slaN`, `slaDateFrom`",
                Runs(
                    "the day before is a holiday",
                    s => s.On("2026-11-30 09:00").Starts(("meetingOn", "2026-12-08")).On("2026-12-04 15:00").Completes("do")),
                Runs(
                    "invited on the day itself: late at its start",
                    s => s.On("2026-12-08 09:00").Starts(("meetingOn", "2026-12-08")).TimeIs("2026-12-08 09:05").Completes("do"))),
            new("limit-given-date", "chiangmai-2", "มีการจัดเก็บข้อมูลให้เป็นไปตามเวลาและเงื่อนไข ที่ระบบกำหนด", "`slaRule: given_date`, `slaDateFrom`",
                Runs(
                    "without a date nothing is due",
                    s => s.Starts().On("2026-03-04 09:00").Changes(("dueOn", "2026-03-31")).On("2026-03-20 09:00").Completes("do"))),
            new("limit-extended", "", "an extension (ขยายเวลา) counts on from the last day before rolling, as R8 of [working time](working-time.md) has it", "nothing: a superior extends a running limit",
                Runs(
                    s => s.On("2026-11-20 10:00").Starts().On("2026-12-04 10:00").Extends(
                        "do", new CalendarDays(7)).On("2026-12-14 15:00").Completes("do"))),
            new("limit-shared", "suratthani-chumphon", "รวมอยู่ในระยะเวลาขั้นวิจัย", "`slaSharedWith`: the step whose clock includes this one",
                Runs(
                    s =>
                        s.Starts().On("2026-03-31 15:00").Completes("develop").On("2026-04-20 15:00").Completes("pilot")
                            .On("2026-04-27 15:00").Completes("follow-up"))),
            new("limit-procedure", "", "limits of different units cannot be added up, so a promise about the whole stands by itself", "`slaRule` … in the definition's `customProperties`",
                Runs(
                    "each step in time, the whole too late",
                    s =>
                        s.Starts().On("2026-03-06 09:00").Completes("serve").TimeIs("2026-03-11 16:31").On("2026-03-13 09:00")
                            .Completes("deliver"))),
            new("limit-until", "chiangmai-2", "จัดเก็บเอกสาร", "`slaUntil`: the step with which whoever asked has been served",
                Runs(
                    "served in time; the filing afterwards is the office's own",
                    s => s.Starts().On("2026-03-05 09:00").Completes("deliver").TimeIs("2026-03-20 09:00").Completes("file"))),
            new("limit-none", "khonkaen-5", "(no time is printed in the whole manual)", "no `slaRule`",
                Runs("measured, never breached", s => s.Starts().TimeIs("2026-04-01 09:00").On("2026-04-02 09:00").Completes("do"))),
            new("limit-of-office", "khonkaen-5", "(no time is printed in the whole manual)", "nothing: an office sets its own where the manual states none, and it is marked as its own",
                Runs(s => s.OfficeSets("do", new WorkingDays(2)).Starts().On("2026-03-04 09:00").Completes("do"))),
            new("escalation", "suratthani-chumphon", "เสนอ ผอ.สพท. อนุมัติแผนดำเนินงาน | ๓ วันทำการ", "`remindDaysBefore`, `escalateToSupervisorAfterDays`, `escalateToDirectorAfterDays` (0: never), `supervisorRole`",
                Runs(
                    s =>
                        s.Starts().TimeIs("2026-03-04 16:31").TimeIs("2026-03-06 16:31").TimeIs("2026-03-09 16:31")
                            .TimeIs("2026-03-10 16:31").On("2026-03-11 09:00").Completes("do"))),
        ]),
        ("Data", [
            new("form", "suratthani-chumphon", "จัดทำเป็นลายลักษณ์อักษร หรือชี้แจง…ผ่านช่องทางที่หลากหลาย", "`formSchema`, or `formRefs` with `formsSource` ([forms](forms.md))",
                Runs(
                    s => s.Starts().Completes("record", ("items", 0)).Completes(
                        "record", ("borrower", "โรงเรียนบ้านดอน"), ("items", 2), ("returnOn", "2026-03-31")))),
            new("incident", "", "where a list or a person is missing, an administrator sees it and puts it right, and it is tried again", "nothing: what a step needs of the case's data stands in the case",
                Runs(
                    s => s.Starts().Completes("ask").On("2026-03-04 09:00").Changes(
                        ("schools", Schools[..2])).Completes("collect").Completes("collect").Completes("sum-up")),
                Runs("nobody holds the role", s => s.Staffed(Roles.Officer).Starts())),
        ]),
        ("The case as a whole", [
            new("reopen", "chiangmai-2", "จัดเก็บเอกสาร", "`reopenWithinDays` in `customProperties` (30 by default, 0: never)",
                Runs(s => s.Starts().Completes("deliver").Completes("file").On("2026-03-10 09:00").Reopens("file").Completes("file")),
                Runs("too late", s => s.Starts().Completes("deliver").Completes("file").On("2026-03-20 09:00").Reopens("file"))),
            new("move", "", "somebody pressed the wrong button", "nothing: an administrator puts a mistake right",
                Runs(
                    s =>
                        s.Starts().Completes("receive").Completes("study").By(Person(90), Roles.Director).Moves("receive").Moves("receive")
                            .Completes("receive").Completes("study").Completes("survey").Completes("report"))),
            new("terminate", "chiangmai-2", "หากมีปัญหาจะให้เจ้าของเครื่องแจ้งกลุ่มพัสดุเพื่อดำเนินการซ่อมต่อไป", "`End` with `terminates: true`",
                Runs(s => s.Starts().On("2026-03-04 09:00").Completes("watch")),
                Runs("the other end waits for the last branch", s => s.Starts().Completes("prepare").Completes("watch"))),
        ]),
    ];
}

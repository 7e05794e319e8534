using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web;

/// <summary>One line of a history, as a person would tell it.</summary>
/// <param name="Who">Null when nobody acted: time passed, or work arrived.</param>
/// <param name="As">By what right: the post of who decided, and the order when it is not their own.</param>
/// <param name="Said">The comment or reason, in its writer's own words.</param>
/// <param name="Tone">Marks what stands out: <c>good</c>, <c>warn</c>, <c>bad</c>, or empty; <c>undone</c> what was taken back.</param>
public sealed record HistoryLine(int Sequence, DateTimeOffset At, string? Who, string? As, string What, string? Said, string Tone)
{
    /// <summary>User name → display name of those whom the comment reached.</summary>
    public IReadOnlyDictionary<string, string> Reached { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// The events of a case in plain Thai or English. What only the machine needs is left out; the audit trail has everything.
/// </summary>
/// <param name="kind">Of the office: how its posts are printed.</param>
/// <param name="userNames">Of those whom comments mention.</param>
public sealed class PlainHistory(
    Words w,
    ProcessDefinition definition,
    OfficeKind kind,
    IReadOnlyDictionary<Guid, string> names,
    IReadOnlyDictionary<Guid, string> userNames)
{
    readonly Dictionary<Guid, (string Step, int Attempt, string Role, int? Level)> tasks = [];
    readonly HashSet<Guid> awaited = [];
    string office = "";

    /// <summary>The people whom the events name besides those who acted.</summary>
    public static IEnumerable<Guid?> Mentioned(IEnumerable<PastEvent> events) => events.Select(e => e.Event switch
    {
        TaskOpened t => t.Assignee,
        TaskReassigned t => t.To,
        _ => null,
    }).Concat(ReachedBy(events).Cast<Guid?>());

    /// <summary>The people whom comments mention.</summary>
    public static IEnumerable<Guid> ReachedBy(IEnumerable<PastEvent> events) =>
        events.Select(e => e.Event).OfType<CommentAdded>().SelectMany(c => c.Mentioned ?? []).Distinct();

    public IReadOnlyList<HistoryLine> Tell(IReadOnlyList<PastEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var lines = new List<HistoryLine>();
        var standing = CaseHistory.Standing(events).Select(e => e.Sequence).ToHashSet();
        foreach (var past in events)
        {
            if (past.Event is InstanceStarted begun)
                office = begun.Office;
            if (past.Event is WaitStarted { Kind: WaitKind.Message } started)
                awaited.Add(started.WaitId);
            if (past.Event is TaskOpened opened)
                tasks[opened.TaskId] = (opened.StepId, opened.Attempt, opened.Role, opened.Level);
            if (past.Event is null)
                lines.Add(new HistoryLine(
                    past.Sequence, past.At, past.ActorName, null, w["บันทึกรายการนี้อ่านไม่ได้", "This record cannot be read"], null,
                    "bad"));
            else if (Sentence(past.Event) is { } told)
                lines.Add(new HistoryLine(
                    past.Sequence, past.At, Follows(past.Event) ? null : past.ActorName, Right(past.Event), told.What, told.Said,
                    standing.Contains(past.Sequence) ? told.Tone : "undone")
                { Reached = ReachedBy(past.Event) });
        }

        return lines;
    }

    Dictionary<string, string> ReachedBy(ProcessEvent e) =>
        e is CommentAdded { Mentioned: { } people } ? people.Where(userNames.ContainsKey).ToDictionary(p => userNames[p], Name) : [];

    string? Right(ProcessEvent e)
    {
        var role = TaskOutcomes.Of(e) is { } closed && tasks.TryGetValue(closed.TaskId, out var task) ? task.Role : null;
        return CapacityView.Of(e, role, kind) is { } right ? w[right.Named(w.OwnPost(office, right.Role)).Text] : null;
    }

    /// <summary>What follows from an act by itself was nobody's doing.</summary>
    static bool Follows(ProcessEvent e) =>
        e is TaskOpened or TaskCancelled or TaskTimedOut or TaskGroupClosed or DeadlineSet
            or DeadlineMoved { Cause: not MoveCause.Extended }
            or AnswersCleared or WaitStarted or CaseHandedOver or IncidentRaised or InstanceCompleted;

    internal (string What, string? Said, string Tone)? Sentence(ProcessEvent e) => e switch
    {
        InstanceStarted s =>
            (w["เริ่มเรื่อง", "started the case"] + (s.Priority is { } priority ? $" ({w[Priorities.NameOf(priority)]})" : ""), null, ""),
        TaskOpened t => (Opened(t), null, ""),
        TaskClaimed t => (w[$"รับงาน{Task(t.TaskId)}", $"took {Task(t.TaskId)}"], null, ""),
        TaskReleased t => (w[$"คืนงาน{Task(t.TaskId)}", $"gave back {Task(t.TaskId)}"], t.Comment, ""),
        TaskReassigned t => (w[$"มอบงาน{Task(t.TaskId)} ให้ {Name(t.To)}", $"gave {Task(t.TaskId)} to {Name(t.To)}"], t.Comment, ""),
        TaskCompleted t => (w[$"ดำเนินการ{Task(t.TaskId)} เสร็จแล้ว", $"finished {Task(t.TaskId)}"], t.Comment, "good"),
        TaskApproved t => (w[$"เห็นชอบ{Task(t.TaskId)}", $"approved {Task(t.TaskId)}"], t.Comment, "good"),
        TaskRejected t => (w[$"ไม่เห็นชอบ{Task(t.TaskId)}", $"rejected {Task(t.TaskId)}"], t.Comment, "bad"),
        TaskReturned t => (
            w[$"ส่งกลับ{Task(t.TaskId)} ให้แก้ไขที่{Step(t.ToStep)}", $"returned {Task(t.TaskId)} to {Step(t.ToStep)}"], t.Comment, "warn"),
        TaskFailed t => (
            w[$"แจ้งว่าทำ{Task(t.TaskId)} ด้วยวิธีนี้ไม่สำเร็จ", $"could not do {Task(t.TaskId)} this way"], t.Comment, "warn"),
        TaskTimedOut t =>
            (w[$"หมดเวลารอ{Task(t.TaskId)} เรื่องดำเนินต่อ", $"{Task(t.TaskId)} was not waited for any longer"], null, "warn"),
        ActUndone { TaskId: null } t => (
            w[
                $"เลิกทำสิ่งที่บันทึกไว้เมื่อ {w.Time(t.DecidedAt)} เรื่องกลับเป็นอย่างเดิม",
                $"took back what was stored at {w.Time(t.DecidedAt)}; the case stands as before"],
            null, "warn"),
        ActUndone { TaskId: { } undone } t =>
            (
                w[
                    $"เลิกทำสิ่งที่บันทึกไว้เมื่อ {w.Time(t.DecidedAt)} {Task(undone)} กลับมาเปิดอีกครั้ง",
                    $"took back what was stored at {w.Time(t.DecidedAt)}; {Task(undone)} is open again"],
                null,
                "warn"),
        TaskCancelled t => (w[$"{Task(t.TaskId)} ไม่ต้องทำแล้ว", $"{Task(t.TaskId)} need not be done any more"], null, ""),
        TaskPaused t => (w[$"หยุดรอบุคคลภายนอก{Task(t.TaskId)}", $"waits for an outsider in {Task(t.TaskId)}"], t.Comment, "warn"),
        TaskContinued t => (w[$"ดำเนินการต่อ{Task(t.TaskId)}", $"went on with {Task(t.TaskId)}"], t.Comment, ""),
        VoteCast t => (w[$"ลงมติ{VoteName(t.Vote)}", $"voted: {VoteName(t.Vote)}"], t.Comment, ""),
        TaskGroupClosed g when g.InFavour + g.Against + g.Abstained > 0 => (
            w[
                $"สรุปมติ{Step(g.StepId)}: เห็นชอบ {g.InFavour} ไม่เห็นชอบ {g.Against} งดออกเสียง {g.Abstained}",
                $"Votes on {Step(g.StepId)}: {g.InFavour} for, {g.Against} against, {g.Abstained} abstained"]
            + (g.ByChair ? w[" ประธานชี้ขาด", "; the chair decided"] : ""), null, g.Port == Ports.Approve ? "good" : "bad"),
        DeadlineSet d =>
            (w[$"กำหนดเสร็จ{Of(d.StepId)} {w.Date(d.Terms.DueAt)}", $"Due date of {Of(d.StepId)}: {w.Date(d.Terms.DueAt)}"], null, ""),
        DeadlineMoved d when d.From != d.Terms.DueAt => (
            w[
                $"กำหนดเสร็จเลื่อนจาก {w.Date(d.From)} เป็น {w.Date(d.Terms.DueAt)} {Cause(w, d.Cause)}",
                $"Due date moved from {w.Date(d.From)} to {w.Date(d.Terms.DueAt)} {Cause(w, d.Cause)}"],
            d.Comment, "warn"),
        DeadlineConfirmed d => (w["ยืนยันกำหนดเวลา", "confirmed the due date"], d.Comment, ""),
        TaskReminded { Superseded: false } => (w["ระบบเตือนว่าใกล้ครบกำหนด", "Reminder: the due date is near"], null, "warn"),
        TaskOverdue { Superseded: false } => (w["เกินกำหนด", "Overdue"], null, "bad"),
        TaskEscalated { Superseded: false } t =>
            (
                w[$"แจ้ง{w.PostIn(office, t.ToRole).Th}ว่าเกินกำหนด", $"The {w.PostIn(office, t.ToRole).En} was told that it is overdue"],
                null,
                "bad"),
        CommentAdded c => (w["แสดงความเห็น", "commented"], c.Text, ""),
        WaitStarted { Kind: WaitKind.Date } x => (
            w[$"รอถึงวันที่ {(x.Until is { } until ? w.Date(until) : "–")}", $"Waits until {(x.Until is { } date ? w.Date(date) : "–")}"],
            null,
            ""),
        WaitStarted { Kind: WaitKind.Message } => (w["รอหนังสือหรือข้อมูลจากภายนอก", "Waits for a message from outside"], null, ""),
        WaitStarted { Kind: WaitKind.Call } => (w["รอเรื่องที่ส่งต่อให้ดำเนินการ", "Waits for the case that it handed over"], null, ""),
        WaitEnded x when awaited.Contains(x.WaitId) =>
            (w["บันทึกว่าหนังสือหรือข้อมูลที่รอมาถึงแล้ว", "noted that what was waited for has come"], null, "good"),
        WaitCancelled { Recalled: true } =>
            (w["เรื่องที่รอผลถูกยกเลิกไปด้วย", "The case that was waited for was called off"], null, "warn"),
        CaseHandedOver => (w["ส่งเรื่องต่อ", "The case was handed over"], null, ""),
        VariablesChanged v => (w["แก้ไขข้อมูลของเรื่อง", "changed the data of the case"], v.Comment, ""),
        AnswersCleared a => (
            w[$"เริ่มรอบใหม่ คำตอบของรอบก่อนไม่ใช้ต่อ: {string.Join(", ", a.Names.Select(Label))}",
                $"A new round begins; the answers of the one before no longer hold: {string.Join(", ", a.Names.Select(Label))}"], null, ""),
        PriorityChanged p => (
            p.Priority is { } priority
                ? w[$"เปลี่ยนชั้นความเร็วเป็น{Priorities.NameOf(priority).Th}", $"marked the case: {Priorities.NameOf(priority).En}"]
                : w["เปลี่ยนชั้นความเร็วเป็นปกติ", "marked the case as ordinary"], p.Comment, "warn"),
        IncidentRaised i => (
            w[$"ติดขัดที่{Step(i.NodeId)} แจ้งผู้ดูแลระบบแล้ว", $"Stuck at {Step(i.NodeId)}; the administrator was told"]
                + ": "
                + w[IncidentView.TextOf(i.Code, i.Detail, w.OwnPost(office, i.Detail ?? ""))],
            null, "bad"),
        FileAttached f => (w[$"แนบไฟล์ {f.FileName}", $"attached {f.FileName}"], null, ""),
        ContentRedacted r => (
            w[$"ลบข้อมูลส่วนบุคคลออกจากประวัติ {r.Events.Length} รายการ", $"had personal data taken out of {r.Events.Length} entries"],
            w[$"{r.Ground} ตาม {r.Order}", $"{r.Ground}, by {r.Order}"], "warn"),
        ServiceRated => (w["ผู้ขอประเมินความพึงพอใจแล้ว", "The requester rated the service"], null, "good"),
        FileWithdrawn f => (w[$"ถอนไฟล์ {f.FileName}", $"withdrew {f.FileName}"], f.Comment, "warn"),
        InstanceMigrated m =>
            (w[$"เปลี่ยนไปใช้กระบวนงานรุ่นที่ {m.ToVersion}", $"The case goes by version {m.ToVersion} from here on"], m.Comment, ""),
        InstanceMoved m => (w[$"ย้ายเรื่องไปที่{Step(m.ToStep)}", $"moved the case to {Step(m.ToStep)}"], m.Comment, "warn"),
        InstanceReopened r => (w[$"เปิดเรื่องใหม่ที่{Step(r.ToStep)}", $"opened the case again at {Step(r.ToStep)}"], r.Comment, "warn"),
        InstanceSuspended s => (w["ระงับเรื่องไว้ชั่วคราว", "suspended the case"], s.Comment, "warn"),
        InstanceResumed r => (w["ให้เรื่องดำเนินต่อ", "resumed the case"], r.Comment, ""),
        InstanceCancelled c => (w["ยกเลิกเรื่อง", "cancelled the case"], c.Comment, "bad"),
        InstanceCompleted c => (CaseWords.Completed(w, c.Outcome, definition), null, "good"),
        // Said by what follows from it, or only the machine's.
        TaskGroupOpened or TaskGroupClosed or DecisionTaken or DeadlineMoved or DeadlinePaused or DeadlineClosed => null,
        RungTaken { Superseded: true } => null,
        WaitStarted or WaitEnded or WaitCancelled or WaitPaused or WaitContinued => null,
        BranchArrived or BranchesJoined or BranchUndone or BranchEnded => null,
        _ => throw UnknownKind.Of(e),
    };

    string Opened(TaskOpened t)
    {
        var to = t.Assignee is { } person ? Name(person) : w.Post(office, t.Role);
        return w[$"งาน{Task(t.TaskId)} ถึง{to}", $"{Task(t.TaskId)} reached {to}"] + (t.Item is null ? "" : $" ({t.Item})");
    }

    string Task(Guid id) =>
        tasks.TryGetValue(id, out var t)
            ? StepName(w, definition, t.Step, t.Level) + (t.Attempt > 1 ? w[$" รอบที่ {t.Attempt}", $", round {t.Attempt},"] : "")
            : "";

    /// <summary>A piece of data as the form calls it that asks for it.</summary>
    string Label(string name) =>
        definition.Steps.SelectMany(s => s.Form?.Fields ?? []).FirstOrDefault(f => f.Name == name) is { } field ? w[field.Label] : name;

    /// <summary>The printed numbers of a step before its name: one for each of its levels.</summary>
    public static string Numbered(Words w, Step step)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(step);
        var numbers = step.PrintedNumbers.ToList();
        return numbers.Count > 1 ? w.Digits($"{numbers[0]}–{numbers[^1]}. ") : w.Numbered(numbers.Count == 1 ? numbers[0] : null);
    }

    string Of(string step) => step.Length == 0 ? w["ทั้งกระบวนงาน", "the whole procedure"] : Step(step);

    string Step(string id) => StepName(w, definition, id);

    /// <summary>A step by its number and name, quoted so that a sentence can hold it.</summary>
    /// <param name="level">Of an approval with levels: each may be a printed step of its own.</param>
    public static string StepName(Words w, ProcessDefinition definition, string id, int? level = null)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(definition);
        if (definition.FindStep(id) is not { } step)
            return $"“{id}”";
        return step.NumberAt(level) is { } number
            ? w[$"ขั้นที่ {number} “{step.Name.Th}”", $"step {number} “{step.Name.En}”"]
            : $"“{w[step.Name]}”";
    }

    string Name(Guid user) => names.TryGetValue(user, out var name) ? name : w["ผู้ใช้", "a user"];

    public string VoteName(Vote vote) => vote switch
    {
        Vote.Approve => w["เห็นชอบ", "for"],
        Vote.Reject => w["ไม่เห็นชอบ", "against"],
        Vote.Abstain => w["งดออกเสียง", "abstained"],
    };

    /// <summary>Why a limit moved.</summary>
    public static string Cause(Words w, MoveCause cause) => cause switch
    {
        MoveCause.Continued => w["เพราะเวลาหยุดนับไประยะหนึ่ง", "because the clock stood still for a while"],
        MoveCause.DateChanged => w["เพราะวันที่อ้างอิงเปลี่ยน", "because the date it depends on changed"],
        MoveCause.Extended => w["เพราะได้รับการขยายเวลา", "by an extension"],
        MoveCause.CalendarChanged => w["เพราะปฏิทินวันทำการเปลี่ยน", "because the working calendar changed"],
    };
}

using System.Collections.Immutable;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Escalations;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>How each event stands in the audit trail. What has been written once is read for ever.</summary>
public sealed class EventJsonSpec
{
    static readonly Guid Id = new("01900000-0000-7000-8000-000000000001");
    static readonly Guid Other = new("01900000-0000-7000-8000-000000000002");
    static readonly DateTimeOffset Due = ManualClock.Bangkok("2026-03-06 16:30");
    static readonly ImmutableSortedDictionary<string, string> Data = ImmutableSortedDictionary<string, string>.Empty.Add("budget", "45000.50").Add("place", "\"ห้องประชุม\"");
    static readonly Capacity Order = new(CapacityKind.Acting, Roles.Director, "12/2569");
    static readonly CallTarget Call = new(Other, "test.other", "kk5", true);
    static readonly ImmutableArray<EscalationRung> Rungs =
        [new(RungKind.Overdue, Due, null), new(RungKind.Director, Due.AddDays(5), Roles.Director)];
    static readonly DeadlineTerms Terms = new(
        new WorkingDaysRange(1, 3), DeadlineSource.Manual, ManualClock.Bangkok("2026-03-02 09:00"), "TH-40", 2, ManualClock.Bangkok("2026-03-04 16:30"), Due, new DateOnly(2026, 3, 6), false);

    /// <summary>
    /// One of each kind and, where its optional fields differ, of each shape. A new field is optional, so that older histories are still
    /// read.
    /// </summary>
    static readonly ProcessEvent[] Samples =
    [
        new InstanceStarted(Id, "khonkaen-5.install-maintain-computers", 1, "demo", "ติดตั้งคอมพิวเตอร์", "ศธ 04030/1", Data),
        new InstanceStarted(Id, "test.case", 1, "demo", "แก้ไขห้องประชุม", null, Data) { Priority = Priority.MostUrgent },
        new DeadlineSet(Id, "plan", 2, Terms with { DependsOn = new DateOnly(2026, 3, 7) }, Rungs),
        new DeadlineSet(Id, "plan", 2, Terms, Rungs) { AlsoTimes = [Id] },
        new TaskOpened(Id, "plan", 1, Roles.Officer, Other),
        new TaskOpened(Id, "collect", 2, Roles.Officer, null) { Assignee = Other, Level = 2, Item = "โรงเรียนวัดใหม่" },
        new TaskOpened(Id, "repair", 1, Roles.AvOfficer, null) { Priority = Priority.VeryUrgent },
        new TaskClaimed(Id, Other),
        new TaskClaimed(Id, Other) { Capacity = Order },
        new TaskReleased(Id),
        new TaskReleased(Id) { Comment = "ย้ายไปราชการ" },
        new TaskReassigned(Id, null, Other, "ลาพักร้อน"),
        new TaskReassigned(
            Id, null, Other, "ลาพักร้อน") { Capacity = Order,
            ToCapacity = Order with { Kind = CapacityKind.Delegated, OrderNumber = "13/2569" } },
        new TaskCompleted(Id, "แผนฉบับแรก", Data),
        new TaskApproved(Id, null, ImmutableSortedDictionary<string, string>.Empty) { Capacity = Order },
        new TaskRejected(Id, "งบประมาณสูงเกินไป"),
        new TaskReturned(Id, "plan", "ขาดใบเสนอราคา") { ToLevel = 1 },
        new TaskFailed(Id, "ใช้ไม่ได้"),
        new TaskTimedOut(Id),
        new TaskPaused(Id, "รอโรงเรียน"),
        new TaskContinued(Id, null),
        new TaskCancelled(Id),
        new ActUndone(Id, 4, 6, Due, ProcessState.Replay([new RecordedEvent(1, Due, Other, new InstanceStarted(Id, "test.case", 1, "demo", "เรื่อง", null, Data)), new RecordedEvent(2, Due, Other, new TaskOpened(Id, "plan", 1, Roles.Officer, null))]) with { Format = 1 }),
        new ActUndone(null, 4, 6, Due, ProcessState.NotStarted),
        new TaskGroupOpened("decide", 1, TaskGroupKind.Committee, 3),
        new TaskGroupClosed("decide", Ports.Approve, 2, 1, 0, 0, true),
        new VoteCast(Id, Vote.Abstain, "มีส่วนได้เสีย"),
        new DecisionTaken("size", "Large", "amount > 100000"),
        new BranchArrived("join", "a", Ports.Done),
        new BranchesJoined("join"),
        new BranchUndone("join", "a", Ports.Done),
        new BranchEnded("end", "completed"),
        new WaitStarted(Id, "reply", WaitKind.Message, Ports.Done, Due, "answer", "ศธ 1/2", null),
        new WaitStarted(Id, "call", WaitKind.Call, Ports.Done, null, null, null, Call),
        new WaitEnded(Id, Due, Data),
        new WaitEnded(Id, Due, Data) { Decides = ["budget"] },
        new WaitCancelled(Id),
        new WaitCancelled(Id) { Recalled = true },
        new WaitStarted(Id, "work", WaitKind.Interrupting, "Late", Due, null, null, null) { LastDay = new DateOnly(2026, 3, 7) },
        new WaitPaused(Id, PauseReason.Suspended),
        new WaitContinued(Id, Due, Due) { LastDay = new DateOnly(2026, 3, 7) },
        new CaseHandedOver("call", Call with { Waited = false }),
        new CaseHandedOver("call", Call with { Waited = false }) { InsteadOf = Id },
        new DeadlinePaused(Id, PauseReason.WaitsForOutsider, "รอโรงเรียน"),
        new DeadlineMoved(Id, Due, Terms with { Rule = new CalendarDays(15, Roll.None) }, Rungs, MoveCause.Extended, "ขยายเวลา"),
        new DeadlineMoved(Id, Due, Terms, Rungs, MoveCause.CalendarChanged, "มติคณะรัฐมนตรี")
        {
            RungsTaken = 1, Superseded = [RungKind.Overdue], CalendarChangeId = Id, FromCalendarVersion = 1, AwaitsConfirmation = true,
        },
        new DeadlineConfirmed(Id, "ตรวจสอบแล้ว"),
        new DeadlineClosed(Id, DeadlineResult.Within),
        new TaskReminded(Id, Other, Due, Due.AddDays(-1), false, true),
        new TaskOverdue(null, Other, Due, Due, true, false),
        new TaskEscalated(Id, Other, Due, Due.AddDays(3), true, false, 1, Roles.GroupDirector),
        new CommentAdded(Id, "โทรแล้ว"),
        new CommentAdded(Id, "@demo.director ดูด้วย") { Mentioned = [Id, Other] },
        new InstanceCompleted("completed"),
        new InstanceCancelled("ยกเลิกโครงการ"),
        new InstanceSuspended("น้ำท่วม"),
        new InstanceResumed(null),
        new InstanceReopened("plan", "ลืมแนบ"),
        new InstanceMoved("plan", "กดผิด"),
        new VariablesChanged(Data, "เลื่อนประชุม"),
        new AnswersCleared(["anotherRound"]),
        new PriorityChanged(Priority.Urgent, "ผู้ว่าฯ มาตรวจ"),
        new InstanceMigrated(1, 2, [new NodeMove("plan", "plan-and-budget")]),
        new InstanceMigrated(1, 2, []) { Comment = "แก้ผังงาน" },
        new IncidentRaised("collect", IncidentCodes.ListMissing, "schools"),
        new IncidentRaised("call", IncidentCodes.OfficeNotFound, "kk5") { Call = Call with { Waited = false } },
        new FileAttached(Id, Other, "แผน.pdf", "application/pdf", 12_345, new string('a', 64)),
        new ContentRedacted([new RedactedEvent(2, "00")], "มาตรา 33", "บันทึกที่ 1/2569", Id),
        new FileWithdrawn(Id, "แผน.pdf", "แนบผิดเรื่อง"),
        new ServiceRated(Id, Data),
    ];

    [Test]
    public void Every_event_has_a_sample() =>
        Samples.Select(e => e.GetType()).Distinct().Select(t => t.Name).ShouldBe(
            typeof(ProcessEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(ProcessEvent)) && !t.IsAbstract)
                .Select(t => t.Name), ignoreOrder: true);

    [Test]
    public void Each_is_written_as_it_always_was() =>
        Approved.Verify(string.Join('\n', Samples.Select(EventTypes.Write).Select(e => $"{e.Type} {e.Payload}")));

    [Test]
    public void What_has_been_written_is_read_back()
    {
        var written = Approved.Text(test: nameof(Each_is_written_as_it_always_was)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 2)).ToList();
        written.Count.ShouldBeGreaterThanOrEqualTo(Samples.Length);
        foreach (var line in written)
        {
            var read = EventTypes.Read(line[0], line[1]);
            EventTypes.Write(read).ShouldBe((line[0], line[1]));
            Samples.Where(s => s.GetType() == read.GetType()).Select(s => s.ToString()).ShouldContain(read.ToString());
        }
    }

    [TestCase("TaskForgotten", "{}")]
    [TestCase("TaskClaimed", "not json")]
    [TestCase("TaskClaimed", "[]")]
    public void What_is_no_event_is_said_to_be_none(string type, string payload) =>
        Should.Throw<System.Text.Json.JsonException>(() => EventTypes.Read(type, payload));
}

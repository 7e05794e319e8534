using System.Text;
using Dapper;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Testing;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>The two real procedures, from the first command to the audit trail, with nothing but HTTP.</summary>
public sealed class ProcedureSpec(string provider) : OnBothDatabases(provider)
{
    const string Reason = "งบประมาณไม่ตรงกับแผน";

    [Test]
    public async Task A_plan_is_rejected_once_approved_and_finished_and_a_changed_byte_of_its_history_is_found()
    {
        var service = await Office.Start();
        using var officer = service.As(Office.KeyOf("officer"));
        using var director = service.As(Office.KeyOf("director"));
        var untouched = await officer.Started(Installation.KhonKaen, "เรื่องอื่น");

        var id = await officer.Started(Installation.KhonKaen, "ติดตั้งเครื่องคอมพิวเตอร์");
        await Complete(officer, id, "appoint-working-group");
        await Complete(officer, id, "plan-work");
        var proposal = await director.OpenTask(id);
        (await director.Act("reject", proposal)).Status.ShouldBe(400, "a rejection without a reason");
        (await officer.Act("approve", proposal)).Status.ShouldBe(403);
        (await director.Act("reject", proposal, Reason)).Ok().Text("outcome").ShouldBe("rejected");
        (await officer.OpenTask(id)).Number("attempt").ShouldBe(2);
        await Complete(officer, id, "plan-work");
        (await director.Act("approve", await director.OpenTask(id))).Ok();
        await Complete(officer, id, "notify-those-concerned");
        await Complete(officer, id, "carry-out-work");
        await Complete(officer, id, "evaluate-and-report");
        await Complete(director, id, "acknowledge-report");
        (await officer.Case(id)).Text("status").ShouldBe("completed");

        var history = await officer.History(id);
        history.Select(h => h.Text("type")).Where(type => type != "TaskOpened").ShouldBe(
        [
            "InstanceStarted", "TaskCompleted", "TaskCompleted", "TaskRejected", "TaskCompleted", "TaskApproved",
            "TaskCompleted", "TaskCompleted", "TaskCompleted", "TaskCompleted", "InstanceCompleted",
        ]);
        var rejected = history.Single(h => h.Text("type") == "TaskRejected");
        rejected.Text("comment").ShouldBe(Reason);
        rejected.Text("actorName").ShouldBe("ผู้อำนวยการ ตัวอย่าง");
        await officer.ShouldVerify(id);
        await service.Stop();

        await ChangeOneByteOfTheReason(id, rejected.Number("sequence"));
        var again = await Office.Start();
        using var auditor = again.As(Office.KeyOf("auditor"));
        var verified = await auditor.Verify(id);
        ((bool)verified["valid"]!).ShouldBeFalse();
        verified.Number("brokenAt").ShouldBe(rejected.Number("sequence"), verified.ToJsonString());
        (await auditor.History(id)).Count.ShouldBe(history.Count, "a damaged history can still be read");
        await auditor.ShouldVerify(untouched);
    }

    [Test]
    public async Task Ranges_of_working_days_give_the_stated_due_times_over_songkran_and_a_substitution_holiday()
    {
        // Friday before Songkran (Monday to Wednesday): Thursday 16 is the first working day, Wednesday 22 the fifth.
        var beforeSongkran = await Office.Start("2026-04-10 09:00");
        string id;
        using (var officer = beforeSongkran.As(Office.KeyOf("officer")))
        {
            id = await officer.Started(Installation.SuratThani, "พัฒนาระบบสารสนเทศ");
            var study = await officer.OpenTask(id);
            study.Instant("dueAt").ShouldBe(ManualClock.Bangkok("2026-04-22 16:30"));
            var why = (await officer.Get($"user-tasks/{study.Text("id")}/deadline")).Ok();
            why["counted"]!.AsArray().Select(day => ((string?)day)!)
                .ShouldBe(["2026-04-16", "2026-04-17", "2026-04-20", "2026-04-21", "2026-04-22"]);
            why["skipped"]!.AsArray().Select(day => day.Text("date")).ShouldContain("2026-04-15");
            await Complete(officer, id, "study-laws");
            await Complete(officer, id, "appoint-committee");
        }

        await beforeSongkran.Stop();

        // Visakha Bucha falls on Sunday 31 May; Monday 1 June is its substitution, Wednesday 3 June another holiday.
        var beforeVisakha = await Office.Start("2026-05-28 09:00");
        using var later = beforeVisakha.As(Office.KeyOf("officer"));
        using var director = beforeVisakha.As(Office.KeyOf("director"));
        await Complete(later, id, "design-plan");
        (await director.OpenTask(id)).Instant("dueAt").ShouldBe(ManualClock.Bangkok("2026-06-04 16:30"));
        (await director.Act("reject", await director.OpenTask(id), "ไม่เห็นชอบ")).Ok();
        (await later.OpenTask(id)).Number("attempt").ShouldBe(2);
        (await later.OpenTask(id)).Instant("dueAt").ShouldBe(
            ManualClock.Bangkok("2026-06-08 16:30"), "a clock of its own for the second attempt");
        await Complete(later, id, "design-plan");
        (await director.Act("approve", await director.OpenTask(id))).Ok();
        var research = "";
        foreach (var step in new[] { "register-data", "research-and-develop", "pilot-test", "follow-up-pilot", "review-and-improve", "apply-technology", "evaluate-results", "summarise-and-report" })
        {
            var task = await later.OpenTask(id);
            task.Text("step").ShouldBe(step);
            if (step == "research-and-develop")
                research = task.Text("dueAt");
            if (step is "pilot-test" or "follow-up-pilot")
                task.Text("dueAt").ShouldBe(research, "three steps share one time");
            (await later.Act("complete", task)).Ok();
        }

        await Complete(director, id, "acknowledge-report");
        (await later.Case(id)).Text("status").ShouldBe("completed");
        await later.ShouldVerify(id);
    }

    static async Task Complete(Client client, string id, string step)
    {
        var task = await client.OpenTask(id);
        task.Text("step").ShouldBe(step);
        (await client.Act("complete", task)).Ok();
    }

    async Task ChangeOneByteOfTheReason(string id, int sequence)
    {
        if (Office.Provider == "sqlite")
        {
            // In the raw file: a stopped service leaves one file, with everything in it.
            var file = await File.ReadAllBytesAsync(Office.DatabaseFile);
            var reason = Encoding.UTF8.GetBytes(Reason);
            var found = 0;
            for (var at = file.AsSpan().IndexOf(reason); at >= 0; at = file.AsSpan().IndexOf(reason))
            {
                file[at + reason.Length - 1]++;
                found++;
            }

            found.ShouldBeGreaterThan(0, "the reason is stored as text");
            await File.WriteAllBytesAsync(Office.DatabaseFile, file);
            return;
        }

        await using var database = Office.OpenDatabase();
        await using var connection = await database.OpenAsync(CancellationToken.None);
        var changed = await connection.ExecuteAsync(
            "UPDATE audit_event SET payload = replace(payload, 'แผน', 'แผบ') WHERE instance_id = @id AND sequence = @sequence",
            new { id = Guid.Parse(id), sequence });
        changed.ShouldBe(1);
    }
}

using System.Text.Json.Nodes;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Testing;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>Promise P5: a deadline that passed while the service was down is acted on once, late, with its true time.</summary>
public sealed class OutageSpec(string provider) : OnBothDatabases(provider)
{
    static readonly TimeSpan OneSweep = TimeSpan.FromSeconds(20);

    // Received on a Monday; at most five working days.
    const string Received = "2026-03-09 09:00";

    static readonly (string Rung, string At)[] Ladder =
    [
        ("TaskReminded", "2026-03-13 16:30"),
        ("TaskOverdue", "2026-03-16 16:30"),
        ("TaskEscalated 1 groupDirector", "2026-03-17 16:30"),
        ("TaskEscalated 2 director", "2026-03-19 16:30"),
    ];

    [Test]
    public async Task An_overdue_step_is_reminded_marked_and_escalated_exactly_once_after_an_outage()
    {
        var before = await Office.Start(Received);
        var key = Office.KeyOf("officer");
        string overdue;
        using (var officer = before.As(key))
        {
            overdue = await officer.Started(Installation.SuratThani, "เรื่องที่เกินกำหนด");
            (await Rungs(officer, overdue)).ShouldBeEmpty();
        }

        await before.Stop();

        // Four working days overdue.
        var after = await Office.Start("2026-03-20 17:00");
        string witness;
        using (var officer = after.As(key))
        {
            await AwaitLadder(officer, overdue, after);
            ShouldBeTheLadder(await Rungs(officer, overdue));
            (await officer.Get("user-tasks?overdue=true")).Ok()["items"]!.AsArray().Select(t => t.Text("processInstanceId"))
                .ShouldBe([overdue]);
            witness = await officer.Started(Installation.SuratThani, "เรื่องที่เป็นพยาน");
        }

        using (var director = after.As(Office.KeyOf("director")))
        {
            var notices = (await director.Get("notifications")).Ok()["items"]!.AsArray();
            notices.Count(n => n.Text("processInstanceId") == overdue).ShouldBe(1, notices.ToJsonString());
        }

        await after.Stop();

        // A second outage; that the witness has been taken shows that a sweep has passed over both.
        var again = await Office.Start("2026-05-20 10:00");
        using (var officer = again.As(key))
        {
            await AwaitLadder(officer, witness, again);
            ShouldBeTheLadder(await Rungs(officer, overdue));
            var open = await officer.OpenTask(overdue);
            open.Instant("dueAt").ShouldBe(ManualClock.Bangkok("2026-03-16 16:30"), "a moved clock moves no deadline");
            (await officer.Act("complete", open)).Ok();
            await officer.ShouldVerify(overdue);
            await officer.ShouldVerify(witness);
        }
    }

    static void ShouldBeTheLadder(List<JsonNode> rungs)
    {
        rungs.Select(Name).ShouldBe(Ladder.Select(r => r.Rung));
        rungs.Select(r => r["data"].Instant("scheduledFor").ToUniversalTime()).ShouldBe(Ladder.Select(r => ManualClock.Bangkok(r.At)));
        foreach (var rung in rungs)
        {
            ((bool)rung["data"]!["late"]!).ShouldBeTrue();
            rung["data"].Instant("dueAt").ShouldBe(ManualClock.Bangkok("2026-03-16 16:30"));
            rung.Text("actor").ShouldBe("system");
            rung.Instant("at").ShouldBeGreaterThan(ManualClock.Bangkok("2026-03-20 17:00"));
        }
    }

    static string Name(JsonNode item) =>
        item.Text("type") == "TaskEscalated" ? $"TaskEscalated {item["data"].Number("level")} {item["data"].Text("toRole")}" : item
            .Text("type");

    static Task AwaitLadder(Client officer, string id, ServiceProcess service) =>
        Eventually.Holds(
            async () => (await Rungs(officer, id)).Count >= Ladder.Length, OneSweep, () => $"not all rungs were taken.\n{service.Output}");

    static async Task<List<JsonNode>> Rungs(Client officer, string id) =>
        [.. (await officer.History(id)).Where(h => h.Text("type") is "TaskReminded" or "TaskOverdue" or "TaskEscalated")];
}

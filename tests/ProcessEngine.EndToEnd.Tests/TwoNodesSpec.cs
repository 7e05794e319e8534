using System.Text.Json.Nodes;
using Dapper;
using ProcessEngine.Testing;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>Two services on one PostgreSQL: promises P4 and (in its simplest form) P6.</summary>
public sealed class TwoNodesSpec
{
    const int Cases = 12;
    static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(45);
    static readonly TimeSpan Margin = TimeSpan.FromSeconds(20);

    Installation office = null!;

    [SetUp]
    public void Install() => office = Installation.On("postgresql");

    [TearDown]
    public void Remove() => office?.Dispose();

    [Test]
    public async Task Two_nodes_that_start_at_once_on_an_empty_database_set_it_up_once_and_both_serve()
    {
        var folders = new[] { office.DataFolder, office.NewFolder() };
        var nodes = await Task.WhenAll(folders.Select(folder => office.Start(office.Settings with { DataFolder = folder })));

        var keys = folders.Select(folder => Path.Combine(folder, "demo-keys.json")).Where(File.Exists).ShouldHaveSingleItem("one node seeds, and writes the keys");
        var key = JsonNode.Parse(await File.ReadAllTextAsync(keys)).Text("officer");
        nodes.Sum(n => n.Output.Split("administrator key (shown once)").Length - 1).ShouldBe(1);
        await using (var database = office.OpenDatabase())
        {
            await using var connection = await database.OpenAsync(CancellationToken.None);
            (await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM definition_version")).ShouldBe(Installation.Shipped, "each definition is published once");
            (await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM calendar_version")).ShouldBe(1);
            (await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM app_user WHERE user_name NOT LIKE 'demo.%'")).ShouldBe(1, "the invented people, and one administrator");
        }

        using var here = nodes[0].As(key);
        using var there = nodes[1].As(key);
        var id = await here.Started(Installation.KhonKaen, "เรื่องของสองเครื่อง");
        (await there.Act("complete", await there.OpenTask(id), key: "one-request")).Ok();
        var replayed = await here.Act("complete", (await here.History(id)).Where(h => h.Text("type") == "TaskOpened").Select(h => new JsonObject { ["id"] = h["data"].Text("taskId") }).First(), key: "one-request");
        replayed.Ok();
        replayed.Replayed.ShouldBeTrue("the other node knows the request");
        (await here.OpenTask(id)).Text("step").ShouldBe("plan-work");
        await there.ShouldVerify(id);
    }

    [Test]
    public async Task Each_rung_is_taken_once_by_two_nodes_and_when_one_is_killed_the_other_goes_on()
    {
        // Received on Thursday; reminder on Wednesday 25, due on Thursday 26 March 16:30.
        var begun = TimeProvider.System.GetTimestamp();
        var alone = await office.Start("2026-03-19 09:00");
        var key = office.KeyOf("officer");
        var cases = new List<string>();
        using (var officer = alone.As(key))
        {
            for (var i = 0; i < Cases; i++)
                cases.Add(await officer.Started(Installation.SuratThani, $"เรื่อง {i}"));
        }

        await alone.Stop();

        // Shortly before the deadlines, with the reminders overdue; the slower the machine, the earlier.
        var slowness = TimeProvider.System.GetElapsedTime(begun);
        var margin = slowness * 3 > Margin ? slowness * 3 : Margin;
        var nodes = await StartBoth(ManualClock.Bangkok("2026-03-26 16:30") - margin);
        using (var officer = nodes[0].As(key))
            await AwaitEvents(officer, cases, "TaskReminded", nodes, within: margin);

        var sweeper = Array.FindIndex(nodes, n => n.Output.Contains("due deadlines", StringComparison.Ordinal));
        sweeper.ShouldBeGreaterThanOrEqualTo(0);
        nodes[sweeper].Kill();
        var survivor = nodes[1 - sweeper];
        using (var officer = survivor.As(key))
        {
            (await AllEvents(officer, cases)).ShouldNotContain("TaskOverdue", "the node is to be killed before the deadlines");
            await AwaitEvents(officer, cases, "TaskOverdue", [survivor], within: margin + TakeOver);
        }

        await survivor.Stop();

        var again = await StartBoth(ManualClock.Bangkok("2026-04-02 10:00"));
        using (var officer = again[1].As(key))
        {
            await AwaitEvents(officer, cases, "TaskEscalated", again, 2);
            foreach (var id in cases)
            {
                (await Events(officer, id)).Where(type => type is not ("InstanceStarted" or "DeadlineSet" or "TaskOpened"))
                    .ShouldBe(["TaskReminded", "TaskOverdue", "TaskEscalated", "TaskEscalated"]);
                await officer.ShouldVerify(id);
            }
        }

        await using var database = office.OpenDatabase();
        await using var connection = await database.OpenAsync(CancellationToken.None);
        var notices = (await connection.QueryAsync<(Guid Case, string Kind, string? Role)>("SELECT instance_id, kind, to_role FROM outbox WHERE kind <> 'task-opened'")).ToList();
        notices.ShouldBeUnique();
    }

    async Task<ServiceProcess[]> StartBoth(DateTimeOffset clock)
    {
        var settings = office.Settings with { Clock = clock };
        return await Task.WhenAll(office.Start(settings), office.Start(settings with { DataFolder = office.NewFolder() }));
    }

    static Task AwaitEvents(Client officer, List<string> cases, string type, ServiceProcess[] nodes, int each = 1, TimeSpan? within = null) =>
        Eventually.Holds(
            async () => (await AllEvents(officer, cases)).Count(t => t == type) >= each * cases.Count,
            within ?? TakeOver,
            () => $"not every case has {each} {type}.\n{string.Join("\n---\n", nodes.Select(n => n.Output))}");

    static async Task<List<string>> AllEvents(Client officer, List<string> cases)
    {
        var all = new List<string>();
        foreach (var id in cases)
            all.AddRange(await Events(officer, id));
        return all;
    }

    static async Task<List<string>> Events(Client officer, string id) => [.. (await officer.History(id)).Select(h => h.Text("type"))];
}

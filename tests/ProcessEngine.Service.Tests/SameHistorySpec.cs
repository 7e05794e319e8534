using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Holidays;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Studio;
using ProcessEngine.Service.Web;

namespace ProcessEngine.Service.Tests;

/// <summary>Promise P10: the same history gives the same events, hashes and state on SQLite and on PostgreSQL.</summary>
public sealed class SameHistorySpec
{
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public async Task A_random_history_gives_the_same_rows_on_both_databases(int seed)
    {
        await using var sqlite = await World.StartAsync("sqlite");
        await using var postgres = await World.StartAsync("postgresql");
        (await Live(postgres, seed)).ShouldBe(await Live(sqlite, seed));
    }

    [Test]
    public async Task A_history_through_changes_of_the_calendar_gives_the_same_rows_on_both_databases()
    {
        await using var sqlite = await World.StartAsync("sqlite", "2026-11-24 10:00");
        await using var postgres = await World.StartAsync("postgresql", "2026-11-24 10:00");
        (await LiveThroughChanges(postgres)).ShouldBe(await LiveThroughChanges(sqlite));
    }

    static async Task<string> LiveThroughChanges(World world)
    {
        var user = Guid.Parse("01900000-0000-7000-8000-000000000001");
        var everyone = new Caller(user, "all", [.. Roles.All.Select(r => new Membership(World.Office, r))]);
        var definition =
            (await world.Services.GetRequiredService<DefinitionCatalog>().LatestAsync(World.SuratThani, CancellationToken.None))!;
        for (var i = 0; i < 3; i++)
        {
            var id = Guid.Parse($"01900000-0000-7000-8000-00000000000{i + 1}");
            await world.Store.StartAsync(
                definition, everyone, new RequestId(user, null, []), new StartProcess { By = everyone.In(World.Office, definition.Key), InstanceId = id, Office = World.Office, Title = "เหมือนกัน" },
                _ => new StoredAnswer(200, ""), CancellationToken.None);
            world.Clock.Advance(TimeSpan.FromHours(20));
        }

        var changes = world.Services.GetRequiredService<CalendarChanges>();
        foreach (var (day, now) in new[] { ("2026-11-30", "2026-11-27 09:00"), ("2026-12-01", "2026-12-02 17:00"), ("", "2026-12-03 09:00") })
        {
            world.Clock.SetBangkok(now);
            await world.Sweep();
            (await changes.ApplyAsync(
                new RequestId(Guid.Empty, null, []), new ChangeRequest(Holiday.National, null, "มติ", "เปลี่ยนวันหยุด", null),
                edition => day.Length == 0
                    ? new CalendarDiff { Ended = [.. edition.Holidays.Where(h => h.Source == "มติ")] }
                    : new CalendarDiff { Begun = [new Holiday(DateOnly.Parse(day, null), new("วันหยุด", "holiday"), "special", Holiday.National, "มติ", "high")] },
                CancellationToken.None)).Require();
        }

        await world.Sweep();
        var events = await world.QueryAsync<(string Type, string Payload, byte[] Hash)>(
            "SELECT type, payload, hash FROM audit_event ORDER BY instance_id, sequence");
        events.Count(e => e.Type == "DeadlineMoved").ShouldBeGreaterThan(6);
        var effects = await world.QueryAsync<string>("SELECT effect FROM calendar_change ORDER BY to_version");
        var notices = await world.QueryAsync<Guid>("SELECT message_id FROM outbox ORDER BY instance_id, created_at, kind, message_id");
        return string.Join(
            '\n',
            events.Select(e => $"{e.Type} {e.Payload} {Convert.ToHexString(e.Hash)}").Concat(effects)
                .Concat(notices.Select(n => n.ToString())));
    }

    static async Task<string> Live(World world, int seed)
    {
        var random = new Random(seed);
        var user = Guid.Parse("01900000-0000-7000-8000-000000000001");
        var everyone = new Caller(user, "all", [.. Roles.All.Select(r => new Membership(World.Office, r))]);
        var request = new RequestId(user, null, []);
        var definition = (await world.Services.GetRequiredService<DefinitionCatalog>()
            .LatestAsync("chiangmai-1.develop-office-website", CancellationToken.None))!;
        var id = Guid.Parse("01900000-0000-7000-8000-00000000000a");
        ProcessState state = ProcessState.NotStarted;
        await world.Store.StartAsync(
            definition, everyone, request, new StartProcess { By = everyone.In(World.Office, definition.Key), InstanceId = id, Office = World.Office, Title = "เหมือนกัน" }, Keep, CancellationToken.None);
        for (var i = 0; i < 60 && state.IsRunning; i++)
        {
            world.Clock.Advance(TimeSpan.FromHours(random.Next(1, 80)));
            if (random.Next(3) == 0)
                await world.Sweep();
            var task = state.OpenTasks[0].TaskId;
            var choice = random.Next(5);
            await world.Store.ActOnTaskAsync(
                task, everyone, request,
                (_, by) => choice switch
                {
                    0 => new ClaimTask { By = by, TaskId = task },
                    1 => new RejectTask("ไม่เห็นชอบ") { By = by, TaskId = task },
                    2 => new ApproveTask { By = by, TaskId = task, Comment = "เห็นชอบ" },
                    3 => new CommentOnTask("ความเห็น") { By = by, TaskId = task },
                    _ => new CompleteTask { By = by, TaskId = task, Outputs = AnotherRound(i % 2 == 0) },
                },
                Keep, CancellationToken.None);
        }

        var events = await world.QueryAsync<(int Sequence, string Type, string Payload, byte[] Hash)>(
            "SELECT sequence, type, payload, hash FROM audit_event WHERE instance_id = @id ORDER BY sequence", new { id });
        events.Count.ShouldBeGreaterThan(15);
        var snapshot = await world.ScalarAsync<string>("SELECT state FROM process_instance WHERE instance_id = @id", new { id });
        return string.Join('\n', events.Select(e => $"{e.Sequence} {e.Type} {e.Payload} {Convert.ToHexString(e.Hash)}").Append(snapshot));

        static ImmutableSortedDictionary<string, string> AnotherRound(bool answer) =>
            ImmutableSortedDictionary<string, string>.Empty.Add("anotherRound", answer ? "true" : "false");

        StoredAnswer Keep(CaseChange change)
        {
            state = change.After;
            return new StoredAnswer(200, "");
        }
    }
}

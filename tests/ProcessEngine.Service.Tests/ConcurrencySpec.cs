using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Tests;

/// <summary>Promises P2 and P3: one request counts once, and of many people at one task one wins.</summary>
public sealed class ConcurrencySpec(string provider) : OnBothDatabases(provider)
{
    [Test]
    public async Task The_same_key_and_body_get_the_first_answer_again()
    {
        var key = Guid.NewGuid().ToString();
        var first = await Officer.Start(World.KhonKaen, "ครั้งเดียว", key);
        var second = await Officer.Start(World.KhonKaen, "ครั้งเดียว", key);
        first.Replayed.ShouldBeFalse();
        second.Replayed.ShouldBeTrue();
        (second.Status, second.Raw, second.ETag, second.Location).ShouldBe((first.Status, first.Raw, first.ETag, first.Location));
        (await Officer.Start(World.KhonKaen, "เรื่องอื่น", key)).ShouldBeProblem(422, "idempotency-key-reused", "Idempotency-Key");

        // A key belongs to its caller: somebody else may use the same one.
        (await Director.Start(World.KhonKaen, "ครั้งเดียว", key)).Ok().Text("id").ShouldNotBe(first.Ok().Text("id"));
    }

    [Test]
    public async Task Every_post_honours_a_key()
    {
        var admin = World.SystemAdministrator;
        var id = await Officer.Started(World.KhonKaen);
        var task = await Officer.OpenTaskOf(id);
        var me = (await Officer.Get("users/me")).Ok().Text("id");
        var office = $"key-{Provider}";
        foreach (var (who, path, body) in new (Person, string, object)[]
        {
            (admin, "offices", new { code = office, name = new { th = "สำนักงาน" }, province = "TH-84" }),
            (admin, "users", new { userName = office, displayName = "ก", office, roles = new[] { "officer" } }),
            (Officer, $"users/{me}/api-keys", new { label = "ก" }),
            (Officer, $"user-tasks/{task.Text("id")}/claim", new { }),
            (Officer, $"user-tasks/{task.Text("id")}/comments", new { comment = "ก" }),
            (Director, $"user-tasks/{task.Text("id")}/reassign", new { assignee = "demo.officer" }),
            (Officer, $"user-tasks/{task.Text("id")}/complete", new { comment = "ก" }),
            (Director, $"process-instances/{id}/cancel", new { comment = "ก" }),
        })
        {
            var key = $"post-{path}";
            var first = await who.Post(path, body, key);
            first.Ok();
            var before = await World.RowCountsAsync();
            var again = await who.Post(path, body, key);
            again.Replayed.ShouldBeTrue(path);
            again.Status.ShouldBe(first.Status, path);
            if (!path.EndsWith("api-keys", StringComparison.Ordinal))
                again.Raw.ShouldBe(first.Raw, path);
            (await who.Post(path, new { comment = "อื่น", assignee = "demo.director" }, key)).Status.ShouldBeOneOf(400, 422);
            (await World.RowCountsAsync()).ShouldBe(before, path);
        }
    }

    [Test]
    public async Task A_refused_request_does_not_use_up_its_key()
    {
        var key = Guid.NewGuid().ToString();
        var id = await Officer.Started(World.KhonKaen);
        var task = await Officer.OpenTaskOf(id);
        (await Officer.Act("approve", task, new { }, key)).ShouldBeProblem(409, "action-not-for-this-step");
        (await Officer.Act("complete", task, new { }, key)).Ok();
    }

    [Test]
    public async Task The_key_of_a_secret_never_replays_the_secret()
    {
        var me = (await Officer.Get("users/me")).Ok().Text("id");
        var first = (await Officer.Post($"users/{me}/api-keys", new { label = "ก" }, "secret")).Ok();
        var again = await Officer.Post($"users/{me}/api-keys", new { label = "ก" }, "secret");
        again.Replayed.ShouldBeTrue();
        again.Raw.ShouldNotContain(first.Text("key"));
        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM idempotency WHERE body LIKE @secret", new { secret = $"%{first.Text("key")}%" })).ShouldBe(0);
    }

    [Test]
    public async Task Fifty_sends_of_one_request_are_one_event()
    {
        var id = await Officer.Started(World.KhonKaen);
        var task = await Officer.OpenTaskOf(id);
        var answers = await AtOnce(50, _ => Officer.Act("complete", task, new { comment = "ครั้งเดียว" }, "fifty"));
        answers.ShouldAllBe(a => a.Status == 200);
        answers.Select(a => a.Raw).Distinct().ShouldHaveSingleItem();
        answers.Count(a => !a.Replayed).ShouldBe(1);
        (await World.EventsAsync(id)).Count(e => e == "TaskCompleted").ShouldBe(1);
        (await World.EventsAsync(id)).Count(e => e == "TaskOpened").ShouldBe(2);
        (await Officer.Verify(id))["valid"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Test]
    public async Task Fifty_sends_of_one_start_are_one_case()
    {
        var answers = await AtOnce(50, _ => Officer.Start(World.KhonKaen, $"ห้าสิบครั้ง {Provider}", "fifty-starts"));
        answers.ShouldAllBe(a => a.Status == 201);
        answers.Select(a => a.Raw).Distinct().ShouldHaveSingleItem();
        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM process_instance WHERE title = @title", new { title = $"ห้าสิบครั้ง {Provider}" })).ShouldBe(1);
    }

    [Test]
    public async Task Of_many_people_at_one_task_one_wins_and_the_others_learn_what_happened([Values(2, 20)] int callers)
    {
        var id = await Officer.Started(World.KhonKaen);
        await Person.DoNext(World, id);
        await Person.DoNext(World, id);
        var proposal = await Director.OpenTaskOf(id);
        var answers = await AtOnce(
            callers, i => i % 2 == 0 ? Director.Approve(proposal, $"คนที่ {i}") : Director.Reject(proposal, $"คนที่ {i}"));
        var won = answers.Where(a => a.Status == 200).ShouldHaveSingleItem().Ok();
        foreach (var lost in answers.Where(a => a.Status != 200))
        {
            var facts = lost.ShouldBeProblem(409, "task-not-open")["facts"];
            facts.Text("outcome").ShouldBe(won.Text("outcome"));
            facts.Text("by").ShouldBe(won.Text("closedBy"));
            facts.Instant("at").ShouldBe(won.Instant("closedAt"));
        }

        var events = await World.EventsAsync(id);
        events.Count(e => e is "TaskApproved" or "TaskRejected").ShouldBe(1);
        events.Count(e => e == "TaskOpened").ShouldBe(4);
        (await Officer.Case(id))["openTasks"]!.AsArray().ShouldHaveSingleItem();
        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM user_task WHERE instance_id = @id AND state = 'open'", new { id = Guid.Parse(id) })).ShouldBe(1);
        (await Officer.Verify(id))["valid"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Test]
    public async Task A_task_can_be_acted_on_in_the_moment_in_which_the_step_before_it_ended()
    {
        var id = await Officer.Started(World.KhonKaen);
        for (var i = 0; i < 2; i++)
            (await Officer.Complete(await Officer.OpenTaskOf(id))).Ok();
        (await Director.Approve(await Director.OpenTaskOf(id))).Ok();
        (await Officer.Complete(await Officer.OpenTaskOf(id))).Ok();
    }

    [Test]
    public async Task What_a_person_saw_is_guarded_by_if_match_or_revision()
    {
        var id = await Officer.Started(World.KhonKaen);
        var task = await Officer.OpenTaskOf(id);
        var seen = task.Number("revision");
        (await Officer.Claim(task)).Ok().Number("revision").ShouldBe(seen + 1);
        (await Officer.Act("complete", task, new { }, ifMatch: $"\"{seen}\"")).ShouldBeProblem(412, "task-changed", "revision")["facts"]
            .Number("actual").ShouldBe(seen + 1);
        (await Officer.Act("complete", task, new { revision = seen })).ShouldBeProblem(412, "task-changed", "revision");
        (await Officer.Act("complete", task, new { }, ifMatch: "\"abc\"")).ShouldBeProblem(400, "invalid-input", "If-Match");
        (await Officer.Act("complete", task, new { }, ifMatch: $"W/\"{seen + 1}\"")).Status.ShouldBe(200);

        var next = await Officer.OpenTaskOf(id);
        (await Officer.Act("complete", next, new { revision = next.Number("revision") })).Ok();
    }

    [Test]
    public async Task A_task_of_an_earlier_round_still_says_how_it_ended()
    {
        var id = await Officer.Started(World.KhonKaen);
        await Person.DoNext(World, id);
        var plan = await Officer.OpenTaskOf(id);
        (await Officer.Complete(plan)).Ok();
        for (var round = 0; round < 2; round++)
        {
            (await Director.Reject(await Director.OpenTaskOf(id), "ไม่ผ่าน")).Ok();
            (await Officer.Complete(await Officer.OpenTaskOf(id))).Ok();
        }

        (await Officer.Complete(plan)).ShouldBeProblem(409, "task-not-open")["facts"].Text("outcome").ShouldBe("completed");
    }

    [Test]
    public async Task Many_people_at_many_cases_at_once_all_get_their_act_in()
    {
        var cases = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Officer.Started(World.KhonKaen, $"เรื่องที่ {i}")));
        await Task.WhenAll(cases.Select(async id =>
        {
            while ((await Officer.Case(id)).Text("status") == "running")
                await Person.DoNext(World, id);
        }));
        foreach (var id in cases)
        {
            (await World.EventsAsync(id)).Count.ShouldBe(16);
            (await Officer.Verify(id))["valid"]!.GetValue<bool>().ShouldBeTrue();
        }
    }

    /// <summary>Those who wait for its rows go on then (TwoNodesSpec).</summary>
    [Test]
    public async Task A_transaction_that_stands_still_for_twenty_seconds_is_ended_by_the_server()
    {
        // SQLite has no server.
        if (Provider == "postgresql")
            (await World.ScalarAsync<string>("SHOW idle_in_transaction_session_timeout")).ShouldBe("20s");
    }

    /// <summary>Everybody waits at a barrier, then all send.</summary>
    static async Task<Answer[]> AtOnce(int callers, Func<int, Task<Answer>> send)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sent = Enumerable.Range(0, callers).Select(async i =>
        {
            await gate.Task;
            return await send(i);
        }).ToArray();
        gate.SetResult();
        return await Task.WhenAll(sent);
    }
}

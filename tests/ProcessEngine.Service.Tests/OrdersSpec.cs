using System.Text.Json.Nodes;
using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;
using ProcessEngine.Service.Tests.Catalogue;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// รักษาราชการแทน and ปฏิบัติราชการแทน: routing follows the register of orders, and every decision says by which order it was made.
/// </summary>
public sealed class OrdersSpec(string provider) : OnBothDatabases(provider)
{
    const string Route = $"offices/{World.Office}/orders";

    string key = null!;

    Person Deputy => As(Roles.DeputyDirector);

    static object Order(
        string number, string user = "demo.deputyDirector", string role = Roles.Director, string kind = "acting", string from = "2026-03-02", string? to = "2026-03-04",
        string? holder = null, string[]? definitionKeys = null, string[]? acts = null) => new { number, kind, role, holder, user, from, to, definitionKeys, acts, reason = "ไปราชการ" };

    static Task<string> Publish(World world, string key) => new Chart(key)
        .Arrows("start -> write -> decide", "decide.Approve -> end", "decide.Reject -> write", "decide.Return -> write")
        .Box("decide", "Approval", new { nameTh = "อนุมัติ", role = Roles.Director }).PublishAsync(world);

    [OneTimeSetUp]
    public async Task PublishAnApproval() => key = await Publish(World, "orders.approval");

    /// <summary>Orders of one test do not reach into the next.</summary>
    [TearDown]
    public async Task RevokeAll()
    {
        foreach (var order in (await Director.All(Route, 50)).Where(o => o["revokedAt"] is null))
            (await Director.Post($"{Route}/{order.Text("id")}/revoke", new { comment = "จบการทดสอบ" })).Ok();
    }

    /// <summary>A case of the officer's that waits for the director.</summary>
    async Task<JsonNode> Proposal(string? definition = null, Person? writer = null)
    {
        var id = (await Officer.Start(definition ?? key)).Ok().Text("id");
        (await (writer ?? Officer).Complete(await Officer.OpenTaskOf(id))).Ok();
        return await Officer.OpenTaskOf(id);
    }

    static async Task<bool> HasInInbox(Person who, JsonNode task) =>
        (await who.All("user-tasks", 100)).Any(t => t.Text("id") == task.Text("id"));

    [Test]
    public async Task While_an_order_is_in_force_its_holder_sees_and_decides_and_the_history_shows_the_capacity()
    {
        var task = await Proposal();
        (await HasInInbox(Deputy, task)).ShouldBeFalse();
        (await Deputy.Approve(task)).ShouldBeProblem(403, "not-allowed");

        var order = (await Director.Post(Route, Order("12/2569", holder: "demo.director"), key: $"order-{Provider}")).Ok();
        (await Director.Post(Route, Order("12/2569", holder: "demo.director"), key: $"order-{Provider}")).Replayed.ShouldBeTrue();
        (order.Text("from"), order.Text("to"), order.Text("holderName"), order.Text("userName"))
            .ShouldBe(("2026-03-02", "2026-03-04", "ผู้อำนวยการ ตัวอย่าง", "รองผู้อำนวยการ ตัวอย่าง"));
        (await Deputy.Get($"{Route}/{order.Text("id")}")).Ok().Text("number").ShouldBe("12/2569");
        (await HasInInbox(Deputy, task)).ShouldBeTrue();
        (await Deputy.Get($"user-tasks/{task.Text("id")}")).Ok();
        (await Deputy.All("notifications", 100)).ShouldContain(
            n => n.Text("kind") == "task-opened" && (string?)n["taskId"] == task.Text("id"));
        (await Deputy.Approve(task)).Ok()["capacity"].Text("orderNumber").ShouldBe("12/2569");

        var history = await Officer.History(task.Text("processInstanceId"));
        var decided = history.Single(h => h!.Text("type") == "TaskApproved")!["capacity"];
        (decided.Text("kind"), decided.Text("role"), decided.Text("orderNumber")).ShouldBe(("acting", Roles.Director, "12/2569"));
        decided!["text"].Text("th").ShouldBe("รักษาราชการแทน ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา ตามคำสั่งที่ 12/2569");
        var written = history.Single(h => h!.Text("type") == "TaskCompleted")!["capacity"];
        (written.Text("kind"), written.Text("role"), written!["orderNumber"]).ShouldBe(("own", Roles.Officer, null));
        (await Deputy.Get($"user-tasks/{task.Text("id")}")).Ok()["capacity"].Text("kind").ShouldBe("acting");
        (await Deputy.All("user-tasks?status=completed", 100)).Single(t => t.Text("id") == task.Text("id"))["capacity"].Text("orderNumber")
            .ShouldBe("12/2569");
        (await Officer.Verify(task.Text("processInstanceId")))["valid"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Test]
    public async Task Both_days_of_an_order_are_inclusive_and_in_bangkok(
        [Values("2026-03-01 23:59", "2026-03-02 00:00", "2026-03-04 23:59", "2026-03-05 00:00")] string now)
    {
        var task = await Proposal();
        Clock.SetBangkok("2026-03-01 09:00");
        (await Director.Post(Route, Order("13/2569"))).Ok();
        (await HasInInbox(Deputy, task)).ShouldBeFalse("known to this node, and not in force yet");
        Clock.SetBangkok(now);
        var inForce = now is "2026-03-02 00:00" or "2026-03-04 23:59";
        (await HasInInbox(Deputy, task)).ShouldBe(inForce);
        (await Director.All($"{Route}?inForce=true", 50)).Count.ShouldBe(inForce ? 1 : 0);
        (await Deputy.Approve(task)).Status.ShouldBe(inForce ? 200 : 403);
    }

    [Test]
    public async Task An_order_that_names_procedures_covers_no_others()
    {
        var (covered, other) = (await Publish(World, "orders.covered"), await Publish(World, "orders.other"));
        (await Director.Post(Route, Order("14/2569", kind: "delegated", holder: "demo.director", to: null, definitionKeys: [covered])))
            .Ok();
        var (yes, no) = (await Proposal(covered), await Proposal(other));
        (await HasInInbox(Deputy, yes), await HasInInbox(Deputy, no)).ShouldBe((true, false));
        (await Deputy.All("notifications", 100)).ShouldNotContain(n => (string?)n["taskId"] == no.Text("id"));
        (await Deputy.Approve(no)).ShouldBeProblem(403, "not-allowed");
        (await Deputy.Claim(no)).ShouldBeProblem(403, "not-allowed");
        (await Deputy.Approve(yes)).Ok()["capacity"]!["text"].Text("en").ShouldBe("On behalf of the Director of the office, order 14/2569");

        (await Director.Post(Route, Order("15/2569", holder: "demo.director"))).Ok();
        (await Deputy.All("user-tasks", 100)).Count(t => t.Text("id") == no.Text("id"))
            .ShouldBe(1, "another order covers all, and two orders show a task once");
        (await Deputy.All("notifications", 3)).Select(n => n.Text("id")).ShouldBeUnique();
    }

    [Test]
    public async Task What_was_taken_under_an_order_is_not_decided_after_it_is_revoked()
    {
        var task = await Proposal();
        var order = (await Director.Post(Route, Order("16/2569"))).Ok();
        (await Deputy.Claim(task)).Ok();
        (await Director.Post($"{Route}/{order.Text("id")}/revoke", new { })).ShouldBeProblem(400, "invalid-input", "comment");
        (await Director.Post($"{Route}/{order.Text("id")}/revoke", new { comment = "กลับมาแล้ว" }, key: $"revoke-{Provider}")).Ok()
            .Text("revokedFor").ShouldBe("กลับมาแล้ว");
        (await Director.Post($"{Route}/{order.Text("id")}/revoke", new { comment = "กลับมาแล้ว" }, key: $"revoke-{Provider}")).Replayed
            .ShouldBeTrue();
        (await Director.Post($"{Route}/{order.Text("id")}/revoke", new { comment = "อีกครั้ง" })).ShouldBeProblem(409, "order-revoked");
        (await Deputy.Approve(task)).ShouldBeProblem(409, "order-not-in-force")["facts"].Text("orderNumber").ShouldBe("16/2569");
        (await Deputy.Act("release", task)).Ok();
        (await HasInInbox(Deputy, task)).ShouldBeFalse();
        (await Director.Approve(task)).Ok()["capacity"].Text("kind").ShouldBe("own");
    }

    [Test]
    public async Task What_is_decided_while_its_order_is_revoked_is_not_stored()
    {
        var id = Guid.Parse((await Director.Post(Route, Order("26/2569"))).Ok().Text("id"));
        (await Check()).ShouldBeTrue();
        (await Director.Post($"{Route}/{id}/revoke", new { comment = "กลับมาแล้ว" })).Ok();
        await Should.ThrowAsync<Storage.WriteConflictException>(Check);

        Task<bool> Check() => World.Database.TransactAsync(
            session =>
            {
                session.Enqueue(World.Database.CheckOrder, id);
                return ValueTask.FromResult(true);
            },
            CancellationToken.None);
    }

    [Test]
    public async Task What_the_holder_had_taken_is_done_by_whoever_sits_for_them()
    {
        var task = await Proposal();
        (await Director.Claim(task)).Ok();
        (await Director.Post(Route, Order("17/2569", holder: "demo.director"))).Ok();
        (await HasInInbox(Deputy, task)).ShouldBeTrue();
        (await Deputy.Approve(task)).Ok()["capacity"].Text("orderNumber").ShouldBe("17/2569");
    }

    [Test]
    public async Task An_order_covers_no_other_acts_than_it_names()
    {
        var task = await Proposal();
        (await Director.Post(Route, Order("18/2569", acts: ["return", "reject"]))).Ok();
        (await Deputy.Approve(task)).ShouldBeProblem(403, "act-not-in-order")["facts"]!["covered"]!.AsArray().Count.ShouldBe(2);
        (await Deputy.Return(task, "ขอข้อมูลเพิ่ม")).Ok();
    }

    [Test]
    public async Task Nobody_decides_by_order_on_what_they_asked_for()
    {
        var task = await Proposal(writer: Officer);
        (await Director.Post(Route, Order("19/2569", user: "demo.officer"))).Ok();
        (await HasInInbox(Officer, task)).ShouldBeFalse();
        (await Officer.Approve(task)).ShouldBeProblem(403, "own-case-by-order");
        (await Director.Reassign(task, "demo.officer")).ShouldBeProblem(403, "own-case-by-order");
        (await Director.Approve(task)).Ok();
    }

    [Test]
    public async Task An_order_reaches_into_an_office_that_is_not_ones_own_and_ends_there_with_it()
    {
        var code = $"vacant-{Provider}";
        var system = World.SystemAdministrator;
        (await system.Post("offices", new { code, name = new { th = "สำนักงานที่ว่าง" }, province = "TH-84" })).Ok();
        var user = (await system.Post("users", new { userName = code, displayName = "เจ้าหน้าที่", office = code, roles = new[] { Roles.Officer } })).Ok();
        var officer = await World.WithKeyOf(user.Text("id"));
        var id = await officer.Started(key, office: code);
        (await officer.Complete(await officer.OpenTaskOf(id))).Ok();
        var task = await officer.OpenTaskOf(id);
        (await Deputy.Get($"process-instances/{id}")).ShouldBeProblem(404, "instance-not-found");

        (await officer.Post($"offices/{code}/orders", Order("1/2569"))).ShouldBeProblem(403, "not-allowed");
        (await system.Post($"offices/{code}/orders", Order("1/2569"))).Ok();
        (await HasInInbox(Deputy, task)).ShouldBeTrue();
        (await Deputy.Claim(task)).Ok();
        Clock.SetBangkok("2026-03-05 08:30");
        (await Deputy.Approve(task)).ShouldBeProblem(409, "order-not-in-force");
        (await Deputy.Get($"user-tasks/{task.Text("id")}")).Ok()["assignee"].ShouldNotBeNull("they are still told what they hold");
        (await Deputy.Act("release", task)).Ok();
        (await Deputy.Get($"user-tasks/{task.Text("id")}")).ShouldBeProblem(404, "task-not-found");
        (await Deputy.Get($"process-instances/{id}")).ShouldBeProblem(404, "instance-not-found");
    }

    [Test]
    public async Task The_pages_follow_the_register_as_the_api_does()
    {
        var task = await Proposal();
        (await Director.Post(Route, Order("20/2569", holder: "demo.director"))).Ok();
        var deputy = World.Visitor();
        (await deputy.SignIn(Roles.DeputyDirector)).ShouldLeadTo("/");
        (await deputy.Go("/")).Html.ShouldContain($"/tasks/{task.Text("id")}");
        (await deputy.Go($"/tasks/{task.Text("id")}")).ShouldSay(
            "ท่านจะดำเนินการในฐานะ รักษาราชการแทน ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา ตามคำสั่งที่ 20/2569");
        (await deputy.Submit($"/tasks/{task.Text("id")}?handler=review", ("act", "approve"))).ShouldSay("เมื่อยืนยันแล้ว");
        (await deputy.Submit($"/tasks/{task.Text("id")}?handler=act")).Status.ShouldBe(302);
        (await deputy.Go($"/tasks/{task.Text("id")}")).ShouldSay(
            "ในฐานะ รักษาราชการแทน ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา ตามคำสั่งที่ 20/2569");
        (await deputy.Go($"/cases/{task.Text("processInstanceId")}"))
            .ShouldSay("ในฐานะ รักษาราชการแทน", "ในฐานะ เจ้าหน้าที่ในกลุ่ม", "ตามคำสั่งที่ 20/2569");

        Clock.SetBangkok("2026-03-05 08:30");
        var next = await Proposal();
        (await deputy.Go("/")).Html.ShouldNotContain($"/tasks/{next.Text("id")}");
    }

    [Test]
    public async Task The_register_is_kept_by_administrators_and_the_director_of_the_office_and_read_by_auditors()
    {
        foreach (var role in Roles.All.Except([Roles.Director, Roles.Administrator]))
            (await As(role).Post(Route, Order("21/2569"))).ShouldBeProblem(403, "not-allowed");
        (await Director.Post("offices/elsewhere/orders", Order("21/2569"))).ShouldBeProblem(404, "office-not-found");
        (await Director.Post(Route, Order("21/2569", user: "demo.director"))).ShouldBeProblem(400, "invalid-input", "user");
        var order = (await As(Roles.Administrator).Post(Route, Order("21/2569"))).Ok();
        (await As(Roles.Auditor).All(Route, 2)).ShouldContain(o => o.Text("id") == order.Text("id"));
        (await Officer.Get(Route)).ShouldBeProblem(403, "not-allowed");
        (await Officer.Get($"{Route}/{order.Text("id")}")).ShouldBeProblem(403, "not-allowed");
        (await Officer.Get("offices/elsewhere/orders")).ShouldBeProblem(404, "office-not-found");
        (await Deputy.Post($"{Route}/{order.Text("id")}/revoke", new { comment = "ก" })).ShouldBeProblem(403, "not-allowed");
        (await Deputy.Post(Route, Order("22/2569", user: "demo.officer"))).ShouldBeProblem(403, "not-allowed");
    }

    [Test]
    public async Task What_is_no_order_is_refused()
    {
        (await Director.Post(Route, Order("23/2569", user: "nobody"))).ShouldBeProblem(422, "user-not-found", "user");
        (await Director.Post(Route, Order("23/2569", holder: "demo.officer"))).ShouldBeProblem(422, "holder-lacks-post", "holder");
        (await Director.Post(Route, Order("23/2569", kind: "delegated"))).ShouldBeProblem(400, "invalid-input", "holder");
        (await Director.Post(Route, Order("23/2569", role: Roles.Administrator))).ShouldBeProblem(400, "invalid-input", "role");
        (await Director.Post(Route, Order("23/2569", kind: "lent"))).ShouldBeProblem(400, "invalid-input", "kind");
        (await Director.Post(Route, Order("23/2569", from: "2 มี.ค. 2569"))).ShouldBeProblem(400, "invalid-input", "from");
        (await Director.Post(Route, Order("23/2569", from: "2026-03-05"))).ShouldBeProblem(400, "invalid-input", "to");
        (await Director.Post(Route, Order("23/2569", from: "2026-02-01", to: "2026-03-01"))).ShouldBeProblem(400, "invalid-input", "to");
        (await Director.Post(Route, Order("23/2569", definitionKeys: ["no.such"]))).ShouldBeProblem(404, "definition-not-found");
        (await Director.Post(Route, Order("23/2569", definitionKeys: []))).ShouldBeProblem(400, "invalid-input", "definitionKeys");
        (await Director.Post(Route, Order("23/2569", acts: ["dance"]))).ShouldBeProblem(400, "invalid-input", "acts");
        (await Director.Post(Route, Order("23/2569"))).Ok();
        (await Director.Post(Route, Order("23/2569", from: "2026-03-10", to: null))).ShouldBeProblem(409, "already-exists", "number");
        (await Director.Post(Route, Order("24/2569", from: "2026-03-04", to: null))).ShouldBeProblem(409, "order-overlaps", "from")["facts"]
            .Text("number").ShouldBe("23/2569");
        (await Director.Post($"{Route}/{Guid.NewGuid()}/revoke", new { comment = "ก" })).ShouldBeProblem(404, "order-not-found");
        (await Director.Get($"{Route}/{Guid.NewGuid()}")).ShouldBeProblem(404, "order-not-found");
    }

    [Test]
    public async Task The_inbox_of_somebody_with_an_order_is_found_by_indexes()
    {
        // PostgreSQL scans tables as small as these, whatever indexes they have.
        if (Provider != "sqlite")
            return;
        (await Director.Post(Route, Order("25/2569", holder: "demo.director"))).Ok();
        await using var connection = await World.Database.OpenAsync(CancellationToken.None);
        var caller = await CallerRows.LoadAsync(connection, Guid.Parse((await Deputy.Get("users/me")).Ok().Text("id")), "x");
        var arguments = new DynamicParameters(new { user = caller.UserId });
        var parts = Service.Cases.UserTasks.TaskReader.OpenTasksOf(caller, arguments);
        parts.Count.ShouldBeGreaterThanOrEqualTo(4, "assigned, their own post, the director's post, and what the director has taken");
        foreach (var part in parts)
        {
            var plan = await World.QueryAsync<(long, long, long, string Detail)>(
                $"EXPLAIN QUERY PLAN SELECT t.task_id FROM user_task t WHERE {part} ORDER BY t.due_order, t.task_id LIMIT 10", arguments);
            plan.ShouldContain(p => p.Detail.Contains("ix_task_", StringComparison.Ordinal), part);
            plan.ShouldAllBe(
                p => !p.Detail.StartsWith("SCAN", StringComparison.Ordinal) && !p.Detail.Contains("TEMP B-TREE", StringComparison.Ordinal),
                part);
        }
    }
}

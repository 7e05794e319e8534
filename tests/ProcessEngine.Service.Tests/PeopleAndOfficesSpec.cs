using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Tests;

/// <summary>Who sees and does what, and how an administrator sets up an office.</summary>
public sealed class PeopleAndOfficesSpec(string provider) : OnBothDatabases(provider)
{
    Person admin = null!;
    Person stranger = null!;

    [OneTimeSetUp]
    public async Task AnotherOffice()
    {
        admin = World.SystemAdministrator;
        var office = await admin.Post(
            "offices", new { code = "surat", name = new { th = "สำนักงานสุราษฎร์ธานี", en = "Surat Thani" }, province = "TH-84" });
        office.Status.ShouldBe(201);
        office.Location.ShouldBe("/api/v1/offices/surat");
        stranger = await Hire("surat.officer", "surat", Roles.Officer, Roles.Director);
    }

    async Task<Person> Hire(string userName, string office, params string[] roles)
    {
        var user = (await admin.Post("users", new { userName, displayName = userName, office, roles })).Ok();
        return await World.WithKeyOf(user.Text("id"));
    }

    [Test]
    public async Task Every_role_has_a_name_and_somebody_in_the_demonstration()
    {
        foreach (var role in Roles.All)
        {
            Roles.NameOf(role).Th.ShouldNotBe(role);
            var me = (await As(role).Get("users/me")).Ok();
            me["memberships"]!.AsArray().Select(m => m.Text("role")).ShouldContain(role);
        }
    }

    [Test]
    public async Task Nobody_without_a_key_gets_in()
    {
        foreach (var path in new[]
        {
            "process-definitions", "process-instances", "user-tasks", "notifications", "offices", "roles", "users/me", "sla/compliance", "audit/verify?instance=x",
            "calendars/national/due-date?from=2026-03-02&rule=working_days&n=3",
        })
        {
            (await World.Nobody.Get(path)).ShouldBeProblem(401, "not-signed-in");
            (await World.WithKey("pe_wrong").Get(path)).ShouldBeProblem(401, "not-signed-in");
        }

        (await World.Nobody.Start(World.KhonKaen)).ShouldBeProblem(401, "not-signed-in");
    }

    [Test]
    public async Task To_another_office_a_case_does_not_exist()
    {
        var id = await Officer.Started(World.KhonKaen);
        var task = await Officer.OpenTaskOf(id);
        (await stranger.Get($"process-instances/{id}")).ShouldBeProblem(404, "instance-not-found", "id");
        (await stranger.Get($"process-instances/{id}/history")).ShouldBeProblem(404, "instance-not-found", "id");
        (await stranger.Get($"audit/verify?instance={id}")).ShouldBeProblem(404, "instance-not-found", "id");
        (await stranger.Get($"user-tasks/{task.Text("id")}")).ShouldBeProblem(404, "task-not-found", "id");
        (await stranger.Get($"user-tasks/{task.Text("id")}/deadline")).ShouldBeProblem(404, "task-not-found", "id");
        (await stranger.Complete(task)).ShouldBeProblem(404, "task-not-found", "id");
        (await stranger.Cancel(id, "x")).ShouldBeProblem(404, "instance-not-found", "id");
        (await stranger.Start(World.KhonKaen, office: World.Office)).ShouldBeProblem(404, "office-not-found", "office");
        (await stranger.All($"process-instances?office={World.Office}")).ShouldBeEmpty();
        (await stranger.All("process-instances")).ShouldAllBe(i => i.Text("office") == "surat");
        (await stranger.All("user-tasks")).ShouldAllBe(t => t.Text("office") == "surat");
        (await stranger.Get($"offices/{World.Office}")).ShouldBeProblem(404, "office-not-found", "code");
        (await stranger.Get($"offices/{World.Office}/members")).ShouldBeProblem(404, "office-not-found", "office");
        (await stranger.Get($"offices/{World.Office}/step-deadlines")).ShouldBeProblem(404, "office-not-found", "office");
        (await stranger.All("offices")).Select(o => o.Text("code")).ShouldBe(["surat"]);
    }

    [Test]
    public async Task The_wrong_role_is_refused_and_told_which_it_takes()
    {
        var id = await Officer.Started(World.KhonKaen);
        var task = await Officer.OpenTaskOf(id);
        foreach (var role in Roles.All.Where(r => r != Roles.Officer))
        {
            var refusal = (await As(role).Complete(task)).ShouldBeProblem(403, "not-allowed");
            refusal["facts"]!["needsOneOf"]!.AsArray().Select(r => (string)r!).ShouldBe([Roles.Officer]);
        }

        (await As(Roles.CommitteeMember).Get($"user-tasks/{task.Text("id")}")).ShouldBeProblem(403, "not-allowed");
        (await Director.Get($"user-tasks/{task.Text("id")}")).Ok();
        (await As(Roles.CommitteeMember).Comment(task, "x")).ShouldBeProblem(403, "not-allowed");
        (await Officer.Approve(task)).ShouldBeProblem(409, "action-not-for-this-step");
        (await Officer.Reject(task, "ไม่")).ShouldBeProblem(409, "action-not-for-this-step");
        (await Officer.Return(task, "ไม่")).ShouldBeProblem(409, "action-not-for-this-step");
        await Person.DoNext(World, id);
        await Person.DoNext(World, id);
        (await Director.Complete(await Director.OpenTaskOf(id))).ShouldBeProblem(409, "action-not-for-this-step");
    }

    [TestCase(Roles.Auditor)]
    [TestCase(Roles.ProcessOwner)]
    public async Task Those_who_look_after_the_office_start_no_case(string role) =>
        (await As(role).Start(World.KhonKaen)).ShouldBeProblem(403, "not-allowed");

    [Test]
    public async Task An_auditor_reads_everything_of_the_office_and_changes_nothing()
    {
        var auditor = As(Roles.Auditor);
        var id = await Officer.Started(World.KhonKaen);
        var task = await Officer.OpenTaskOf(id);
        (await auditor.Get($"process-instances/{id}")).Ok();
        (await auditor.Get($"user-tasks/{task.Text("id")}")).Ok();
        (await auditor.Get($"user-tasks/{task.Text("id")}/deadline")).Ok();
        (await auditor.History(id)).ShouldNotBeEmpty();
        (await auditor.Verify(id))["valid"]!.GetValue<bool>().ShouldBeTrue();
        (await auditor.Get("sla/compliance")).Ok();
        var before = await World.RowCountsAsync();
        (await auditor.Complete(task)).ShouldBeProblem(403, "not-allowed");
        (await auditor.Claim(task)).ShouldBeProblem(403, "not-allowed");
        (await auditor.Comment(task, "x")).ShouldBeProblem(403, "not-allowed");
        (await auditor.Reassign(task, "demo.officer")).ShouldBeProblem(403, "not-allowed");
        (await auditor.Cancel(id, "x")).ShouldBeProblem(403, "not-allowed");
        (await World.RowCountsAsync()).ShouldBe(before);
    }

    [Test]
    public async Task The_inbox_holds_what_names_the_caller()
    {
        var id = await Officer.Started(World.KhonKaen, "กล่องงาน");
        var task = await Officer.OpenTaskOf(id);
        (await Inbox(Officer)).ShouldContain(task.Text("id"));
        (await Inbox(Director)).ShouldNotContain(task.Text("id"));
        var second = await Hire("inbox.second", World.Office, Roles.Officer);
        (await Inbox(second)).ShouldContain(task.Text("id"));
        (await Officer.Claim(task)).Ok();
        (await Inbox(second)).ShouldNotContain(task.Text("id"));
        (await Inbox(Officer)).ShouldContain(task.Text("id"));
        (await Officer.Complete(task)).Ok();
        (await Inbox(Officer)).ShouldNotContain(task.Text("id"));
        (await Officer.All("user-tasks?status=completed", 20)).Select(t => t.Text("id")).ShouldContain(task.Text("id"));

        async Task<IEnumerable<string>> Inbox(Person who) => (await who.All("user-tasks", 50)).Select(t => t.Text("id"));
    }

    [Test]
    public async Task Lists_are_filtered_and_paged_without_a_gap()
    {
        for (var i = 0; i < 4; i++)
            (await stranger.Start(i % 2 == 0 ? World.KhonKaen : World.SuratThani, $"หน้า {i}", office: "surat", businessKey: $"bk-{i}"))
                .Ok();
        var all = (await stranger.Get("process-instances?limit=200")).Ok()["items"]!.AsArray().Select(i => i.Text("id")).ToList();
        all.Count.ShouldBe(4);
        foreach (var limit in new[] { 1, 2, 3, 4 })
            (await stranger.All("process-instances", limit)).Select(i => i.Text("id")).ShouldBe(all);
        all.ShouldBe(all.OrderDescending(StringComparer.Ordinal));
        (await stranger.All($"process-instances?definitionKey={World.SuratThani}")).Count.ShouldBe(2);
        (await stranger.All("process-instances?businessKey=bk-3")).ShouldHaveSingleItem().Text("title").ShouldBe("หน้า 3");
        (await stranger.All("process-instances?status=completed")).ShouldBeEmpty();
        (await stranger.All("process-instances?status=suspended")).ShouldBeEmpty();
        (await stranger.All("process-instances?overdue=true")).ShouldBeEmpty();
        Clock.SetBangkok("2026-06-01 09:00");
        (await stranger.All("process-instances?overdue=true")).Count.ShouldBe(2);
        (await stranger.All("process-instances?overdue=false")).Count.ShouldBe(2);
        (await stranger.All("user-tasks?overdue=true")).Count.ShouldBe(2);

        // By due time; work without a limit comes last.
        var tasks = await stranger.All("user-tasks");
        tasks.Select(t => (string?)t["dueAt"]).ShouldBe(
            tasks.Select(t => (string?)t["dueAt"]).OrderBy(d => d ?? "9", StringComparer.Ordinal));
        tasks.Count.ShouldBe(4);
        (await stranger.All($"user-tasks?definitionKey={World.KhonKaen}")).Count.ShouldBe(2);
        (await stranger.All("user-tasks?office=nowhere")).ShouldBeEmpty();

        var notices = await stranger.All("notifications", 200);
        (await stranger.All("notifications")).Select(n => n.Text("id")).ShouldBe(notices.Select(n => n.Text("id")));
        var history = await stranger.History(all[0]);
        (await stranger.All($"process-instances/{all[0]}/history")).Select(h => h.Number("sequence"))
            .ShouldBe(history.Select(h => h.Number("sequence")));
        (await admin.All("offices")).Select(o => o.Text("code")).ShouldBe(["demo", "surat"]);
        (await admin.All("offices/demo/members")).Count.ShouldBeGreaterThanOrEqualTo(7);
    }

    [Test]
    public async Task Only_an_administrator_sets_up_offices_and_people()
    {
        var office = new { code = "none", name = new { th = "ก" }, province = "TH-84" };
        (await Director.Post("offices", office)).ShouldBeProblem(403, "not-allowed");
        (await admin.Post("offices", new { code = "surat", name = new { th = "ก" }, province = "TH-84" }))
            .ShouldBeProblem(409, "already-exists", "code");
        foreach (var code in new[] { "national", "TH-84", "มีไทย", "a b", new string('x', 41) })
            (await admin.Post("offices", new { code, name = new { th = "ก" }, province = "TH-84" }))
                .ShouldBeProblem(400, "invalid-input", "code");
        (await admin.Post("offices", new { code = "none", name = new { th = "ก" }, province = "TH-99" }))
            .ShouldBeProblem(400, "invalid-input", "province");
        (await admin.Post("offices", new { code = "none", province = "TH-84" })).ShouldBeProblem(400, "invalid-input", "name.th");
        (await Director.Post("users", new { userName = "x", displayName = "x", office = "demo", roles = new[] { "officer" } }))
            .ShouldBeProblem(403, "not-allowed");
        (await admin.Post("users", new { userName = "demo.officer", displayName = "x", office = "demo", roles = new[] { "officer" } }))
            .ShouldBeProblem(409, "already-exists", "userName");
        (await admin.Post("users", new { userName = "x", displayName = "x", office = "none", roles = new[] { "officer" } }))
            .ShouldBeProblem(404, "office-not-found", "office");
        (await admin.Post("users", new { userName = "x", displayName = "x", office = "demo", roles = new[] { "king" } }))
            .ShouldBeProblem(400, "invalid-input", "roles");
        (await admin.Post("users", new { userName = "x", displayName = "x", office = "demo", roles = Array.Empty<string>() }))
            .ShouldBeProblem(400, "invalid-input", "roles");
        (await admin.Get("offices/surat")).Ok()["name"].Text("en").ShouldBe("Surat Thani");
        (await Officer.Get("roles")).Ok()["items"]!.AsArray().Select(r => r.Text("role")).ShouldBe(Roles.All);
    }

    [Test]
    public async Task An_administrator_of_one_office_has_no_say_in_another()
    {
        var local = await Hire("surat.admin", "surat", Roles.Administrator);
        (await local.Post("users", new { userName = "y", displayName = "y", office = "demo", roles = new[] { "officer" } }))
            .ShouldBeProblem(404, "office-not-found", "office");
        (await local.Post("offices", new { code = "more", name = new { th = "ก" }, province = "TH-84" }))
            .ShouldBeProblem(403, "not-allowed");
        var director = (await Director.Get("users/me")).Ok().Text("id");
        (await local.Post($"users/{director}/api-keys", new { label = "theft" })).ShouldBeProblem(403, "not-allowed");
        (await local.Get($"users/{director}/api-keys")).ShouldBeProblem(403, "not-allowed");
        (await local.Post("users", new { userName = "surat.third", displayName = "y", office = "surat", roles = new[] { "officer" } })).Status.ShouldBe(201);
    }

    [Test]
    public async Task Roles_that_are_taken_away_are_gone_at_once_on_this_node()
    {
        var person = await Hire("demo.changing", World.Office, Roles.Officer);
        var me = (await person.Get("users/me")).Ok().Text("id");
        var id = await Officer.Started(World.KhonKaen);
        var task = await Officer.OpenTaskOf(id);
        (await person.Get($"user-tasks/{task.Text("id")}")).Ok();
        (await Director.Put($"offices/demo/members/{me}", new { roles = new[] { "officer" } })).ShouldBeProblem(403, "not-allowed");
        (await admin.Put($"offices/demo/members/{Guid.NewGuid()}", new { roles = new[] { "officer" } }))
            .ShouldBeProblem(422, "user-not-found", "user");
        (await admin.Put($"offices/demo/members/{me}", new { roles = new[] { "groupDirector" } })).Ok();
        (await person.Complete(task)).ShouldBeProblem(403, "not-allowed");
        (await admin.Put($"offices/demo/members/{me}", new { roles = Array.Empty<string>() })).Ok();
        (await person.Get($"process-instances/{id}")).ShouldBeProblem(401, "not-signed-in");
    }

    [Test]
    public async Task A_revoked_key_opens_nothing_any_more_on_this_node()
    {
        var user = (await admin.Post("users", new { userName = "demo.leaving", displayName = "ก", office = "demo", roles = new[] { "officer" }, kind = "service" })).Ok().Text("id");
        var key = (await admin.Post($"users/{user}/api-keys", new { label = "ก" })).Ok();
        var person = World.WithKey(key.Text("key"));
        (await person.Get("users/me")).Ok();
        var listed = (await person.Get($"users/{user}/api-keys")).Ok()["items"]!.AsArray().ShouldHaveSingleItem();
        listed!.ToJsonString().ShouldNotContain(key.Text("key"));
        (await admin.Delete($"users/{user}/api-keys/{key.Text("id")}")).Status.ShouldBe(204);
        (await person.Get("users/me")).ShouldBeProblem(401, "not-signed-in");
        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM api_key WHERE label LIKE '%pe_%'")).ShouldBe(0);
    }

    [Test]
    public async Task An_id_that_is_somebody_elses_user_name_still_means_the_person_with_that_id()
    {
        var officer = (await Officer.Get("users/me")).Ok().Text("id");
        await Hire(officer, World.Office, Roles.Officer);
        var task = await Officer.OpenTaskOf(await Officer.Started(World.KhonKaen));
        (await Director.Reassign(task, officer)).Ok().Text("assignee").ShouldBe(officer);
    }

    [Test]
    public async Task An_office_sets_a_limit_where_the_manual_states_none_and_it_shows_as_its_own()
    {
        var owner = As(Roles.ProcessOwner);
        var path = $"offices/demo/step-deadlines/{World.KhonKaen}/appoint-working-group";
        var rule = new { rule = "working_days", n = 2 };
        (await Officer.Put(path, new { rule, reason = "ก" })).ShouldBeProblem(403, "not-allowed");
        (await owner.Put(path, new { rule })).ShouldBeProblem(400, "invalid-input", "reason");
        (await owner.Put(path, new { reason = "ก" })).ShouldBeProblem(400, "invalid-input", "rule");
        (await owner.Put(path, new { rule = "working_days", reason = "ก" })).ShouldBeProblem(400, "invalid-input", "rule");
        (await owner.Put(path, new { rule = new { rule = "working_days", n = 0 }, reason = "ก" }))
            .ShouldBeProblem(400, "invalid-input", "rule");
        (await owner.Put($"offices/demo/step-deadlines/{World.KhonKaen}/no-such", new { rule, reason = "ก" }))
            .ShouldBeProblem(400, "invalid-input", "step");
        (await owner.Put("offices/demo/step-deadlines/no.such/x", new { rule, reason = "ก" })).ShouldBeProblem(404, "definition-not-found");
        (await owner.Put($"offices/demo/step-deadlines/{World.SuratThani}/study-laws", new { rule, reason = "ก" }))
            .ShouldBeProblem(409, "limit-is-the-manuals", "step");
        (await stranger.Put(path, new { rule, reason = "ก" })).ShouldBeProblem(404, "office-not-found", "office");
        (await owner.Put(path, new { rule, reason = "ข้อตกลงของสำนักงาน" })).Ok();
        (await owner.All("offices/demo/step-deadlines")).ShouldHaveSingleItem()["rule"]!.ToJsonString().ShouldBe("""{"rule":"working_days","n":2}""");

        var task = await Officer.OpenTaskOf(await Officer.Started(World.KhonKaen));
        task.Instant("dueAt").ShouldBe(ProcessEngine.Testing.ManualClock.Bangkok("2026-03-05 16:30"));
        var why = (await Officer.Get($"user-tasks/{task.Text("id")}/deadline")).Ok();
        why.Text("source").ShouldBe("office");
        why["skipped"]!.AsArray().Select(s => s.Text("date")).ShouldBe(["2026-03-03"]);

        (await owner.Delete(path)).Status.ShouldBe(204);
        (await owner.All("offices/demo/step-deadlines")).ShouldBeEmpty();
        (await Officer.OpenTaskOf(await Officer.Started(World.KhonKaen)))["dueAt"].ShouldBeNull();
        (await Officer.Get($"user-tasks/{task.Text("id")}/deadline")).Ok().Instant("dueAt").ShouldBe(task.Instant("dueAt"));
    }
}

using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Tests;

/// <summary>The whole language over HTTP, on both databases: what the core decides is stored, found again and told.</summary>
public sealed class FlowSpec(string provider) : OnBothDatabases(provider)
{
    Person Owner => As(Roles.ProcessOwner);

    /// <summary>Publishes a definition: activities as JSON without their names, arrows such as <c>a.Approve->b</c>.</summary>
    async Task Publish(string key, string activities, string variables, params string[] arrows)
    {
        var nodes = JsonNode.Parse($"[{activities}]")!.AsArray();
        foreach (var node in nodes)
        {
            node!["type"] = "ProcessEngine." + node["type"]!.GetValue<string>();
            node["nameTh"] ??= "ขั้นตอน";
            node["role"] ??= "officer";
        }

        nodes.Insert(0, new JsonObject { ["id"] = "start", ["type"] = "ProcessEngine.Start" });
        nodes.Add(new JsonObject { ["id"] = "end", ["type"] = "ProcessEngine.End" });
        var connections = new JsonArray([.. arrows.Select(arrow =>
        {
            var (from, to) = (arrow.Split("->")[0].Split('.'), arrow.Split("->")[1]);
            return (JsonNode)new JsonObject
            {
                ["source"] = new JsonObject { ["activity"] = from[0], ["port"] = from.Length > 1 ? from[1] : "Done" },
                ["target"] = new JsonObject { ["activity"] = to, ["port"] = "In" },
            };
        })]);
        var definition = new JsonObject
        {
            ["definitionId"] = key,
            ["name"] = "ทดสอบ",
            ["variables"] = JsonNode.Parse($"[{variables}]"),
            ["root"] = new JsonObject { ["type"] = "Elsa.Flowchart", ["activities"] = nodes, ["connections"] = connections },
        };
        (await Owner.Put($"process-definitions/{key}/draft", definition)).Ok()["findings"]!.AsArray().ShouldBeEmpty();
        (await Owner.Post($"process-definitions/{key}/draft/publish", Why.Published)).Ok();
    }

    async Task<JsonNode> TaskOf(string instance, string step) =>
        (await Officer.Case(instance))["openTasks"]!.AsArray().First(t => t!.Text("step") == step)!;

    async Task<string[]> OpenSteps(string instance) =>
        [.. (await Officer.Case(instance))["openTasks"]!.AsArray().Select(t => t!.Text("step")).Order(StringComparer.Ordinal)];

    async Task ShouldVerify(string instance) => (await Officer.Verify(instance))["valid"]!.GetValue<bool>().ShouldBeTrue();

    [Test]
    public async Task The_data_of_the_case_say_for_whom_a_task_is()
    {
        const string decide = """{"id":"ask","type":"UserTask"},{"id":"accept","type":"Approval","role":"groupDirector","assignTo":[{"when":"givenBy = \"owner\"","to":"requester"}]}""";
        await Publish(
            "flow.for-whom", decide, """{"name":"givenBy","typeName":"String"}""", "start->ask", "ask->accept", "accept.Approve->end", "accept.Reject->ask", "accept.Return->ask");
        var (one, other) = (await Officer.Started("flow.for-whom"), await Officer.Started("flow.for-whom"));
        (await Officer.Complete(await TaskOf(one, "ask"), outputs: new { givenBy = "owner" })).Ok();
        (await Officer.Complete(await TaskOf(other, "ask"), outputs: new { givenBy = "director" })).Ok();

        (await As(Roles.GroupDirector).Approve(await TaskOf(one, "accept"))).ShouldBeProblem(409, "task-held-by-another");
        (await Officer.Approve(await TaskOf(one, "accept"))).Ok();
        (await As(Roles.GroupDirector).Approve(await TaskOf(other, "accept"))).Ok();
        (await Officer.Get("process-definitions/flow.for-whom")).Ok()["steps"]!.AsArray()
            .Single(s => s!.Text("id") == "accept")!["assignments"]![0]!.Text("to").ShouldBe("requester");
        await ShouldVerify(one);
    }

    [TestCase("""[{"when":"givenBye = 1","to":"requester"}]""", "unknown-variable")]
    [TestCase("""[{"when":"givenBy","to":"requester"}]""", "not-a-condition")]
    [TestCase("""[{"when":"givenBy = \"x\"","to":"somebody"}]""", "invalid-assignment")]
    [TestCase("""[{"when":"givenBy = \"x\""}]""", "missing-to")]
    [TestCase("""[{"when":"givenBy = \"x\"","to":"variable:nobody"}]""", "unknown-variable")]
    [TestCase("""["requester"]""", "wrong-type")]
    [TestCase("\"doerOf:nothing\"", "unknown-step")]
    public async Task An_assignment_that_cannot_be_is_refused_with_its_place(string assignTo, string code)
    {
        var draft = JsonNode.Parse("""
            {"definitionId":"flow.bad","name":"x","variables":[{"name":"givenBy","typeName":"String"}],"root":{"type":"Elsa.Flowchart","activities":[
            {"id":"start","type":"ProcessEngine.Start"},{"id":"a","type":"ProcessEngine.UserTask","nameTh":"ก","role":"officer"},{"id":"end","type":"ProcessEngine.End"}],
            "connections":[{"source":{"activity":"start","port":"Done"},"target":{"activity":"a","port":"In"}},{"source":{"activity":"a","port":"Done"},"target":{"activity":"end","port":"In"}}]}}
            """)!;
        draft["root"]!["activities"]![1]!["assignTo"] = JsonNode.Parse(assignTo);
        (await Owner.Put("process-definitions/flow.bad/draft", draft)).Ok()["findings"]!.AsArray()
            .Select(f => $"{f!.Text("activityId")} {f!.Text("code")}").ShouldBe([$"a {code}"]);
    }

    [Test]
    public async Task Branches_run_side_by_side_and_a_return_undoes_them()
    {
        await Publish(
            "flow.branches",
            """{"id":"plan","type":"UserTask"},{"id":"fork","type":"Fork"},{"id":"a","type":"UserTask"},{"id":"check","type":"Approval","role":"director"},{"id":"b","type":"UserTask"},{"id":"join","type":"Join"}""",
            "", "start->plan", "plan->fork", "fork->a", "a->check", "check.Approve->join", "check.Reject->plan", "check.Return->plan", "fork->b", "b->join", "join->end");
        var id = await Officer.Started("flow.branches");
        (await Officer.Complete(await TaskOf(id, "plan"))).Ok();
        (await OpenSteps(id)).ShouldBe(["a", "b"]);
        (await Officer.Complete(await TaskOf(id, "a"))).Ok();
        (await Director.Reject(await TaskOf(id, "check"), "ยังไม่ครบ")).Ok();
        (await OpenSteps(id)).ShouldBe(["plan"]);
        (await Officer.Complete(await TaskOf(id, "plan"))).Ok();
        foreach (var step in new[] { "a", "b" })
            (await Officer.Complete(await TaskOf(id, step))).Ok();
        (await Director.Approve(await TaskOf(id, "check"))).Ok();
        (await Officer.Case(id)).Text("status").ShouldBe("completed");
        await ShouldVerify(id);
    }

    [Test]
    public async Task A_committee_votes_and_each_vote_is_told()
    {
        await Publish(
            "flow.committee",
            """{"id":"ask","type":"UserTask"},{"id":"decide","type":"Approval","role":"committeeMember","votingRule":"majority","membersFrom":"members","chairFrom":"chair"}""",
            """{"name":"members","typeName":"String","isArray":true},{"name":"chair","typeName":"String"}""",
            "start->ask", "ask->decide", "decide.Approve->end", "decide.Reject->ask");
        var people = new[] { Roles.CommitteeMember, Roles.DeputyDirector };
        var ids = new List<string>();
        foreach (var role in people)
            ids.Add((await As(role).Get("users/me")).Ok().Text("id"));
        var id = await Officer.Started("flow.committee");
        (await Officer.Complete(await TaskOf(id, "ask"), outputs: new { members = ids, chair = ids[1] })).Ok();
        var mine = (await Officer.Case(id))["openTasks"]!.AsArray().Single(t => t!.Text("assignee") == ids[0])!;
        (await As(Roles.CommitteeMember).Act("vote", mine, new { vote = "approve" })).Ok().Text("outcome").ShouldBe("voted");
        (await Officer.Case(id))["groups"]![0]!["answers"]!.AsArray().ShouldHaveSingleItem()!.Text("vote").ShouldBe("approve");
        var theirs = (await Officer.Case(id))["openTasks"]!.AsArray().Single()!;
        (await As(Roles.DeputyDirector).Act("vote", theirs, new { vote = "reject" })).ShouldBeProblem(400, "invalid-input", "comment");
        (await As(Roles.DeputyDirector).Act("vote", theirs, new { vote = "reject", comment = "ไม่เห็นด้วย" })).Ok().Text("outcome")
            .ShouldBe("voted");
        // Two votes, one each way: the chair's decides.
        (await OpenSteps(id)).ShouldBe(["ask"]);
        await ShouldVerify(id);
    }

    [Test]
    public async Task A_letter_passes_its_levels_and_a_list_collects_its_answers()
    {
        await Publish(
            "flow.many",
            """
            {"id":"draft","type":"UserTask"},
            {"id":"sign","type":"Approval","role":"director","levels":[{"role":"groupDirector","slaRule":"working_days","slaN":1},{"role":"deputyDirector"},{"role":"director"}]},
            {"id":"collect","type":"UserTask","forEach":"schools","goOn":"percent","goOnPercent":60,"collectInto":"answers"}
            """,
            """{"name":"schools","typeName":"String","isArray":true},{"name":"answers","typeName":"String","isArray":true}""",
            "start->draft", "draft->sign", "sign.Approve->collect", "sign.Reject->draft", "sign.Return->draft", "collect->end");
        var id = await Officer.Started("flow.many");
        (await Officer.Complete(await TaskOf(id, "draft"), outputs: new { schools = new[] { "วัดใหม่", "บ้านดอน", "เมือง" } })).Ok();
        foreach (var role in new[] { Roles.GroupDirector, Roles.DeputyDirector, Roles.Director })
        {
            var task = await TaskOf(id, "sign");
            task.Text("role").ShouldBe(role);
            (await As(role).Approve(task)).Ok().Text("outcome").ShouldBe("approved");
        }

        (await OpenSteps(id)).ShouldBe(["collect", "collect", "collect"]);
        (await TaskOf(id, "collect")).Text("item").ShouldBe("วัดใหม่");
        for (var i = 0; i < 2; i++)
            (await Officer.Complete(await TaskOf(id, "collect"), outputs: new { pupils = 10 + i })).Ok();
        var ended = await Officer.Case(id);
        ended.Text("status").ShouldBe("completed");
        ended["variables"]!["answers"]!.AsArray().Count.ShouldBe(2);
        await ShouldVerify(id);
    }

    [Test]
    public async Task A_task_says_the_same_in_a_list_as_by_itself()
    {
        var key = await new Chart("flow.tasks").Knows("schools", isArray: true)
            .Arrows("start -> each -> sign", "sign.Approve -> end", "sign.Reject -> each", "sign.Return -> each")
            .Box("each", "UserTask", new { nameTh = "รวบรวม", role = Roles.Officer, forEach = "schools" })
            .Box("sign", "Approval", new { nameTh = "ลงนาม", role = Roles.Director, levels = new[] { new { role = Roles.GroupDirector }, new { role = Roles.Director } } }).PublishAsync(World);
        var id = (await Officer.Start(key, variables: new { schools = new[] { "วัดใหม่", "บ้านดอน" } })).Ok().Text("id");
        var tasks = (await Officer.Case(id))["openTasks"]!.AsArray().Select(t => t!).ToList();
        (await Officer.Act("pause", tasks[0], new { comment = "รอโรงเรียน" })).Ok();
        var listed = await ShouldSayTheSame(Officer, "user-tasks");
        listed.Select(t => (t.Text("item"), t["paused"]!.GetValue<bool>()))
            .ShouldBe([("วัดใหม่", true), ("บ้านดอน", false)], ignoreOrder: true);

        (await Officer.Act("continue", tasks[0])).Ok();
        foreach (var task in tasks)
            (await Officer.Complete(task)).Ok();
        (await ShouldSayTheSame(As(Roles.GroupDirector), "user-tasks")).ShouldHaveSingleItem().Number("level").ShouldBe(1);
        (await ShouldSayTheSame(Officer, "user-tasks?status=completed")).Count.ShouldBe(2);

        async Task<List<JsonNode>> ShouldSayTheSame(Person who, string path)
        {
            var of = (await who.All(path, 50)).Where(t => t.Text("processInstanceId") == id).ToList();
            foreach (var task in of)
            {
                var single = (await who.Get($"user-tasks/{task.Text("id")}")).Ok();
                foreach (var (name, value) in task.AsObject())
                    JsonNode.DeepEquals(value, single[name]).ShouldBeTrue($"{name}: {value} in the list, {single[name]} by itself");
            }

            return of;
        }
    }

    [Test]
    public async Task A_message_finds_the_case_that_waits_for_it()
    {
        await Publish(
            "flow.message", """{"id":"ask","type":"UserTask"},{"id":"hear","type":"WaitForMessage","message":"reply","correlationFrom":"letter"},{"id":"work","type":"UserTask"}""",
            """{"name":"letter","typeName":"String"},{"name":"answer","typeName":"String"}""", "start->ask", "ask->hear", "hear->work", "work->end");
        var id = await Officer.Started("flow.message");
        (await Officer.Complete(await TaskOf(id, "ask"), outputs: new { letter = "ศธ 1/2569" })).Ok();
        (await Officer.Case(id))["waits"]!.AsArray().ShouldHaveSingleItem()!.Text("message").ShouldBe("reply");
        (await Officer.Post("messages", new { office = World.Office, name = "reply", correlation = "ศธ 9" }))
            .ShouldBeProblem(409, "nobody-waits");
        (await Officer.Post("messages", new { office = World.Office, name = "reply", correlation = "ศธ 1/2569", data = new { answer = "ได้" } })).Ok().Text("id").ShouldBe(id);
        (await OpenSteps(id)).ShouldBe(["work"]);
        (await Officer.Case(id))["variables"]!.Text("answer").ShouldBe("ได้");
    }

    [Test]
    public async Task Timers_fire_with_the_sweep_and_not_while_the_case_is_suspended()
    {
        await Publish(
            "flow.timers",
            """{"id":"a","type":"UserTask","timers":[{"port":"TooLate","slaRule":"working_days","slaN":2}]},{"id":"b","type":"UserTask"},{"id":"wait","type":"WaitUntil","slaRule":"working_days","slaN":1}""",
            "", "start->a", "a->end", "a.TooLate->wait", "wait->b", "b->end");
        var id = await Officer.Started("flow.timers");
        (await Director.Post($"process-instances/{id}/suspend", new { comment = "น้ำท่วม" })).Ok().Text("status").ShouldBe("suspended");
        (await Officer.Complete(await TaskOf(id, "a"))).ShouldBeProblem(409, "instance-is-suspended");
        Clock.SetBangkok("2026-03-09 09:00");
        await World.Sweep();
        (await OpenSteps(id)).ShouldBe(["a"]);
        (await Director.Post($"process-instances/{id}/resume", new { })).Ok();
        await World.Sweep();
        (await OpenSteps(id)).ShouldBe(["a"], "it has the two working days that it had");
        Clock.SetBangkok("2026-03-11 16:31");
        await World.Sweep();
        (await OpenSteps(id)).ShouldBeEmpty();
        Clock.SetBangkok("2026-03-12 16:31");
        await World.Sweep();
        await World.Sweep();
        (await OpenSteps(id)).ShouldBe(["b"]);
        await ShouldVerify(id);
    }

    [Test]
    public async Task A_pause_moves_the_limit_and_the_ledger_says_why()
    {
        await Publish("flow.pause", """{"id":"a","type":"UserTask","slaRule":"working_days","slaN":5}""", "", "start->a", "a->end");
        var id = await Officer.Started("flow.pause");
        var task = await TaskOf(id, "a");
        // 3 March 2569 is Makha Bucha Day.
        task.Instant("dueAt").ShouldBe(Testing.ManualClock.Bangkok("2026-03-10 16:30"));
        Clock.SetBangkok("2026-03-05 10:00");
        (await Officer.Act("pause", task, new { comment = "รอโรงเรียนส่งข้อมูล" })).Ok()["paused"]!.GetValue<bool>().ShouldBeTrue();
        (await Officer.Complete(task)).ShouldBeProblem(409, "task-is-paused");
        Clock.SetBangkok("2026-03-12 10:00");
        await World.Sweep();
        (await World.EventsAsync(id)).ShouldNotContain("TaskOverdue");
        (await Officer.Act("continue", task, new { })).Ok().Instant("dueAt").ShouldBe(Testing.ManualClock.Bangkok("2026-03-17 16:30"));
        var why = (await Officer.Get($"user-tasks/{task.Text("id")}/deadline")).Ok();
        var pause = why["pauses"]!.AsArray().ShouldHaveSingleItem()!;
        pause.Text("comment").ShouldBe("รอโรงเรียนส่งข้อมูล");
        pause.Instant("to").ShouldBe(Testing.ManualClock.Bangkok("2026-03-12 10:00"));
        why["moves"]!.AsArray().ShouldHaveSingleItem()!.Text("cause").ShouldBe("continued");
        var extended = (await Director.Post($"process-instances/{id}/deadlines/{await DeadlineOf(id)}/extend", new { comment = "ขอขยายเวลา", rule = new { rule = "working_days", n = 2 } })).Ok();
        extended["openTasks"]![0].Instant("dueAt").ShouldBe(Testing.ManualClock.Bangkok("2026-03-19 16:30"));
        await ShouldVerify(id);
    }

    Task<Guid> DeadlineOf(string instance) => World.ScalarAsync<string>(
        "SELECT CAST(deadline_id AS text) FROM deadline WHERE instance_id = @id AND state = 'open'", new { id = Guid.Parse(instance) })
        .ContinueWith(t => Guid.Parse(t.Result), TaskScheduler.Default);

    [Test]
    public async Task A_sub_process_is_started_once_and_its_end_moves_the_case_on()
    {
        await Publish("flow.child", """{"id":"work","type":"UserTask"}""", "", "start->work", "work->end");
        await Publish("flow.parent", """{"id":"call","type":"CallProcess","definitionKey":"flow.child"},{"id":"after","type":"UserTask"}""", "", "start->call", "call->after", "after->end");
        var calls = World.Services.GetRequiredService<CaseCalls>();
        var id = await Officer.Started("flow.parent", "เรื่องแม่");
        await Task.WhenAll(calls.RunAsync(CancellationToken.None), calls.RunAsync(CancellationToken.None));
        var child = (await Officer.Case(id))["waits"]!.AsArray().ShouldHaveSingleItem()!.Text("calledInstance");
        (await Officer.Case(child)).Text("title").ShouldBe("เรื่องแม่");
        (await Officer.Complete(await TaskOf(child, "work"))).Ok();
        await calls.RunAsync(CancellationToken.None);
        await calls.RunAsync(CancellationToken.None);
        (await OpenSteps(id)).ShouldBe(["after"]);
        (await World.EventsAsync(id)).Count(t => t == "WaitEnded").ShouldBe(1);
    }

    [Test]
    public async Task A_sub_process_that_is_cancelled_stands_in_the_way_and_one_whose_caller_is_cancelled_ends_with_it()
    {
        await Publish("flow.child2", """{"id":"work","type":"UserTask"}""", "", "start->work", "work->end");
        await Publish(
            "flow.parent2",
            """
            {"id":"ends","type":"CallProcess","definitionKey":"flow.child2"},
            {"id":"goes","type":"CallProcess","definitionKey":"flow.child2","goesOn":true},
            {"id":"f","type":"Fork"},{"id":"j","type":"Join"},{"id":"after","type":"UserTask"}
            """,
            "", "start->f", "f->ends", "f->goes", "ends->j", "goes->j", "j->after", "after->end");
        var calls = World.Services.GetRequiredService<CaseCalls>();
        var id = await Officer.Started("flow.parent2", "เรื่องแม่");
        await calls.RunAsync(CancellationToken.None);
        (await Director.Post($"process-instances/{await ChildOf("ends")}/cancel", new { comment = "ไม่ต้องทำแล้ว" })).Ok();
        await calls.RunAsync(CancellationToken.None);
        var stuck = (await Officer.Case(id))["incidents"]!.AsArray().ShouldHaveSingleItem()!;
        stuck.Text("code").ShouldBe("call-cancelled");
        (await Director.Post($"process-instances/{id}/incidents/{stuck.Text("id")}/retry", new { })).Ok();
        await calls.RunAsync(CancellationToken.None);

        var (ends, goes) = (await ChildOf("ends"), await ChildOf("goes"));
        (await Director.Post($"process-instances/{id}/cancel", new { comment = "ยกเลิกทั้งเรื่อง" })).Ok();
        await calls.RunAsync(CancellationToken.None);
        await calls.RunAsync(CancellationToken.None);
        (await Officer.Case(ends)).Text("status").ShouldBe("cancelled");
        (await Officer.Case(goes)).Text("status").ShouldBe("running");
        await ShouldVerify(ends);

        async Task<string> ChildOf(string call) =>
            (await Officer.Case(id))["waits"]!.AsArray().Single(w => w!.Text("node") == call)!.Text("calledInstance");
    }

    [Test]
    public async Task A_condition_on_the_data_decides_the_way_and_a_form_is_checked()
    {
        await Publish(
            "flow.decision",
            """
            {"id":"ask","type":"UserTask","formSchema":{"type":"object","properties":{"amount":{"type":"number","title":"วงเงิน","minimum":1}},"required":["amount"]}},
            {"id":"size","type":"Decision","branches":[{"port":"Large","when":"amount > 100000"}]},
            {"id":"large","type":"UserTask"},{"id":"small","type":"UserTask"}
            """,
            """{"name":"amount","typeName":"Decimal"}""", "start->ask", "ask->size", "size.Large->large", "size.Else->small", "large->end", "small->end");
        var id = await Officer.Started("flow.decision");
        (await Officer.Complete(await TaskOf(id, "ask"))).ShouldBeProblem(422, "form-not-filled", "amount");
        (await Officer.Complete(await TaskOf(id, "ask"), outputs: new { amount = 0 })).ShouldBeProblem(422, "form-not-filled", "amount");
        (await Officer.Complete(await TaskOf(id, "ask"), outputs: new { amount = 250_000 })).Ok();
        (await OpenSteps(id)).ShouldBe(["large"]);
    }

    [Test]
    public async Task An_ended_case_is_reopened_and_a_mistake_is_put_right_with_a_reason()
    {
        await Publish("flow.reopen", """{"id":"a","type":"UserTask"},{"id":"b","type":"UserTask"}""", "", "start->a", "a->b", "b->end");
        var id = await Officer.Started("flow.reopen");
        (await As(Roles.Administrator).Post($"process-instances/{id}/move", new { toStep = "b", comment = "ทำขั้นแรกบนกระดาษแล้ว" })).Ok();
        (await Officer.Complete(await TaskOf(id, "b"))).Ok();
        (await Director.Post($"process-instances/{id}/reopen", new { toStep = "b" })).ShouldBeProblem(400, "invalid-input", "comment");
        (await Director.Post($"process-instances/{id}/reopen", new { toStep = "b", comment = "ลืมแนบเอกสาร" })).Ok().Text("status")
            .ShouldBe("running");
        (await TaskOf(id, "b"))["attempt"]!.GetValue<int>().ShouldBe(2);
        (await Officer.Post($"process-instances/{id}/move", new { toStep = "a", comment = "ก" })).Status.ShouldBe(403);
        await ShouldVerify(id);
    }
}

using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.Migrations;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Tests;

/// <summary>Draft → published → retired; what is published is sound; running cases stay, or move when they are told to.</summary>
public sealed class VersionsSpec(string provider) : OnBothDatabases(provider)
{
    const string KhonKaen = World.KhonKaen;

    static JsonObject Shipped() =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(World.ShippedProcesses, "khonkaen-5", "install-maintain-computers.json")))!.AsObject();

    static JsonObject Variant(string key, Action<JsonObject>? change = null)
    {
        var definition = Shipped();
        definition["definitionId"] = key;
        change?.Invoke(definition);
        return definition;
    }

    static JsonObject Activity(JsonObject definition, string id) =>
        definition["root"]!["activities"]!.AsArray().Single(a => a!["id"]!.GetValue<string>() == id)!.AsObject();

    Person Owner => As(Roles.ProcessOwner);

    async Task<int> Publish(string key, JsonObject definition)
    {
        (await Owner.Put($"process-definitions/{key}/draft", definition)).Ok();
        return (await Owner.Post($"process-definitions/{key}/draft/publish", Why.Published)).Ok()["version"]!.GetValue<int>();
    }

    Task<int> WorkAsync() => World.Services.GetRequiredService<MigrationWork>().RunAsync(CancellationToken.None);

    [Test]
    public async Task A_draft_is_published_as_the_next_version_and_running_cases_stay_on_theirs()
    {
        const string key = "test.lifecycle";
        (await Publish(key, Variant(key))).ShouldBe(1);
        var old = await Officer.Started(key);
        (await Publish(key, Variant(key, d => d["name"] = "ชื่อใหม่"))).ShouldBe(2);
        (await Officer.Case(old))["definitionVersion"]!.GetValue<int>().ShouldBe(1);
        (await Officer.Start(key)).Ok()["definitionVersion"]!.GetValue<int>().ShouldBe(2);
        (await Owner.Get($"process-definitions/{key}/draft")).Status.ShouldBe(404);
    }

    [Test]
    public async Task What_is_probably_not_meant_is_said_and_published_all_the_same()
    {
        const string key = "test.warned";
        var definition = Variant(key, d => Activity(d, "plan-work")["slaStated"] = "๓ วันทำการ");
        var said = (await Owner.Put($"process-definitions/{key}/draft", definition)).Ok()["findings"]!.AsArray().ShouldHaveSingleItem()!;
        (said.Text("activityId"), said.Text("code"), (bool)said["warning"]!).ShouldBe(("plan-work", "limit-only-in-words", true));
        var check = (await Owner.Post($"process-definitions/{key}/draft/check")).Ok();
        ((bool)check["sound"]!, check["findings"]!.AsArray().Count).ShouldBe((true, 1));
        (await Owner.Post($"process-definitions/{key}/draft/publish", Why.Published)).Ok()["warnings"]!.AsArray().ShouldHaveSingleItem()!["reason"]
            .Text("th").ShouldContain("๓ วันทำการ");
    }

    [Test]
    public async Task The_difference_of_two_versions_is_told_in_words()
    {
        const string key = "test.diff";
        await Publish(key, Variant(key));
        await Publish(key, Variant(key, d =>
        {
            Activity(d, "plan-work")["slaRule"] = "working_days";
            Activity(d, "plan-work")["slaN"] = 5;
        }));
        var changes = (await Officer.Get($"process-definitions/{key}/diff?from=1&to=2")).Ok()["changes"]!.AsArray();
        var only = changes.ShouldHaveSingleItem()!;
        only["text"].Text("en").ShouldContain("limit none stated → 5 working days");
        only["text"].Text("th").ShouldContain("ขั้นตอนที่ 2");
        only["text"].Text("th").ShouldContain("กำหนดเวลา ไม่ได้กำหนด → 5 วันทำการ");
    }

    [Test]
    public async Task An_unsound_draft_is_kept_but_not_published_and_each_fault_is_told()
    {
        const string key = "test.unsound";
        var broken = Variant(key, d => d["root"]!["connections"]!.AsArray().RemoveAt(0));
        (await Owner.Put($"process-definitions/{key}/draft", broken)).Ok()["findings"]!.AsArray().ShouldNotBeEmpty();
        var refused = await Owner.Post($"process-definitions/{key}/draft/publish", Why.Published);
        refused.ShouldBeProblem(422, "definition-unsound")["facts"]!["findings"]!.AsArray()
            .ShouldContain(f => f!.Text("activityId") == "start" && f!.Text("code") == "unconnected-port");
        (await Owner.Get($"process-definitions/{key}")).Status.ShouldBe(404);
        (await Owner.Post($"process-definitions/{key}/draft/check")).Ok()["sound"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Test]
    public async Task Two_owners_who_edit_one_draft_do_not_overwrite_each_other()
    {
        const string key = "test.two-owners";
        var first = await Owner.Put($"process-definitions/{key}/draft", Variant(key));
        first.Ok();
        (await Owner.Send(HttpMethod.Put, $"process-definitions/{key}/draft", Variant(key), ifMatch: "\"1\"")).Ok();
        (await Owner.Send(HttpMethod.Put, $"process-definitions/{key}/draft", Variant(key), ifMatch: "\"1\""))
            .ShouldBeProblem(409, "draft-changed");
        (await Officer.Put($"process-definitions/{key}/draft", Variant(key))).Status.ShouldBe(403);
    }

    [Test]
    public async Task A_retired_version_starts_nothing_and_its_cases_go_on()
    {
        const string key = "test.retired";
        await Publish(key, Variant(key));
        var running = await Officer.Started(key);
        (await Owner.Post($"process-definitions/{key}/versions/1/retire")).Ok();
        (await Officer.Start(key)).ShouldBeProblem(409, "definition-retired");
        (await Owner.Get($"process-definitions/{key}/versions")).Ok()["items"]!.AsArray().ShouldHaveSingleItem()!["retiredAt"]
            .ShouldNotBeNull();
        (await Officer.Complete(await Officer.OpenTaskOf(running))).Ok();
        await Publish(key, Variant(key, d => d["name"] = "ชื่อใหม่"));
        (await Officer.Start(key)).Ok()["definitionVersion"]!.GetValue<int>().ShouldBe(2);
    }

    [Test]
    public async Task A_case_moves_to_the_new_version_while_200_others_run_and_the_preview_told_the_truth()
    {
        const string key = "test.migration";
        await Publish(key, Variant(key));
        var cases = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Officer.Started(key, $"เรื่อง {i}")));
        foreach (var id in cases.Take(20))
            (await Officer.Complete(await Officer.OpenTaskOf(id))).Ok();

        // Version 2 renames the plan and has no first step any more: who stands at the first step cannot move.
        await Publish(key, Variant(key, d =>
        {
            var text = d.ToJsonString().Replace("\"plan-work\"", "\"make-plan\"", StringComparison.Ordinal)
                .Replace(":plan-work\"", ":make-plan\"", StringComparison.Ordinal)
                .Replace("\"appoint-working-group\"", "\"appoint\"", StringComparison.Ordinal);
            var renamed = JsonNode.Parse(text)!.AsObject();
            foreach (var name in renamed.Select(p => p.Key).ToList())
                d[name] = renamed[name]!.DeepClone();
        }));
        var request = new { office = World.Office, from = 1, to = 2, moves = new Dictionary<string, string> { ["plan-work"] = "make-plan" }, preview = true };
        var preview = (await Owner.Post($"process-definitions/{key}/migrations", request)).Ok();
        (preview["examined"]!.GetValue<int>(), preview["canMove"]!.GetValue<int>(), preview["cannotMove"]!.GetValue<int>())
            .ShouldBe((200, 20, 180));
        preview["standings"]!.AsArray().ShouldHaveSingleItem()!["to"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>()
            .ShouldBe("make-plan");
        preview["obstacles"]!.AsArray()[0].Text("reason").ShouldBe("step-is-gone");

        var started = (await Owner.Post($"process-definitions/{key}/migrations", new { request.office, request.from, request.to, request.moves }, key: "migrate-once")).Ok();
        await Task.WhenAll(WorkAsync(), WorkAsync());
        (await Owner.Post($"process-definitions/{key}/migrations", new { request.office, request.from, request.to, request.moves }, key: "migrate-once")).Ok();
        (await WorkAsync()).ShouldBe(0);

        var done = (await Owner.Get($"process-definitions/{key}/migrations/{started.Text("id")}")).Ok();
        (done.Text("state"), done["moved"]!.GetValue<int>(), done["refused"]!.GetValue<int>()).ShouldBe(("done", 20, 180));
        var moved = await Officer.Case(cases[0]);
        moved["definitionVersion"]!.GetValue<int>().ShouldBe(2);
        var task = await Officer.OpenTaskOf(cases[0]);
        task.Text("step").ShouldBe("make-plan");
        (await Officer.Complete(task)).Ok();
        (await Officer.OpenTaskOf(cases[0])).Text("step").ShouldBe("propose-plan");
        (await World.EventsAsync(cases[0])).Count(t => t == "InstanceMigrated").ShouldBe(1);
        (await Officer.Verify(cases[0]))["valid"]!.GetValue<bool>().ShouldBeTrue();
        (await Officer.Case(cases[100]))["definitionVersion"]!.GetValue<int>().ShouldBe(1);
    }

    [Test]
    public async Task A_trial_run_tells_the_lead_time_and_stores_nothing()
    {
        var before = await World.RowCountsAsync();
        var result = (await Owner.Post($"process-definitions/{KhonKaen}/simulations", new
        {
            cases = 200,
            arrivalsPerWorkingDay = 4,
            from = "2026-03-02T08:30:00+07:00",
            people = new Dictionary<string, int> { ["officer"] = 5 },
            otherWork = new { kind = "around", a = 60 },
            outcomes = new Dictionary<string, object> { ["propose-plan"] = new { reject = 0.3 } },
        })).Ok();
        result["ended"]!.GetValue<int>().ShouldBe(200);
        result["steps"]!.AsArray().Single(s => s.Text("step") == "plan-work")!["passes"]!.GetValue<double>().ShouldBeGreaterThan(1.1);
        (await World.RowCountsAsync()).ShouldBe(before);
        (await Owner.Post($"process-definitions/{KhonKaen}/simulations", new { cases = 0, arrivalsPerWorkingDay = 4 }))
            .ShouldBeProblem(400, "invalid-input");
        (await Officer.Post($"process-definitions/{KhonKaen}/simulations", new { cases = 1, arrivalsPerWorkingDay = 4 })).Status
            .ShouldBe(403);
    }
}

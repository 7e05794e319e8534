using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Tests.Catalogue;

namespace ProcessEngine.Service.Tests;

/// <summary>The shapes that others build on, exactly as issue 2 lists them; more fields may stand beside these.</summary>
public sealed partial class ShapesSpec(string provider) : OnBothDatabases(provider)
{
    static readonly string[] Instance =
        ["id", "definitionKey", "definitionVersion", "office", "title", "businessKey", "status", "startedAt", "endedAt", "openTasks", "revision"];

    static readonly string[] UserTask =
    [
        "id", "processInstanceId", "step", "stepNumber", "name", "kind", "state", "attempt", "role", "assignee", "createdAt", "dueAt", "revision",
    ];

    [Test]
    public async Task An_instance_and_its_task()
    {
        var made = (await Officer.Start(
            "khonkaen-3.develop-office-website", "เรื่องทดสอบ", businessKey: "ศธ 04/1", variables: new { anotherRound = true })).Ok();
        made.Names().ShouldBe(made.Names().Intersect((await Officer.Case(made.Text("id"))).Names()));
        Has(made, Instance);
        UuidV7().IsMatch(made.Text("id")).ShouldBeTrue(made.Text("id"));
        made.Text("startedAt").ShouldBe("2026-03-02T09:00:00+07:00");
        made.Text("businessKey").ShouldBe("ศธ 04/1");
        made["variables"]!.ToJsonString().ShouldBe(JsonNode.Parse("""{"anotherRound":true}""")!.ToJsonString());
        Has(made["openTasks"]![0]!, UserTask);
        made["openTasks"]![0]!["name"].Names().ShouldBe(["th", "en"]);
        UuidV7().IsMatch(made["openTasks"]![0].Text("id")).ShouldBeTrue();
        made["openTasks"]![0].Text("processInstanceId").ShouldBe(made.Text("id"));

        var task = made["openTasks"]![0]!;
        var detail = await Officer.Get($"user-tasks/{task.Text("id")}");
        Has(detail.Ok(), [.. UserTask, "text", "actions", "returnTo", "forms", "qualityStandard"]);
        detail.ETag.ShouldBe($"\"{task.Number("revision")}\"");
        (await Officer.Get($"process-instances/{made.Text("id")}")).ETag.ShouldBe($"\"{made.Number("revision")}\"");
        var done = await Officer.Complete(task);
        Has(done.Ok(), UserTask);
        done.ETag.ShouldBe($"\"{done.Ok().Number("revision")}\"");
        (await Officer.Get($"user-tasks/{task.Text("id")}")).ETag.ShouldBe(done.ETag);
    }

    [Test]
    public async Task Every_list_is_items_and_next()
    {
        var id = await Officer.Started(World.KhonKaen);
        var me = (await Officer.Get("users/me")).Ok().Text("id");
        foreach (var path in new[]
        {
            "process-definitions", $"process-definitions/{World.KhonKaen}/versions", "process-instances", $"process-instances/{id}/history", "user-tasks", "notifications",
            "offices", $"offices/{World.Office}/members", $"offices/{World.Office}/step-deadlines", "roles", $"users/{me}/api-keys",
        })
        {
            var list = (await Officer.Get(path)).Ok();
            list.Names().ShouldBe(["items", "next"], path);
            list["items"].ShouldBeOfType<JsonArray>(path);
        }
    }

    [Test]
    public async Task A_history_item_and_a_verification()
    {
        var id = await Officer.Started(World.KhonKaen);
        await Officer.Complete(await Officer.OpenTaskOf(id), "เสร็จ");
        var history = await Officer.History(id);
        foreach (var item in history)
            Has(item!, ["sequence", "type", "at", "actor", "comment", "data", "hash"]);
        history.Select(h => h.Number("sequence")).ShouldBe(Enumerable.Range(1, history.Count));
        history.Select(h => h.Text("hash")).ShouldAllBe(h => Sha256().IsMatch(h));
        history[2].Text("comment").ShouldBe("เสร็จ");
        history[2].Text("actor").ShouldBe((await Officer.Get("users/me")).Ok().Text("id"));
        var verified = await Officer.Verify(id);
        Has(verified, ["valid", "brokenAt"]);
        verified["valid"]!.GetValue<bool>().ShouldBeTrue();
        verified["brokenAt"].ShouldBeNull();
    }

    [Test]
    public async Task Definitions_are_listed_shown_and_versioned()
    {
        var keys = CatalogueFiles.All.Select(p => p.Key).Order(StringComparer.Ordinal).ToList();
        (await Officer.All("process-definitions", 20)).Select(d => d.Text("key")).ShouldBe(keys);
        (await Officer.All("process-definitions?manual=khonkaen-5")).Select(d => d.Text("key"))
            .ShouldBe(keys.Where(k => k.StartsWith("khonkaen-5.", StringComparison.Ordinal)));
        (await Officer.All("process-definitions?search=ติดตั้ง")).Select(d => d.Text("key")).ShouldContain(World.KhonKaen);
        (await Officer.All("process-definitions?search=100%25_")).ShouldBeEmpty();
        var surat = (await Officer.Get($"process-definitions/{World.SuratThani}")).Ok();
        surat["steps"]!.AsArray().Count.ShouldBe(13);
        surat["steps"]!.AsArray().Select(s => s.Number("number")).Distinct().Count().ShouldBe(12);
        surat["source"].Text("manual").ShouldBe("suratthani-chumphon");
        surat["steps"]![0]!["deadline"]!.ToJsonString().ShouldBe("""{"rule":"working_days_range","min":1,"max":5}""");
        var versions = (await Officer.Get($"process-definitions/{World.SuratThani}/versions")).Ok()["items"]!.AsArray();
        versions.Select(v => v.Number("version")).ShouldBe([1]);
        (await Officer.Get("process-definitions/no.such")).ShouldBeProblem(404, "definition-not-found", "definitionKey");
        (await Officer.Get("process-definitions/no.such/versions")).ShouldBeProblem(404, "definition-not-found", "definitionKey");
        (await Officer.Get($"process-definitions/{World.SuratThani}?version=2"))
            .ShouldBeProblem(404, "definition-not-found", "definitionKey");
    }

    [Test]
    public async Task Health_answers_without_a_key()
    {
        (await World.Nobody.Get("/health/live")).Ok().Text("status").ShouldBe("live");
        var ready = (await World.Nobody.Get("/health/ready")).Ok();
        (ready.Text("status"), ready.Text("database"), ready.Number("definitionsRefused")).ShouldBe(("ready", Provider, 0));
    }

    [Test]
    public async Task The_type_of_a_problem_leads_to_a_page()
    {
        var problem = (await Officer.Get($"process-instances/{Guid.CreateVersion7(Clock.GetUtcNow())}"))
            .ShouldBeProblem(404, "instance-not-found", "id");
        var page = await World.Nobody.Get(problem.Text("type"));
        page.Status.ShouldBe(200);
        page.Raw.ShouldStartWith("instance-not-found");
        (await World.Nobody.Get("/problems/no-such")).ShouldBeProblem(404, "not-found");
        (await Officer.Get("/nowhere")).ShouldBeProblem(404, "not-found");
        (await Officer.Delete("process-instances")).ShouldBeProblem(405, "method-not-allowed");
    }

    static void Has(JsonNode node, string[] fields) => fields.Except(node.Names()).ShouldBeEmpty(node.ToJsonString());

    [GeneratedRegex("^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")]
    private static partial Regex UuidV7();

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex Sha256();
}

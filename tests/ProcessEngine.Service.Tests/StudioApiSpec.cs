using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Studio;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>What Elsa Studio asks of the service, each trap of its contract with an answer.</summary>
public sealed class StudioApiSpec(string provider) : OnBothDatabases(provider)
{
    const string KhonKaen = World.KhonKaen;

    async Task<StudioWindow> Window(string role = Roles.ProcessOwner, string name = "one")
    {
        var visitor = World.Visitor();
        (await visitor.SignIn(role)).ShouldLeadTo("/");
        return new StudioWindow(visitor, name);
    }

    /// <summary>A definition of the demonstration office's own, published.</summary>
    static async Task<string> Own(StudioWindow window, string name)
    {
        var model = await window.Open(KhonKaen);
        var file = model.DeepClone().AsObject();
        (file["definitionId"], file["id"], file["name"]) = (null, null, name);
        return (await window.Saved(file, publish: true)).Text("definitionId");
    }

    // Who

    [Test]
    public async Task It_takes_the_cookie_of_the_pages_and_nothing_else()
    {
        var owner = await Window();
        (await owner.Get("workflow-definitions")).Ok();
        (await As(Roles.ProcessOwner).Get("/elsa/api/workflow-definitions")).Status.ShouldBe(401, "a key opens the API, not Studio");
        var signedOut = await new StudioWindow(World.Visitor(), "none").Get("workflow-definitions");
        signedOut.ShouldBeShown(401);
        signedOut.Location.ShouldBeNull("Studio reads no sign-in page");
    }

    [Test]
    public async Task Process_owners_edit_auditors_look_on_and_others_see_nothing()
    {
        var auditor = await Window(Roles.Auditor);
        var seen = await auditor.Open(KhonKaen);
        seen["isReadonly"]!.GetValue<bool>().ShouldBeTrue();
        seen["links"]!.AsArray().Select(l => l.Text("rel")).ShouldNotContain("publish");
        (await auditor.Get("workflow-definitions?versionOptions=Latest")).Ok()["links"]!.AsArray().Select(l => l.Text("rel")).ShouldNotContain("bulk-publish");
        var officer = await Window(Roles.Officer);
        var before = await World.RowCountsAsync();
        (await auditor.Save(seen)).ShouldBeShown(403).ShouldContain("สิทธิ์");
        foreach (var (method, path) in new[]
        {
            (HttpMethod.Post, $"workflow-definitions/{KhonKaen}/publish"), (HttpMethod.Post, $"workflow-definitions/{KhonKaen}/retract"), (HttpMethod.Post, $"workflow-definitions/{KhonKaen}/revert/1"),
            (HttpMethod.Delete, $"workflow-definitions/{KhonKaen}"), (HttpMethod.Post, "workflow-definitions/import"),
        })
            (await auditor.Ask(method, path, method == HttpMethod.Post ? "{}" : null)).ShouldBeShown(403);
        (await officer.Get("workflow-definitions")).ShouldBeShown(403);
        (await World.RowCountsAsync()).ShouldBe(before);

        var owner = await Window();
        (await owner.Open(KhonKaen))["links"]!.AsArray().Select(l => l.Text("rel")).ShouldContain("publish");
        owner.Office = "another-office";
        (await owner.Get("workflow-definitions")).ShouldBeShown(404);
    }

    [Test]
    public async Task No_other_site_can_make_a_browser_save()
    {
        var owner = await Window();
        var model = await owner.Open(KhonKaen);
        model.Activity("plan-work")["text"] = "เปลี่ยน";
        var body = new JsonObject { ["model"] = model.DeepClone(), ["publish"] = true };
        var before = await World.RowCountsAsync();
        foreach (var change in new Action<HttpRequestHeaders>[]
        {
            h => h.Remove("Origin"),
            h => { h.Remove("Origin"); h.Add("Origin", "https://elsewhere.example"); },
            h => { h.Remove("Origin"); h.Add("Origin", "null"); },
            h => h.Add("Sec-Fetch-Site", "cross-site"),
            h => h.Add("Sec-Fetch-Site", "same-site"),
        })
            (await owner.Ask(HttpMethod.Post, "workflow-definitions", body, change)).ShouldBeShown(403);
        (await owner.Ask(HttpMethod.Get, "workflow-definitions", null, h => h.Add("Sec-Fetch-Site", "cross-site"))).Status.ShouldBe(403);
        (await owner.Ask(HttpMethod.Post, "workflow-definitions", body.ToJsonString(), null, "text/plain")).ShouldBeShown(400);
        (await World.RowCountsAsync()).ShouldBe(before);
        owner.Visitor.CookieNamed("pe_session").ShouldNotBeNull();
    }

    [Test]
    public async Task A_session_that_has_ended_is_told_and_stores_nothing()
    {
        var owner = await Window();
        var model = await owner.Open(KhonKaen);
        owner.Visitor.LoseSession();
        var before = await World.RowCountsAsync();
        (await owner.Save(model)).ShouldBeShown(401);
        (await World.RowCountsAsync()).ShouldBe(before);
    }

    // Drafts and versions

    [Test]
    public async Task What_is_opened_and_saved_without_a_change_makes_no_draft()
    {
        var owner = await Window();
        var model = await owner.Open(KhonKaen);
        (model["isPublished"]!.GetValue<bool>(), model["isLatest"]!.GetValue<bool>()).ShouldBe((true, true));
        var before = await World.RowCountsAsync();
        (await owner.Saved(model)).Text("id").ShouldBe(model.Text("id"));
        (await owner.Save(model, publish: true)).Ok()["alreadyPublished"]!.GetValue<bool>().ShouldBeTrue();
        (await World.RowCountsAsync()).ShouldBe(before);
    }

    [Test]
    public async Task Editing_what_is_published_opens_the_next_draft_and_publishing_makes_it_the_offices_own_version()
    {
        var owner = await Window();
        var key = await Own(owner, "กระบวนงานของเรา " + Provider);
        var old = await Officer.Started(key);
        var model = await owner.Open(key);
        var published = model.Text("id");
        model.Activity("plan-work")["text"] = "วางแผนใหม่";
        var draft = await owner.Saved(model);
        draft.Text("id").ShouldNotBe(published);
        (draft.Number("version"), draft["isLatest"]!.GetValue<bool>(), draft["isPublished"]!.GetValue<bool>()).ShouldBe((2, true, false));
        var before = (await owner.Get($"workflow-definitions/by-id/{Uri.EscapeDataString(published)}")).Ok().AsObject();
        before.Activity("plan-work").Text("text").ShouldNotBe("วางแผนใหม่");
        (before["isLatest"]!.GetValue<bool>(), before["isPublished"]!.GetValue<bool>()).ShouldBe((false, true));

        var next = await owner.Saved(draft, publish: true);
        (next.Number("version"), next["isPublished"]!.GetValue<bool>()).ShouldBe((2, true));
        var all = (await owner.Get($"workflow-definitions?versionOptions=AllVersions&Page=0&PageSize=10&DefinitionIds={key}&OrderBy=Version&OrderDirection=Descending")).Ok()["items"]!.AsArray();
        all.Select(v => (v.Number("version"), v!["isPublished"]!.GetValue<bool>(), v["isLatest"]!.GetValue<bool>())).ShouldBe([(2, true, true), (1, false, false)]);
        (await Officer.Case(old)).Number("definitionVersion").ShouldBe(1);
        (await Officer.Start(key)).Ok().Number("definitionVersion").ShouldBe(2);
    }

    [Test]
    public async Task A_shipped_definition_forks_for_the_office_alone_and_keeps_its_origin()
    {
        const string key = World.SuratThani;
        (await World.SystemAdministrator.Post("offices", new { code = "other-" + Provider, name = new { th = "อีกเขต", en = "Another" }, province = "TH-40", kind = "primary" })).Ok();
        var owner = await Window();
        var model = await owner.Open(key);
        model.Activity(model["root"]!["activities"]!.AsArray().First(a => a!.Text("type") == "ProcessEngine.UserTask").Text("id"))["qualityStandard"] = "ของเราเอง";
        var own = (await owner.Saved(model, publish: true)).Number("version");
        own.ShouldBe(2);
        (await Officer.Start(key)).Ok().Number("definitionVersion").ShouldBe(own);
        var catalog = World.Services.GetRequiredService<DefinitionCatalog>();
        (await catalog.StartableAsync(key, "other-" + Provider, CancellationToken.None))!.Version.ShouldBe(1);
        var versions = (await Officer.Get($"process-definitions/{key}/versions")).Ok()["items"]!.AsArray();
        (versions[0].Text("office"), versions[0].Number("manualVersion"), versions[1].Text("office")).ShouldBe((World.Office, 1, "*"));

        // Back to the manual's.
        (await owner.Post($"workflow-definitions/{key}/retract", new { })).Ok().Number("version").ShouldBe(1);
        (await Officer.Start(key)).Ok().Number("definitionVersion").ShouldBe(1);
        (await owner.Post($"workflow-definitions/{key}/retract", new { })).ShouldBeShown().ShouldContain("ทุกสำนักงาน");
    }

    [Test]
    public async Task An_unsound_draft_is_kept_and_publishing_is_refused_with_the_name_of_the_step_and_the_reason()
    {
        var owner = await Window();
        var key = await Own(owner, "กระบวนงานที่เสีย " + Provider);
        var model = await owner.Open(key);
        model.Activity("propose-plan").Remove("role");
        model["root"]!["connections"]!.AsArray().RemoveAt(0);
        var refused = (await owner.Save(model, publish: true)).ShouldBeShown();
        refused.ShouldContain("“เสนอแผนงานต่อผู้อำนวยการ”");
        refused.ShouldContain("“เริ่ม”");
        var kept = await owner.Open(key);
        (kept["isPublished"]!.GetValue<bool>(), kept.Activity("propose-plan").ContainsKey("role")).ShouldBe((false, false));
        (await Officer.Start(key)).Ok().Number("definitionVersion").ShouldBe(1);

        // It can be thrown away: the published version stands.
        (await owner.Delete($"workflow-definitions/{key}")).Status.ShouldBe(204);
        (await owner.Open(key))["isPublished"]!.GetValue<bool>().ShouldBeTrue();
        (await owner.Delete($"workflow-definitions/{key}")).ShouldBeShown().ShouldContain("ลบไม่ได้");
    }

    [Test]
    public async Task A_stale_save_overwrites_nobody_and_both_are_kept()
    {
        var (one, other) = (await Window(name: "one"), await Window(name: "other"));
        var key = await Own(one, "สองหน้าต่าง " + Provider);
        var (first, second) = (await one.Open(key), await other.Open(key));
        first.Activity("plan-work")["text"] = "ของคนแรก";
        second.Activity("plan-work")["text"] = "ของคนที่สอง";
        var saved = await one.Saved(first);
        (await other.Save(second)).ShouldBeShown().ShouldContain("เก็บแยกไว้");
        second.Activity("plan-work")["text"] = "ของคนที่สอง แก้ต่อ";
        (await other.Save(second, publish: true)).ShouldBeShown();
        (await one.Open(key)).Activity("plan-work").Text("text").ShouldBe("ของคนแรก");
        saved.Activity("plan-work")["text"] = "ของคนแรก แก้ต่อ";
        await one.Saved(saved);

        // The second's last words are beside the draft; they decide which one to go on with.
        (await one.Visitor.Go($"/studio/definitions/{key}")).ShouldSay("งานที่บันทึกซ้อนกัน", "ของคนที่สอง แก้ต่อ");
        var kept = await World.ScalarAsync<string>("SELECT window_id FROM draft_set_aside WHERE definition_key = @key", new { key });
        await one.Visitor.Submit($"/studio/definitions/{key}?handler=resolve", ("window", kept), ("use", "true"));
        one.Visitor.Page.ShouldLeadTo($"/studio/definitions/{key}");
        (await other.Open(key)).Activity("plan-work").Text("text").ShouldBe("ของคนที่สอง แก้ต่อ");
        (await World.ScalarAsync<string>("SELECT content FROM draft_set_aside WHERE definition_key = @key", new { key })).ShouldContain("ของคนแรก แก้ต่อ");
    }

    [Test]
    public async Task A_windows_own_saves_may_overtake_each_other()
    {
        var owner = await Window();
        var key = await Own(owner, "บันทึกซ้อน " + Provider);
        var model = await owner.Open(key);
        for (var i = 1; i <= 3; i++)
        {
            // Studio goes on before the answer has come: the mark that it sends is the old one.
            model.Activity("plan-work")["text"] = $"ครั้งที่ {i}";
            (await owner.Save(model)).Ok();
        }

        (await owner.Open(key)).Activity("plan-work").Text("text").ShouldBe("ครั้งที่ 3");
        (await owner.Post($"workflow-definitions/{key}/publish", new { })).Ok();
        // A save that was under way while it was published opens the next draft.
        model.Activity("plan-work")["text"] = "หลังเผยแพร่";
        var late = await owner.Open(key);
        late.Activity("plan-work")["text"] = "หลังเผยแพร่";
        (await owner.Saved(late))["isPublished"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Test]
    public async Task A_draft_that_was_discarded_and_begun_anew_is_not_the_one_that_a_window_still_shows()
    {
        var (one, other) = (await Window(name: "one"), await Window(name: "other"));
        var key = await Own(one, "เริ่มร่างใหม่ " + Provider);
        var model = await one.Open(key);
        model.Activity("plan-work")["text"] = "ร่างเดิม";
        var old = await one.Saved(model);
        (await other.Delete($"workflow-definitions/{key}")).Status.ShouldBe(204);
        var fresh = await other.Open(key);
        fresh.Activity("plan-work")["text"] = "ร่างใหม่";
        await other.Saved(fresh);
        old.Activity("plan-work")["text"] = "ร่างเดิม แก้ต่อ";
        (await one.Save(old)).ShouldBeShown();
        (await other.Open(key)).Activity("plan-work").Text("text").ShouldBe("ร่างใหม่");
    }

    [Test]
    public async Task An_older_version_can_be_made_the_draft()
    {
        var owner = await Window();
        var key = await Own(owner, "ย้อนรุ่น " + Provider);
        var model = await owner.Open(key);
        var original = model.Activity("plan-work").Text("text");
        model.Activity("plan-work")["text"] = "รุ่นสอง";
        await owner.Saved(model, publish: true);
        var summary = (await owner.Post($"workflow-definitions/{key}/revert/1", new { })).Ok();
        (summary.Number("version"), summary!["isLatest"]!.GetValue<bool>()).ShouldBe((3, true));
        (await owner.Open(key)).Activity("plan-work").Text("text").ShouldBe(original);
        (await owner.Post($"workflow-definitions/{key}/revert/99", new { })).ShouldBeShown(404);
    }

    [Test]
    public async Task A_new_definition_comes_back_whole()
    {
        var owner = await Window();
        (await owner.Get("workflow-definitions/validation/is-name-unique?name=Workflow%201")).Ok()["isUnique"]!.GetValue<bool>().ShouldBeTrue();
        var created = await owner.Saved(Recorded("08-definition-create-from-list").Single(e => e.Method == "POST").Body!["model"]!.AsObject());
        created.Text("definitionId").ShouldStartWith("own.");
        created["root"].Text("nodeId").ShouldBe("Workflow1:9e4e510957619509");
        foreach (var collection in new[] { "variables", "inputs", "outputs", "outcomes", "customProperties", "options" })
            created[collection].ShouldNotBeNull(collection);
        (created["root"]!["activities"] as JsonArray).ShouldNotBeNull();
        (await owner.Get($"workflow-definitions/validation/is-name-unique?name={Uri.EscapeDataString("กระบวนงานใหม่")}")).Ok()["isUnique"]!.GetValue<bool>().ShouldBeFalse();

        // A box that was just dropped has neither node id nor properties.
        created["root"]!["activities"]!.AsArray().Add(new JsonObject { ["id"] = "92bd1e0e956e0ee8", ["type"] = "ProcessEngine.Approval", ["version"] = 1, ["name"] = "Approval1" });
        (await owner.Saved(created)).Activity("92bd1e0e956e0ee8").Text("nodeId").ShouldBe("Workflow1:9e4e510957619509:92bd1e0e956e0ee8");
    }

    [Test]
    public async Task Literals_may_come_wrapped_and_as_texts_and_other_expressions_are_refused_at_publishing()
    {
        var owner = await Window();
        var key = await Own(owner, "ค่าคงที่ " + Provider);
        var model = await owner.Open(key);
        var step = model.Activity("plan-work");
        step["slaRule"] = Wrapped("Literal", "working_days");
        step["slaN"] = Wrapped("Literal", "5");
        step["clockPauses"] = Wrapped("Literal", "False");
        await owner.Saved(model, publish: true);
        var shown = (await Officer.Get($"process-definitions/{key}")).Ok()["steps"]!.AsArray().Single(s => s.Text("id") == "plan-work")!;
        (shown["deadline"].Number("n"), shown["clockPauses"]!.GetValue<bool>()).ShouldBe((5, false));

        model = await owner.Open(key);
        model.Activity("plan-work")["slaN"] = Wrapped("JavaScript", "2 + 3");
        (await owner.Save(model)).Ok();
        (await owner.Save(await owner.Open(key), publish: true)).ShouldBeShown().ShouldContain("Literal");

        static JsonObject Wrapped(string type, string value) =>
            new() { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = type, ["value"] = value }, ["memoryReference"] = null };
    }

    [Test]
    public async Task Every_shipped_definition_is_the_same_to_the_byte_after_it_was_opened_and_saved()
    {
        var rows = await World.QueryAsync<(string Key, string Content)>("SELECT definition_key, content FROM definition_version WHERE version = 1 AND office = '*' AND origin = 'file'");
        rows.Count.ShouldBeGreaterThan(50);
        foreach (var (key, content) in rows)
        {
            var stored = StudioModel.ToContent(StudioModel.Parse(Encoding.UTF8.GetBytes(content)), key);
            var opened = StudioModel.ToStudio(stored, new VersionFacts(VersionId.Published(key, 1), 1, true, true, Clock.GetUtcNow()), true);
            StudioModel.ToContent(StudioModel.Parse(Encoding.UTF8.GetBytes(opened.ToJsonString())), key).ShouldBe(stored, key);
            JsonNode.DeepEquals(JsonNode.Parse(stored), JsonNode.Parse(content)).ShouldBeTrue($"{key}: what is stored says the same");
        }
    }

    [Test]
    public async Task A_draft_that_is_saved_again_is_the_same_to_the_byte()
    {
        var owner = await Window();
        var key = await Own(owner, "คงที่ทุกไบต์ " + Provider);
        var model = await owner.Open(key);
        model.Activity("plan-work")["metadata"]!["designer"]!["position"]!["x"] = 1024.5;
        await owner.Saved(model);
        var first = await Stored();
        await owner.Saved(await owner.Open(key));
        (await Stored()).ShouldBe(first);

        Task<string> Stored() => World.ScalarAsync<string>("SELECT content || ' ' || revision FROM office_draft WHERE definition_key = @key", new { key });
    }

    [Test]
    public async Task A_decision_shows_its_ways_out_and_a_new_one_becomes_a_branch()
    {
        var owner = await Window();
        var created = await owner.Saved(Recorded("08-definition-create-from-list").Single(e => e.Method == "POST").Body!["model"]!.AsObject());
        created["root"]!["activities"]!.AsArray().Add(JsonNode.Parse("""
            {"id":"big","type":"ProcessEngine.Decision","version":1,"name":"วงเงิน","branches":"[{\"port\":\"Large\",\"when\":\"amount > 100000\"}]",
             "outcomes":{"typeName":"String[]","expression":{"type":"Object","value":"[\"Large\",\"Urgent\"]"}}}
            """));
        var saved = await owner.Saved(created);
        ((string)saved.Activity("big")["outcomes"]!["expression"]!["value"]!).ShouldBe("""["Large","Urgent"]""");
        var stored = JsonNode.Parse(await World.ScalarAsync<string>("SELECT content FROM office_draft WHERE definition_key = @key", new { key = saved.Text("definitionId") }))!.AsObject().Activity("big");
        stored.ContainsKey("outcomes").ShouldBeFalse();
        stored["branches"]!.AsArray().Select(b => (b.Text("port"), b.Text("when"))).ShouldBe([("Large", "amount > 100000"), ("Urgent", "")]);
    }

    [Test]
    public async Task Branches_levels_and_ways_out_by_time_are_filled_in_on_a_page_without_script()
    {
        var owner = await Window();
        var key = await Own(owner, "กรอกรายการ " + Provider);
        const string plan = "plan-work", approval = "propose-plan";
        var visitor = owner.Visitor;
        (await visitor.Go(Page(plan))).ShouldBe(200).ShouldSay("ทางออกตามเวลา");
        (await visitor.Submit(Page(plan), ("timer.0.port", "TooLate"), ("timer.0.rule", "working_days"), ("timer.0.n", "10"), ("timer.0.interrupts", "true"))).ShouldLeadTo(Page(plan));
        (await visitor.Follow()).ShouldSay("บันทึกในฉบับร่างแล้ว");
        await visitor.Go(Page(approval));
        (await visitor.Submit(
            Page(approval), ("level.0.role", "groupDirector"), ("level.0.rule", "working_days_range"), ("level.0.n", "1"), ("level.0.most", "3"), ("level.1.role", "director"))).ShouldLeadTo(Page(approval));
        var draft = await Draft();
        draft.Activity(plan)["timers"]!.ToJsonString().ShouldBe("""[{"port":"TooLate","slaRule":"working_days","slaN":10,"interrupts":true}]""");
        draft.Activity(approval)["levels"]!.ToJsonString().ShouldBe("""[{"role":"groupDirector","slaRule":"working_days_range","slaMin":1,"slaMax":3},{"role":"director"}]""");

        // What the form does not show stays, and an empty row takes its entry away.
        var model = await owner.Open(key);
        model.Activity(approval)["levels"] = """[{"role":"groupDirector","nameEn":"Group","assignTo":"requester","slaRule":"given_date","slaDateFrom":"when"},{"role":"director"}]""";
        await owner.Saved(model);
        (await visitor.Go(Page(approval))).ShouldSay("คงตามที่กำหนดไว้เดิม");
        (await visitor.Submit(Page(approval), ("level.0.role", "groupDirector"), ("level.0.rule", "other"), ("level.0.name", "กลุ่ม"), ("level.1.role", ""))).ShouldLeadTo(Page(approval));
        (await Draft()).Activity(approval)["levels"]!.AsArray().ShouldHaveSingleItem()!.AsObject().Select(p => $"{p.Key}={p.Value}")
            .ShouldBe(["role=groupDirector", "nameEn=Group", "assignTo=requester", "slaRule=given_date", "slaDateFrom=when", "nameTh=กลุ่ม"], ignoreOrder: true);

        string Page(string step) => $"/studio/definitions/{key}/steps/{step}";

        async Task<JsonObject> Draft() => JsonNode.Parse(await World.ScalarAsync<string>("SELECT content FROM office_draft WHERE definition_key = @key", new { key }))!.AsObject();
    }

    [Test]
    public async Task Who_fills_in_lists_that_have_changed_meanwhile_is_told_and_loses_nothing()
    {
        var owner = await Window();
        var key = await Own(owner, "กรอกพร้อมกัน " + Provider);
        var page = $"/studio/definitions/{key}/steps/plan-work";
        await owner.Visitor.Go(page);
        // The canvas may move meanwhile; the same lists may not.
        var model = await owner.Open(key);
        model.Activity("plan-work")["text"] = "ระหว่างนั้น";
        model = await owner.Saved(model);
        (await owner.Visitor.Submit(page, ("timer.0.port", "First"), ("timer.0.rule", "working_days"), ("timer.0.n", "3"))).ShouldLeadTo(page);
        await owner.Visitor.Follow();
        model = await owner.Open(key);
        model.Activity("plan-work").Text("text").ShouldBe("ระหว่างนั้น");
        model.Activity("plan-work")["timers"] = """[{"port":"Theirs","slaRule":"working_days","slaN":5}]""";
        await owner.Saved(model);
        var before = await World.RowCountsAsync();
        var again = await owner.Visitor.Submit(page, ("timer.0.port", "Mine"), ("timer.0.rule", "working_days"), ("timer.0.n", "7"));
        again.ShouldBe(400).ShouldSay("มีผู้แก้รายการของขั้นตอนนี้ไปแล้ว");
        again.Html.ShouldContain("value=\"Mine\"");
        (await World.RowCountsAsync()).ShouldBe(before);
        (await owner.Visitor.Submit(page, ("timer.0.port", "Mine"))).ShouldLeadTo(page);

        (await owner.Visitor.Go($"/studio/definitions/{key}/steps/no-such")).ShouldBe(404);
        (await owner.Visitor.Go($"/studio/definitions/{key}/steps/start")).ShouldBe(404);
        var auditor = await Window(Roles.Auditor);
        (await auditor.Visitor.Go(page)).ShouldBe(200).Html.ShouldNotContain("บันทึกในฉบับร่าง");
    }

    // The shipped file and the office's own version

    [Test]
    public async Task A_changed_file_never_overwrites_an_offices_own_version_and_offers_a_merge()
    {
        using var folder = new ProcessesCopy();
        await using var world = await World.StartAsync(Provider, processes: folder.Path);
        var visitor = world.Visitor();
        await visitor.SignIn(Roles.ProcessOwner);
        var owner = new StudioWindow(visitor, "one");
        var model = await owner.Open(KhonKaen);
        model.Activity("plan-work")["qualityStandard"] = "ของสำนักงาน";
        model.Activity("carry-out-work")["text"] = "สำนักงานเขียนเอง";
        (await owner.Saved(model, publish: true)).Number("version").ShouldBe(2);

        folder.Change("khonkaen-5/install-maintain-computers.json", file =>
        {
            file.Activity("notify-those-concerned")["text"] = "คู่มือแก้ข้อความ";
            file.Activity("carry-out-work")["text"] = "คู่มือแก้ขั้นนี้ด้วย";
        });
        await world.Services.GetRequiredService<DefinitionFolder>().LoadAsync(folder.Path, CancellationToken.None);
        (await world.Officer.Start(KhonKaen)).Ok().Number("definitionVersion").ShouldBe(2);
        (await visitor.Go($"/studio/definitions/{KhonKaen}")).ShouldSay("คู่มือมีรุ่นใหม่", "คู่มือแก้ข้อความ");
        (await visitor.Submit($"/studio/definitions/{KhonKaen}?handler=merge")).ShouldBe(200).ShouldSay("ใช้ของสำนักงาน", "ดำเนินการติดตั้ง ดูแล บำรุงรักษา และพัฒนา");
        var merged = await owner.Open(KhonKaen);
        merged.Activity("notify-those-concerned").Text("text").ShouldBe("คู่มือแก้ข้อความ");
        merged.Activity("carry-out-work").Text("text").ShouldBe("สำนักงานเขียนเอง");
        merged.Activity("plan-work").Text("qualityStandard").ShouldBe("ของสำนักงาน");
        (await owner.Saved(merged, publish: true)).Number("version").ShouldBe(4);
        (await visitor.Go($"/studio/definitions/{KhonKaen}")).Text.ShouldNotContain("คู่มือมีรุ่นใหม่");
        (await world.QueryAsync<int?>("SELECT manual_version FROM definition_version WHERE version = 4 AND definition_key = @KhonKaen", new { KhonKaen })).ShouldBe([3]);
    }

    // Files

    [Test]
    public async Task An_exported_file_is_plain_elsa_and_can_be_imported_again()
    {
        var owner = await Window();
        var key = await Own(owner, "ส่งออก " + Provider);
        var file = (await owner.Get($"workflow-definitions/{key}/export?versionOptions=1&includeConsumingWorkflows=False")).Ok().AsObject();
        (file.Text("definitionId"), file.Number("version"), file["root"].Text("type")).ShouldBe((key, 1, "Elsa.Flowchart"));
        file["root"]!["activities"]!.AsArray().ShouldAllBe(a => a!.Text("nodeId").StartsWith("Workflow1:flowchart:"));
        file.Activity("plan-work")["text"] = "นำเข้า";
        (await owner.Post("workflow-definitions/import", file)).Ok().AsObject().Activity("plan-work").Text("text").ShouldBe("นำเข้า");

        var summaries = (await owner.Get($"workflow-definitions?versionOptions=AllVersions&DefinitionIds={key}")).Ok()["items"]!.AsArray();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/elsa/api/bulk-actions/export/workflow-definitions")
        {
            Content = new StringContent(new JsonObject { ["ids"] = new JsonArray([.. summaries.Select(s => (JsonNode?)s.Text("id"))]) }.ToJsonString(), Encoding.UTF8, "application/json"),
            Headers = { { "Origin", owner.Visitor.Origin } },
        };
        using var answer = await owner.Visitor.Ask(request);
        var zipped = await answer.Content.ReadAsByteArrayAsync();
        using (var zip = new ZipArchive(new MemoryStream(zipped)))
            zip.Entries.Select(e => e.Name).ShouldBe([$"{key}-v2.json", $"{key}-v1.json"]);

        using var form = new MultipartFormDataContent { { new ByteArrayContent(zipped), "files", "some.zip" }, { new StringContent("{"), "files", "broken.json" } };
        (await owner.Post("workflow-definitions/import-files", form)).ShouldBeShown().ShouldContain("JSON");
        using var good = new MultipartFormDataContent { { new ByteArrayContent(zipped), "files", "some.zip" } };
        (await owner.Post("workflow-definitions/import-files", good)).Ok().Number("count").ShouldBe(2);
    }

    [Test]
    public async Task What_was_exported_and_is_imported_again_makes_no_draft()
    {
        var owner = await Window();
        var key = await Own(owner, "ไปกลับ " + Provider);
        var file = (await owner.Get($"workflow-definitions/{key}/export?versionOptions=Latest")).Raw;
        var before = await World.RowCountsAsync();
        (await owner.Post("workflow-definitions/import", file)).Ok()["isPublished"]!.GetValue<bool>().ShouldBeTrue();
        (await World.RowCountsAsync()).ShouldBe(before);
        (await owner.Get($"workflow-definitions/{key}/export?versionOptions=Latest")).Raw.ShouldBe(file, "the same to the byte");
    }

    [Test]
    public async Task Several_are_published_and_retracted_at_once()
    {
        var owner = await Window();
        var (one, other) = (await Own(owner, "หนึ่ง " + Provider), await Own(owner, "สอง " + Provider));
        foreach (var key in new[] { one, other })
        {
            var model = await owner.Open(key);
            model.Activity("plan-work")["text"] = "ใหม่";
            await owner.Saved(model);
        }

        (await owner.Post("bulk-actions/publish/workflow-definitions/by-definition-ids", new { definitionIds = new[] { one, other } })).Ok()["published"]!.AsArray().Count.ShouldBe(2);
        (await owner.Post("bulk-actions/retract/workflow-definitions/by-definition-ids", new { definitionIds = new[] { one, other } })).Ok()["retracted"]!.AsArray().Count.ShouldBe(2);
        (await owner.Post("bulk-actions/retract/workflow-definitions/by-definition-ids", new { definitionIds = new[] { KhonKaen } })).ShouldBeShown();
        (await Officer.Start(one)).ShouldBeProblem(409, "definition-retired");
    }

    // Bad input

    [Test]
    public async Task What_cannot_be_stored_is_refused_as_Studio_shows_it_and_leaves_nothing()
    {
        var owner = await Window();
        var model = await owner.Open(KhonKaen);
        var before = await World.RowCountsAsync();
        (await owner.Post("workflow-definitions", "{\"model\":")).ShouldBeShown().ShouldContain("JSON");
        (await owner.Post("workflow-definitions", "[]")).ShouldBeShown();
        (await owner.Post("workflow-definitions", "{}")).ShouldBeShown();
        (await owner.Post("workflow-definitions", "{\"model\":{\"definitionId\":\"a.b\",\"definitionId\":\"c.d\"}}")).ShouldBeShown();
        (await owner.Post("workflow-definitions", "{\"model\":{\"name\":\"\\ud800\",\"root\":{\"type\":\"Elsa.Flowchart\"}}}")).ShouldBeShown();
        (await owner.Post("workflow-definitions", "{\"model\":{\"name\":\"a\\u0000b\",\"root\":{\"type\":\"Elsa.Flowchart\"}}}")).ShouldBeShown();
        (await owner.Post("workflow-definitions", "{\"model\":{\"root\":{\"type\":\"Elsa.Sequence\"}}}")).ShouldBeShown().ShouldContain("Elsa.Flowchart");
        (await owner.Post("workflow-definitions", "{\"model\":{\"root\":" + string.Concat(Enumerable.Repeat("{\"a\":", 100)) + "1" + new string('}', 100) + "}}")).ShouldBeShown();
        (await owner.Post("workflow-definitions", new string(' ', 10 * 1024 * 1024) + "{}")).ShouldBeShown().ShouldContain("ใหญ่เกินไป");
        var unknown = model.DeepClone().AsObject();
        unknown.Activity("plan-work")["type"] = "Elsa.SendEmail";
        (await owner.Save(unknown)).ShouldBeShown().ShouldContain("Elsa.SendEmail");
        var wrong = model.DeepClone().AsObject();
        wrong["definitionId"] = "Not A Key";
        (await owner.Save(wrong)).ShouldBeShown();
        (await owner.Get("workflow-definitions/by-definition-id/no.such?versionOptions=Latest")).ShouldBeShown(404);
        (await owner.Get("workflow-definitions?Page=-3&PageSize=100000&versionOptions=Nonsense")).Ok();
        (await owner.Get("workflow-definitions?Page=zwei")).ShouldBeShown();
        (await owner.Post("workflow-instances", "no json")).ShouldBeShown();
        (await owner.Get("no-such-address")).Status.ShouldBe(404);
        (await World.RowCountsAsync()).ShouldBe(before);
    }

    [Test]
    public async Task Buttons_that_cannot_be_hidden_do_nothing_and_say_so()
    {
        var owner = await Window();
        var instance = await Officer.Started(KhonKaen);
        var before = await World.RowCountsAsync();
        foreach (var path in new[] { $"workflow-definitions/{KhonKaen}/execute", $"workflow-definitions/{KhonKaen}/dispatch", $"cancel/workflow-instances/{instance}", "bulk-actions/delete/workflow-instances/by-id", "alterations/run" })
            (await owner.Post(path, new { })).ShouldBeShown();
        (await owner.Delete($"workflow-instances/{instance}")).ShouldBeShown().ShouldContain("หน้าของเรื่อง");
        (await World.RowCountsAsync()).ShouldBe(before);
    }

    // Cases

    [Test]
    public async Task A_case_that_has_looped_once_is_drawn_from_its_events()
    {
        var instance = await Officer.Started(KhonKaen, "เรื่องที่วนหนึ่งรอบ");
        for (var i = 0; i < 2; i++)
            await Person.DoNext(World, instance);
        (await Director.Return(await Officer.OpenTaskOf(instance), "ปรับแผน")).Ok();
        var auditor = await Window(Roles.Auditor);
        var stats = (await auditor.Post("activity-executions/report", new { workflowInstanceId = instance, activityNodeIds = (string[]?)null })).Ok()["stats"]!.AsArray();
        Of("plan-work").ShouldBe((2, 1, true));
        Of("propose-plan").ShouldBe((1, 1, false));
        Of("start").ShouldBe((1, 1, false));
        var passes = (await auditor.Get($"activity-execution-summaries/list?WorkflowInstanceId={instance}&ActivityNodeId=Workflow1%3Aflowchart%3Aplan-work")).Ok()["items"]!.AsArray();
        passes.Select(p => (p.Text("status"), p!["hasBookmarks"]!.GetValue<bool>())).ShouldBe([("Completed", false), ("Running", true)]);
        passes[0]!["activityState"].Text("Role").ShouldBe("officer");
        (await auditor.Get($"activity-executions/by-id?id={Uri.EscapeDataString(passes[1].Text("id"))}")).Ok().Text("activityName").ShouldBe("วางแผนการดำเนินงาน");
        var journal = (await auditor.Post($"workflow-instances/{instance}/journal?skip=0&take=100", new { filter = new { excludedActivityTypes = new[] { "Elsa.Flowchart" } } })).Ok();
        journal["items"]!.AsArray().Select(j => $"{j.Text("activityId")} {j.Text("eventName")}").ShouldBe(
        [
            "start Started", "start Completed", "appoint-working-group Started", "appoint-working-group Completed", "plan-work Started", "plan-work Completed",
            "propose-plan Started", "propose-plan Completed", "plan-work Started",
        ]);
        var got = (await auditor.Get($"workflow-instances/{instance}")).Ok();
        (got.Text("status"), got.Text("subStatus"), got["workflowState"]!["bookmarks"]!.AsArray().Count).ShouldBe(("Running", "Suspended", 1));
        got.Text("definitionVersionId").ShouldBe($"{KhonKaen}:1");

        for (var i = 0; i < 6; i++)
            await Person.DoNext(World, instance);
        (await auditor.Get($"workflow-instances/{instance}/execution-state")).Ok().Text("status").ShouldBe("Finished");
        (await auditor.Post("activity-executions/report", new { workflowInstanceId = instance })).Ok()["stats"]!.AsArray().ShouldContain(s => s!.Text("activityId") == "end");

        (int, int, bool) Of(string id)
        {
            var s = stats.Single(x => x.Text("activityId") == id)!;
            return (s.Number("startedCount"), s.Number("completedCount"), s["isBlocked"]!.GetValue<bool>());
        }
    }

    [Test]
    public async Task Another_offices_cases_do_not_exist()
    {
        var owner = await Window();
        (await owner.Get($"workflow-instances/{Guid.NewGuid()}")).ShouldBeShown(404);
        (await owner.Post("workflow-instances", new { page = 0, pageSize = 10 })).Ok()["items"]!.AsArray().ShouldAllBe(i => i!.Text("definitionId").Length > 0);
    }

    // The recorded requests

    sealed record Exchange(string Method, string Path, string Query, JsonNode? Body, JsonNode? Answer);

    static IEnumerable<Exchange> Recorded(string file)
    {
        var recorded = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder(), file + ".json")))!;
        return (recorded["exchanges"] as JsonArray ?? new JsonArray(recorded.DeepClone())).Select(e => new Exchange(
            e!["request"].Text("method"), e["request"].Text("path"), (string?)e["request"]!["query"] ?? "", e["request"]!["body"], e["response"]!["body"]));
    }

    static string Folder([System.Runtime.CompilerServices.CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Studio");

    [Test]
    public async Task Every_recorded_request_gets_what_Studio_reads()
    {
        var owner = await Window();
        var key = await Own(owner, "ขออนุญาตลา " + Provider);
        var instance = await Officer.Started(key, "ใบลา นายสมชาย");
        var done = await Officer.Started(key, "ใบลา นางสาวสมศรี");
        (await Director.Cancel(done, "ไม่ลาแล้ว")).Ok();
        await Person.DoNext(World, instance);
        var node = $"Workflow1:flowchart:{(await Officer.OpenTaskOf(instance)).Text("step")}";
        var pass = (await owner.Get($"activity-execution-summaries/list?WorkflowInstanceId={instance}&ActivityNodeId={Uri.EscapeDataString(node)}")).Ok()["items"]![0].Text("id");
        foreach (var file in Directory.GetFiles(Folder()).Select(f => Path.GetFileNameWithoutExtension(f)).Where(f => f[..2] is not ("04" or "05" or "06" or "07" or "08" or "11")).Order(StringComparer.Ordinal))
        {
            foreach (var exchange in Recorded(file))
            {
                if (exchange.Path.Contains("/revert/", StringComparison.Ordinal))
                    continue;
                var asked = Ours(exchange.Path + exchange.Query);
                var answer = await owner.Ask(new HttpMethod(exchange.Method), asked, exchange.Body is null ? null : Ours(exchange.Body.ToJsonString()));
                answer.Status.ShouldBe(200, $"{file}: {exchange.Method} {asked}\n{answer.Raw}");
                Holds(exchange.Answer!, answer.Body!, $"{file} {asked}");
            }
        }

        string Ours(string text) => text
            .Replace("by-id?id=inst-blocked-e3", $"by-id?id={Uri.EscapeDataString(pass)}", StringComparison.Ordinal)
            .Replace("Workflow1%3Aflowchart1%3Aapprove1", Uri.EscapeDataString(node), StringComparison.Ordinal).Replace("Workflow1%3Aflowchart1", "Workflow1%3Aflowchart", StringComparison.Ordinal)
            .Replace("Workflow1:flowchart1:approve1", node, StringComparison.Ordinal).Replace("inst-blocked", instance, StringComparison.Ordinal).Replace("inst-finished", done, StringComparison.Ordinal)
            .Replace("leave-v1", Uri.EscapeDataString(key + ":1"), StringComparison.Ordinal).Replace("leave-v2", Uri.EscapeDataString(key + ":1"), StringComparison.Ordinal).Replace("leave", key, StringComparison.Ordinal);
    }

    /// <summary>Whatever was recorded is in our answer, too; lists are compared by their first item.</summary>
    static void Holds(JsonNode recorded, JsonNode? ours, string place)
    {
        switch (recorded)
        {
            case JsonObject map when !place.EndsWith(".uiSpecifications", StringComparison.Ordinal) && !place.EndsWith(".activityState", StringComparison.Ordinal):
                var found = (ours as JsonObject).ShouldNotBeNull(place);
                foreach (var (name, value) in map.Where(p => !place.EndsWith(".activities[]", StringComparison.Ordinal) || p.Key is "id" or "nodeId" or "name" or "type" or "version" or "metadata"))
                {
                    found.ContainsKey(name).ShouldBeTrue($"{place}.{name} is missing");
                    if (value is not null && found[name] is not null)
                        Holds(value, found[name], $"{place}.{name}");
                }

                break;
            case JsonArray list when list.Count > 0 && (ours as JsonArray).ShouldNotBeNull(place).Count > 0:
                if (list[0] is not null)
                    Holds(list[0]!, ours![0], place + "[]");
                break;
        }
    }

    [Test]
    public async Task The_recorded_saves_are_stored_published_and_refused_as_recorded()
    {
        var owner = await Window();
        var created = await owner.Saved(Recorded("08-definition-create-from-list").Single(e => e.Method == "POST").Body!["model"]!.AsObject());
        var key = created.Text("definitionId");

        // 04: a box from the picker and its line. The recorded types were those of a mock.
        var saved = await owner.Saved(Ours("04-definition-save-draft-new-node-and-connection", created));
        (saved["root"]!["activities"]!.AsArray().Count, saved["root"]!["connections"]!.AsArray().Count).ShouldBe((6, 6));
        saved.Activity("approve1")["slaWorkingDays"].ShouldNotBeNull("properties that we do not know are kept");

        // 05: published; the mock checked nothing, we do.
        var refused = await owner.Save(Ours("05-definition-publish", saved), publish: true);
        refused.ShouldBeShown().ShouldContain("“");
        Holds(Recorded("11-save-validation-errors").First().Answer!, refused.Body, "11");

        // 06, 07: the next draft.
        var next = await owner.Saved(Ours("06-definition-edit-after-publish-creates-draft", await owner.Open(key)));
        (await owner.Saved(Ours("07-definition-save-after-dropdown", next))).Text("definitionId").ShouldBe(key);

        JsonObject Ours(string file, JsonObject shown)
        {
            var model = JsonNode.Parse(Recorded(file).First().Body!["model"]!.ToJsonString().Replace("ProcessEngine.Task", "ProcessEngine.UserTask", StringComparison.Ordinal))!.AsObject();
            (model["definitionId"], model["id"], model["version"], model["isPublished"]) = (key, shown.Text("id"), shown.Number("version"), shown["isPublished"]!.GetValue<bool>());
            return model;
        }
    }

    [Test]
    public async Task The_pickers_offer_what_is_there_in_Thai()
    {
        var owner = await Window();
        var described = (await owner.Ask(HttpMethod.Get, "descriptors/activities?Refresh=True", null, h => h.Add("X-Studio-Definition", KhonKaen))).Ok()["items"]!.AsArray();
        described.Select(d => d.Text("typeName")).ShouldContain("Elsa.Flowchart");
        var approval = described.Single(d => d.Text("typeName") == "ProcessEngine.Approval")!;
        approval["ports"]!.AsArray().Select(p => p.Text("displayName")).ShouldBe(["เห็นชอบ", "ไม่เห็นชอบ", "ส่งกลับแก้ไข"]);
        var inputs = approval["inputs"]!.AsArray();
        inputs.Single(i => i.Text("name") == "Role")!["uiSpecifications"]!["dropdown"]!["selectList"]!["items"]!.AsArray().Select(i => i.Text("value")).ShouldBe(Roles.Acting);
        inputs.Single(i => i.Text("name") == "ReturnTo")!["uiSpecifications"]!["checklist"]!["checkList"]!["items"]!.AsArray().Select(i => i.Text("value")).ShouldContain("plan-work");
        inputs.Single(i => i.Text("name") == "FormRefs")!["uiSpecifications"]!["checklist"]!["checkList"]!["items"]!.AsArray().Select(i => i.Text("value")).ShouldContain("repair-notice");
        inputs.ShouldAllBe(i => i!.Text("displayName").Any(c => c >= '\u0e01'));
        // No kind of editor but those that Studio has.
        described.SelectMany(d => d!["inputs"]!.AsArray()).Select(i => i.Text("uiHint")).Distinct().ShouldBeSubsetOf(["singleline", "multiline", "dropdown", "checkbox", "checklist", "multitext", "dynamic-outcomes"]);
    }

    /// <summary>Whatever the reader of definitions reads of a box can be edited; what it never reads is not offered.</summary>
    [Test]
    public void Every_property_of_a_step_has_an_editor()
    {
        var readers = Path.Combine(Repository.Root, "src", "ProcessEngine.Service", "Definitions", "Elsa");
        var page = string.Concat(Directory.EnumerateFiles(readers, "*.cs").Select(File.ReadAllText));
        var offered = new[] { "UserTask", "Approval", "Decision", "WaitUntil", "WaitForMessage", "CallProcess", "End" }.SelectMany(t => StudioActivities.PropertiesOf("ProcessEngine." + t)).ToHashSet();
        foreach (var name in new[] { "role", "slaRule", "text", "kind", "assignTo", "notDoneBy", "levels", "votingRule", "forEach", "timers", "mayFail", "returnTo", "formRefs", "branches", "message", "definitionKey", "outcome" })
        {
            page.Contains($"\"{name}\"", StringComparison.Ordinal).ShouldBeTrue(name);
            offered.ShouldContain(char.ToUpperInvariant(name[0]) + name[1..]);
        }
    }
}

/// <summary>The shipped definitions in a folder of their own, to be changed.</summary>
sealed class ProcessesCopy : IDisposable
{
    public ProcessesCopy()
    {
        foreach (var file in Directory.GetFiles(World.ShippedProcesses, "*.json", SearchOption.AllDirectories).Where(f => f.Contains("khonkaen-5", StringComparison.Ordinal) || f.Contains("forms", StringComparison.Ordinal)))
        {
            var target = System.IO.Path.Combine(Path, System.IO.Path.GetRelativePath(World.ShippedProcesses, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("processengine-test-").FullName;

    public void Change(string file, Action<JsonObject> change)
    {
        var path = System.IO.Path.Combine(Path, file);
        var definition = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(definition);
        File.WriteAllText(path, definition.ToJsonString());
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

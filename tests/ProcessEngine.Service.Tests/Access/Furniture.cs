using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests.Access;

/// <summary>What every operation is tried on, such that whoever may do it can: a case in each state, an order, a file, a draft.</summary>
sealed class Furniture(World world, Callers callers)
{
    const string Work = "access.work";
    const string Own = "access.own";

    /// <summary>By which a message finds its case.</summary>
    public const string Letter = "ศธ 04009/1";

    readonly Dictionary<string, string> ids = new(StringComparer.Ordinal);

    /// <summary>All that somebody may name.</summary>
    public IEnumerable<string> Ids => ids.Values.Where(id => id.Length < 100);

    /// <summary>Name → id of what there is.</summary>
    public string this[string name] => ids[name];

    Person Officer => callers.Own.Person;

    public async Task SetUpAsync()
    {
        await PublishAsync();
        await CasesAsync();
        await WaitingCasesAsync();
        await OfficeThingsAsync();
    }

    async Task PublishAsync()
    {
        // Twice, so that cases can be migrated from one version to the other.
        foreach (var name in new[] { "ลงนาม", "ลงนามในหนังสือ" })
        {
            await new Chart(Work).Knows("note")
                .Arrows("start -> write -> decide", "decide.Approve -> sign -> end", "decide.Reject -> write", "decide.Return -> write", "write.Fail -> endFailed")
                .Box("write", "UserTask", new { nameTh = "ร่าง", role = Roles.Officer, slaRule = "working_days", slaN = 3, mayFail = true })
                .Box("decide", "Approval", new { nameTh = "อนุมัติ", role = Roles.Director, returnTo = new[] { "write" } })
                .Box("sign", "UserTask", new { nameTh = name, role = Roles.Officer })
                .PublishAsync(world);
        }

        await new Chart("access.committee").Knows("members", isArray: true)
            .Arrows("start -> appoint -> decide", "decide.Approve -> end", "decide.Reject -> appoint")
            .Box("decide", "Approval", new { nameTh = "ลงมติ", role = Roles.CommitteeMember, membersFrom = "members", votingRule = "any" })
            .PublishAsync(world);
        await new Chart("access.message").Knows("note").Arrows("start -> ask -> wait -> act -> end")
            .Box("wait", "WaitForMessage", new { nameTh = "รอหนังสือ", message = "answer", correlationFrom = "note" }).PublishAsync(world);
        await new Chart("access.list").Knows("schools", isArray: true).Arrows("start -> ask -> collect -> end")
            .Box("collect", "UserTask", new { nameTh = "รวบรวม", role = Roles.Officer, forEach = "schools" }).PublishAsync(world);

        var own = JsonNode.Parse(Repository.Read("processes", "khonkaen-5", "install-maintain-computers.json"))!.AsObject();
        own["definitionId"] = Own;
        var owner = callers["pro"];
        (await owner.Put($"process-definitions/{Own}/draft?office=demo", own)).Ok();
        (await owner.Post($"process-definitions/{Own}/draft/publish?office=demo", Why.Published)).Ok();
        own["description"] = "A draft of the office";
        (await owner.Put($"process-definitions/{Own}/draft?office=demo", own)).Ok();
        ids["remark"] = (await owner.Post($"process-definitions/{Own}/draft/comments?office=demo", new { text = "ควรเพิ่มเวลา" })).Ok().Text("id");
        (ids["ownKey"], ids["workKey"], ids["draft"]) = (Own, Work, own.ToJsonString());
    }

    async Task<string> CaseAsync(string name, string key = Work)
    {
        var id = await Officer.Started(key, name);
        ids[name] = id;
        if ((await Officer.Case(id))["openTasks"]!.AsArray() is [{ } task])
            ids[name + ".task"] = task.Text("id");
        return id;
    }

    async Task CasesAsync()
    {
        var fresh = await CaseAsync("case");
        ids["deadline"] = (await world.ScalarAsync<Guid>(
            "SELECT deadline_id FROM deadline WHERE instance_id = @id", new { id = Guid.Parse(fresh) })).ToString();
        ids["file"] = (await AttachAsync(Officer, fresh)).Ok().Text("id");

        foreach (var name in new[] { "claimed", "paused" })
            (await Officer.Claim(await Officer.OpenTaskOf(await CaseAsync(name)))).Ok();
        (await Officer.Post($"user-tasks/{this["paused.task"]}/pause", new { comment = "รอผู้ขอ" })).Ok();

        foreach (var name in new[] { "proposal", "finished" })
        {
            await CaseAsync(name);
            (await Officer.Post($"user-tasks/{this[name + ".task"]}/complete", new { })).Ok();
            ids[name + ".decision"] = (await Officer.OpenTaskOf(this[name])).Text("id");
        }

        (await world.Director.Post($"user-tasks/{this["finished.decision"]}/approve", new { })).Ok();
        (await Officer.Complete(await Officer.OpenTaskOf(this["finished"]))).Ok();
        (await world.Director.Post($"process-instances/{await CaseAsync("suspended")}/suspend", new { comment = "รอ" })).Ok();
        (await Officer.Cancel(await CaseAsync("ended"), "เลิก")).Ok();
        var cancelled = await CaseAsync("cancelled");
        ids["cancelled.after"] = (await Officer.Case(cancelled)).Number("revision").ToString(CultureInfo.InvariantCulture);
        (await world.Director.Cancel(cancelled, "กดผิด")).Ok();
    }

    async Task WaitingCasesAsync()
    {
        await CaseAsync("voting", "access.committee");
        var member = (await callers["com"].Get("users/me")).Ok().Text("id");
        (await Officer.Complete(await Officer.OpenTaskOf(this["voting"]), outputs: new { members = new[] { member } })).Ok();
        ids["vote"] = (await Officer.OpenTaskOf(this["voting"])).Text("id");

        await CaseAsync("waiting", "access.message");
        (await Officer.Complete(await Officer.OpenTaskOf(this["waiting"]), outputs: new { note = Letter })).Ok();
        await CaseAsync("stuck", "access.list");
        (await Officer.Post($"user-tasks/{this["stuck.task"]}/complete", new { })).Ok();
        ids["incident"] = (await callers["adm"].All("offices/demo/incidents", 50)).Single(i => i.Text("processInstanceId") == this["stuck"]).Text("id");
    }

    async Task OfficeThingsAsync()
    {
        var (admin, owner) = (callers["adm"], callers["pro"]);
        ids["order"] = (await world.Director.Post(
            "offices/demo/orders",
            new { number = "2/2569", kind = "acting", role = Roles.DeputyDirector, user = callers.Colleague.Id, from = "2026-04-01", to = "2026-04-30" })).Ok().Text("id");
        foreach (var name in new[] { "redaction", "redactionToRefuse" })
            ids[name] = (await world.As(Roles.Administrator).Post(
                "offices/demo/personal-data/redactions", new { terms = new[] { "ไม่มีผู้ใด" }, ground = "ก", paper = name })).Body!.Text("id");
        ids["handOver"] = (await world.As(Roles.GroupDirector).Post(
            "offices/demo/hand-overs", new { from = callers.Own.Id, to = callers.Colleague.Id, reason = "ย้าย" })).Ok().Text("id");
        // What was handed over is taken back: the tasks are the officer's in all that follows.
        foreach (var name in new[] { "claimed", "paused" })
            (await world.As(Roles.GroupDirector).Post($"user-tasks/{this[name + ".task"]}/reassign", new { assignee = callers.Own.Id })).Ok();
        ids["migration"] = (await owner.Post($"process-definitions/{Work}/migrations", new { office = "demo", from = 1, to = 2 })).Ok().Text("id");
        ids["change"] = (await admin.Post(
            "calendars/demo/changes",
            new { add = new[] { Day("2026-07-15") }, reference = "คำสั่ง 1/2569", reason = "ปิดสำนักงาน", approvedBy = "ผู้อำนวยการ" })).Ok().Text("id");
        (await owner.Put($"offices/demo/recurrences/{Work}", new { every = "month", day = "5", title = "ประจำเดือน" })).Ok();
        (await owner.Put($"offices/demo/step-deadlines/{World.KhonKaen}/plan-work", Limit)).Ok();
        ids["key"] = (await Officer.Post($"users/{callers.Own.Id}/api-keys", new { label = "ของฉัน" })).Ok().Text("id");
        var asked = await callers["b-adm"].Put($"offices/{Callers.Elsewhere}/members/{callers.Own.Id}", new { roles = new[] { Roles.Officer } });
        asked.Status.ShouldBe(202);
        ids["joining"] = asked.Ok().Text("id");
        ids["verification"] = (await world.As(Roles.Auditor).Post("audit/verifications", new { office = "demo" })).Ok().Text("id");
        await world.Services.GetRequiredService<SealAnchors>().RunAsync(CancellationToken.None);
        // Decided last of all, so that the officer may still take it back.
        (await Officer.Post($"user-tasks/{await NewTaskAsync("undo")}/complete", new { })).Ok();
    }

    async Task<string> NewTaskAsync(string name)
    {
        await CaseAsync(name);
        return this[name + ".task"];
    }

    public static object Day(string date, string kind = "closure") => new { date, kind, name = new { th = "ปิดสำนักงาน" } };

    public static object Limit { get; } = new { rule = new { rule = "working_days", n = 2 }, reason = "ข้อตกลงของสำนักงาน" };

    public static async Task<Answer> AttachAsync(Person who, string instance)
    {
        using var form = new MultipartFormDataContent();
        var file = new ByteArrayContent([.. "%PDF-1.7\n"u8, 1, 2, 3]);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(file, "file", "คำสั่ง.pdf");
        using var response = await who.Http.PostAsync(new Uri($"/api/v1/process-instances/{instance}/attachments", UriKind.Relative), form);
        return await who.Read(response);
    }
}

using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Tests;

/// <summary>One Idempotency-Key is one request: what it says, where it goes, and once, however many times it comes at once.</summary>
public sealed class SameKeySpec(string provider) : OnBothDatabases(provider)
{
    static readonly JsonNode Definition = JsonNode.Parse(
        """
        {"definitionId":"test.same-key","name":"ทดสอบ","variables":[],"customProperties":{"manual":"test"},"root":{"type":"Elsa.Flowchart",
        "activities":[{"id":"start","type":"ProcessEngine.Start"},{"id":"work","type":"ProcessEngine.UserTask","nameTh":"ก","role":"officer"},
        {"id":"end","type":"ProcessEngine.End"}],
        "connections":[{"source":{"activity":"start","port":"Done"},"target":{"activity":"work","port":"In"}},
        {"source":{"activity":"work","port":"Done"},"target":{"activity":"end","port":"In"}}]}}
        """)!;

    [Test]
    public async Task The_same_key_with_another_query_is_another_request()
    {
        var admin = World.SystemAdministrator;
        const string Path = "process-definitions/test.another-query/draft";
        (await admin.Put($"{Path}?office={World.Office}", Definition, key: "another-query")).Ok();
        (await admin.Put($"{Path}?office=*", Definition, key: "another-query"))
            .ShouldBeProblem(422, "idempotency-key-reused", "Idempotency-Key");
        (await admin.Get($"{Path}?office=*")).ShouldBeProblem(404, "definition-not-found");
        (await admin.Put($"{Path}?office={World.Office}", Definition, key: "another-query")).Replayed.ShouldBeTrue();
    }

    [Test]
    public async Task Sent_at_once_it_counts_once_and_all_get_the_first_answer()
    {
        var admin = World.SystemAdministrator;
        var owner = As(Roles.ProcessOwner);
        var (office, draft) = ($"offices/{World.Office}", "process-definitions/test.same-key/draft");
        var order = new { number = "ที่ 7/2569", kind = "acting", role = Roles.Director, user = "demo.officer", from = "2026-03-02", to = "2026-03-04" };
        await AtOnce("PUT", owner, draft, Definition);
        await AtOnce("POST", owner, draft + "/publish", Why.Published);
        (await owner.Put(draft, Definition)).Ok();
        await AtOnce("DELETE", owner, draft, null);
        await AtOnce("POST", owner, "process-definitions/test.same-key/versions/1/retire", new { });
        var registered = await AtOnce("POST", admin, $"{office}/orders", order);
        await AtOnce("POST", admin, $"{office}/orders/{registered.Ok().Text("id")}/revoke", new { comment = "ก" });
        var recurrence = $"{office}/recurrences/{World.KhonKaen}";
        await AtOnce("PUT", admin, recurrence, new { every = "month", day = "1", title = "ประจำเดือน" });
        await AtOnce("DELETE", admin, recurrence, null);
        await AtOnce("PUT", admin, $"{office}/responsibilities", new { responsibilities = Array.Empty<object>() });
        await AtOnce("PUT", admin, $"{office}/roles", new { standIns = new { } });
        await AtOnce("POST", admin, "offices", new { code = "same-key", name = new { th = "สำนักงาน" }, province = "TH-84" });
        await AtOnce(
            "POST", admin, "users", new { userName = "same.key", displayName = "ก", office = "same-key", roles = new[] { Roles.Officer } });
        await AtOnce(
            "POST", admin, $"calendars/{World.Office}/changes",
            new
            {
                add = new[] { new { date = "2026-08-03", kind = "closure" } },
                reference = "ที่ 12/2569",
                reason = "น้ำท่วม",
                approvedBy = "ผู้อำนวยการ",
            });
        await AtOnce("POST", Officer, "process-instances", new { definitionKey = World.KhonKaen, office = World.Office, title = "ก", numbered = true });
    }

    static async Task<Answer> AtOnce(string method, Person who, string path, object? body)
    {
        var key = $"{method} {path}";
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => who.Send(new HttpMethod(method), path, body, key))));
        foreach (var answer in answers)
            answer.Status.ShouldBeInRange(200, 299, $"{key}: {answer.Raw}");
        answers.Select(a => a.Raw).Distinct().ShouldHaveSingleItem(key);
        answers.Count(a => !a.Replayed).ShouldBe(1, key);
        return answers[0];
    }
}

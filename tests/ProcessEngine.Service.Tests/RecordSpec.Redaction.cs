using System.Text.Json.Nodes;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Cases.Redactions;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Tests;

/// <summary>Decision 29: what the record holds of a person is found, given and taken out, and the record can still be verified.</summary>
public sealed partial class RecordSpec
{
    const string Name = "สมชาย ใจดีเลิศ";
    const string Number = "1409900123456";
    static readonly string Route = $"offices/{World.Office}/personal-data";

    /// <summary>A case about somebody, sealed; ended by its director.</summary>
    async Task<Guid> OfSomebody(bool ended = true)
    {
        Clock.Advance(TimeSpan.FromHours(1));
        var id = await Officer.Started(World.KhonKaen, $"เครื่องของนาย{Name}");
        var task = await Officer.OpenTaskOf(id);
        await Officer.Comment(task, $"โทรถามนาย{Name} เลขประจำตัว {Number} แล้ว");
        (await Officer.Complete(task, "เสร็จ")).Ok();
        if (ended)
            (await World.Director.Cancel(id, $"นาย{Name} ถอนคำขอ")).Ok();
        await Seal();
        return Guid.Parse(id);
    }

    async Task<JsonArray> Places() =>
        (await World.As(Roles.Administrator).Post($"{Route}/searches", new { terms = new[] { Name, Number } })).Ok()["items"]!.AsArray();

    async Task<string> Asked(Person by)
    {
        Clock.Advance(TimeSpan.FromMinutes(1));
        var asked = await by.Post($"{Route}/redactions", new { terms = new[] { Name, Number }, ground = "มาตรา 33", paper = "คำขอที่ 7/2569" });
        asked.Status.ShouldBe(201, asked.Raw);
        asked.Raw.ShouldNotContain(Name);
        return asked.Body!.Text("id");
    }

    /// <summary>Every text that the database holds of a case.</summary>
    async Task<string> AllOf(Guid id)
    {
        var all = new List<object>();
        foreach (var table in new[] { "process_instance", "audit_event", "user_task", "outbox", "memo", "attachment", "incident" })
            all.AddRange((await World.QueryAsync<object>($"SELECT * FROM {table} WHERE instance_id = @id", new { id })).Select(r => (object)$"{r}"));
        all.AddRange((await World.QueryAsync<object>("SELECT about FROM delivery WHERE message_id IN (SELECT message_id FROM outbox WHERE instance_id = @id)", new { id })).Select(r => (object)$"{r}"));
        return string.Join('\n', all);
    }

    [Test]
    public async Task What_is_held_of_a_person_is_found_and_taken_out_and_both_verifiers_find_the_record_whole()
    {
        var (ended, running) = (await OfSomebody(), await OfSomebody(ended: false));
        var places = (await Places()).Where(p => p!.Text("processInstanceId") == $"{ended}").Select(p => $"{p!.Text("event")} {p!.Text("field")}").ToList();
        places.ShouldBe(["InstanceStarted title", "CommentAdded text", "InstanceCancelled comment"]);

        var id = await Asked(World.As(Roles.Administrator));
        (await World.As(Roles.Administrator).Post($"{Route}/redactions/{id}/confirm")).ShouldBeProblem(403, "not-allowed");
        var done = (await World.Director.Post($"{Route}/redactions/{id}/confirm", key: "once")).Ok();
        (await World.Director.Post($"{Route}/redactions/{id}/confirm", key: "once")).Ok().Number("events").ShouldBe(done.Number("events"));
        (await World.Director.Post($"{Route}/redactions/{id}/confirm")).ShouldBeProblem(409, "redaction-decided");

        (await AllOf(ended)).ShouldNotContain("ใจดีเลิศ");
        (await AllOf(ended)).ShouldNotContain(Number);
        (await AllOf(running)).ShouldContain(Name, Case.Sensitive, "what a case needs that runs, it keeps");
        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM redaction WHERE redaction_id = @id AND terms IS NOT NULL", new { id = Guid.Parse(id) })).ShouldBe(0);
        (await Officer.Case($"{ended}")).Text("title").ShouldBe($"เครื่องของนาย{TextRedaction.Mark}");
        (await Officer.History($"{ended}"))[^1]!.Text("type").ShouldBe("ContentRedacted");
        (await Places()).ShouldAllBe(p => p!.Text("processInstanceId") != $"{ended}");

        var verified = await Officer.Verify($"{ended}");
        ((bool)verified["valid"]!, verified.Number("redacted")).ShouldBe((true, 3));
        (await Command()).Faults.ShouldNotContain(f => f.Contains($"{ended}"));
        (await Script()).Faults.ShouldNotContain(f => f.Contains($"{ended}"));
        await Seal();
        (await Script()).Faults.ShouldNotContain(f => f.Contains($"{ended}"));
        (await World.As(Roles.Auditor).All("administration/events?action=redaction-done", 50)).ShouldNotBeEmpty();
        (await World.As(Roles.Auditor).All("administration/events?action=personal-data-searched", 50)).ShouldAllBe(e => !e.ToJsonString().Contains("ใจดี"));
    }

    /// <summary>Whoever takes something out of a record by hand is found as before, also in a case from which something was taken out rightly.</summary>
    [TestCase("UPDATE audit_event SET payload = REPLACE(payload, 'เครื่อง', 'รถยนต์') WHERE instance_id = @id AND sequence = 1", 1)]
    [TestCase("UPDATE audit_event SET payload = REPLACE(payload, 'เสร็จ', 'ไม่เสร็จ') WHERE instance_id = @id AND type = 'TaskCompleted'", 0)]
    [TestCase("DELETE FROM audit_event WHERE instance_id = @id AND type = 'ContentRedacted'", 1)]
    public async Task A_redaction_hides_nothing_that_nobody_ordered(string sql, int at)
    {
        var id = await OfSomebody();
        (await World.Director.Post($"{Route}/redactions/{await Asked(World.As(Roles.Administrator))}/confirm")).Ok();
        await Seal();
        var where = at > 0 ? at : (int)await World.ScalarAsync<long>("SELECT sequence FROM audit_event WHERE instance_id = @id AND type = 'TaskCompleted'", new { id });
        await Sql(id, sql);
        (await Command()).Faults.Single(f => f.Contains($"{id}")).ShouldEndWith($"case {id} event {where}");
        (await Script()).Faults.Single(f => f.Contains($"{id}")).ShouldBe((await Command()).Faults.Single(f => f.Contains($"{id}")));
    }

    [Test]
    public async Task Two_people_decide_and_nobody_else_searches()
    {
        await OfSomebody();
        foreach (var role in new[] { Roles.Officer, Roles.Auditor, Roles.GroupDirector })
        {
            (await World.As(role).Post($"{Route}/searches", new { terms = new[] { Name } })).ShouldBeProblem(403, "not-allowed");
            (await World.As(role).Get($"{Route}/redactions")).ShouldBeProblem(403, "not-allowed");
        }

        foreach (var terms in new[] { ["abc"], [], ["a\"bcd"], Enumerable.Repeat("abcdef", 11).ToArray() })
            (await World.As(Roles.Administrator).Post($"{Route}/searches", new { terms })).ShouldBeProblem(400, "invalid-input", "terms");
        var own = await Asked(World.Director);
        (await World.Director.Post($"{Route}/redactions/{own}/confirm")).ShouldBeProblem(403, "second-person-needed");
        var others = await Asked(World.As(Roles.Administrator));
        (await World.Director.Post($"{Route}/redactions/{others}/refuse", new { reason = "ต้องเก็บตามระเบียบ" })).Ok().Text("state").ShouldBe("refused");
        (await World.Director.Post($"{Route}/redactions/{Guid.NewGuid()}/confirm")).ShouldBeProblem(404, "redaction-not-found");
        (await World.As(Roles.Administrator).All($"{Route}/redactions", 50)).Where(r => r.Text("id") == own || r.Text("id") == others)
            .ToDictionary(r => r.Text("id"), r => r.Text("state")).ShouldBe(new Dictionary<string, string> { [own] = "asked", [others] = "refused" }, ignoreOrder: true);
    }

    [Test]
    public async Task On_the_page_it_is_found_given_asked_for_and_agreed_to()
    {
        await World.ExecuteAsync("DELETE FROM redaction");
        var id = await OfSomebody();
        Clock.Advance(TimeSpan.FromMinutes(1));
        var administrator = World.Visitor();
        await administrator.SignIn(Roles.Administrator);
        (await administrator.Go("/admin/personal-data")).ShouldBe(200).ShouldSay("ข้อมูลส่วนบุคคล");
        (await administrator.Submit("/admin/personal-data?handler=Search", ("terms", $"{Name}\n{Number}"))).ShouldBe(200).ShouldSay("ขอลบ");
        (await administrator.Submit("/admin/personal-data?handler=Ask", ("ground", "มาตรา 33"), ("paper", "คำขอที่ 8/2569"))).ShouldLeadTo($"/admin/personal-data?office={World.Office}");
        (await administrator.Go("/admin/personal-data")).ShouldSay("คำขอที่ 8/2569");
        var director = World.Visitor();
        await director.SignIn(Roles.Director);
        (await director.Go("/admin/personal-data")).ShouldBe(200).ShouldSay(Name);
        (await director.Submit("/admin/personal-data?handler=Confirm")).ShouldLeadTo($"/admin/personal-data?office={World.Office}");
        (await director.Go("/admin/personal-data")).ShouldSay("ลบแล้ว");
        (await AllOf(id)).ShouldNotContain("ใจดีเลิศ");
        var officer = World.Visitor();
        await officer.SignIn(Roles.Officer);
        (await officer.Go("/admin/personal-data")).ShouldBe(403);
    }

    /// <summary>Texts of events by which the service goes: nobody writes them freely.</summary>
    static readonly HashSet<string> Codes = new(StringComparer.Ordinal)
    {
        "calendarId", "code", "condition", "contentType", "definitionKey", "endId", "from", "ground", "joinId", "message", "nodeId", "of",
        "office", "order", "orderNumber", "outcome", "payloadHash", "port", "role", "sha256", "stepId", "to", "toRole", "toStep",
    };

    [Test]
    public void Whatever_people_write_in_an_event_is_found_and_taken_out()
    {
        var seen = new HashSet<Type>();
        var events = typeof(ProcessEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(ProcessEvent)) && !t.IsAbstract);
        var written = events.SelectMany(e => Written(e, seen)).Where(w => !Codes.Contains(w.Name)).Distinct().ToList();
        written.Count.ShouldBeGreaterThan(5);
        written.Where(w => TextRedaction.Of(Payload(w), [Name]) is null).ShouldBeEmpty();
    }

    static string Payload((string Name, bool IsData) w) => new JsonObject
    {
        [w.Name] = w.IsData ? new JsonObject { ["about"] = $"\"{Name}\"" } : $"นาย{Name}",
    }.ToJsonString();

    static IEnumerable<(string Name, bool IsData)> Written(Type type, HashSet<Type> seen)
    {
        foreach (var property in type.GetProperties())
        {
            var name = System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            var held = property.PropertyType;
            if (held == typeof(string))
                yield return (name, false);
            else if (held == typeof(System.Collections.Immutable.ImmutableSortedDictionary<string, string>))
                yield return (name, true);
            foreach (var below in held.GetGenericArguments().Append(held).Where(t => t.Namespace == typeof(ProcessEvent).Namespace && !t.IsEnum))
            {
                if (seen.Add(below))
                {
                    foreach (var deeper in Written(below, seen))
                        yield return deeper;
                }
            }
        }
    }
}

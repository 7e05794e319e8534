using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Tests.Constructs;

namespace ProcessEngine.Service.Tests;

/// <summary><c>@user.name</c> in a comment tells somebody of the office.</summary>
public sealed class MentionsSpec(string provider) : OnBothDatabases(provider)
{
    static async Task<int> Told(Person person, string instance) =>
        (await person.All("notifications", 200)).Count(n => n.Text("kind") == "mentioned" && n.Text("processInstanceId") == instance);

    [TestCase("@demo.computerOfficer ช่วยดู")]
    [TestCase("เรียน@demo.computerOfficerช่วยดูด้วย")]
    [TestCase("ถาม @demo.computerOfficer.")]
    [TestCase("@demo.computerOfficer @demo.computerOfficer")]
    public async Task Whoever_is_named_is_told_once_and_may_look_at_the_case(string text)
    {
        var instance = await Officer.Started(World.SuratThani);
        (await Officer.Comment(await Officer.OpenTaskOf(instance), text)).Ok();
        var named = As(Roles.ComputerOfficer);
        (await Told(named, instance)).ShouldBe(1);
        (await named.Case(instance)).Text("id").ShouldBe(instance);
        (await Told(As(Roles.Clerk), instance)).ShouldBe(0);
        (await Officer.History(instance)).Last(e => e.Text("type") == "CommentAdded")!["data"]!["mentioned"]!.AsArray().Count.ShouldBe(1);
    }

    [TestCase("@nobody.here ช่วยดู")]
    [TestCase("ส่งที่ someone@demo.computerOfficer")]
    [TestCase("@ @. @@")]
    [TestCase("@demo.officer บันทึกถึงตัวเอง")]
    public async Task A_name_that_nobody_bears_an_address_and_oneself_tell_nobody(string text)
    {
        var instance = await Officer.Started(World.SuratThani);
        (await Officer.Comment(await Officer.OpenTaskOf(instance), text)).Ok();
        foreach (var role in new[] { Roles.Officer, Roles.ComputerOfficer })
            (await Told(As(role), instance)).ShouldBe(0);
    }

    [Test]
    public async Task Nobody_of_another_office_is_told()
    {
        (await World.SystemAdministrator.Post("offices", new { code = $"far-{Provider}", name = new { th = "สำนักงานอื่น" }, province = "TH-40" })).Ok();
        var far = (await World.SystemAdministrator.Post("users", new { userName = $"far.away.{Provider}", displayName = "คนไกล", office = $"far-{Provider}", roles = new[] { Roles.Officer } })).Ok();
        var instance = await Officer.Started(World.SuratThani);
        (await Officer.Comment(await Officer.OpenTaskOf(instance), $"@far.away.{Provider} ช่วยดู")).Ok();
        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM outbox WHERE to_user = @id", new { id = Guid.Parse(far.Text("id")) }))
            .ShouldBe(0);
        (await Officer.History(instance)).Last(e => e.Text("type") == "CommentAdded")!["data"]!.AsObject().ContainsKey("mentioned")
            .ShouldBeFalse();
    }

    [Test]
    public async Task One_comment_names_at_most_ten()
    {
        var names = new List<string>();
        for (var i = 0; i < 11; i++)
        {
            names.Add($"@many.{i}.{Provider}");
            (await As(Roles.Administrator).Post("users", new { userName = names[^1][1..], displayName = $"คนที่ {i}", office = World.Office, roles = new[] { Roles.Officer } })).Ok();
        }

        var task = await Officer.OpenTaskOf(await Officer.Started(World.SuratThani));
        (await Officer.Comment(task, string.Join(' ', names))).ShouldBeProblem(422, "too-much", "comment");
        (await Officer.Comment(task, string.Join(' ', names.Take(10)) + " @nobody.here")).Ok();
    }

    [Test]
    public async Task On_the_page_a_tick_does_the_same_and_the_name_is_shown_as_people_know_it()
    {
        var instance = await Officer.Started(World.SuratThani, "เรื่องที่ถามกัน");
        var id = (await Officer.OpenTaskOf(instance)).Text("id");
        var officer = await Someone(Roles.Officer);
        await officer.Go($"/tasks/{id}");
        officer.Page.ShouldSay("แจ้งให้ทราบ", "นักวิชาการโสตทัศนศึกษา ตัวอย่าง");
        var form = officer.FieldsOf($"/tasks/{id}?handler=review").Where(f => f.Name == "__token");
        (await officer.Post($"/tasks/{id}?handler=review", [.. form], ("key", "page-mention"), ("act", "comments"), ("comment", "ยังเขียนไม่เสร็จ"), ("said", "ภาพใช้ได้ไหม <i> @demo.clerk"), ("tell", "demo.avOfficer"))).ShouldLeadTo($"/tasks/{id}");
        (await officer.Follow()).ShouldSay("ภาพใช้ได้ไหม <i>", "@เจ้าหน้าที่ธุรการ ตัวอย่าง", "@นักวิชาการโสตทัศนศึกษา ตัวอย่าง").Html
            .ShouldContain("class=\"mention\"");
        officer.Page.ShouldSay("ยังเขียนไม่เสร็จ", "ร่างที่ท่านเก็บไว้เมื่อ");
        var named = await Someone(Roles.AvOfficer);
        (await named.Go("/notifications")).ShouldSay("มีผู้กล่าวถึงท่านในความเห็น").Html.ShouldContain($"/cases/{instance}");
        (await named.Go($"/cases/{instance}")).ShouldBe(200).ShouldSay("@นักวิชาการโสตทัศนศึกษา ตัวอย่าง");
    }

    async Task<Visitor> Someone(string role)
    {
        var visitor = World.Visitor();
        (await visitor.SignIn(role)).ShouldLeadTo("/");
        return visitor;
    }
}

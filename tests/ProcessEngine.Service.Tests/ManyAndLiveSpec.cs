using System.Text.RegularExpressions;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Tests;

/// <summary>Several tasks with one comment, drafts, and pages that are told when what they show has changed.</summary>
public sealed partial class ManyAndLiveSpec(string provider) : OnBothDatabases(provider)
{
    async Task<Visitor> Someone(string role)
    {
        var visitor = World.Visitor();
        (await visitor.SignIn(role)).ShouldLeadTo("/");
        return visitor;
    }

    async Task<(string Instance, string Task)> Proposed(string title)
    {
        var instance = await Officer.Started(World.KhonKaen, title);
        await Person.DoNext(World, instance);
        await Person.DoNext(World, instance);
        return (instance, (await Officer.OpenTaskOf(instance)).Text("id"));
    }

    static string Ticked(Visitor visitor, string task) =>
        Regex.Match(visitor.Page.Html, $"name=\"task\" value=\"({task}\\.\\d+)\"").Groups[1].Value;

    [Test]
    public async Task Several_are_approved_with_one_comment_each_by_itself()
    {
        var mark = Guid.NewGuid().ToString("N");
        var (first, second, third) = (await Proposed($"ก {mark}"), await Proposed($"ข {mark}"), await Proposed($"ค {mark}"));
        var director = await Someone(Roles.Director);
        await director.Go("/?q=" + mark);
        (string, string)[] chosen = [("act", "approve"), ("comment", "เห็นชอบตามเสนอ"), .. new[] { first, second, third }.Select(t => ("task", Ticked(director, t.Task)))];
        (await director.Submit("/many", chosen)).ShouldBe(200).ShouldSay(
            "เห็นชอบ: 3 งาน", "เรื่องไปที่ขั้นที่ 4", "เห็นชอบตามเสนอ", "ทำได้");
        (await World.EventsAsync(first.Instance)).ShouldNotContain("TaskApproved", "nothing is stored before it is confirmed");
        var confirm = director.FieldsOf("/many?handler=act");
        // Meanwhile somebody sends the second one back.
        (await World.Director.Return(await Officer.OpenTaskOf(second.Instance), "ขอราคาใหม่")).Ok();
        (await director.Post("/many?handler=act", confirm)).ShouldBe(200).ShouldSay("บันทึกแล้ว 2 งาน จาก 3 งาน", "ไม่ได้บันทึก");
        (await director.Post("/many?handler=act", confirm)).ShouldSay("บันทึกแล้ว 2 งาน จาก 3 งาน");
        foreach (var (instance, count) in new[] { (first.Instance, 1), (second.Instance, 0), (third.Instance, 1) })
            (await World.EventsAsync(instance)).Count(e => e == "TaskApproved").ShouldBe(count);
        (await Officer.History(third.Instance)).ShouldContain(e => (string?)e!["comment"] == "เห็นชอบตามเสนอ");
    }

    [Test]
    public async Task Several_are_returned_with_one_reason_and_taken_back_together()
    {
        var mark = Guid.NewGuid().ToString("N");
        var (first, second) = (await Proposed($"ก {mark}"), await Proposed($"ข {mark}"));
        var director = await Someone(Roles.Director);
        await director.Go("/?q=" + mark);
        (string, string)[] ticked = [.. new[] { first, second }.Select(t => ("task", Ticked(director, t.Task)))];
        (await director.Submit("/many", [("act", "return"), ("comment", " "), .. ticked])).ShouldBe(200)
            .ShouldSay("ต้องระบุเหตุผลเมื่อส่งกลับแก้ไข").Text.ShouldNotContain("ยืนยัน: ");
        (await director.Submit("/many", [("comment", "ขอราคาใหม่ทั้งสองเรื่อง"), .. ticked])).ShouldBe(200)
            .ShouldSay("ส่งกลับแก้ไข: 2 งาน", "เรื่องไปที่ขั้นที่ 2", "ยืนยัน: ส่งกลับแก้ไข 2 งาน");
        (await director.Submit("/many?handler=act", ticked)).ShouldBe(200).ShouldSay("บันทึกแล้ว 2 งาน จาก 2 งาน", "เลิกทำทั้ง 2 งาน");
        (await World.EventsAsync(first.Instance)).ShouldContain("TaskReturned");
        (await director.Submit("/many?handler=undo", ticked)).ShouldBe(200).ShouldSay("เลิกทำแล้ว 2 งาน จาก 2 งาน");
        foreach (var (instance, task) in new[] { first, second })
            (await Officer.OpenTaskOf(instance)).Text("id").ShouldBe(task);
    }

    [Test]
    public async Task After_an_act_the_next_task_is_one_click_away()
    {
        var mark = Guid.NewGuid().ToString("N");
        var (first, _) = (await Proposed($"ก {mark}"), await Proposed($"ข {mark}"));
        var director = await Someone(Roles.Director);
        await director.Go($"/tasks/{first.Task}");
        await director.Submit($"/tasks/{first.Task}?handler=review", ("act", "approve"), ("comment", ""));
        await director.Submit($"/tasks/{first.Task}?handler=act");
        (await director.Follow()).ShouldSay("งานถัดไป: ").Html.ShouldNotContain($"href=\"/tasks/{first.Task}\"");
        var next = Regex.Match(director.Page.Html, "href=\"(/tasks/[^\"]+)\" role=\"button\" data-key=\"n\"").Groups[1].Value;
        (await director.Go(next)).ShouldBe(200).ShouldSay("การดำเนินการของท่าน");
    }

    [Test]
    public async Task The_bell_of_every_page_is_told_how_many_notices_are_new()
    {
        var officer = await Someone(Roles.Officer);
        await officer.Go("/cases");
        await using var live = await officer.Listen("/live/bell?bell=");
        var before = int.Parse(await live.Until("bell"), System.Globalization.CultureInfo.InvariantCulture);
        await Officer.Started(World.KhonKaen, "เรื่องที่ดังขึ้น");
        int.Parse(await live.Until("bell"), System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThan(before);
    }

    [Test]
    public async Task Only_approvals_and_acknowledgements_without_a_form_can_be_done_together()
    {
        var instance = await Officer.Started(World.KhonKaen, $"งานเดี่ยว {Guid.NewGuid():N}");
        var task = (await Officer.OpenTaskOf(instance)).Text("id");
        var officer = await Someone(Roles.Officer);
        await officer.Go("/");
        officer.Page.Html.ShouldNotContain($"value=\"{task}.");
        var token = officer.FieldsOf("/sign-out").Where(f => f.Name == "__token").ToList();
        (await officer.Post("/many", token, ("act", "complete"), ("task", $"{task}.1"))).ShouldBe(200)
            .ShouldSay("ทำไม่ได้", "งานนี้ไม่ใช่งานรับทราบ");
        (await officer.Post("/many", token, ("act", "complete"))).ShouldBe(200).ShouldSay("ยังไม่ได้เลือกงาน");
        (await officer.Post("/many", token, ("act", "reject"), ("task", $"{task}.1"))).ShouldBe(404);
        (await officer.Post("/many", token, ("act", "complete"), ("task", "nonsense"))).ShouldBe(404);
    }

    [Test]
    public async Task A_draft_is_its_writers_alone_and_gone_when_the_act_is_stored()
    {
        var (_, task) = await Proposed("เรื่องที่ร่างไว้");
        var director = await Someone(Roles.Director);
        await director.Go($"/tasks/{task}");
        await director.Go($"/tasks/{task}");
        (await director.Post($"/tasks/{task}?handler=draft", director.FieldsOf($"/tasks/{task}?handler=review"), ("comment", "ร่างความเห็น <b>ยาว</b>"))).ShouldLeadTo($"/tasks/{task}");
        (await director.Follow()).ShouldSay("เก็บร่างแล้ว", "ร่างที่ท่านเก็บไว้เมื่อ").Html
            .ShouldContain("ร่างความเห็น &lt;b&gt;ยาว&lt;/b&gt;</textarea>");
        var another = await Someone(Roles.Director);
        (await another.Go($"/tasks/{task}")).ShouldSay("ร่างความเห็น");
        (await (await Someone(Roles.Administrator)).Go($"/tasks/{task}")).Text.ShouldNotContain("ร่างความเห็น");
        (await Officer.History((await World.Director.Get($"user-tasks/{task}")).Ok().Text("processInstanceId")))
            .ShouldAllBe(e => (string?)e!["comment"] != "ร่างความเห็น <b>ยาว</b>");
        await director.Submit($"/tasks/{task}?handler=review", ("act", "approve"), ("comment", "ร่างความเห็น"));
        await director.Submit($"/tasks/{task}?handler=act");
        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM form_draft")).ShouldBe(0);
    }

    [Test]
    public async Task A_draft_can_be_thrown_away()
    {
        var (_, task) = await Proposed("เรื่องที่ทิ้งร่าง");
        var director = await Someone(Roles.Director);
        await director.Go($"/tasks/{task}");
        await director.Post($"/tasks/{task}?handler=draft", director.FieldsOf($"/tasks/{task}?handler=review"), ("comment", "ไม่เอาแล้ว"));
        await director.Follow();
        await director.Submit($"/tasks/{task}?handler=forget");
        (await director.Follow()).ShouldSay("ทิ้งร่างแล้ว").Text.ShouldNotContain("ไม่เอาแล้ว");
    }

    [Test]
    public async Task An_open_page_is_told_when_something_new_comes_also_by_another_node()
    {
        var other = Provider == "postgresql" ? await World.StartAsync(Provider, beside: World) : null;
        try
        {
            var officer = await Someone(Roles.Officer);
            var version = Version().Match((await officer.Go("/")).Html).Groups[1].Value;
            version.ShouldNotBeEmpty();
            await using var live = await officer.Listen($"/live/inbox?since={version}");
            (await live.Next()).ShouldBe(("same", version));
            await (other ?? World).Officer.Started(World.KhonKaen, "เรื่องใหม่ล่าสุด");
            (await live.Until("changed")).ShouldNotBe(version);
        }
        finally
        {
            if (other is not null)
                await other.DisposeAsync();
        }
    }

    [Test]
    public async Task Whoever_reads_a_task_is_told_what_others_do_to_it_and_nobody_else_is()
    {
        var (instance, task) = await Proposed("เรื่องที่สองคนเปิด");
        var director = await Someone(Roles.Director);
        await director.Go($"/tasks/{task}");
        var seen = Version().Match(director.Page.Html).Groups[1].Value;
        await using var live = await director.Listen($"/live/tasks/{task}?since={seen}");
        (await live.Next()).ShouldBe(("same", seen));
        (await World.Director.Comment(await Officer.OpenTaskOf(instance), "ขอดูราคากลาง")).Ok();
        await live.Until("changed");
        (await director.Go($"/tasks/{task}?handler=news&since={seen}")).ShouldBe(200)
            .ShouldSay("มีการเปลี่ยนแปลงหลังจากที่ท่านเปิดหน้านี้", "ขอดูราคากลาง").Html.ShouldNotContain("<html");
        await using var none = await (await Someone(Roles.Officer)).Listen($"/live/tasks/{task}");
        (await none.Next()).ShouldBe(("", ""), "the stream ends at once");
        (await World.Visitor().Go("/live/inbox")).Status.ShouldBe(302);
    }

    [Test]
    public async Task The_stream_ends_with_the_session()
    {
        var officer = await Someone(Roles.Officer);
        await officer.Go("/account/sessions");
        await using var live = await officer.Listen("/live/inbox");
        (await live.Next()).Item1.ShouldBe("changed");
        await officer.Submit("/account/sessions?handler=all");
        await live.Until("");
    }

    [GeneratedRegex("data-version=\"([^\"]*)\"")]
    private static partial Regex Version();
}

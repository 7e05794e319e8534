using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Tests;

/// <summary>The official memo of a case, and its plan against what came of it.</summary>
public sealed class MemoSpec(string provider) : OfPages(provider)
{
    async Task<Visitor> Someone(string role)
    {
        var visitor = World.Visitor();
        (await visitor.SignIn(role)).ShouldLeadTo("/");
        return visitor;
    }

    async Task<string> Proposed()
    {
        var instance = (await Officer.Start(World.KhonKaen, "จัดหาเครื่องพิมพ์ 3 เครื่อง", businessKey: "ศธ 04123/77")).Ok().Text("id");
        (await Officer.Complete(await Officer.OpenTaskOf(instance), "แต่งตั้งคณะทำงานแล้ว")).Ok();
        (await Officer.Complete(await Officer.OpenTaskOf(instance), "แผน 2 ระยะ <script>")).Ok();
        return instance;
    }

    [Test]
    public async Task A_proposal_is_a_memo_in_the_form_of_the_regulations()
    {
        var instance = await Proposed();
        var officer = await Someone(Roles.Officer);
        (await officer.Go($"/cases/{instance}")).ShouldSay("บันทึกข้อความ", "แผนกับที่ทำจริง เป็นวันทำการ");
        (await officer.Go($"/cases/{instance}/memo")).ShouldBe(200).ShouldSay(
            "บันทึกข้อความ", "ส่วนราชการ สำนักงานเขตพื้นที่การศึกษาตัวอย่าง", "ศธ ๐๔๑๒๓/๗๗", "๒\u00a0มีนาคม\u00a0๒๕๖๙", "ขอความเห็นชอบ จัดหาเครื่องพิมพ์ ๓ เครื่อง", "เรียน ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา",
            "(แผน ๒ ระยะ <script>)", "จึงเรียนมาเพื่อโปรดพิจารณา", "(เจ้าหน้าที่ ตัวอย่าง)");
        officer.Page.Html.ShouldNotContain("<script>)");
        officer.Page.Html.ShouldNotContain("memo-endorsed", Case.Sensitive, "nobody has decided");
    }

    [Test]
    public async Task The_decision_is_endorsed_on_it_with_capacity_and_date_each_round_on_its_own()
    {
        var instance = await Proposed();
        var first = (await Officer.OpenTaskOf(instance)).Text("id");
        (await World.Director.Reject(await Officer.OpenTaskOf(instance), "งบประมาณสูงเกินไป")).Ok();
        Clock.Advance(TimeSpan.FromMinutes(10));
        (await Officer.Complete(await Officer.OpenTaskOf(instance), "ลดแล้ว")).Ok();
        (await World.Director.Approve(await Officer.OpenTaskOf(instance), "ดำเนินการได้")).Ok();
        var officer = await Someone(Roles.Officer);
        (await officer.Go($"/cases/{instance}/memo")).ShouldSay(
            "ครั้งที่ ๒", "ดำเนินการได้", "(ผู้อำนวยการ ตัวอย่าง) ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา ๒\u00a0มีนาคม\u00a0๒๕๖๙",
            "ไม่เห็นชอบ (งบประมาณสูงเกินไป)");
        (await officer.Go($"/cases/{instance}/memo?task={first}")).ShouldSay("ไม่เห็นชอบ", "งบประมาณสูงเกินไป").Text
            .ShouldNotContain("ดำเนินการได้");
        (await officer.Go($"/cases/{instance}/memo?task={Guid.NewGuid()}")).ShouldBe(404);
    }

    [Test]
    public async Task Whoever_decides_by_order_signs_in_the_capacity_that_the_order_gives()
    {
        await using var world = await World.StartAsync(Provider);
        var instance = await world.Officer.Started(World.KhonKaen, "ตัดสินแทน");
        for (var i = 0; i < 2; i++)
            await Person.DoNext(world, instance);
        (await world.Director.Post("offices/demo/orders", new { number = "12/2569", kind = "acting", role = Roles.Director, user = "demo.deputyDirector", from = "2026-03-02" })).Ok();
        (await world.As(Roles.DeputyDirector).Approve(await world.Officer.OpenTaskOf(instance))).Ok();
        var officer = world.Visitor();
        await officer.SignIn(Roles.Officer);
        (await officer.Go($"/cases/{instance}/memo")).ShouldSay(
            "(รองผู้อำนวยการ ตัวอย่าง) รักษาราชการแทน ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา ตามคำสั่งที่ ๑๒/๒๕๖๙");
    }

    [Test]
    public async Task Before_anything_was_proposed_there_is_none()
    {
        var instance = await Officer.Started(World.KhonKaen, "ยังไม่เสนอ");
        var officer = await Someone(Roles.Officer);
        (await officer.Go($"/cases/{instance}/memo")).ShouldBe(200).ShouldSay("ยังไม่มีบันทึกข้อความ");
        (await officer.Go($"/cases/{instance}/memo?handler=pdf")).ShouldBe(404);
        (await officer.Go($"/cases/{Guid.NewGuid()}/memo")).ShouldBe(404);
    }

    [Test]
    public async Task A_host_without_a_browser_says_so_and_offers_to_print()
    {
        await using var world = await World.StartAsync(
            Provider, settings: new Dictionary<string, string> { ["ProcessEngine:Chromium"] = "none" });
        var instance = await world.Officer.Started(World.KhonKaen, "ไม่มีเบราว์เซอร์");
        for (var i = 0; i < 2; i++)
            await Person.DoNext(world, instance);
        var officer = world.Visitor();
        await officer.SignIn(Roles.Officer);
        (await officer.Go($"/cases/{instance}/memo")).Html.ShouldNotContain("handler=pdf");
        (await officer.Go($"/cases/{instance}/memo?handler=pdf")).Status.ShouldBe(302);
        (await officer.Follow()).ShouldBe(200).ShouldSay("เครื่องแม่ข่ายไม่มีโปรแกรมทำ PDF");
    }
}

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

    /// <summary>An office whose papers have its own numbers.</summary>
    static async Task<Visitor> Numbered(World world, params (string, string)[] more)
    {
        var administrator = world.Visitor();
        await administrator.SignIn(Roles.Administrator);
        await administrator.Go("/admin/paper?office=demo");
        (await administrator.Submit("/admin/paper?office=demo", [("pattern", "ศธ 04123/{n}"), ("telephone", "0 4323 9055"), .. more]))
            .ShouldLeadTo("/admin/paper?office=demo");
        return administrator;
    }

    static async Task<(string Instance, string Address)> Memorandum(World world, string title)
    {
        var body = new { definitionKey = World.KhonKaen, office = World.Office, title, priority = "veryUrgent" };
        var instance = (await world.Officer.Post("process-instances", body)).Ok().Text("id");
        (await world.Officer.Complete(await world.Officer.OpenTaskOf(instance), "แต่งตั้งแล้ว")).Ok();
        (await world.Officer.Complete(await world.Officer.OpenTaskOf(instance), "แผนแล้ว")).Ok();
        return (instance, $"/cases/{instance}/memo?task={(await world.Officer.OpenTaskOf(instance)).Text("id")}");
    }

    static string Sign(string address) => address.Replace("?", "?handler=sign&", StringComparison.Ordinal);

    static string Edit(string address) => address.Replace("?", "?handler=edit&", StringComparison.Ordinal);

    [Test]
    public async Task A_memo_is_worded_signed_numbered_and_then_stays_as_it_was_signed()
    {
        await using var world = await World.StartAsync(Provider);
        await Numbered(world);
        var (instance, address) = await Memorandum(world, "จัดหาเครื่องสำรองไฟ");
        var officer = world.Visitor();
        await officer.SignIn(Roles.Officer);
        (await officer.Go(address)).ShouldSay("ด่วนมาก", "โทร. ๐ ๔๓๒๓ ๙๐๕๕", "ลงนามและออกเลขที่");
        var stale = officer.FieldsOf(Edit(address));
        (string, string)[] words = [("subject", "ขออนุมัติจัดหา"), ("body", "ย่อหน้าแรก 1\n\nย่อหน้าที่สอง"), ("close", "จึงเรียนมาเพื่อโปรดอนุมัติ")];
        (await officer.Post(Edit(address), stale, words)).ShouldLeadTo(address);
        (await officer.Follow()).ShouldSay("เก็บข้อความที่แก้แล้ว", "ขออนุมัติจัดหา", "ย่อหน้าแรก ๑", "จึงเรียนมาเพื่อโปรดอนุมัติ");
        await officer.Post(Edit(address), stale, [("subject", "จากหน้าเก่า"), ("body", "ก"), ("close", "ข")]);
        (await officer.Follow()).ShouldSay("มีผู้แก้หรือลงนามไปก่อนแล้ว").Text.ShouldNotContain("จากหน้าเก่า");
        (await officer.Submit(Sign(address))).ShouldLeadTo(address);
        (await officer.Follow()).ShouldSay("เก็บไว้ตามที่ลงนาม", "ศธ ๐๔๑๒๓/๑", "ขออนุมัติจัดหา", "เลขที่ ศธ 04123/1").Html
            .ShouldNotContain("handler=edit");
        // What happens afterwards does not change it; what is decided on it stands below.
        (await world.Director.Post($"process-instances/{instance}/priority", new { priority = (string?)null })).Ok();
        (await world.Director.Approve(await world.Officer.OpenTaskOf(instance), "ดำเนินการได้")).Ok();
        (await officer.Go(address)).ShouldSay("ด่วนมาก", "ศธ ๐๔๑๒๓/๑", "ดำเนินการได้", "ย่อหน้าที่สอง");
    }

    [Test]
    public async Task Two_who_sign_at_once_never_get_the_same_number()
    {
        await using var world = await World.StartAsync(Provider);
        var administrator = await Numbered(world);
        var addresses = new List<string>();
        for (var i = 0; i < 6; i++)
            addresses.Add((await Memorandum(world, $"เรื่องพร้อมกัน {i}")).Address);
        var signers = new List<(Visitor Who, string Where, IReadOnlyList<(string, string)> Form)>();
        foreach (var address in addresses.Concat(addresses))
        {
            var officer = world.Visitor();
            await officer.SignIn(Roles.Officer);
            await officer.Go(address);
            signers.Add((officer, address, officer.FieldsOf(Sign(address))));
        }

        await Task.WhenAll(signers.Select(s => s.Who.Post(Sign(s.Where), s.Form)));
        var numbers = await world.QueryAsync<string>("SELECT book_number FROM memo ORDER BY book_serial", new { });
        numbers.ShouldBe([.. Enumerable.Range(1, 6).Select(n => $"ศธ 04123/{n}")]);
        (await administrator.Go("/admin/paper?office=demo")).ShouldSay("ศธ 04123/6", "เจ้าหน้าที่ ตัวอย่าง");
    }

    [Test]
    public async Task Nobody_words_or_signs_for_another()
    {
        await using var world = await World.StartAsync(Provider);
        var (_, address) = await Memorandum(world, "ของผู้เสนอ");
        foreach (var role in new[] { Roles.Director, Roles.Clerk, Roles.Auditor })
        {
            var other = world.Visitor();
            await other.SignIn(role);
            (await other.Go(address)).Html.ShouldNotContain("handler=sign");
            (await other.Post(Sign(address), other.FieldsOf("/sign-out"))).ShouldBe(403);
            (await other.Post(Edit(address), other.FieldsOf("/sign-out"), ("subject", "x"), ("body", "x"), ("close", "x"))).ShouldBe(403);
        }

        (await world.ScalarAsync<long>("SELECT COUNT(*) FROM memo")).ShouldBe(0);
    }

    [Test]
    public async Task It_names_posts_and_levels_and_what_goes_along()
    {
        await using var world = await World.StartAsync(Provider);
        var officer = (await world.QueryAsync<Guid>("SELECT user_id FROM app_user WHERE user_name = 'demo.officer'", new { }))[0];
        await world.ExecuteAsync(
            "INSERT INTO office_member (office, user_id, post, post_level) VALUES ('demo', @officer, 'นักวิชาการศึกษา', 'ชำนาญการ')",
            new { officer });
        var instance = await world.Officer.Started(World.KhonKaen, "มีเอกสารแนบ");
        (await world.Officer.Complete(await world.Officer.OpenTaskOf(instance), "แต่งตั้งแล้ว")).Ok();
        var visitor = world.Visitor();
        await visitor.SignIn(Roles.Officer);
        await visitor.Go($"/cases/{instance}");
        await visitor.Attach($"/cases/{instance}/files", "ใบเสนอราคา.pdf", "%PDF-1.4\n%%EOF"u8.ToArray());
        (await world.Officer.Complete(await world.Officer.OpenTaskOf(instance), "แผนแล้ว")).Ok();
        (await visitor.Go($"/cases/{instance}/memo")).ShouldSay(
            "สิ่งที่ส่งมาพร้อมนี้", "๑. ใบเสนอราคา.pdf", "(เจ้าหน้าที่ ตัวอย่าง) นักวิชาการศึกษาชำนาญการ");
    }

    [Test]
    public async Task A_pattern_needs_its_number_and_a_crest_is_a_small_picture()
    {
        await using var world = await World.StartAsync(Provider);
        var administrator = await Numbered(world);
        const string Page = "/admin/paper?office=demo";
        await administrator.Go(Page);
        (await administrator.Submit(Page, ("pattern", "ศธ 04123"))).ShouldBe(400).ShouldSay("ต้องมี {n} หนึ่งแห่ง");
        (await administrator.Submit(Page, ("pattern", "{n}/{x}"))).ShouldBe(400);
        (await administrator.Upload(Page, "crest", "ครุฑ.png", "not a picture"u8.ToArray())).ShouldBe(400).ShouldSay("เนื้อหาของไฟล์ไม่ตรงกับนามสกุล");
        (await administrator.Upload(Page, "crest", "ครุฑ.pdf", "%PDF-1.4\n%%EOF"u8.ToArray())).ShouldBe(400).ShouldSay("PNG หรือ JPEG");
        byte[] picture = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];
        (await administrator.Upload(Page, "crest", "ครุฑ.png", [.. picture, .. new byte[300_000]])).ShouldBe(400).ShouldSay("ไม่เกิน 256 kB");
        await administrator.Go(Page);
        (await administrator.Upload(Page, "crest", "ครุฑ.png", [.. picture, 1, 2, 3])).ShouldLeadTo(Page);
        (await administrator.Follow()).Html.ShouldContain("data:image/png;base64,");
        (await administrator.Submit(Page, ("withoutCrest", "true"), ("pattern", "ศธ 1/{n}"))).ShouldLeadTo(Page);
        (await administrator.Follow()).Html.ShouldNotContain("data:image/png;base64,");
        var officer = world.Visitor();
        await officer.SignIn(Roles.Officer);
        (await officer.Go(Page)).ShouldBe(403);
    }
}

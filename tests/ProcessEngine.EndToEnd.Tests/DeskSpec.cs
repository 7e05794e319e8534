using Microsoft.Playwright;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>The approver's desk in a real browser: with script and without, on a desk and on a phone, and for people who do not see it or use no mouse.</summary>
public sealed class DeskSpec
{
    Browsers browsers = null!;

    [OneTimeSetUp]
    public async Task Open() => browsers = await Browsers.StartAsync("2026-03-02 09:00");

    [OneTimeTearDown]
    public async Task Close()
    {
        if (browsers is not null)
            await browsers.DisposeAsync();
    }

    static readonly Window[] Days = [Window.Desktop with { Script = false }, Window.Phone with { Script = false }, Window.Phone];

    [TestCaseSource(nameof(Days))]
    public async Task An_officer_proposes_a_director_rejects_then_approves(Window window)
    {
        var title = $"ติดตั้งเครื่องพิมพ์ ({window})";
        await using var officer = await browsers.Open(window);
        await officer.SignIn("officer");
        await officer.Link("เริ่มเรื่องใหม่").ClickAsync();
        await officer.Page.Locator($"a[href='/procedures/{Installation.KhonKaen}']").ClickAsync();
        await officer.Page.GetByLabel("ชื่อเรื่อง").FillAsync(title);
        await officer.Button("เริ่มเรื่อง").ClickAsync();
        await officer.Sees("เริ่มเรื่องแล้ว");
        await Do(officer, title, "แต่งตั้งแล้ว", "ดำเนินการเสร็จแล้ว");
        await Do(officer, title, "แผนฉบับแรก", "ดำเนินการเสร็จแล้ว");

        await using var director = await browsers.Open(window);
        await director.SignIn("director");
        await director.Link(title).ClickAsync();
        await director.Button("ไม่เห็นชอบ").ClickAsync();
        await director.Sees("ต้องระบุเหตุผล");
        await director.Page.GetByLabel("ความเห็นหรือเหตุผล").FillAsync("งบประมาณสูงเกินไป");
        await director.Button("ไม่เห็นชอบ").ClickAsync();
        await director.Sees("เรื่องไปที่ขั้นที่ 2");
        await director.Button("ยืนยัน: ไม่เห็นชอบ").ClickAsync();
        await director.Sees("บันทึกแล้ว: ไม่เห็นชอบ");

        await officer.Go("/");
        await officer.Sees("รอบที่ 2");
        await Do(officer, title, "ลดงบประมาณแล้ว", "ดำเนินการเสร็จแล้ว");
        await director.Go("/");
        await Do(director, title, "", "เห็นชอบ");
        await director.Sees("เรื่องอยู่ที่ขั้นที่ 4");
        officer.Complaints.Concat(director.Complaints).ShouldBeEmpty();
    }

    /// <summary>From the inbox to the page that says that an act is stored.</summary>
    static async Task Do(Desk desk, string title, string comment, string act)
    {
        await desk.Go("/");
        await desk.Link(title).ClickAsync();
        await desk.Page.GetByLabel("ความเห็นหรือเหตุผล").FillAsync(comment);
        await desk.Button(act).ClickAsync();
        await desk.Button($"ยืนยัน: {act}").ClickAsync();
        await desk.Sees("ต่อจากนี้");
    }

    static readonly Window[] Looks = [Window.Desktop, Window.Phone with { Dark = true }];

    [TestCaseSource(nameof(Looks))]
    public async Task No_page_has_a_serious_barrier_or_scrolls_sideways(Window window)
    {
        var (task, instance) = await Late();
        await using var desk = await browsers.Open(window);
        var barriers = new List<string>();
        await desk.Go("/sign-in");
        await Look();
        await desk.SignIn("director");
        foreach (var path in new[]
        {
            "/", $"/tasks/{task}", $"/cases/{instance}", "/cases", "/procedures", $"/cases/{instance}/memo", $"/procedures/{Installation.SuratThani}", "/team", "/team?who=director", "/notifications", "/account/notifications",
            "/account/second-factor", "/account/password", "/account/sessions", "/nowhere",
        })
        {
            await desk.Go(path);
            await Look();
        }

        await desk.Go($"/tasks/{task}");
        await desk.Page.GetByText("ทำไมเป็นวันนี้").ClickAsync();
        await Look();
        await desk.Button("เห็นชอบ").ClickAsync();
        await Look();
        // At 320 pixels, the width that WCAG asks for (1.4.10).
        await desk.Page.SetViewportSizeAsync(320, 640);
        foreach (var path in new[] { "/", $"/tasks/{task}", $"/cases/{instance}", $"/procedures/{Installation.SuratThani}" })
        {
            await desk.Go(path);
            (await desk.Overflows()).ShouldBeFalse(path);
        }

        await using var keeper = await browsers.Open(window);
        await keeper.SignIn("administrator");
        foreach (var path in new[] { "/admin", "/admin/people", "/admin/orders", "/admin/calendar", "/admin/notifications" })
        {
            await keeper.Go(path);
            barriers.AddRange(await keeper.Barriers());
            (await keeper.Overflows()).ShouldBeFalse(path);
        }

        barriers.ShouldBeEmpty();
        desk.Complaints.Concat(keeper.Complaints).ShouldBeEmpty();

        async Task Look()
        {
            barriers.AddRange(await desk.Barriers());
            (await desk.Overflows()).ShouldBeFalse(desk.Page.Url);
        }
    }

    /// <summary>A case with limits whose plan waits for the director.</summary>
    async Task<(string Task, string Instance)> Late()
    {
        using var officer = browsers.As("officer");
        var instance = await officer.Started(Installation.SuratThani, "พัฒนาระบบสารสนเทศ");
        for (var i = 0; i < 3; i++)
            (await officer.Act("complete", await officer.OpenTask(instance), "เรียบร้อย")).Ok();
        return ((await officer.OpenTask(instance)).Text("id"), instance);
    }

    [Test]
    public async Task New_work_shows_itself_and_what_is_being_written_is_kept_as_a_draft()
    {
        await using var desk = await browsers.Open(Window.Desktop);
        await desk.SignIn("director");
        var (task, _) = await Late();
        await desk.Page.Locator($"#t-{task}").WaitForAsync();
        (await desk.Page.TitleAsync()).ShouldStartWith("(");
        await desk.Page.Locator($"#t-{task}").ClickAsync();
        await desk.Page.GetByLabel("ความเห็นหรือเหตุผล").FillAsync("กำลังเขียน");
        await desk.Sees("เก็บร่างแล้ว");
        using (var another = browsers.As("director"))
            (await another.Act("comments", (await another.Get($"user-tasks/{task}")).Ok(), "ขอดูเอกสารก่อน")).Ok();
        await desk.Sees("มีการเปลี่ยนแปลงหลังจากที่ท่านเปิดหน้านี้");
        (await desk.Page.GetByLabel("ความเห็นหรือเหตุผล").InputValueAsync()).ShouldBe("กำลังเขียน", "the form stays as it is");
        await desk.Page.ReloadAsync();
        (await desk.Page.GetByLabel("ความเห็นหรือเหตุผล").InputValueAsync()).ShouldBe("กำลังเขียน");
        desk.Complaints.ShouldBeEmpty();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Several_are_approved_together(bool script)
    {
        var ((first, _), (second, _)) = (await Late(), await Late());
        await using var desk = await browsers.Open(Window.Phone with { Script = script });
        await desk.SignIn("director");
        foreach (var task in new[] { first, second })
            await desk.Page.Locator($"input[name=task][value^='{task}']").CheckAsync();
        await desk.Page.GetByText("ทำหลายงานพร้อมกัน").ClickAsync();
        await desk.Page.GetByLabel("ความเห็น (ใช้กับทุกงานที่เลือก)").FillAsync("เห็นชอบทั้งสองเรื่อง");
        await desk.Button("เห็นชอบที่เลือก").ClickAsync();
        await desk.Button("ยืนยัน: เห็นชอบ 2 งาน").ClickAsync();
        await desk.Sees("บันทึกแล้ว 2 งาน จาก 2 งาน");
        desk.Complaints.ShouldBeEmpty();
    }

    [Test]
    public async Task A_memo_is_taken_as_pdf()
    {
        var (_, instance) = await Late();
        await using var desk = await browsers.Open(Window.Desktop);
        await desk.SignIn("director");
        await desk.Go($"/cases/{instance}/memo");
        var download = await desk.Page.RunAndWaitForDownloadAsync(() => desk.Button("ดาวน์โหลด PDF").ClickAsync(), new() { Timeout = 60_000 });
        var bytes = await File.ReadAllBytesAsync(await download.PathAsync());
        System.Text.Encoding.ASCII.GetString(bytes, 0, 5).ShouldBe("%PDF-");
        bytes.Length.ShouldBeGreaterThan(10_000, "the typeface is in it");
    }

    [Test]
    public async Task What_was_written_outlives_the_session()
    {
        var (task, instance) = await Late();
        await using var desk = await browsers.Open(Window.Phone with { Script = false });
        await desk.SignIn("director");
        await desk.Go($"/tasks/{task}");
        await desk.Page.GetByLabel("ความเห็นหรือเหตุผล").FillAsync("เหตุผลที่เขียนนานมาก");
        await desk.Page.Context.ClearCookiesAsync(new() { Name = "pe_session" });
        await desk.Button("ไม่เห็นชอบ").ClickAsync();
        await desk.Sees("เหตุผลที่เขียนนานมาก");
        await desk.Page.GetByLabel("ชื่อผู้ใช้").FillAsync("demo.director");
        await desk.Page.GetByLabel("รหัสผ่าน").FillAsync(browsers.Password);
        await desk.Button("ลงชื่อเข้าใช้").ClickAsync();
        await desk.Button("ดำเนินการต่อ").ClickAsync();
        await desk.Button("ยืนยัน: ไม่เห็นชอบ").ClickAsync();
        await desk.Sees("บันทึกแล้ว: ไม่เห็นชอบ");
        using var auditor = browsers.As("auditor");
        (await auditor.History(instance)).ShouldContain(e => (string?)e["comment"] == "เหตุผลที่เขียนนานมาก");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_double_click_decides_once(bool script)
    {
        var (task, instance) = await Late();
        await using var desk = await browsers.Open(Window.Desktop with { Script = script });
        await desk.SignIn("director");
        await desk.Go($"/tasks/{task}");
        await desk.Button("เห็นชอบ").ClickAsync();
        await desk.Button("ยืนยัน: เห็นชอบ").DblClickAsync();
        await desk.Heading("บันทึกแล้ว: เห็นชอบ").WaitForAsync();
        using var auditor = browsers.As("auditor");
        (await auditor.History(instance)).Count(e => e.Text("type") == "TaskApproved").ShouldBe(1);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Back_after_deciding_decides_nothing_again(bool script)
    {
        var (task, instance) = await Late();
        await using var desk = await browsers.Open(Window.Phone with { Script = script });
        await desk.SignIn("director");
        await desk.Go($"/tasks/{task}");
        await desk.Button("เห็นชอบ").ClickAsync();
        await desk.Button("ยืนยัน: เห็นชอบ").ClickAsync();
        await desk.Sees("บันทึกแล้ว: เห็นชอบ");
        await desk.Page.GoBackAsync();
        await desk.Button("ยืนยัน: เห็นชอบ").ClickAsync();
        await desk.Sees("บันทึกแล้ว: เห็นชอบ");
        using var auditor = browsers.As("auditor");
        (await auditor.History(instance)).Count(e => e.Text("type") == "TaskApproved").ShouldBe(1);
    }

    [Test]
    public async Task Of_two_tabs_the_second_is_told_what_the_first_did_and_keeps_what_was_written()
    {
        var (task, instance) = await Late();
        await using var desk = await browsers.Open(Window.Desktop);
        await desk.SignIn("director");
        var other = await desk.Page.Context.NewPageAsync();
        await other.GotoAsync($"/tasks/{task}");
        await other.GetByLabel("ความเห็นหรือเหตุผล").FillAsync("ขอให้ทบทวน");
        await desk.Go($"/tasks/{task}");
        await desk.Button("เห็นชอบ").ClickAsync();
        await desk.Button("ยืนยัน: เห็นชอบ").ClickAsync();
        await desk.Sees("บันทึกแล้ว: เห็นชอบ");
        await other.GetByRole(AriaRole.Button, new() { Name = "ไม่เห็นชอบ", Exact = true }).ClickAsync();
        await other.Locator("main", new() { HasText = "ยังไม่มีการบันทึก" }).WaitForAsync();
        (await other.Locator("main").InnerTextAsync()).ShouldContain("ขอให้ทบทวน");
        using var auditor = browsers.As("auditor");
        (await auditor.History(instance)).Select(e => e.Text("type")).ShouldNotContain("TaskRejected");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_slip_of_the_finger_is_taken_back_at_once(bool script)
    {
        var (task, instance) = await Late();
        await using var desk = await browsers.Open(Window.Phone with { Script = script });
        await desk.SignIn("director");
        await desk.Go($"/tasks/{task}");
        await desk.Page.GetByLabel("ความเห็นหรือเหตุผล").FillAsync("งบประมาณสูงเกินไป");
        await desk.Button("ไม่เห็นชอบ").ClickAsync();
        await desk.Button("ยืนยัน: ไม่เห็นชอบ").ClickAsync();
        await desk.Sees("บันทึกแล้ว: ไม่เห็นชอบ");
        if (script)
            (await desk.Barriers()).ShouldBeEmpty();
        await desk.Button("เลิกทำ").ClickAsync();
        await desk.Sees("เลิกทำแล้ว งานกลับมาที่ท่าน");
        (await desk.Page.GetByLabel("ความเห็นหรือเหตุผล").InputValueAsync()).ShouldBe("งบประมาณสูงเกินไป");
        await desk.Button("เห็นชอบ").ClickAsync();
        await desk.Button("ยืนยัน: เห็นชอบ").ClickAsync();
        await desk.Sees("เรื่องอยู่ที่ขั้นที่ 5");
        using var auditor = browsers.As("auditor");
        (await auditor.History(instance)).Select(e => e.Text("type")).Where(t => t is "TaskRejected" or "ActUndone" or "TaskApproved").ShouldBe(["TaskRejected", "ActUndone", "TaskApproved"]);
        desk.Complaints.ShouldBeEmpty();
    }

    [Test]
    public async Task It_is_used_without_a_mouse_and_reads_in_Sarabun()
    {
        await using var desk = await browsers.Open(Window.Desktop);
        var keyboard = desk.Page.Keyboard;
        await desk.Go("/sign-in");
        await desk.Page.GetByLabel("ชื่อผู้ใช้").FocusAsync();
        await keyboard.TypeAsync("demo.officer");
        await keyboard.PressAsync("Tab");
        await keyboard.TypeAsync(browsers.Password);
        await keyboard.PressAsync("Enter");
        await desk.Heading("งานของฉัน").WaitForAsync();
        await keyboard.PressAsync("Tab");
        (await Focused()).ShouldBe("ข้ามไปยังเนื้อหา");
        await keyboard.PressAsync("Enter");
        await keyboard.PressAsync("Tab");
        (await desk.Page.EvaluateAsync<string>("() => document.activeElement.id")).ShouldBe("q");
        (await desk.Page.EvaluateAsync<bool>("() => document.fonts.ready.then(fonts => [...fonts].some(f => f.family === 'Sarabun' && f.status === 'loaded'))")).ShouldBeTrue();
        desk.Complaints.ShouldBeEmpty();

        async Task<string> Focused() => (await desk.Page.EvaluateAsync<string>("() => document.activeElement.textContent")).Trim();
    }
}

using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Razor.Hosting;
using Microsoft.Playwright;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Web;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>
/// The approver's desk in a real browser: with script and without, on a desk and on a phone, and for people who do not see it or use no
/// mouse.
/// Set SCREENSHOTS to a folder to have a picture of every page.
/// </summary>
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
        await officer.Page.Locator($"a[href='/procedures/{Installation.KhonKaen}']").First.ClickAsync();
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

    static readonly Window[] Looks =
        [Window.Desktop, Window.Desktop with { Dark = true }, Window.Phone, Window.Phone with { Dark = true }];

    /// <summary>The addresses of all pages that there are, as the compiler left them.</summary>
    static IEnumerable<string> Pages => typeof(Service.Web.DeskPage).Assembly.GetCustomAttributes<RazorCompiledItemAttribute>()
        .Where(item => item.Kind == "mvc.1.0.razor-page")
        .Select(page => page.Type.GetCustomAttributes<RazorCompiledItemMetadataAttribute>().Single(m => m.Key == "RouteTemplate").Value);

    /// <summary>
    /// What has nothing to look at: forms that are only sent; the page of errors, which is looked at elsewhere; and the editor, which is
    /// Elsa's (<see cref="StudioSpec"/>).
    /// </summary>
    static readonly string[] NotLookedAt = ["/preferences", "/sign-out", "/error", "/studio/editor/{key}"];

    [TestCaseSource(nameof(Looks))]
    public async Task No_page_has_a_serious_barrier_or_scrolls_sideways(Window window)
    {
        var (task, instance) = await Late();
        var receipt = await HandedOver();
        var verified = await Verified();
        var (barriers, complaints, looked, pictures) = (new List<string>(), new List<string>(), new HashSet<string>(), 0);
        await using var desk = await browsers.Open(window);
        await desk.Go("/sign-in");
        await Look(desk);
        await Visit(
            desk, "director", "/", $"/tasks/{task}", $"/cases/{instance}", "/cases", "/cases?sort=due&overdue=true", "/cases/awaited", "/procedures", "/procedures?q=%E0%B8%8B%E0%B9%88%E0%B8%AD%E0%B8%A1", "/reports", "/reports/overview", "/reports/figures", "/reports/services", "/reports/answers", "/reports/verification", $"/reports/verification/{verified}", $"/reports/forms?definitionKey={Installation.SuratThani}&step=evaluate-results", "/reports/figures?groupBy=person", "/reports/tasks?standing=overdue", "/reports/registers", "/reports/registers/notices", $"/cases/{instance}?verify=1", $"/cases/{instance}/memo", $"/cases/{instance}/request", "/requests/new", $"/procedures/{Installation.SuratThani}", "/team", "/team?who=director",
            $"/team/give?task={task}.1", "/team/hand-over", receipt.Preview, $"/hand-overs/{receipt.Id}", "/hand-overs", "/notifications", "/first-day", "/account/notifications", "/account/second-factor", "/account/password", "/account/sessions",
            "/account/joinings", "/account/keys", "/nowhere", "/cases?outcome=cancelled");
        await Govern(desk);

        await desk.Go("/");
        await desk.Page.Locator($"input[name=task][value^='{task}']").CheckAsync();
        await desk.Page.GetByText("ทำหลายงานพร้อมกัน").ClickAsync();
        await desk.Button("เห็นชอบที่เลือก").ClickAsync();
        await desk.Button("ยืนยัน: เห็นชอบ 1 งาน").WaitForAsync();
        await Look(desk);
        await desk.Go($"/tasks/{task}");
        await desk.Page.GetByText("ทำไมเป็นวันนี้").ClickAsync();
        await desk.Page.GetByText("แสดงความเห็นโดยยังไม่ปิดงาน").ClickAsync();
        await desk.Page.GetByText("แจ้งให้ทราบ", new() { Exact = true }).ClickAsync();
        await Look(desk);
        await desk.Button("เห็นชอบ").ClickAsync();
        await desk.Button("ยืนยัน: เห็นชอบ").WaitForAsync();
        await Look(desk);
        // At 320 pixels, the width that WCAG asks for (1.4.10).
        await desk.Page.SetViewportSizeAsync(320, 640);
        foreach (var path in new[] { "/", $"/tasks/{task}", $"/cases/{instance}", $"/cases/{instance}/govern/extend", $"/procedures/{Installation.SuratThani}", receipt.Preview, $"/hand-overs/{receipt.Id}" })
        {
            await desk.Go(path);
            (await desk.Overflows()).ShouldBeFalse(path);
        }

        await using var keeper = await browsers.Open(window);
        await Visit(
            keeper, "administrator", "/admin", "/admin/people", $"/admin/keys?office=demo&person={receipt.From}", "/admin/orders",
            "/admin/calendar", "/admin/notifications", "/admin/paper", "/admin/publishing", "/admin/requests", "/admin/personal-data", "/admin/trail", "/setup", "/admin/offices", "/admin/holidays", "/admin/groups", "/admin/auditors",
            "/admin/people/import", "/admin/people/links", $"/admin/people/leave?office=demo&person={receipt.From}", "/admin/roles",
            $"/admin/limits?procedure={Installation.KhonKaen}", "/admin/incidents", "/admin/recurrences", "/sign-in/link?t=x");
        await keeper.Go("/admin/requests");
        await keeper.Page.Locator("input[name=open][value=true]").CheckAsync();
        await keeper.Button("บันทึก").ClickAsync();
        await keeper.Sees("บันทึกแล้ว");
        await using var outside = await browsers.Open(window);
        await Ask(outside);
        await using var owner = await browsers.Open(window);
        await Visit(
            owner, "processOwner", "/studio", "/studio/new", $"/studio/definitions/{Installation.SuratThani}",
            $"/studio/definitions/{Installation.KhonKaen}/steps/propose-plan", $"/studio/definitions/{Installation.KhonKaen}/table",
            $"/studio/definitions/{Installation.KhonKaen}/table?row=propose-plan", $"/studio/definitions/{Installation.KhonKaen}/forms/plan-work", $"/studio/definitions/{Installation.KhonKaen}/move",
            $"/studio/definitions/{Installation.KhonKaen}/walk?a=complete:appoint-working-group", $"/studio/instances/{instance}");

        barriers.ShouldBeEmpty();
        complaints.ShouldBeEmpty();
        Pages.Except(NotLookedAt).Where(page => !looked.Any(path => Regex.IsMatch(path, $"^{Regex.Replace(page, @"\{[^}]*\}", "[^/]+")}$")))
            .ShouldBeEmpty("these pages are not looked at");

        // Somebody outside, on all the pages that there are for them.
        async Task Ask(Desk by)
        {
            foreach (var path in new[] { "/r/demo", "/r/demo/requests.repair-notice", "/r/nowhere", "/r/t/guessed" })
            {
                await by.Go(path);
                await Look(by);
            }

            await by.Go("/r/demo/requests.repair-notice");
            await by.Button("ส่งคำขอ").ClickAsync();
            await by.Sees("ยังไม่ได้ส่งคำขอ");
            await Look(by);
            await by.Page.Locator("#f-repairItem").FillAsync("เครื่องพิมพ์");
            await by.Page.Locator("#f-repairSymptom").FillAsync("กระดาษติด");
            await by.Page.Locator("#by-name").FillAsync("ผู้ขอ ตัวอย่าง");
            await by.Page.Locator("input[name=agreed]").CheckAsync();
            do
            {
                // Until nobody would say that it was too fast.
                await by.Button("ส่งคำขอ").ClickAsync();
                await by.Page.Locator("main").Filter(new() { HasTextRegex = new Regex("ส่งเร็วเกินไป|คำขอเลขที่") }).WaitForAsync();
            }
            while (await by.Page.GetByText("ส่งเร็วเกินไป").CountAsync() > 0);
            await by.Sees("คำขอเลขที่");
            await Look(by);
        }

        async Task Govern(Desk by)
        {
            foreach (var act in PossibleCaseActs.All)
            {
                await by.Go($"/cases/{instance}/govern/{act}");
                await Look(by);
            }

            await by.Go($"/cases/{instance}/govern/suspend");
            await by.Page.GetByLabel("เหตุผล").FillAsync("รอหนังสือ");
            await by.Button("ดูก่อนว่าอะไรจะเปลี่ยน").ClickAsync();
            await by.Sees("สิ่งที่จะเปลี่ยน");
            await Look(by);
            await by.Go($"/cases/{instance}");
            await by.Page.Locator("input[type=file]").SetInputFilesAsync(
                new FilePayload { Name = "ก.pdf", MimeType = "application/pdf", Buffer = "%PDF-1.4\n%%EOF"u8.ToArray() });
            await by.Button("แนบ").ClickAsync();
            await by.Page.GetByRole(AriaRole.Link, new() { Name = "ถอนไฟล์" }).First.ClickAsync();
            await by.Sees("สิ่งที่จะเปลี่ยน");
            await Look(by);
        }

        async Task Visit(Desk by, string role, params string[] paths)
        {
            await by.SignIn(role);
            foreach (var path in paths)
            {
                await by.Go(path);
                await Look(by);
            }

            complaints.AddRange(by.Complaints);
        }

        async Task Look(Desk by)
        {
            looked.Add(new Uri(by.Page.Url).AbsolutePath);
            barriers.AddRange(await by.Barriers());
            (await by.Overflows()).ShouldBeFalse(by.Page.Url);
            await by.Picture($"{window.Name}-{++pictures:00}");
        }
    }

    /// <summary>
    /// The receipt of work that an officer handed over to a clerk, who could not take it, and what it would look like once more.
    /// </summary>
    async Task<(string Id, string From, string Preview)> HandedOver()
    {
        using var officer = browsers.As("officer");
        (await officer.Act("claim", await officer.OpenTask(await officer.Started(Installation.SuratThani, "งานของคนย้าย")))).Ok();
        using var director = browsers.As("director");
        var receipt = (await director.Post("offices/demo/hand-overs", new { from = "demo.officer", to = "demo.clerk", reason = "ย้ายไปราชการที่อื่น", orderNumber = "12/2569" })).Ok();
        var from = receipt.Text("fromUser");
        return (receipt.Text("id"), from, $"/team/hand-over?office=demo&from={from}&to={receipt.Text("toUser")}&reason=%E0%B8%A2%E0%B9%89%E0%B8%B2%E0%B8%A2");
    }

    /// <summary>A verification of the office that has ended.</summary>
    async Task<string> Verified()
    {
        using var director = browsers.As("director");
        var id = (await director.Post("audit/verifications", new { office = "demo" })).Ok().Text("id");
        await Eventually.Holds(
            async () => (await director.Get($"audit/verifications/{id}")).Ok().Text("state") == "done", TimeSpan.FromMinutes(3),
            () => "the verification does not end");
        return id;
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
        await desk.Page.GetByLabel("ความเห็นหรือเหตุผล (ใช้กับทุกงานที่เลือก)").FillAsync("เห็นชอบทั้งสองเรื่อง");
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
        // No word that is known is broken at the end of a line, however narrow the page is.
        foreach (var width in new[] { 1280, 390 })
        {
            await desk.Page.SetViewportSizeAsync(width, 900);
            (await desk.Page.Locator(".memo .w").CountAsync()).ShouldBeGreaterThan(20);
            (await desk.Page.EvaluateAsync<string[]>(
                "() => [...document.querySelectorAll('.memo .w')].filter(w => w.getClientRects().length > 1).map(w => w.textContent)")).ShouldBeEmpty();
        }

        var download = await desk.Page.RunAndWaitForDownloadAsync(
            () => desk.Button("ดาวน์โหลด PDF").ClickAsync(), new() { Timeout = 60_000 });
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
        (await auditor.History(instance)).Select(e => e.Text("type")).Where(t => t is "TaskRejected" or "ActUndone" or "TaskApproved")
            .ShouldBe(["TaskRejected", "ActUndone", "TaskApproved"]);
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

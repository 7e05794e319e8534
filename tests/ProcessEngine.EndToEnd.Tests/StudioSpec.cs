using Microsoft.Playwright;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>
/// Process owners edit definitions in the real Elsa Studio, in a real browser. Set SCREENSHOTS to a folder to have the pictures of the
/// documentation.
/// </summary>
public sealed class StudioSpec
{
    const string Other = "khonkaen-5.data-security";

    static readonly Window Wide = new("studio", 1600, 1000);
    Browsers browsers = null!;

    [OneTimeSetUp]
    public async Task Open()
    {
        browsers = await Browsers.StartAsync("2026-03-02 09:00");
        Directory.Exists(Path.Combine(Path.GetDirectoryName(ServiceProcess.Program())!, "studio", "_framework"))
            .ShouldBeTrue("Elsa Studio is not beside the program: the build fetches it with npm (docs/studio.md).");
    }

    [OneTimeTearDown]
    public async Task Close()
    {
        if (browsers is not null)
            await browsers.DisposeAsync();
    }

    static Task Picture(StudioDesk studio, string name) => Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder
        ? studio.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"studio-{name}.png") })
        : Task.CompletedTask;

    async Task<Desk> Signed(string role, Window? window = null) => await (await browsers.Open(window ?? Wide)).SignIn(role);

    [Test]
    public async Task An_owner_adds_an_approval_sets_who_and_how_long_and_publishes_it()
    {
        using var officer = browsers.As("officer");
        var old = await officer.Started(Installation.KhonKaen, "เรื่องที่เริ่มก่อน");
        await using var desk = await Signed("processOwner");
        await desk.Page.GetByRole(AriaRole.Link, new() { Name = "กระบวนงาน", Exact = true }).ClickAsync();
        // The page before has a search of its own.
        await desk.Page.WaitForURLAsync("**/studio");
        await desk.Page.GetByLabel("ค้นหา").FillAsync(Installation.KhonKaen);
        await desk.Button("ค้นหา").ClickAsync();
        await desk.Button("แก้ไขผังงาน").WaitForAsync();
        var studio = await StudioDesk.Open(desk, $"/studio/editor/{Installation.KhonKaen}");
        // Six steps, two acts in the last, start and end; the way, and the two that lead back.
        await Eventually.Holds(
            async () => (await studio.Nodes(), await studio.Lines()) == (9, 10), TimeSpan.FromSeconds(30),
            () => "there are not nine boxes and ten lines");
        await studio.Says("ตามคู่มือ");
        await Picture(studio, "editor");

        await studio.Pan(360);
        var approval = await studio.Drop("พิจารณาอนุมัติ", 170, 225);
        await studio.Says("ทางออก \"Approve\" ยังไม่เชื่อมไปที่ใด");
        await studio.Disconnect("appoint-working-group", "Done");
        await studio.Connect("appoint-working-group", "Done", approval);
        await studio.Connect(approval, "Approve", "plan-work");
        await studio.Connect(approval, "Reject", "appoint-working-group");
        await studio.Connect(approval, "Return", "appoint-working-group");
        await studio.Says("ไม่ได้ระบุ role");
        await Picture(studio, "unsound");
        await studio.Select(approval);
        await studio.Choose("ผู้ปฏิบัติ (บทบาท)", "ผู้อำนวยการกลุ่ม");
        await studio.Choose("กำหนดเวลา", "วันทำการ (จำนวน)");
        await studio.Fill("จำนวน (วัน)", "3");
        await studio.Tab("Common");
        await studio.Fill("Name", "เห็นชอบคณะทำงาน");
        await studio.Says("ไม่พบข้อบกพร่อง");
        await studio.Says("เพิ่มขั้นตอน เห็นชอบคณะทำงาน");
        await Picture(studio, "new-step");

        await studio.Panel.GetByLabel("เหตุผลที่เผยแพร่").FillAsync("ให้ผู้อำนวยการกลุ่มเห็นชอบคณะทำงานก่อน");
        await studio.Publish();
        await studio.Says("เผยแพร่แล้ว เรื่องใหม่จะใช้รุ่นนี้");
        await studio.Says("รุ่นที่ 2 ของสำนักงาน");
        desk.Complaints.ShouldBeEmpty();

        var fresh = await officer.Started(Installation.KhonKaen, "เรื่องที่เริ่มหลัง");
        foreach (var (instance, step) in new[] { (old, "plan-work"), (fresh, approval) })
        {
            (await officer.Act("complete", await officer.OpenTask(instance), "แต่งตั้งแล้ว")).Ok();
            (await officer.OpenTask(instance)).Text("step").ShouldBe(step);
        }

        var task = await officer.OpenTask(fresh);
        (task.Text("role"), task["name"].Text("th"), task.Text("dueAt"))
            .ShouldBe(("groupDirector", "เห็นชอบคณะทำงาน", "2026-03-06T16:30:00+07:00"));
        using var director = browsers.As("groupDirector");
        (await director.Act("approve", task, "เห็นชอบ")).Ok();
        (await officer.OpenTask(fresh)).Text("step").ShouldBe("plan-work");

        await desk.Go($"/studio/definitions/{Installation.KhonKaen}?from=1&to=2");
        await desk.Sees("เพิ่มขั้นตอน เห็นชอบคณะทำงาน");
    }

    [Test]
    public async Task An_unsound_draft_is_refused_in_the_page_with_the_reason()
    {
        await using var desk = await Signed("processOwner");
        var studio = await StudioDesk.Open(desk, $"/studio/editor/{Other}");
        await studio.Pan(360);
        await studio.Disconnect("appoint-working-group", "Done");
        await studio.Says("เผยแพร่ไม่ได้จนกว่าจะแก้");
        await studio.Says("ทางออก \"Done\" ยังไม่เชื่อมไปที่ใด");
        (await studio.Panel.GetByRole(AriaRole.Button, new() { Name = "เผยแพร่ให้สำนักงานใช้" }).IsDisabledAsync()).ShouldBeTrue();

        // Studio's own button asks the same proof, and shows the same words.
        await studio.Page.Locator(".studio-canvas button:visible", new() { Has = studio.Page.Locator("path[d^='M19.35']") }).First
            .ClickAsync();
        await studio.Page.Locator(".mud-snackbar", new() { HasText = "ยังไม่เชื่อมไปที่ใด" }).First.WaitForAsync();
        await studio.Page.Locator("#studio-said", new() { HasText = "ยังไม่เชื่อมไปที่ใด" }).WaitForAsync();
        await Picture(studio, "refused");
        using var owner = browsers.As("processOwner");
        (await owner.Get($"process-definitions/{Other}/versions")).Ok()["items"]!.AsArray().Count.ShouldBe(1);
    }

    [Test]
    public async Task A_file_that_Studio_exports_is_imported_again_and_a_copy_opens_in_the_editor()
    {
        await using var desk = await Signed("processOwner");
        var studio = await StudioDesk.Open(desk, "/studio/editor/khonkaen-5.advise-troubleshoot-computers");
        var file = await studio.Exported();
        file["root"].Text("type").ShouldBe("Elsa.Flowchart");
        await studio.Import(file);
        // Nothing has changed: there is no draft.
        await studio.Says("เผยแพร่แล้ว");
        var step = file["root"]!["activities"]!.AsArray().First(a => a.Text("type") == "ProcessEngine.UserTask")!;
        step["name"] = "นำเข้าจากไฟล์";
        await studio.Import(file);
        await studio.Node(step.Text("id")).Locator(".activity-label", new() { HasText = "นำเข้าจากไฟล์" }).WaitForAsync();
        await studio.Says("ฉบับร่าง");
        await studio.Panel.GetByLabel("เหตุผลที่เผยแพร่").FillAsync("นำเข้าจากสำนักงานอื่น");
        await studio.Publish();
        await studio.Says("รุ่นที่ 2 ของสำนักงาน");
        (await studio.Panel.InnerTextAsync()).ShouldNotContain("True");
        // Back to the manual's: on the canvas, too.
        await studio.Unpublish();
        await studio.Says("รุ่นที่ 1 ตามคู่มือ");
        await studio.Node(step.Text("id")).Locator(".activity-label", new() { HasText = "นำเข้าจากไฟล์" })
            .WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await studio.SaveAs("สำเนาที่บันทึกเป็นชื่อใหม่");
        await desk.Heading("สำเนาที่บันทึกเป็นชื่อใหม่").WaitForAsync();
        desk.Complaints.ShouldBeEmpty();
    }

    [Test]
    public async Task Conditions_and_ways_out_by_time_are_filled_in_beside_the_canvas_and_drawn_at_once()
    {
        const string key = "chiangmai-2.install-maintain-computers";
        await using var desk = await Signed("processOwner");
        var studio = await StudioDesk.Open(desk, $"/studio/editor/{key}");
        await studio.FillIn("plan-work", ("timer.0.port", "TooLate"), ("timer.0.rule", "working_days"), ("timer.0.n", "10"));
        await studio.Shows("plan-work", "TooLate");
        await studio.Says("ทางออก \"TooLate\" ยังไม่เชื่อมไปที่ใด");

        await studio.Pan(360);
        var decision = await studio.Drop("แยกตามเงื่อนไข", 170, 225, "ทางเดิน");
        // An outcome typed into Studio's own field becomes a branch, and a port.
        await studio.Select(decision);
        await studio.Outcome("Large");
        await studio.Shows(decision, "Large");
        await studio.FillIn(decision, ("branch.0.when", "amount > 100000"), ("branch.1.port", "Urgent"), ("branch.1.when", "1 > 0"));
        await studio.Shows(decision, "Urgent");
        await studio.Says("ไม่มีตัวแปร \"amount\"");
        await Picture(studio, "lists");
        using var owner = browsers.As("processOwner");
        var content = (await owner.Get($"process-definitions/{key}/draft")).Ok()["content"]!;
        content["root"]!["activities"]!.AsArray().Single(a => a.Text("id") == decision)!["branches"]!.AsArray().Select(b => b.Text("when"))
            .ShouldBe(["amount > 100000", "1 > 0"]);
        desk.Complaints.ShouldBeEmpty();
    }

    [Test]
    public async Task A_session_that_ends_in_the_middle_of_an_edit_is_told_at_once_and_loses_nothing()
    {
        const string key = "khonkaen-5.develop-ict-personnel";
        await using var desk = await Signed("processOwner");
        var studio = await StudioDesk.Open(desk, $"/studio/editor/{key}");
        await studio.Page.Context.ClearCookiesAsync(new() { Name = "pe_session" });
        var box = await studio.Drop("งานปฏิบัติ", 170, 225);
        var said = studio.Page.Locator("#studio-said");
        await said.Filter(new() { HasText = "ยังไม่ได้บันทึก: การลงชื่อเข้าใช้หมดอายุ" }).WaitForAsync();
        await Picture(studio, "expired");

        // They sign in in another tab, as the message says, and come back.
        var popup = await studio.Page.RunAndWaitForPopupAsync(() => said.GetByRole(AriaRole.Link).ClickAsync());
        await popup.GetByLabel("ชื่อผู้ใช้").FillAsync("demo.processOwner");
        await popup.GetByLabel("รหัสผ่าน").FillAsync(browsers.Password);
        await popup.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = "ลงชื่อเข้าใช้" }).ClickAsync();
        await popup.WaitForURLAsync("**/studio");
        await popup.CloseAsync();
        await studio.Page.EvaluateAsync("() => window.dispatchEvent(new Event('focus'))");
        await studio.Says("ฉบับร่าง");
        (await said.IsVisibleAsync()).ShouldBeFalse();
        using var owner = browsers.As("processOwner");
        (await owner.Get($"process-definitions/{key}/draft")).Ok()["content"]!["root"]!["activities"]!.AsArray()
            .ShouldContain(a => a.Text("id") == box);
    }

    [Test]
    public async Task What_Studio_forgets_of_one_change_while_it_makes_the_next_is_saved_all_the_same()
    {
        const string key = "khonkaen-3.evaluate-computer-systems", step = "define-objectives";
        await using var desk = await Signed("processOwner");
        using var owner = browsers.As("processOwner");
        await StudioDesk.Open(desk, $"/studio/editor/{key}");

        (await Save(new { slaRule = "working_days" })).ShouldBe((true, null, null));
        (await Save(new { slaRule = "working_days", slaN = "7" })).ShouldBe((true, null, "7"));
        // Studio has taken the box of before the last save in hand, and changes another field of it.
        (await Save(new { slaRule = "working_days", description = "ก" })).ShouldBe((true, "ก", "7"));
        (await Save(new { slaRule = "working_days", description = "ข" })).ShouldBe((true, "ข", "7"), "the canvas does not know it yet");
        // Who sees it again and thinks better of it is obeyed.
        (await Save(new { slaRule = "working_days", description = "ข", slaN = "7" })).ShouldBe((true, "ข", "7"));
        (await Save(new { slaRule = "working_days", description = "ข", slaN = "9" })).ShouldBe((true, "ข", "9"));
        (await Save(new { slaRule = "working_days", description = "ข", slaN = "7" })).ShouldBe((true, "ข", "7"));

        // Saves the chart as Studio does, the box with these fields.
        async Task<(bool Stored, string? Text, string? Days)> Save(object fields)
        {
            var stored = await desk.Page.EvaluateAsync<bool>(
                """
                async ([key, step, fields]) => {
                  window.chart ??= await (await fetch(`/elsa/api/workflow-definitions/by-definition-id/${key}?versionOptions=Latest`)).json();
                  const model = structuredClone(window.chart);
                  Object.assign(model.root.activities.find(box => box.id === step), fields);
                  const answer = await fetch("/elsa/api/workflow-definitions", {
                    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ model, publish: false }) });
                  window.chart.id = (await answer.json()).workflowDefinition.id;
                  return answer.ok;
                }
                """,
                new object[] { key, step, fields });
            var draft = (await owner.Get($"process-definitions/{key}/draft")).Ok();
            var box = draft["content"]!["root"]!["activities"]!.AsArray().Single(a => a.Text("id") == step)!;
            return (stored, box["description"]?.ToString(), box["slaN"]?.ToString());
        }
    }

    [Test]
    public async Task A_case_that_has_looped_once_is_seen_on_its_flow_chart()
    {
        using var officer = browsers.As("officer");
        using var director = browsers.As("director");
        const string key = "khonkaen-5.advise-troubleshoot-computers";
        var instance = await officer.Started(key, "ติดตั้งเครื่องพิมพ์ห้องประชุม");
        var task = await officer.OpenTask(instance);
        while (task.Text("kind") != "approval")
        {
            (await officer.Act("complete", task, "เรียบร้อย")).Ok();
            task = await officer.OpenTask(instance);
        }

        var approval = task.Text("step");
        (await director.Act("return", task, "ปรับแผน")).Ok();
        var again = (await officer.OpenTask(instance)).Text("step");
        (await officer.Act("complete", await officer.OpenTask(instance), "ปรับแล้ว")).Ok();

        await using var desk = await Signed("auditor");
        await desk.Go($"/cases/{instance}");
        await desk.Link("ดูบนผังงานใน Elsa Studio").WaitForAsync();
        var studio = await StudioDesk.Open(desk, $"/studio/instances/{instance}");
        await Badge(again, "2");
        await Badge(approval, "2");
        await studio.Page.GetByText("Completed").First.WaitForAsync();
        await Picture(studio, "instance");
        desk.Complaints.ShouldBeEmpty();

        Task Badge(string step, string count) =>
            studio.Node(step).Locator(".mud-badge", new() { HasText = count }).First.WaitForAsync(new() { Timeout = 30_000 });
    }

    [Test]
    public async Task An_auditor_looks_and_cannot_change_anything()
    {
        await using var desk = await Signed("auditor");
        var studio = await StudioDesk.Open(desk, $"/studio/editor/{Installation.SuratThani}");
        await studio.Says("ท่านดูได้อย่างเดียว");
        await studio.Page.GetByText("read-only", new() { Exact = false }).First.WaitForAsync();
        (await studio.Panel.GetByRole(AriaRole.Button).CountAsync()).ShouldBe(0);
        desk.Complaints.ShouldBeEmpty();
    }

    static readonly Window[] Looks = [Window.Desktop, Window.Phone];

    [TestCaseSource(nameof(Looks))]
    public async Task The_pages_around_Studio_have_no_serious_barrier_and_need_no_script(Window window)
    {
        await using (var plain = await Signed("processOwner", window with { Script = false }))
        {
            await plain.Go("/studio");
            await plain.Page.GetByText("สร้างกระบวนงานใหม่").ClickAsync();
            await plain.Page.GetByLabel("ชื่อกระบวนงาน").FillAsync("กระบวนงานทดลอง");
            await plain.Button("สร้าง").ClickAsync();
            await plain.Sees("ไม่มีขั้นตอนให้คนปฏิบัติ");
        }

        await using var desk = await Signed("processOwner", window);
        var barriers = new List<string>();
        foreach (var path in new[] { "/studio", $"/studio/definitions/{Installation.SuratThani}", $"/studio/definitions/{Installation.SuratThani}?cases=20&perday=2&people=2" })
        {
            await desk.Go(path);
            barriers.AddRange(await desk.Barriers());
            (await desk.Overflows()).ShouldBeFalse(path);
        }

        barriers.ShouldBeEmpty();
        desk.Complaints.ShouldBeEmpty();
    }
}

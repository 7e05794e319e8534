using Microsoft.Playwright;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>A manual's procedure from its first step to its twelfth, by five people who have nothing but a browser.</summary>
public sealed class WholeProcedureSpec
{
    const string Title = "พัฒนาระบบสารสนเทศเพื่อการบริหาร";
    const string Done = "ดำเนินการเสร็จแล้ว";

    Browsers browsers = null!;

    [OneTimeSetUp]
    public async Task Open() => browsers = await Browsers.StartAsync("2026-03-02 09:00");

    [OneTimeTearDown]
    public async Task Close()
    {
        if (browsers is not null)
            await browsers.DisposeAsync();
    }

    [Test]
    public async Task Twelve_steps_are_done_by_five_people_with_a_rejection_two_orders_an_attachment_and_the_memo()
    {
        // Each with what they have: the director a phone, the clerk an old computer without script.
        await using var officer = await Somebody("officer", Window.Desktop);
        await using var director = await Somebody("director", Window.Phone);
        await using var deputy = await Somebody("deputyDirector", Window.Desktop with { Dark = true });
        await using var head = await Somebody("groupDirector", Window.Desktop);
        await using var clerk = await Somebody("clerk", Window.Desktop with { Script = false });

        await officer.Go($"/procedures/{Installation.SuratThani}");
        await officer.Page.GetByLabel("ชื่อเรื่อง").FillAsync(Title);
        await officer.Button("เริ่มเรื่อง").ClickAsync();
        await officer.Sees("เริ่มเรื่องแล้ว");
        await Do(officer, "ศึกษากฎหมายที่เกี่ยวข้อง", Done);
        await Do(officer, "แต่งตั้งคณะกรรมการ คณะทำงาน", Done);
        await Attach(officer, "แผนการดำเนินงาน.pdf");
        await Do(officer, "ออกแบบแผนการดำเนินงาน", Done, "แผนตามเอกสารแนบ");

        await Do(director, "เสนอ ผอ.สพท.อนุมัติ", "ไม่เห็นชอบ", "งบประมาณสูงเกินไป");
        await Do(officer, "ออกแบบแผนการดำเนินงาน", Done, "ลดงบประมาณแล้ว");

        // The director leaves, and the officer has too much to do: two orders.
        await Register(
            director, "12/2569", "รองผู้อำนวยการ ตัวอย่าง", "ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา", holder: "ผู้อำนวยการ ตัวอย่าง");
        await Register(director, "13/2569", "เจ้าหน้าที่ธุรการ ตัวอย่าง", "เจ้าหน้าที่ในกลุ่ม");
        await Open(deputy, "เสนอ ผอ.สพท.อนุมัติ");
        await deputy.Sees("ปฏิบัติราชการแทน ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา ตามคำสั่งที่ 12/2569");
        await Decide(deputy, "เห็นชอบ", "ดำเนินการได้");

        await head.Go("/team?office=demo&who=officer");
        await head.Page.GetByLabel($"เลือก {Title}").CheckAsync();
        await head.Button("เลือกผู้รับงาน").ClickAsync();
        await head.Page.GetByRole(Microsoft.Playwright.AriaRole.Radio, new() { Name = "เจ้าหน้าที่ธุรการ ตัวอย่าง" }).CheckAsync();
        await head.Button("ตรวจก่อนมอบ").ClickAsync();
        await head.Button("ยืนยัน: มอบ 1 งาน").ClickAsync();
        await head.Sees("มอบแล้ว 1 งาน จาก 1 งาน");
        await Do(clerk, "ทำทะเบียนข้อมูลเทคโนโลยีดิจิทัล", Done);
        foreach (var step in new[]
        {
            "ศึกษา วิเคราะห์ วิจัย และพัฒนาระบบ", "ทดสอบนำร่องการใช้งานของระบบ", "ติดตามผลการทดสอบ", "ทบทวน ปรับปรุงระบบ", "ปรับปรุงและประยุกต์ใช้", "ติดตามประเมินผล", "สรุปจัดทำรายงานผล",
        })
        {
            await Do(officer, step, Done);
        }

        await Do(director, "รับทราบรายงานผล", "รับทราบ");
        await director.Sees("เรื่องเสร็จสิ้น");

        await officer.Button("ดูเรื่องนี้").ClickAsync();
        await officer.Sees("แผนการดำเนินงาน.pdf");
        await officer.Button("บันทึกข้อความ").ClickAsync();
        await officer.Page.GetByLabel("บันทึกข้อความของ").SelectOptionAsync("เสนอ ผอ.สพท.อนุมัติ ครั้งที่ 2");
        await officer.Button("แสดง").ClickAsync();
        await officer.Sees("ปฏิบัติราชการแทน ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา ตามคำสั่งที่ ๑๒/๒๕๖๙");
        var download = await officer.Page.RunAndWaitForDownloadAsync(
            () => officer.Button("ดาวน์โหลด PDF").ClickAsync(), new() { Timeout = 60_000 });
        (await File.ReadAllBytesAsync(await download.PathAsync())).AsSpan().StartsWith("%PDF-"u8).ShouldBeTrue();
        new[] { officer, director, deputy, head, clerk }.SelectMany(d => d.Complaints).ShouldBeEmpty();

        using var auditor = browsers.As("auditor");
        var instance = (await auditor.Get("process-instances?limit=50")).Ok()["items"]!.AsArray().ShouldHaveSingleItem().Text("id");
        (await auditor.Case(instance)).Text("status").ShouldBe("completed");
        await auditor.ShouldVerify(instance);
    }

    async Task<Desk> Somebody(string role, Window window) => await (await browsers.Open(window)).SignIn(role);

    /// <summary>From the inbox to the task, which is the step that is expected.</summary>
    static async Task Open(Desk desk, string step)
    {
        await desk.Go("/");
        await desk.Link(Title).ClickAsync();
        await desk.Heading(step).WaitForAsync();
    }

    static async Task Decide(Desk desk, string act, string comment)
    {
        await desk.Page.GetByLabel("ความเห็นหรือเหตุผล").FillAsync(comment);
        await desk.Button(act).ClickAsync();
        await desk.Button($"ยืนยัน: {act}").ClickAsync();
        await desk.Sees("ต่อจากนี้");
    }

    static async Task Do(Desk desk, string step, string act, string comment = "")
    {
        await Open(desk, step);
        await Decide(desk, act, comment);
    }

    static async Task Attach(Desk desk, string name)
    {
        await Open(desk, "ออกแบบแผนการดำเนินงาน");
        await desk.Page.GetByLabel("แนบไฟล์").SetInputFilesAsync(
            new FilePayload { Name = name, MimeType = "application/pdf", Buffer = "%PDF-1.4\n%%EOF"u8.ToArray() });
        await desk.Button("แนบ").ClickAsync();
        await desk.Sees($"แนบไฟล์ {name} แล้ว");
        // The page opens at its files, far down: what came of it is told there.
        await Assertions.Expect(desk.Page.Locator("main > .notice")).ToBeInViewportAsync();
    }

    /// <summary>
    /// An order that puts somebody into a post from today on; in the place of a holder who delegates, or into the post itself.
    /// </summary>
    static async Task Register(Desk keeper, string number, string who, string post, string? holder = null)
    {
        await keeper.Go("/admin/orders");
        await keeper.Page.GetByLabel("เลขที่คำสั่ง").FillAsync(number);
        if (holder is not null)
        {
            await keeper.Page.GetByLabel("ปฏิบัติราชการแทน (").CheckAsync();
            await keeper.Page.GetByLabel("แทนผู้ใด").SelectOptionAsync(holder);
        }

        await keeper.Page.GetByLabel("ผู้ได้รับคำสั่ง").SelectOptionAsync(who);
        await keeper.Page.GetByLabel("ในตำแหน่ง").SelectOptionAsync(post);
        var from = keeper.Page.GetByRole(AriaRole.Group, new() { Name = "ตั้งแต่วันที่" });
        await from.GetByLabel("วันที่", new() { Exact = true }).FillAsync("2");
        await from.GetByLabel("เดือน").SelectOptionAsync("3");
        await from.GetByLabel("ปี พ.ศ.").FillAsync("2569");
        await keeper.Button("บันทึกคำสั่ง").ClickAsync();
        await keeper.Sees($"บันทึกคำสั่งที่ {number} แล้ว");
    }
}

using Microsoft.Playwright;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>
/// A day of those who do not propose or approve, in the browser only: the administrator, somebody new, the head of a group, a member of a
/// committee, the auditor.
/// </summary>
[TestFixture("desktop")]
[TestFixture("phone")]
public sealed class RolesDaysSpec(string name)
{
    const string OwnPassword = "รหัสผ่านของข้าพเจ้าเอง";

    readonly Window window = name == "phone" ? Window.Phone : Window.Desktop;
    Browsers browsers = null!;

    [OneTimeSetUp]
    public async Task Open() => browsers = await Browsers.StartAsync("2026-03-02 09:00");

    [OneTimeTearDown]
    public async Task Close()
    {
        if (browsers is not null)
            await browsers.DisposeAsync();
    }

    async Task<Desk> As(string role) => await (await browsers.Open(window)).SignIn(role);

    [Test]
    public async Task Somebody_new_gets_the_work_of_somebody_who_leaves()
    {
        using (var officer = browsers.As("officer"))
        {
            foreach (var title in new[] { "ติดตั้งเครื่องที่หนึ่ง", "ติดตั้งเครื่องที่สอง" })
                (await officer.Act("claim", await officer.OpenTask(await officer.Started(Installation.KhonKaen, title)))).Ok();
        }

        await using var keeper = await As("administrator");
        await keeper.Go("/admin/people");
        await keeper.Page.GetByLabel("ชื่อที่แสดง").FillAsync("เจ้าหน้าที่ คนใหม่");
        await keeper.Page.GetByLabel("ชื่อผู้ใช้").FillAsync($"new.{name}");
        await keeper.Page.Locator("section[aria-labelledby=add]").GetByLabel("เจ้าหน้าที่ในกลุ่ม", new() { Exact = true }).CheckAsync();
        await keeper.Button("เพิ่ม").ClickAsync();
        var row = keeper.Page.Locator("ul.rows > li", new() { HasText = $"new.{name}" });
        await row.Locator("summary").ClickAsync();
        await row.GetByLabel("ตั้งรหัสผ่านใหม่").FillAsync("ผู้ดูแลระบบตั้งให้ก่อน");
        await row.GetByRole(AriaRole.Button, new() { Name = "ตั้งรหัสผ่าน" }).ClickAsync();
        await row.Filter(new() { HasText = "เข้าใช้หน้าเว็บได้" }).WaitForAsync();

        await using var newcomer = await browsers.Open(window);
        await newcomer.Go("/sign-in");
        await newcomer.Page.GetByLabel("ชื่อผู้ใช้").FillAsync($"new.{name}");
        await newcomer.Page.GetByLabel("รหัสผ่าน").FillAsync("ผู้ดูแลระบบตั้งให้ก่อน");
        await newcomer.Button("ลงชื่อเข้าใช้").ClickAsync();
        await newcomer.Sees("กรุณาตั้งรหัสผ่านของท่านเองก่อนเริ่มงาน");
        await newcomer.Page.GetByLabel("รหัสผ่านปัจจุบัน").FillAsync("ผู้ดูแลระบบตั้งให้ก่อน");
        await newcomer.Page.GetByLabel("รหัสผ่านใหม่", new() { Exact = true }).FillAsync(OwnPassword);
        await newcomer.Page.GetByLabel("รหัสผ่านใหม่อีกครั้ง").FillAsync(OwnPassword);
        await newcomer.Button("เปลี่ยนรหัสผ่าน").ClickAsync();

        await using var head = await As("groupDirector");
        await head.Link("ทีม").ClickAsync();
        await head.Link("ส่งมอบงานทั้งหมดของคนหนึ่ง").ClickAsync();
        await head.Page.GetByLabel("ผู้ส่งมอบ").SelectOptionAsync("เจ้าหน้าที่ ตัวอย่าง");
        await head.Page.GetByLabel("ผู้รับมอบ").SelectOptionAsync("เจ้าหน้าที่ คนใหม่");
        await head.Page.GetByLabel("เหตุผล").FillAsync("ย้ายไปดำรงตำแหน่งอื่น");
        await head.Button("ดูก่อนว่างานใดส่งมอบได้").ClickAsync();
        await head.Sees("ส่งมอบได้ 2 งาน จาก 2 งาน");
        await head.Button("ส่งมอบงาน").ClickAsync();
        await head.Sees("บัญชีส่งมอบ-รับมอบงาน");
        await head.Sees("ส่งมอบแล้ว ๒ งาน");

        await newcomer.Go("/");
        await newcomer.Link("ติดตั้งเครื่องที่หนึ่ง").First.ClickAsync();
        await newcomer.Button("ดำเนินการเสร็จแล้ว").ClickAsync();
        await newcomer.Button("ยืนยัน: ดำเนินการเสร็จแล้ว").ClickAsync();
        await newcomer.Sees("บันทึกแล้ว: ดำเนินการเสร็จ");
        new[] { keeper, newcomer, head }.SelectMany(d => d.Complaints).ShouldBeEmpty();
    }

    [Test]
    public async Task The_administrator_closes_the_office_for_a_day_and_the_auditor_finds_it_in_the_case()
    {
        const string Title = "พัฒนาระบบก่อนน้ำท่วม";
        using (var officer = browsers.As("officer"))
            await officer.Started(Installation.SuratThani, Title);
        await using var keeper = await As("administrator");
        await keeper.Go("/admin/calendar");
        await keeper.Page.GetByLabel("วันที่", new() { Exact = true }).FillAsync("๔");
        await keeper.Page.GetByLabel("เหตุผล").FillAsync("น้ำท่วม");
        await keeper.Page.GetByLabel("อ้างถึงประกาศหรือคำสั่ง").FillAsync("ประกาศที่ 1/2569");
        await keeper.Page.GetByLabel("ผู้อนุมัติ").FillAsync("ผู้อำนวยการ");
        await keeper.Button("ดูผลก่อน").ClickAsync();
        await keeper.Sees("ถ้าเปลี่ยนตามนี้");
        await keeper.Sees(Title);
        await keeper.Button("ยืนยันการเปลี่ยนปฏิทิน").ClickAsync();
        await keeper.Sees("ปฏิทิน");

        await using var auditor = await As("auditor");
        await auditor.Link("เรื่องทั้งหมด").ClickAsync();
        await auditor.Link(Title).ClickAsync();
        await auditor.Sees("น้ำท่วม");
        await auditor.Sees("กำหนดเสร็จเลื่อนจาก");
        keeper.Complaints.Concat(auditor.Complaints).ShouldBeEmpty();
    }
}

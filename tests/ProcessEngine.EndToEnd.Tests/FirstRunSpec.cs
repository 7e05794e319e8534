using System.Text.RegularExpressions;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>
/// From a fresh install to the memo of the first procedure, in the browser only: what the service prints when it starts is all that is
/// needed. With SCREENSHOTS set to a folder its pictures are the clip of docs/first-run.md.
/// </summary>
public sealed partial class FirstRunSpec
{
    const string Password = "ต้นจามจุรีหน้าสำนักงาน";
    const string Title = "ติดตั้งเครื่องพิมพ์เครื่องแรก";

    const string People = """
        ชื่อ-สกุล	ชื่อผู้ใช้	บทบาท	ตำแหน่ง	ระดับ	กลุ่ม
        นายตัวอย่าง ผู้อำนวยการ	director	ผอ.สพป.	ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา
        นางตัวอย่าง รองผู้อำนวยการ	deputy	รอง ผอ.สพป.	รองผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา
        นายตัวอย่าง หัวหน้ากลุ่ม	head	ผอ.กลุ่ม	ผู้อำนวยการกลุ่ม		กลุ่มส่งเสริมการศึกษาทางไกล
        นางสาวตัวอย่าง คอมพิวเตอร์	computer	นักวิชาการคอมพิวเตอร์	นักวิชาการคอมพิวเตอร์	ชำนาญการ	กลุ่มส่งเสริมการศึกษาทางไกล
        นายตัวอย่าง เจ้าหน้าที่	officer	เจ้าหน้าที่ในกลุ่ม	นักวิชาการศึกษา	ปฏิบัติการ	กลุ่มส่งเสริมการศึกษาทางไกล
        นางสาวตัวอย่าง ธุรการ	clerk	เจ้าหน้าที่ธุรการ	เจ้าพนักงานธุรการ	ชำนาญงาน	กลุ่มอำนวยการ
        นายตัวอย่าง กรรมการ	member	กรรมการ/คณะทำงาน	ศึกษานิเทศก์	ชำนาญการพิเศษ
        นางตัวอย่าง ผู้ตรวจสอบ	auditor	ผู้ตรวจสอบภายใน	นักวิชาการตรวจสอบภายใน	ชำนาญการ
        """;

    static readonly Window[] Windows = [Window.Desktop, Window.Phone with { Script = false }];

    [TestCaseSource(nameof(Windows))]
    public async Task A_fresh_install_becomes_an_office_with_eight_people_and_a_procedure_runs_to_its_memo(Window window)
    {
        await using var browsers = await Browsers.StartFirstAsync();
        var printed = PrintedLink().Match(browsers.Service.Output);
        printed.Success.ShouldBeTrue(browsers.Service.Output);
        await using var first = await browsers.Open(window);
        var pictures = 0;
        await first.Go(printed.Value);
        await Fill(first, ("ชื่อ-สกุล", "นางสาวผู้ดูแล ระบบคนแรก"), ("ชื่อผู้ใช้ สำหรับลงชื่อเข้าใช้", "keeper"));
        await Choose(first);
        await first.Sees("ตั้งสำนักงาน");
        await Look();

        await GoOn("สำนักงาน");
        await Fill(first, ("ชื่อสำนักงาน", "สำนักงานเขตพื้นที่การศึกษาประถมศึกษาตัวอย่าง เขต 1"), ("รหัสสั้น ๆ", "tuayang-1"));
        await first.Page.GetByLabel("จังหวัดที่ตั้ง").SelectOptionAsync(new[] { "TH-40" });
        await Look();
        await first.Button("สร้างสำนักงาน").ClickAsync();
        await first.Sees("สร้างสำนักงานแล้ว");
        await Look();

        await GoOn("คน");
        await first.Page.GetByLabel("วางตารางจาก Excel หรือข้อความ CSV").FillAsync(People);
        await first.Button("ดูผลก่อน").ClickAsync();
        await first.Sees("เพิ่มใหม่ 8");
        await Look();
        await first.Button("ยืนยัน บันทึก 8 คน").ClickAsync();
        await first.Sees("8 คนยังลงชื่อเข้าใช้ไม่ได้");
        await first.Button("สร้างลิงก์และแสดงเพื่อพิมพ์").ClickAsync();
        await first.Sees("จะไม่แสดงอีก");
        await Look();
        var (link, directorsLink) = (await LinkOf("นายตัวอย่าง เจ้าหน้าที่"), await LinkOf("นายตัวอย่าง ผู้อำนวยการ"));

        foreach (var step in new[] { "กลุ่ม ตำแหน่ง และบทบาท", "ปฏิทิน", "อีเมล", "เรื่องแรก" })
        {
            await first.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = $"ข้ามหรือไปต่อ: {step}" }).ClickAsync();
            await first.Sees($": {step}");
            await Look();
        }

        await using var officer = await browsers.Open(window);
        await officer.Go(link);
        await officer.Sees("นายตัวอย่าง เจ้าหน้าที่");
        await Choose(officer);
        await officer.Link("เริ่มเรื่องใหม่").ClickAsync();
        await officer.Page.Locator($"a[href='/procedures/{Installation.KhonKaen}']").First.ClickAsync();
        await officer.Page.GetByLabel("ชื่อเรื่อง").FillAsync(Title);
        await officer.Button("เริ่มเรื่อง").ClickAsync();
        await officer.Sees("เริ่มเรื่องแล้ว");
        await officer.Picture($"first-run-{window.Name}-{++pictures:00}");

        await Do(officer, "แต่งตั้งคณะทำงานแล้ว", "ดำเนินการเสร็จแล้ว");
        await Do(officer, "จัดซื้อเครื่องพิมพ์ 3 เครื่อง", "ดำเนินการเสร็จแล้ว");
        await using var director = await browsers.Open(window);
        await director.Go(directorsLink);
        await director.Sees("นายตัวอย่าง ผู้อำนวยการ");
        await Choose(director);
        await director.Sees(Title);
        await Do(director, "งบประมาณสูงเกินไป ขอให้ทบทวน", "ไม่เห็นชอบ");
        await officer.Go("/");
        await officer.Sees("งบประมาณสูงเกินไป ขอให้ทบทวน");
        await Show(officer);
        await Do(officer, "ลดเหลือ 2 เครื่อง", "ดำเนินการเสร็จแล้ว");
        await Do(director, "ดำเนินการได้", "เห็นชอบ");
        await director.Link("เรื่องนี้").First.ClickAsync();
        await director.Page.WaitForURLAsync("**/cases/*");
        await Show(director);
        await director.Go(new Uri(director.Page.Url).AbsolutePath + "/memo");
        await director.Sees("ครั้งที่ ๒");
        await director.Sees("ดำเนินการได้");
        await director.Sees("(นายตัวอย่าง ผู้อำนวยการ)");
        await Show(director);

        await first.Go("/setup");
        await first.Sees("เรื่องแรก");
        await Look();
        await first.Go("/admin");
        await first.Sees("สิ่งที่สำนักงานยังขาด");
        await Look();
        first.Complaints.Concat(officer.Complaints).Concat(director.Complaints).ShouldBeEmpty();

        Task<string> LinkOf(string name) => first.Page.Locator("li", new() { HasText = name }).Locator("code").InnerTextAsync();

        Task Show(Desk desk) => desk.Picture($"first-run-{window.Name}-{++pictures:00}");

        async Task Do(Desk desk, string comment, string act)
        {
            await desk.Go("/");
            await desk.Link(Title).First.ClickAsync();
            await desk.Page.WaitForURLAsync("**/tasks/*");
            await desk.Page.GetByLabel("ความเห็นหรือเหตุผล").FillAsync(comment);
            if (act.EndsWith("เห็นชอบ", StringComparison.Ordinal))
                await Show(desk);
            await desk.Button(act).ClickAsync();
            await desk.Button($"ยืนยัน: {act}").WaitForAsync();
            await Show(desk);
            await desk.Button($"ยืนยัน: {act}").ClickAsync();
            await desk.Sees("ต่อจากนี้");
        }

        Task GoOn(string step) => first.Button($"ทำต่อ: {step}").ClickAsync();

        async Task Look()
        {
            // Axe is a script, and waits for ever where none runs.
            if (window.Script)
                (await first.Barriers()).ShouldBeEmpty();
            (await first.Overflows()).ShouldBeFalse(first.Page.Url);
            await first.Picture($"first-run-{window.Name}-{++pictures:00}");
        }
    }

    static async Task Choose(Desk desk)
    {
        await Fill(desk, ("รหัสผ่าน", Password), ("รหัสผ่านอีกครั้ง", Password));
        await desk.Button("ตั้งรหัสผ่านและลงชื่อเข้าใช้").ClickAsync();
    }

    static async Task Fill(Desk desk, params (string Label, string Value)[] fields)
    {
        foreach (var (label, value) in fields)
            await desk.Page.GetByLabel(label, new() { Exact = !label.Contains('ๆ') }).FillAsync(value);
    }

    [GeneratedRegex(@"http://\S+/sign-in/link\?t=[\w-]{64}")]
    private static partial Regex PrintedLink();
}

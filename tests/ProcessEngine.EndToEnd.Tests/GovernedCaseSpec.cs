using ProcessEngine.Service.Kernel;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>A case is governed in a browser, from its suspension to its end; the director has a phone, and one run has no script.</summary>
public sealed class GovernedCaseSpec
{
    const string Conference = "chiangmai-2.av-live-conference";

    Browsers browsers = null!;

    [OneTimeSetUp]
    public async Task Open() => browsers = await Browsers.StartAsync("2026-03-02 09:00");

    [OneTimeTearDown]
    public async Task Close()
    {
        if (browsers is not null)
            await browsers.DisposeAsync();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_case_is_suspended_resumed_extended_corrected_and_cancelled(bool script)
    {
        using var officer = browsers.As("officer");
        var begun = new
        {
            definitionKey = Conference,
            office = "demo",
            title = "ถ่ายทอดการประชุม ผอ.เขต",
            variables = new { meetingDate = "2026-03-20" },
        };
        var instance = (await officer.Post("process-instances", begun)).Ok().Text("id");
        await using var director = await browsers.Open(Window.Phone with { Script = script });
        await director.SignIn("director");

        await Ask("ระงับเรื่องไว้ชั่วคราว", "รอหนังสือจากส่วนกลาง");
        await director.Sees("ไม่มีใครทำงานในเรื่องนี้ได้");
        await Confirm("ระงับเรื่องไว้ชั่วคราว", "ระงับเรื่องแล้ว");
        await Ask("ให้เรื่องดำเนินต่อ", "ได้หนังสือแล้ว");
        await Confirm("ให้เรื่องดำเนินต่อ", "เรื่องดำเนินต่อแล้ว");

        await OpenCase("แก้ไขข้อมูลของเรื่อง");
        await director.Page.GetByLabel("วันที่", new() { Exact = true }).First.FillAsync("๒๗");
        await director.Page.GetByLabel("เหตุผล").FillAsync("เลื่อนประชุม");
        await director.Button("ดูก่อนว่าอะไรจะเปลี่ยน").ClickAsync();
        await director.Sees("จาก 20 มี.ค. 2569 เป็น 27 มี.ค. 2569");
        await Confirm("แก้ไขข้อมูลของเรื่อง", "แก้ไขข้อมูลแล้ว");

        if ((await officer.Case(instance))["openTasks"]!.AsArray().Any(t => t!["dueAt"] is not null))
        {
            await OpenCase("ขยายเวลา");
            await director.Page.GetByLabel("ขยายออกไปกี่วัน").FillAsync("3");
            await director.Page.GetByLabel("เหตุผล").FillAsync("รออุปกรณ์");
            await director.Button("ดูก่อนว่าอะไรจะเปลี่ยน").ClickAsync();
            await director.Sees("เพราะได้รับการขยายเวลา");
            await Confirm("ขยายเวลา", "ขยายเวลาแล้ว");
        }

        await Ask("ยกเลิกเรื่อง", "ส่วนกลางยกเลิกการประชุม");
        await director.Sees("งานที่จบโดยไม่ต้องทำ");
        await director.Picture($"govern-{(script ? "script" : "plain")}");
        await Confirm("ยกเลิกเรื่อง", "ยกเลิกเรื่องแล้ว");
        await director.Sees("ผลของเรื่อง");
        (await officer.Case(instance)).Text("outcome").ShouldBe("cancelled");
        (await officer.Verify(instance))["valid"]!.GetValue<bool>().ShouldBeTrue();
        director.Complaints.ShouldBeEmpty();

        async Task OpenCase(string act)
        {
            await director.Go($"/cases/{instance}");
            await director.Link(act).ClickAsync();
        }

        async Task Ask(string act, string why)
        {
            await OpenCase(act);
            await director.Page.GetByLabel("เหตุผล").FillAsync(why);
            await director.Button("ดูก่อนว่าอะไรจะเปลี่ยน").ClickAsync();
            await director.Sees("สิ่งที่จะเปลี่ยน");
        }

        async Task Confirm(string act, string done)
        {
            await director.Button($"ยืนยัน: {act}").ClickAsync();
            await director.Sees(done);
        }
    }
}

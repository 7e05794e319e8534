using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// A letter that a case waits for is noted in the browser: by whoever gets it, found by the number that it refers to, with the data that it
/// brings, after a look at what follows.
/// </summary>
public sealed class AwaitedPagesSpec(string provider) : OfPages(provider)
{
    string key = "";

    [OneTimeSetUp]
    public async Task AProcedureThatWaits() => key = await new Chart("test.awaited").Knows("letter").Knows("answer")
        .Arrows("start -> hear -> work -> end")
        .Box("hear", "WaitForMessage", new { message = "reply", correlationFrom = "letter" })
        .PublishAsync(World);

    async Task<Visitor> Someone(string role)
    {
        var visitor = World.Visitor();
        (await visitor.SignIn(role)).ShouldLeadTo("/");
        return visitor;
    }

    async Task<string> Waiting(string letter) => (await Officer.Start(key, variables: new { letter })).Ok().Text("id");

    [Test]
    public async Task Whoever_gets_a_letter_finds_its_case_and_the_case_goes_on()
    {
        var (id, other) = (await Waiting("ศธ 04009/123"), await Waiting("ศธ 04009/124"));
        var clerk = await Someone(Roles.Clerk);
        (await clerk.Go("/cases")).ShouldSay("สิ่งที่เรื่องรอจากภายนอก");
        (await clerk.Go("/cases/awaited?q=04009%2F123")).ShouldBe(200).ShouldSay("อ้างถึง ศธ 04009/123").Html
            .ShouldContain($"/cases/{id}/govern/messages");
        clerk.Page.Html.ShouldNotContain(other);
        (await clerk.Go("/cases/awaited?q=%25")).ShouldSay("ไม่พบเรื่องที่รอหนังสือเลขที่นี้");
        (await clerk.Go($"/cases/{id}")).ShouldSay("หนังสือที่รอมาถึงแล้ว");
        (await clerk.Go($"/cases/{id}/govern/messages")).ShouldBe(200).ShouldSay("อ้างถึง ศธ 04009/123");
        (await clerk.Submit($"/cases/{id}/govern/messages?handler=review", ("f.letter", "ศธ 04009/123"), ("f.answer", "อนุญาต"))).ShouldBe(200).ShouldSay("สิ่งที่จะเปลี่ยน");
        (await Officer.Case(id))["waits"]!.AsArray().ShouldHaveSingleItem("nothing is stored by looking");
        (await clerk.Submit($"/cases/{id}/govern/messages?handler=act")).ShouldBe(302);
        (await clerk.Follow()).ShouldSay("บันทึกแล้ว เรื่องดำเนินต่อ", "บันทึกว่าหนังสือหรือข้อมูลที่รอมาถึงแล้ว");
        (await Officer.Case(id))["variables"]!.Text("answer").ShouldBe("อนุญาต");
        (await Officer.Case(id))["variables"]!.Text("letter").ShouldBe("ศธ 04009/123");
        // A procedure that no manual prints says nothing of one.
        var officer = await Someone(Roles.Officer);
        (await officer.Go($"/tasks/{(await Officer.OpenTaskOf(id)).Text("id")}")).ShouldSay("ข้อความตามกระบวนงานของสำนักงาน").Text
            .ShouldNotContain("ข้อความตามคู่มือ");
        (await Officer.Case(other))["waits"]!.AsArray().ShouldHaveSingleItem("the other letter has not come");
        (await clerk.Go($"/cases/{id}/govern/messages")).ShouldSay("ทำรายการนี้ไม่ได้ในขณะนี้");
    }

    [Test]
    public async Task Who_only_looks_on_is_offered_no_such_thing()
    {
        var id = await Waiting("looks-on");
        var auditor = await Someone(Roles.Auditor);
        (await auditor.Go("/cases/awaited")).ShouldBe(403);
        (await auditor.Go("/cases")).Text.ShouldNotContain("สิ่งที่เรื่องรอจากภายนอก");
        (await auditor.Go($"/cases/{id}/govern/messages")).ShouldSay("ทำรายการนี้ไม่ได้ในขณะนี้");
    }
}

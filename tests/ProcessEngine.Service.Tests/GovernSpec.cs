using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// A case is governed in the browser: each act says first what it would change, needs its reason, is guarded by what was seen, and is
/// stored once.
/// </summary>
public sealed partial class GovernSpec(string provider) : OfPages(provider)
{
    const string Conference = "chiangmai-2.av-live-conference";
    const string Artwork = "chiangmai-2.av-produce-artwork";

    async Task<Visitor> Someone(string role)
    {
        var visitor = World.Visitor();
        (await visitor.SignIn(role)).ShouldLeadTo("/");
        return visitor;
    }

    static string Page(string instance, string act) => $"/cases/{instance}/govern/{act}";
    static string Review(string instance, string act) => Page(instance, act) + "?handler=review";
    static string Confirm(string instance, string act) => Page(instance, act) + "?handler=act";

    /// <summary>From the page of an act to its question.</summary>
    static async Task<Shown> Ask(Visitor who, string instance, string act, params (string, string)[] written)
    {
        (await who.Go(Page(instance, act))).ShouldBe(200);
        return await who.Submit(Review(instance, act), written);
    }

    /// <summary>From the question to the case.</summary>
    static async Task<Shown> Do(Visitor who, string instance, string act)
    {
        (await who.Submit(Confirm(instance, act))).ShouldBe(302).Location.ShouldNotBeNull().ShouldStartWith($"/cases/{instance}?after=");
        return await who.Follow();
    }

    [Test]
    public async Task The_page_of_a_case_offers_what_the_reader_may_do_and_nothing_else()
    {
        var instance = await Officer.Started(World.SuratThani, "เรื่องที่ต้องดูแล");
        var director = (await (await Someone(Roles.Director)).Go($"/cases/{instance}")).ShouldSay(
            "จัดการเรื่องนี้", "ระงับเรื่องไว้ชั่วคราว", "ขยายเวลา", "เปลี่ยนชั้นความเร็ว", "ยกเลิกเรื่อง").Text;
        director.ShouldNotContain("ย้ายเรื่องไปขั้นตอนอื่น");
        director.ShouldNotContain("ให้เรื่องดำเนินต่อ");
        var starter = (await (await Someone(Roles.Officer)).Go($"/cases/{instance}")).ShouldSay("ถอนเรื่อง", "เปลี่ยนชั้นความเร็ว").Text;
        starter.ShouldNotContain("ระงับเรื่องไว้ชั่วคราว");
        starter.ShouldNotContain("ยกเลิกเรื่อง");
        (await (await Someone(Roles.Administrator)).Go($"/cases/{instance}")).ShouldSay(
            "ย้ายเรื่องไปขั้นตอนอื่น", "ย้ายไปใช้กระบวนงานรุ่นอื่น");
        (await (await Someone(Roles.Auditor)).Go($"/cases/{instance}")).Text.ShouldNotContain("จัดการเรื่องนี้");
        var auditor = await Someone(Roles.Auditor);
        (await auditor.Go(Page(instance, "cancel"))).ShouldBe(200).ShouldSay("ทำรายการนี้ไม่ได้ในขณะนี้");
        (await auditor.Go(Page(instance, "explode"))).ShouldBe(404);
    }

    [Test]
    public async Task A_director_suspends_and_resumes_and_sees_before_what_stands_still_and_what_moves()
    {
        var instance = await Officer.Started(World.SuratThani, "รอหนังสือจาก สพฐ.");
        var director = await Someone(Roles.Director);
        (await Ask(director, instance, "suspend", ("comment", " "))).ShouldBe(400).ShouldSay("ยังไม่มีการบันทึก", "ต้องระบุเหตุผล");
        (await director.Submit(Review(instance, "suspend"), ("comment", "รอหนังสือ"))).ShouldBe(200).ShouldSay(
            "สิ่งที่จะเปลี่ยน", "ไม่มีใครทำงานในเรื่องนี้ได้", "หยุดนับ", "ผู้ที่จะได้รับแจ้ง", "เรื่องที่ท่านเริ่มถูกระงับ", "รอหนังสือ");
        (await World.EventsAsync(instance)).ShouldNotContain("InstanceSuspended", "nothing is stored before it is confirmed");
        (await Do(director, instance, "suspend")).ShouldSay("ระงับเรื่องแล้ว กำหนดเวลาหยุดนับ", "ระงับไว้", "รอหนังสือ");
        Clock.Advance(TimeSpan.FromDays(7));
        director = await Someone(Roles.Director);
        (await Ask(director, instance, "resume")).ShouldBe(200).ShouldSay("เลื่อนจาก", "เพราะเวลาหยุดนับไประยะหนึ่ง");
        (await Do(director, instance, "resume")).ShouldSay("เรื่องดำเนินต่อแล้ว", "กำลังดำเนินการ");
        (await Officer.Case(instance)).Text("status").ShouldBe("running");
    }

    [Test]
    public async Task A_second_click_changes_nothing_and_leads_to_the_same_page()
    {
        var instance = await Officer.Started(World.SuratThani);
        var director = await Someone(Roles.Director);
        await Ask(director, instance, "cancel", ("comment", "โครงการยุติ"));
        var form = director.FieldsOf(Confirm(instance, "cancel"));
        var after = $"/cases/{instance}?after={form.Single(f => f.Name == "revision").Value}";
        (await director.Post(Confirm(instance, "cancel"), form)).ShouldLeadTo(after);
        (await director.Post(Confirm(instance, "cancel"), form)).ShouldLeadTo(after);
        (await World.EventsAsync(instance)).Count(e => e == "InstanceCancelled").ShouldBe(1);
    }

    [Test]
    public async Task Of_two_at_once_the_second_sees_what_changed_and_decides_again()
    {
        var instance = await Officer.Started(World.SuratThani, "สองคนพร้อมกัน");
        var director = await Someone(Roles.Director);
        await Ask(director, instance, "cancel", ("comment", "ซ้ำกับเรื่องอื่น"));
        var priority = new { priority = "mostUrgent", comment = "ผู้ว่าฯ มาตรวจ" };
        (await As(Roles.GroupDirector).Post($"process-instances/{instance}/priority", priority)).Ok();
        (await director.Submit(Confirm(instance, "cancel"))).ShouldBe(412).ShouldSay(
            "ยังไม่มีการบันทึก", "เกิดอะไรขึ้นหลังจากที่ท่านเปิดหน้านี้",
            "เปลี่ยนชั้นความเร็วเป็นด่วนที่สุด", "ผู้ว่าฯ มาตรวจ", "ซ้ำกับเรื่องอื่น");
        (await Officer.Case(instance)).Text("status").ShouldBe("running");
        (await director.Submit(Review(instance, "cancel"), ("comment", "ซ้ำกับเรื่องอื่น"))).ShouldBe(200)
            .ShouldSay("งานที่จบโดยไม่ต้องทำ");
        await Do(director, instance, "cancel");
        (await Officer.Case(instance)).Text("outcome").ShouldBe("cancelled");
    }

    [Test]
    public async Task Who_started_a_case_withdraws_it_and_its_outcome_says_so_everywhere()
    {
        var mark = Guid.NewGuid().ToString("N");
        var instance = await Officer.Started(World.SuratThani, mark);
        var other = await Officer.Started(World.SuratThani, $"{mark} ยังดำเนินอยู่");
        var officer = await Someone(Roles.Officer);
        (await Ask(officer, instance, "cancel", ("comment", "ไม่ต้องการแล้ว"))).ShouldBe(200).ShouldSay(
            "ถอนเรื่อง", "เลิกทำได้ภายใน 10 วินาที", "30 วัน");
        (await Do(officer, instance, "cancel")).ShouldSay("ถอนเรื่องแล้ว", "ผลของเรื่อง", "ผู้เริ่มเรื่องถอนเรื่อง", "ไม่ต้องการแล้ว");
        (await Officer.Case(instance)).Text("outcome").ShouldBe("withdrawn");
        var found = (await Officer.Get($"process-instances?outcome=withdrawn&definitionKey={World.SuratThani}")).Ok()["items"]!.AsArray();
        found.Select(c => c.Text("id")).ShouldContain(instance);
        found.Select(c => c.Text("id")).ShouldNotContain(other);
        (await officer.Go($"/cases?q={mark}&outcome=withdrawn")).ShouldBe(200).ShouldSay("ผู้เริ่มเรื่องถอนเรื่อง").Text
            .ShouldNotContain("ยังดำเนินอยู่");
    }

    [Test]
    public async Task What_was_just_done_to_a_case_is_taken_back_for_ten_seconds()
    {
        var instance = await Officer.Started(World.SuratThani);
        var director = await Someone(Roles.Director);
        await Ask(director, instance, "cancel", ("comment", "กดผิด"));
        (await Do(director, instance, "cancel")).ShouldSay("ยกเลิกเรื่องแล้ว", "เลิกทำ", "ยังไม่มีใครได้รับแจ้ง");
        (await director.Submit($"/cases/{instance}?handler=undo")).ShouldLeadTo($"/cases/{instance}");
        (await director.Follow()).ShouldSay("เรื่องกลับเป็นอย่างเดิม", "กำลังดำเนินการ", "เลิกทำแล้ว").Text.ShouldNotContain("ผลของเรื่อง");
        (await Officer.Complete(await Officer.OpenTaskOf(instance))).Ok();
        await Ask(director, instance, "cancel", ("comment", "ตั้งใจ"));
        await Do(director, instance, "cancel");
        var page = director.FieldsOf($"/cases/{instance}?handler=undo");
        Clock.Advance(TimeSpan.FromSeconds(11));
        (await director.Post($"/cases/{instance}?handler=undo", page)).ShouldLeadTo($"/cases/{instance}");
        (await director.Follow()).ShouldSay("ไม่ได้เลิกทำ", "เลิกทำได้ภายใน 10 วินาทีเท่านั้น", "ยกเลิก");
    }

    [Test]
    public async Task The_outcome_of_a_case_is_what_its_definition_says_of_the_end_that_it_reached()
    {
        var instance = await Officer.Started(World.KhonKaen);
        for (var i = 0; i < 7; i++)
            await Person.DoNext(World, instance);
        (await Officer.Case(instance)).Text("outcome").ShouldBe("completed");
        (await Director.Post($"process-instances/{instance}/reopen", new { toStep = "plan-work", comment = "ลืมแนบ" })).Ok();
        (await Officer.Case(instance))["outcome"].ShouldBeNull();
    }

    [Test]
    public async Task A_limit_is_extended_after_its_new_date_was_seen()
    {
        var instance = await Officer.Started(World.SuratThani);
        var director = await Someone(Roles.Director);
        (await director.Go(Page(instance, "extend"))).ShouldBe(200).ShouldSay("ครบกำหนด");
        var limit = Option().Match(director.Page.Html).Groups[1].Value;
        (await director.Submit(
            Review(instance, "extend"), ("limit", limit), ("days", "๓ วัน"), ("counted", "working_days"), ("comment", "รออะไหล่")))
            .ShouldBe(400).ShouldSay("จำนวนวัน");
        (await director.Submit(
            Review(instance, "extend"), ("limit", limit), ("days", "๓"), ("counted", "working_days"), ("comment", "รออะไหล่")))
            .ShouldBe(200).ShouldSay("เลิกทำไม่ได้", "เลื่อนจาก", "เพราะได้รับการขยายเวลา", "กำหนดเสร็จเลื่อน");
        (await Do(director, instance, "extend")).ShouldSay("ขยายเวลาแล้ว", "รออะไหล่");
        (await World.EventsAsync(instance)).Count(e => e == "DeadlineMoved").ShouldBe(1);
    }

    [Test]
    public async Task Data_are_corrected_in_the_fields_of_the_definition_and_the_limits_that_rest_on_them_move_in_sight()
    {
        var instance = (await Officer.Start(Conference, "ถ่ายทอดสด", variables: new { meetingDate = "2026-03-20" })).Ok().Text("id");
        var director = await Someone(Roles.Director);
        (await director.Go(Page(instance, "variables"))).ShouldBe(200).Text.ShouldNotContain("meetingDate");
        director.Page.Html.ShouldContain("value=\"2569\"");
        var written = new[] { ("f.meetingDate.d", "20"), ("f.meetingDate.m", "3"), ("f.meetingDate.y", "2569") };
        (await director.Submit(Review(instance, "variables"), written)).ShouldBe(400).ShouldSay("ยังไม่ได้แก้ไขข้อมูลใด");
        (await director.Submit(
            Review(instance, "variables"), ("f.meetingDate.d", "27"), ("f.meetingDate.m", "3"), ("f.meetingDate.y", "69"))).ShouldBe(400)
            .ShouldSay("พิมพ์ปีสี่หลัก");
        (await director.Submit(
            Review(instance, "variables"), ("f.meetingDate.d", "๒๗"), ("f.meetingDate.m", "3"), ("f.meetingDate.y", "2026"),
            ("comment", "เลื่อนประชุม")))
            .ShouldBe(200).ShouldSay("จาก 20 มี.ค. 2569 เป็น 27 มี.ค. 2569", "เลื่อนประชุม");
        (await Do(director, instance, "variables")).ShouldSay("แก้ไขข้อมูลแล้ว", "27 มี.ค. 2569");
        (await Officer.Case(instance))["variables"].Text("meetingDate").ShouldBe("2026-03-27");
    }

    [Test]
    public async Task Whoever_the_data_name_is_chosen_by_name()
    {
        var clerk = (await As(Roles.Clerk).Get("users/me")).Ok().Text("id");
        var instance = (await Officer.Start(Artwork, "ป้ายประชาสัมพันธ์", variables: new { matterOwner = clerk })).Ok().Text("id");
        var administrator = await Someone(Roles.Administrator);
        (await administrator.Go(Page(instance, "variables"))).ShouldBe(200).Html.ShouldContain($"value=\"{clerk}\" selected");
        var officer = (await Officer.Get("users/me")).Ok().Text("id");
        (await administrator.Submit(
            Review(instance, "variables"), ("f.matterOwner", officer), ("comment", "เปลี่ยนเจ้าของเรื่อง"))).ShouldBe(200).ShouldSay("เจ้าหน้าที่ ตัวอย่าง").Text.ShouldNotContain(officer);
        await Do(administrator, instance, "variables");
        (await Officer.Case(instance))["variables"].Text("matterOwner").ShouldBe(officer);
    }

    [Test]
    public async Task An_administrator_moves_a_case_and_a_superior_opens_an_ended_one_again()
    {
        var instance = await Officer.Started(World.KhonKaen);
        var administrator = await Someone(Roles.Administrator);
        (await Ask(administrator, instance, "move", ("toStep", "plan-work"), ("comment", "กดผิด"))).ShouldBe(200).ShouldSay(
            "งานที่จบโดยไม่ต้องทำ", "เรื่องไปที่ขั้นที่ 2");
        (await Do(administrator, instance, "move")).ShouldSay("ย้ายเรื่องแล้ว", "เรื่องอยู่ที่ขั้นที่ 2", "กดผิด");
        (await Officer.Cancel(instance, "เลิก")).Ok();
        var director = await Someone(Roles.Director);
        (await director.Go($"/cases/{instance}")).ShouldSay("เปิดเรื่องใหม่");
        (await Ask(director, instance, "reopen", ("toStep", "plan-work"), ("comment", "ยังต้องทำ"))).ShouldBe(200).ShouldSay(
            "เปิดอีกครั้ง", "เรื่องไปที่ขั้นที่ 2");
        (await Do(director, instance, "reopen")).ShouldSay("เปิดเรื่องใหม่แล้ว", "กำลังดำเนินการ");
    }

    [Test]
    public async Task Urgency_goes_on_and_off_and_nothing_changes_where_nothing_would()
    {
        var instance = await Officer.Started(World.SuratThani);
        var director = await Someone(Roles.Director);
        (await Ask(director, instance, "priority", ("priority", "urgent"))).ShouldBe(200).ShouldSay("ชั้นความเร็วเป็นด่วน");
        (await Do(director, instance, "priority")).ShouldSay("เปลี่ยนชั้นความเร็วแล้ว", "ด่วน");
        (await Ask(director, instance, "priority", ("priority", "urgent"))).ShouldBe(200).ShouldSay("ไม่มีอะไรเปลี่ยน");
        (await Ask(director, instance, "priority", ("priority", ""))).ShouldBe(200).ShouldSay("ชั้นความเร็วเป็นปกติ");
        await Do(director, instance, "priority");
        (await Officer.Case(instance))["priority"].ShouldBeNull();
    }

    [Test]
    public async Task One_case_moves_to_another_version_and_what_stands_in_the_way_is_asked_for()
    {
        var key = $"test.govern-{Guid.NewGuid():N}";
        var owner = As(Roles.ProcessOwner);
        await Publish(Shipped(), key);
        var (one, other) = (await Officer.Started(key), await Officer.Started(key));
        var renamed = Shipped().ToJsonString().Replace("appoint-working-group", "name-the-group", StringComparison.Ordinal);
        await Publish(JsonNode.Parse(renamed)!.AsObject(), key);
        var browser = await Someone(Roles.ProcessOwner);
        (await Ask(browser, one, "migrate", ("toVersion", "2"), ("comment", "แก้ผังงาน"))).ShouldBe(409).ShouldSay("รุ่นใหม่ไม่มี");
        (await browser.Submit(
            Review(one, "migrate"), ("toVersion", "2"), ("node.appoint-working-group", "name-the-group"), ("comment", "แก้ผังงาน")))
            .ShouldBe(200).ShouldSay("ใช้กระบวนงานรุ่นที่ 2 แทนรุ่นที่ 1");
        (await Do(browser, one, "migrate")).ShouldSay("ย้ายรุ่นแล้ว", "แก้ผังงาน");
        (await Officer.Case(one)).Number("definitionVersion").ShouldBe(2);
        (await Officer.OpenTaskOf(one)).Text("step").ShouldBe("name-the-group");
        (await Officer.Case(other)).Number("definitionVersion").ShouldBe(1);
        var migrate = $"process-instances/{other}/migrate";
        (await Officer.Post(migrate, new { toVersion = 2, comment = "x" })).ShouldBeProblem(403, "not-allowed");
        (await owner.Post(migrate, new { toVersion = 7, comment = "x" })).ShouldBeProblem(404, "definition-not-found");
        (await owner.Post(migrate, new { toVersion = 2, comment = "x" })).ShouldBeProblem(409, "cannot-migrate");

        async Task Publish(JsonObject definition, string asKey)
        {
            definition["definitionId"] = asKey;
            (await owner.Put($"process-definitions/{asKey}/draft", definition)).Ok();
            (await owner.Post($"process-definitions/{asKey}/draft/publish", Why.Published)).Ok();
        }
    }

    static JsonObject Shipped() =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(World.ShippedProcesses, "khonkaen-5", "install-maintain-computers.json")))!.AsObject();

    [Test]
    public async Task A_file_that_does_not_belong_there_is_withdrawn_and_stays_in_the_register()
    {
        var instance = await Officer.Started(World.KhonKaen, "เรื่องที่แนบผิด");
        var officer = await Someone(Roles.Officer);
        await officer.Go($"/cases/{instance}");
        await officer.Attach($"/cases/{instance}/files", "บัตรประชาชน.pdf", "%PDF-1.4\n%%EOF"u8.ToArray());
        (await officer.Go($"/cases/{instance}")).ShouldSay("ถอนไฟล์");
        var file = Regex.Match(officer.Page.Html, "href=\"(/cases/[^\"]+/files/[0-9a-f-]+)\"").Groups[1].Value;
        (await officer.Go($"{file}/withdraw")).ShouldBe(200).ShouldSay("สิ่งที่จะเปลี่ยน", "เลิกทำไม่ได้");
        (await officer.Submit($"{file}/withdraw", ("comment", ""))).ShouldBe(400).ShouldSay("ต้องระบุเหตุผล");
        var form = officer.FieldsOf($"{file}/withdraw");
        (await officer.Post($"{file}/withdraw", form, ("comment", "แนบผิดเรื่อง"))).ShouldLeadTo($"/cases/{instance}#files");
        (await officer.Post($"{file}/withdraw", form, ("comment", "แนบผิดเรื่อง"))).ShouldLeadTo($"/cases/{instance}#files");
        (await officer.Go($"/cases/{instance}")).ShouldSay("ถอนแล้ว", "แนบผิดเรื่อง", "ถอนไฟล์ บัตรประชาชน.pdf").Html
            .ShouldNotContain($"href=\"{file}\"");
        (await officer.Go(file)).Status.ShouldBe(410);
        (await (await Someone(Roles.Auditor)).Go(file)).ShouldBe(200);
        (await officer.Go($"{file}/withdraw")).ShouldBe(200).ShouldSay("ไฟล์นี้ถูกถอนไปแล้ว");
        (await Officer.Verify(instance))["valid"]!.GetValue<bool>().ShouldBeTrue();
    }

    [GeneratedRegex("<option value=\"([0-9a-f-]{36})\"")]
    private static partial Regex Option();
}

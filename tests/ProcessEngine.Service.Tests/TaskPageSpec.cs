using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.Attachments;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// The page of a task: nothing is decided twice, by accident, or on what one did not see; and nothing that was written is lost.
/// </summary>
public sealed partial class TaskPageSpec(string provider) : OfPages(provider)
{
    Person Owner => As(Roles.ProcessOwner);

    async Task<Visitor> Someone(string role)
    {
        var visitor = World.Visitor();
        (await visitor.SignIn(role)).ShouldLeadTo("/");
        return visitor;
    }

    /// <summary>A case whose plan waits for the director; the id of that task.</summary>
    async Task<(string Instance, string Task)> Proposed(string title = "ติดตั้งคอมพิวเตอร์")
    {
        var instance = await Officer.Started(World.KhonKaen, title);
        await Person.DoNext(World, instance);
        await Person.DoNext(World, instance);
        return (instance, (await Officer.OpenTaskOf(instance)).Text("id"));
    }

    static string Review(string task) => $"/tasks/{task}?handler=review";
    static string Confirm(string task) => $"/tasks/{task}?handler=act";

    [Test]
    public async Task A_director_approves_after_seeing_what_follows()
    {
        var (instance, task) = await Proposed("จัดหาเครื่องพิมพ์");
        var director = await Someone(Roles.Director);
        (await director.Go($"/tasks/{task}")).ShouldBe(200).ShouldSay(
            "จัดหาเครื่องพิมพ์", "เสนอแผนงาน", "ไม่ได้กำหนดเวลา", "ผังงาน", "เจ้าหน้าที่ ตัวอย่าง เริ่มเรื่อง");
        (await director.Submit(Review(task), ("act", "approve"), ("comment", "ดำเนินการได้"))).ShouldBe(200)
            .ShouldSay("ท่านกำลังจะบันทึกว่า", "ดำเนินการได้", "เมื่อยืนยันแล้ว", "เรื่องไปที่ขั้นที่ 4", "เจ้าหน้าที่ในกลุ่ม");
        (await World.EventsAsync(instance)).ShouldNotContain("TaskApproved", "nothing is stored before it is confirmed");
        (await director.Submit(Confirm(task))).ShouldLeadTo($"/tasks/{task}?handler=done&act=approve");
        (await director.Follow()).ShouldBe(200).ShouldSay("บันทึกแล้ว: เห็นชอบ", "ต่อจากนี้", "เรื่องอยู่ที่ขั้นที่ 4");
        (await World.EventsAsync(instance)).Count(e => e == "TaskApproved").ShouldBe(1);
    }

    [Test]
    public async Task A_rejection_needs_a_reason_and_says_so_before_it_is_stored()
    {
        var (instance, task) = await Proposed();
        var director = await Someone(Roles.Director);
        await director.Go($"/tasks/{task}");
        (await director.Submit(Review(task), ("act", "reject"), ("comment", "  "))).ShouldBe(400)
            .ShouldSay("ยังไม่มีการบันทึก", "ต้องระบุเหตุผล");
        (await director.Submit(Review(task), ("act", "reject"), ("comment", "งบประมาณสูงเกินไป"))).ShouldSay("เรื่องไปที่ขั้นที่ 2");
        await director.Submit(Confirm(task));
        (await director.Follow()).ShouldSay("บันทึกแล้ว: ไม่เห็นชอบ", "ขั้นที่ 2");
        (await Officer.OpenTaskOf(instance)).Number("attempt").ShouldBe(2);
        var officer = await Someone(Roles.Officer);
        (await officer.Go($"/tasks/{(await Officer.OpenTaskOf(instance)).Text("id")}"))
            .ShouldSay("รอบที่ 2", "งบประมาณสูงเกินไป", "ไม่เห็นชอบขั้นที่ 3");
    }

    [Test]
    public async Task A_return_goes_to_the_step_that_was_chosen()
    {
        var (instance, task) = await Proposed();
        var director = await Someone(Roles.Director);
        await director.Go($"/tasks/{task}");
        await director.Submit(Review(task), ("act", "return"), ("comment", "คณะทำงานไม่ครบ"), ("toStep", "appoint-working-group"));
        director.Page.ShouldSay("เรื่องไปที่ขั้นที่ 1");
        (await director.Submit(Confirm(task))).Status.ShouldBe(302);
        (await Officer.OpenTaskOf(instance)).Text("step").ShouldBe("appoint-working-group");
    }

    [Test]
    public async Task Back_from_the_question_everything_is_still_there()
    {
        var (_, task) = await Proposed();
        var director = await Someone(Roles.Director);
        await director.Go($"/tasks/{task}");
        await director.Submit(Review(task), ("act", "return"), ("comment", "ขอให้ทบทวนราคากลาง"), ("toStep", "appoint-working-group"));
        var hidden = director.FieldsOf(Confirm(task));
        (await director.Post($"/tasks/{task}?handler=edit", hidden)).ShouldBe(200);
        director.Page.Html.ShouldContain("ขอให้ทบทวนราคากลาง</textarea>");
        director.Page.Html.ShouldContain("<option value=\"appoint-working-group\" selected=\"selected\"");
    }

    [Test]
    public async Task A_second_click_changes_nothing_and_leads_to_the_same_page()
    {
        var (instance, task) = await Proposed();
        var director = await Someone(Roles.Director);
        await director.Go($"/tasks/{task}");
        await director.Submit(Review(task), ("act", "approve"), ("comment", ""));
        var form = director.FieldsOf(Confirm(task));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => director.Post(Confirm(task), form)));
        answers.ShouldAllBe(a => a.Status == 302 && a.Location == $"/tasks/{task}?handler=done&act=approve");
        (await World.EventsAsync(instance)).Count(e => e == "TaskApproved").ShouldBe(1);
    }

    [Test]
    public async Task Who_comes_second_is_told_who_was_first_and_keeps_what_they_wrote()
    {
        var (instance, task) = await Proposed();
        var director = await Someone(Roles.Director);
        await director.Go($"/tasks/{task}");
        await director.Submit(Review(task), ("act", "reject"), ("comment", "ข้อความยาวที่เขียนไว้"));
        (await World.Director.Post($"user-tasks/{task}/approve", new { comment = "อนุมัติทางโทรศัพท์" })).Ok();
        (await director.Submit(Confirm(task))).ShouldBe(409)
            .ShouldSay(
                "ยังไม่มีการบันทึก", "งานนี้ปิดไปแล้ว", "ผู้อำนวยการ ตัวอย่าง เห็นชอบ", "อนุมัติทางโทรศัพท์", "ข้อความยาวที่เขียนไว้");
        (await World.EventsAsync(instance)).ShouldNotContain("TaskRejected");
    }

    [Test]
    public async Task A_reason_of_5000_characters_is_refused_with_the_limit_and_stands_in_the_form()
    {
        var (instance, task) = await Proposed();
        var director = await Someone(Roles.Director);
        await director.Go($"/tasks/{task}");
        var reason = string.Concat(Enumerable.Repeat("เหตุผล ", 715))[..5000];
        (await director.Submit(Review(task), ("act", "reject"), ("comment", reason))).ShouldBe(400)
            .ShouldSay("ยังไม่มีการบันทึก", "ยาวเกิน 4000 ตัวอักษร");
        director.Page.Html.ShouldContain(reason.TrimEnd());
        (await World.EventsAsync(instance)).ShouldNotContain("TaskRejected");
    }

    [Test]
    public async Task Who_saw_an_older_state_of_the_task_looks_again_before_they_decide()
    {
        var (_, task) = await Proposed();
        var director = await Someone(Roles.Director);
        await director.Go($"/tasks/{task}");
        (await World.Director.Post($"user-tasks/{task}/claim")).Ok();
        (await director.Submit(Review(task), ("act", "approve"), ("comment", "เห็นชอบตามเสนอ"))).ShouldBe(412)
            .ShouldSay("มีการเปลี่ยนแปลง", "ผู้อำนวยการ ตัวอย่าง รับงาน");
        director.Page.Html.ShouldContain("เห็นชอบตามเสนอ</textarea>");
        await director.Submit(Review(task), ("act", "approve"), ("comment", "เห็นชอบตามเสนอ"));
        (await director.Submit(Confirm(task))).Status.ShouldBe(302);
    }

    [Test]
    public async Task A_session_that_ends_while_somebody_writes_loses_nothing()
    {
        var (instance, task) = await Proposed();
        var director = await Someone(Roles.Director);
        await director.Go($"/tasks/{task}");
        director.LoseSession();
        (await director.Submit(Review(task), ("act", "reject"), ("comment", "เหตุผลที่เขียนไว้ยาวมาก"))).ShouldBe(401)
            .ShouldSay("หมดเวลาการใช้งาน", "เหตุผลที่เขียนไว้ยาวมาก");
        (await director.Submit("/sign-in", ("userName", "demo.director"), ("password", World.DemoPassword!))).ShouldBe(200)
            .ShouldSay("ทำต่อจากที่ค้างไว้", "เหตุผลที่เขียนไว้ยาวมาก");
        (await director.Submit(Review(task))).ShouldBe(200).ShouldSay("ท่านกำลังจะบันทึกว่า", "เหตุผลที่เขียนไว้ยาวมาก");
        (await director.Submit(Confirm(task))).Status.ShouldBe(302);
        (await World.EventsAsync(instance)).ShouldContain("TaskRejected");
    }

    [Test]
    public async Task A_page_that_was_open_for_too_long_asks_to_send_again_and_loses_nothing()
    {
        var (_, task) = await Proposed();
        var director = await Someone(Roles.Director);
        await director.Go($"/tasks/{task}");
        (await director.SubmitWithoutToken(Review(task), ("act", "reject"), ("comment", "ยังอยู่ตรงนี้"))).ShouldBe(400)
            .ShouldSay("หน้านี้หมดอายุแล้ว", "ยังอยู่ตรงนี้");
        (await director.Submit(Review(task))).ShouldBe(200).ShouldSay("ท่านกำลังจะบันทึกว่า", "ยังอยู่ตรงนี้");
    }

    [Test]
    public async Task What_another_site_sends_does_not_come_back_as_something_that_one_wrote()
    {
        var (_, task) = await Proposed();
        using var http = World.Nobody.Http;
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            Review(task))
        {
            Content = new FormUrlEncodedContent(
                [KeyValuePair.Create("act", "reject"), KeyValuePair.Create("comment", "ของผู้อื่น")])
        };
        request.Headers.Add("Origin", "https://elsewhere.example");
        using var answer = await http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("ของผู้อื่น");
    }

    [Test]
    public async Task A_task_is_nobody_elses_to_see_and_an_auditor_sees_it_without_acts()
    {
        var (_, task) = await Proposed();
        (await (await Someone(Roles.CommitteeMember)).Go($"/tasks/{task}")).ShouldBe(403).ShouldSay("ท่านไม่มีสิทธิ์ดูหน้านี้");
        (await (await Someone(Roles.Officer)).Go($"/tasks/{Guid.NewGuid()}")).ShouldBe(404).ShouldSay("ไม่พบหน้านี้");
        var auditor = await Someone(Roles.Auditor);
        (await auditor.Go($"/tasks/{task}")).ShouldBe(200).ShouldSay("ท่านไม่มีสิทธิ์ดำเนินการนี้");
        auditor.Page.Html.ShouldNotContain("name=\"act\"");
    }

    [Test]
    public async Task What_people_write_is_shown_as_text()
    {
        var (_, task) = await Proposed("<script>alert('x')</script> & เรื่อง");
        (await World.Director.Post($"user-tasks/{task}/comments", new { comment = "<img src=x onerror=alert(1)>" })).Ok();
        var director = await Someone(Roles.Director);
        await director.Go($"/tasks/{task}");
        director.Page.Html.ShouldNotContain("<script>alert");
        director.Page.Html.ShouldNotContain("<img");
        director.Page.ShouldSay("<script>alert('x')</script> & เรื่อง", "<img src=x onerror=alert(1)>");
    }

    [Test]
    public async Task A_task_is_taken_given_back_and_given_to_somebody_else()
    {
        var instance = await Officer.Started(World.KhonKaen);
        var task = (await Officer.OpenTaskOf(instance)).Text("id");
        var officer = await Someone(Roles.Officer);
        await officer.Go($"/tasks/{task}");
        (await officer.Submit(Review(task), ("act", "claim"))).ShouldLeadTo($"/tasks/{task}");
        (await officer.Follow()).ShouldSay("ท่านรับงานนี้แล้ว", "คืนงาน");
        (await officer.Submit(Review(task), ("act", "comments"), ("comment", "กำลังประสานงาน"))).ShouldLeadTo($"/tasks/{task}");
        (await officer.Follow()).ShouldSay("บันทึกความเห็นแล้ว", "กำลังประสานงาน");
        (await officer.Submit(Review(task), ("act", "release"))).ShouldLeadTo($"/tasks/{task}");
        (await officer.Follow()).ShouldSay("คืนงานแล้ว", "ยังไม่มีผู้รับ");
    }

    [Test]
    public async Task The_page_says_why_the_date_is_what_it_is()
    {
        var instance = await Officer.Started(World.SuratThani);
        var officer = await Someone(Roles.Officer);
        (await officer.Go($"/tasks/{(await Officer.OpenTaskOf(instance)).Text("id")}"))
            .ShouldSay(
                "อ. 10 มี.ค. 2569", "เหลือ 5 วันทำการ", "ทำไมเป็นวันนี้", "๑ - ๕ วันทำการ", "มาฆบูชา", "เสาร์–อาทิตย์ 2 วัน",
                "มาตรฐานคุณภาพ");
    }

    [Test]
    public async Task A_form_is_filled_in_as_people_write_it()
    {
        await Publish("page.form", """
            {"id":"fill","type":"UserTask","formSchema":{"type":"object","properties":{
              "reason":{"type":"string","title":"เหตุผลความจำเป็น"},
              "amount":{"type":"number","title":"วงเงิน","minimum":1},
              "count":{"type":"integer","title":"จำนวนเครื่อง"},
              "on":{"type":"string","format":"date","title":"วันที่ต้องการ"},
              "kind":{"type":"string","title":"ประเภท","enum":["ซื้อ","จ้าง"],"default":"จ้าง"},
              "urgent":{"type":"boolean","title":"เร่งด่วน"},
              "schools":{"type":"array","title":"โรงเรียน","items":{"type":"string"}}},
              "required":["reason","amount","on"]}}
            """, "start->fill", "fill->end");
        var instance = await Officer.Started("page.form");
        var task = (await Officer.OpenTaskOf(instance)).Text("id");
        var officer = await Someone(Roles.Officer);
        (await officer.Go($"/tasks/{task}")).ShouldSay("เหตุผลความจำเป็น", "(ต้องกรอก)", "ปี พ.ศ.", "มกราคม", "บรรทัดละหนึ่งรายการ");
        officer.Page.Html.ShouldContain(
            "<option selected=\"selected\">จ้าง", Case.Sensitive, "what the form has as a default is filled in");

        await officer.Submit(
            Review(task), ("act", "complete"), ("f.reason", "เครื่องเดิมเสีย"), ("f.amount", "มาก"), ("f.on.d", "31"), ("f.on.m", "2"),
            ("f.on.y", "2569"));
        officer.Page.ShouldBe(400).ShouldSay("วงเงินต้องเป็นตัวเลข", "วันที่ต้องการไม่ใช่วันที่ที่มีอยู่");
        officer.Page.Html.ShouldContain("เครื่องเดิมเสีย</textarea>");
        // From what is wrong to its field.
        foreach (var (field, label) in new[] { ("amount", "วงเงิน"), ("on", "วันที่ต้องการ") })
        {
            officer.Page.Html.ShouldContain($"<a href=\"#f-{field}\">{label}</a>");
            officer.Page.Html.ShouldContain($"id=\"f-{field}\"");
        }

        await officer.Submit(Review(task), ("act", "complete"), ("f.amount", "0"), ("f.on.d", "31"), ("f.on.m", "1"), ("f.on.y", "2569"));
        officer.Page.ShouldBe(422).ShouldSay("ต้องกรอกเหตุผลความจำเป็น", "วงเงินต้องไม่น้อยกว่า 1");

        await officer.Submit(
            Review(task), ("act", "complete"), ("f.reason", "เครื่องเดิมเสีย\r\nใช้งานไม่ได้"), ("f.amount", "๑๒,๕๐๐.๕๐"), ("f.count", "3"), ("f.on.d", "๓๑"), ("f.on.m", "1"), ("f.on.y", "๒๕๖๙"), ("f.kind", "ซื้อ"),
            ("f.urgent", "true"), ("f.schools", "บ้านหนองบัว\r\nบ้านโนนสูง\r\n"));
        officer.Page.ShouldBe(200).ShouldSay("31 ม.ค. 2569", "12,500.5", "เรื่องเสร็จสิ้น");
        (await officer.Submit(Confirm(task))).ShouldBe(302);
        var data = (await Officer.Case(instance))["variables"]!;
        data.Text("reason").ShouldBe("เครื่องเดิมเสีย\nใช้งานไม่ได้");
        ((decimal)data["amount"]!).ShouldBe(12500.50m);
        data.Text("on").ShouldBe("2026-01-31");
        ((bool)data["urgent"]!).ShouldBeTrue();
        data["schools"]!.AsArray().Select(s => (string)s!).ShouldBe(["บ้านหนองบัว", "บ้านโนนสูง"]);
    }

    [Test]
    public async Task Who_did_the_work_does_not_get_to_approve_it_and_is_told_why()
    {
        await Publish("page.four-eyes", """{"id":"write","type":"UserTask"},{"id":"check","type":"Approval","notDoneBy":["write"]}""",
            "start->write", "write->check", "check.Approve->end", "check.Reject->write", "check.Return->write");
        var instance = await Officer.Started("page.four-eyes");
        await Person.DoNext(World, instance);
        var officer = await Someone(Roles.Officer);
        await officer.Go($"/tasks/{(await Officer.OpenTaskOf(instance)).Text("id")}");
        officer.Page.ShouldSay("ผู้ที่เสนอหรือดำเนินการขั้นตอนก่อนหน้าจะพิจารณาขั้นตอนนี้เองไม่ได้");
        officer.Page.Html.ShouldNotContain("value=\"approve\"");
    }

    [Test]
    public async Task A_committee_votes()
    {
        await Publish("page.committee", """{"id":"vote","type":"Approval","role":"committeeMember","votingRule":"majority"}""", "start->vote", "vote.Approve->end", "vote.Reject->end");
        var instance = await Officer.Started("page.committee");
        var task = (await Officer.OpenTaskOf(instance)).Text("id");
        var member = await Someone(Roles.CommitteeMember);
        (await member.Go($"/tasks/{task}")).ShouldSay("ลงมติแล้ว 0 จาก 1 คน", "งดออกเสียง");
        (await member.Submit(Review(task), ("act", "vote.reject"))).ShouldBe(400).ShouldSay("ต้องระบุเหตุผล");
        (await member.Submit(Review(task), ("act", "vote.approve"))).ShouldSay("ลงมติเห็นชอบ", "เรื่องเสร็จสิ้น");
        await member.Submit(Confirm(task));
        (await member.Follow()).ShouldSay("บันทึกมติแล้ว: เห็นชอบ");
        (await World.EventsAsync(instance)).ShouldContain("VoteCast");
    }

    [Test]
    public async Task Whoever_wishes_reads_Thai_digits()
    {
        var (_, task) = await Proposed();
        var director = await Someone(Roles.Director);
        (await director.Go($"/tasks/{task}")).ShouldSay("2 มี.ค. 2569", "ใช้เลขไทย");
        await director.Submit("/preferences", ("digits", "thai"));
        (await director.Go($"/tasks/{task}")).ShouldSay("๒ มี.ค. ๒๕๖๙", "ไม่เกิน ๒๐ MB", "ใช้เลขอารบิก").Text.ShouldNotContain("2569");
        await director.Submit("/preferences", ("language", "en"));
        (await director.Go($"/tasks/{task}")).ShouldSay("2 Mar 2026", "at most 20 MB");
        await director.Submit("/preferences", ("language", "th"), ("digits", "arabic"));
        (await director.Go($"/tasks/{task}")).ShouldSay("2 มี.ค. 2569");
    }

    [Test]
    public async Task Files_of_the_case_lie_on_the_task_and_pictures_and_pdf_are_looked_at_where_nothing_in_them_runs()
    {
        var instance = await Officer.Started(World.KhonKaen, "มีเอกสาร");
        var task = (await Officer.OpenTaskOf(instance)).Text("id");
        var officer = await Someone(Roles.Officer);
        (await officer.Go($"/tasks/{task}")).ShouldSay("ยังไม่มีเอกสารแนบ");
        (await officer.Attach($"/cases/{instance}/files", "แผน <1>.pdf", "%PDF-1.4\n%%EOF"u8.ToArray()))
            .ShouldLeadTo($"/tasks/{task}#files");
        (await officer.Go($"/tasks/{task}")).ShouldSay("แผน _1_.pdf", "เปิดดู");
        var look = System.Text.RegularExpressions.Regex.Match(officer.Page.Html, "href=\"([^\"]+look=true)\"").Groups[1].Value;
        (await Officer.All($"process-instances/{instance}/attachments")).ShouldHaveSingleItem().Text("taskId").ShouldBe(task);
        (await officer.Go(look)).ShouldBe(200);
        var headers = officer.Page.Headers;
        (headers["Content-Type"], headers["Content-Disposition"].Split(';')[0], headers["X-Content-Type-Options"])
            .ShouldBe(("application/pdf", "inline", "nosniff"));
        headers["Content-Security-Policy"].ShouldContain("default-src 'none'");
        headers["Content-Security-Policy"].ShouldNotContain("script-src");
        await officer.Go(look.Replace("?look=true", "", StringComparison.Ordinal));
        (officer.Page.Headers["Content-Disposition"].Split(';')[0], officer.Page.Headers["Content-Security-Policy"])
            .ShouldBe(("attachment", "sandbox; default-src 'none'"));
        await officer.Go($"/tasks/{task}");
        (await officer.Attach($"/cases/{instance}/files", "a.txt", "text"u8.ToArray())).Status.ShouldBe(302);
        (await officer.Go($"/tasks/{task}")).ShouldSay("a.txt");
        var text = System.Text.RegularExpressions.Regex.Match(officer.Page.Html, "href=\"([^\"]+)\">a.txt<").Groups[1].Value;
        await officer.Go(text + "?look=true");
        officer.Page.Headers["Content-Disposition"].ShouldStartWith("attachment", Case.Sensitive, "a text is kept, not shown");
    }

    [Test]
    public async Task A_file_that_is_attached_or_too_large_takes_nothing_of_what_is_being_written()
    {
        var instance = await Officer.Started(World.KhonKaen, "เขียนค้างไว้");
        var task = (await Officer.OpenTaskOf(instance)).Text("id");
        var officer = await Someone(Roles.Officer);
        await officer.Go($"/tasks/{task}");
        (await officer.Attach($"/cases/{instance}/files", "แผน.pdf", "%PDF-1.4\n%%EOF"u8.ToArray(), fields: [("comment", "ร่างความเห็น <1>"), ("said", "อีกความเห็นหนึ่ง")])).ShouldLeadTo($"/tasks/{task}#files");
        (await officer.Go($"/tasks/{task}")).ShouldSay(
            "แนบไฟล์ แผน.pdf แล้ว", "ร่างความเห็น <1>", "อีกความเห็นหนึ่ง", "ร่างที่ท่านเก็บไว้เมื่อ");
        (await officer.Attach($"/cases/{instance}/files", "ใหญ่.pdf", new byte[Service.Cases.Attachments.FileKinds.MaxBytes + 1], fields: [("comment", "ร่างที่ยาวขึ้น"), ("said", "")])).ShouldLeadTo($"/tasks/{task}#files");
        (await officer.Go($"/tasks/{task}")).ShouldSay("ยังไม่ได้แนบไฟล์", "ร่างที่ยาวขึ้น").Text.ShouldNotContain("ใหญ่.pdf");
        (await officer.Attach($"/cases/{instance}/files", "อีก.pdf", "%PDF-1.4\n%%EOF"u8.ToArray(), token: false, fields: [("comment", "จากที่อื่น"), ("said", "")])).ShouldBe(400);
        (await officer.Go($"/tasks/{task}")).ShouldSay("ร่างที่ยาวขึ้น");
    }

    [Test]
    public async Task Whoever_reads_English_gets_English()
    {
        var (_, task) = await Proposed();
        var director = await Someone(Roles.Director);
        await director.Go("/");
        await director.Submit("/preferences", ("language", "en"));
        (await director.Go($"/tasks/{task}")).ShouldSay("What you can do", "Approve", "No limit stated", "Flow chart");
        ThaiInTags().Matches(director.Page.Html).Select(m => m.Value).ShouldNotContain(text => text.Contains("ผังงาน"));
    }

    async Task Publish(string key, string activities, params string[] arrows)
    {
        var nodes = JsonNode.Parse($"[{activities}]")!.AsArray();
        foreach (var node in nodes)
        {
            node!["type"] = "ProcessEngine." + node["type"]!.GetValue<string>();
            node["nameTh"] ??= "ขั้นตอน";
            node["role"] ??= "officer";
        }

        nodes.Insert(0, new JsonObject { ["id"] = "start", ["type"] = "ProcessEngine.Start" });
        nodes.Add(new JsonObject { ["id"] = "end", ["type"] = "ProcessEngine.End" });
        var connections = arrows.Select(arrow => (From: arrow.Split("->")[0].Split('.'), To: arrow.Split("->")[1]))
            .Select(a => (JsonNode)new JsonObject
            {
                ["source"] = new JsonObject { ["activity"] = a.From[0], ["port"] = a.From.Length > 1 ? a.From[1] : "Done" },
                ["target"] = new JsonObject { ["activity"] = a.To, ["port"] = "In" },
            });
        var definition = new JsonObject
        {
            ["definitionId"] = key,
            ["name"] = "ทดสอบ",
            ["variables"] = new JsonArray(),
            ["root"] =
                new JsonObject { ["type"] = "Elsa.Flowchart", ["activities"] = nodes, ["connections"] = new JsonArray([.. connections]) },
        };
        (await Owner.Put($"process-definitions/{key}/draft", definition)).Ok()["findings"]!.AsArray().ShouldBeEmpty();
        (await Owner.Post($"process-definitions/{key}/draft/publish", Why.Published)).Ok();
    }

    [GeneratedRegex(">[^<]*[ก-๙][^<]*<")]
    private static partial Regex ThaiInTags();
}

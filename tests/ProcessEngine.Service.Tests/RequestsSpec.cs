using System.Text.RegularExpressions;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Outsiders;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>People outside ask, follow, answer and rate without an account.</summary>
[TestFixture("sqlite")]
[TestFixture("postgresql")]
public sealed class RequestsSpec(string provider)
{
    const string Repair = "requests.repair-notice";
    const string Form = $"/r/{World.Office}/{Repair}";

    static readonly Dictionary<string, string> Settings = new()
    {
        ["ProcessEngine:RequestsFolder"] = World.ShippedRequests,
        ["ProcessEngine:Requests:PerAddress"] = "10000",
        ["ProcessEngine:Requests:PerOffice"] = "10000",
        ["ProcessEngine:Requests:WrongLinks"] = "10000",
    };

    World World { get; set; } = null!;
    ManualClock Clock => World.Clock;

    [OneTimeSetUp]
    public async Task StartTheWorld() => World = await World.StartAsync(provider, settings: Settings);

    [OneTimeTearDown]
    public async Task EndTheWorld() => await World.DisposeAsync();

    [SetUp]
    public async Task TheDoorIsOpen()
    {
        Clock.SetBangkok("2026-03-02 09:00");
        await Open(true);
    }

    async Task Open(bool open, params (string, string)[] more)
    {
        var administrator = World.Visitor();
        await administrator.SignIn(Roles.Administrator);
        await administrator.Go($"/admin/requests?office={World.Office}");
        await administrator.Submit($"/admin/requests?office={World.Office}", [("open", open ? "true" : "false"), ("contact", "โทร. 12"), .. more]);
        administrator.Page.ShouldBe(302);
    }

    static (string, string)[] Filled(params (string Name, string Value)[] other) =>
    [
        .. new[]
        {
            ("f.repairItem", "เครื่องพิมพ์"), ("f.repairSymptom", "กระดาษติด"), ("by.name", "นางสาวสมมติ ใจดี"), ("by.organisation", "โรงเรียนบ้านตัวอย่าง"),
            ("by.telephone", "081"), ("agreed", "true"),
        }.Where(f => other.All(o => o.Name != f.Item1)),
        .. other,
    ];

    async Task<Visitor> Asker()
    {
        var visitor = World.Visitor();
        (await visitor.Go(Form)).ShouldBe(200);
        Clock.Advance(TimeSpan.FromMinutes(1));
        return visitor;
    }

    /// <summary>Somebody who has asked, on the page where they follow it.</summary>
    async Task<(Visitor Visitor, string Link, string Case)> Asked(params (string, string)[] other)
    {
        var visitor = await Asker();
        (await visitor.Submit(Form, Filled(other))).ShouldBe(302);
        var link = visitor.Page.Location!;
        (await visitor.Go(link)).ShouldBe(200);
        return (visitor, link, await World.ScalarAsync<string>(
            "SELECT CAST(instance_id AS text) FROM request WHERE token_hash = @hash", new { hash = RequestTickets.HashOf(link.Split('/')[^1]) }));
    }

    Task<long> Cases() => World.ScalarAsync<long>("SELECT COUNT(*) FROM request");

    async Task<Visitor> Desk(string role)
    {
        var visitor = World.Visitor();
        await visitor.SignIn(role);
        return visitor;
    }

    async Task AskBack(string @case, string question)
    {
        var officer = await Desk(Roles.Officer);
        await officer.Go($"/cases/{@case}/request");
        (await officer.Submit($"/cases/{@case}/request?handler=ask", ("question", question))).ShouldBe(302);
    }

    static string QuestionOf(Visitor visitor) => Regex.Match(visitor.Page.Html, "name=\"question\" value=\"([^\"]+)\"").Groups[1].Value;

    async Task Finish(string @case)
    {
        (await World.Officer.Complete(await World.Officer.OpenTaskOf(@case), "ความเห็นภายใน")).Ok();
        (await World.Officer.Complete(
            await World.Officer.OpenTaskOf(@case),
            outputs: new { repairResult = "ซ่อมได้", repairDone = "เปลี่ยนลูกยาง", repairInternalNote = "ของเก่ามาก" })).Ok();
        var head = World.As(Roles.GroupDirector);
        (await head.Complete(await head.OpenTaskOf(@case))).Ok();
    }

    [Test]
    public async Task An_office_that_has_not_opened_its_door_is_as_if_there_were_none()
    {
        await Open(false);
        var visitor = World.Visitor();
        var closed = (await visitor.Go($"/r/{World.Office}")).ShouldBe(404);
        var unknown = (await visitor.Go("/r/nowhere")).ShouldBe(404);
        closed.Text.ShouldBe(unknown.Text);
        (await visitor.Go(Form)).ShouldBe(404);
    }

    [Test]
    public async Task Public_pages_set_no_cookie_and_tell_nobody_where_one_came_from()
    {
        var (visitor, _, _) = await Asked();
        foreach (var page in new[] { await visitor.Go($"/r/{World.Office}"), await visitor.Go(Form) })
        {
            page.ShouldBe(200).Headers.ShouldNotContainKey("Set-Cookie");
            page.Headers["Referrer-Policy"].ShouldBe("no-referrer");
            page.Html.ShouldNotContain("<script");
        }
    }

    [Test]
    public async Task A_request_becomes_a_case_with_a_number_and_a_link_that_is_stored_as_a_hash()
    {
        var (visitor, link, @case) = await Asked();
        visitor.Page.ShouldSay("คำขอเลขที่", "สำนักงานกำลังดำเนินการ", "รับแจ้งและตรวจสอบอาการ", "5 วันทำการ");
        var hash = await World.ScalarAsync<byte[]>("SELECT token_hash FROM request WHERE CAST(instance_id AS text) = @case", new { @case });
        hash.ShouldBe(RequestTickets.HashOf(link.Split('/')[^1]));
        var seen = (await World.Officer.Get($"process-instances/{@case}")).Ok();
        seen.Text("title").ShouldBe("แจ้งซ่อมคอมพิวเตอร์และอุปกรณ์ · เครื่องพิมพ์ · โรงเรียนบ้านตัวอย่าง");
        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM audit_event WHERE payload LIKE '%สมมติ%'")).ShouldBe(0, "names stand beside the case");
    }

    [Test]
    public async Task Sent_twice_it_is_one_case_and_leads_to_the_same_link()
    {
        var visitor = await Asker();
        var (before, fields) = (await Cases(), visitor.FieldsOf(Form));
        var first = (await visitor.Post(Form, fields, Filled())).ShouldBe(302).Location;
        (await visitor.Post(Form, fields, Filled())).ShouldLeadTo(first!);
        (await visitor.Post(Form, fields, Filled(("f.repairItem", "อย่างอื่น")))).ShouldLeadTo(first!);
        (await Cases()).ShouldBe(before + 1);
    }

    [Test]
    public async Task Sent_twice_in_one_moment_it_is_one_case()
    {
        var visitor = await Asker();
        var (before, fields) = (await Cases(), visitor.FieldsOf(Form));
        var others = Enumerable.Range(0, 5).Select(_ => World.Visitor()).ToList();
        var answers = await Task.WhenAll(others.Select(o => o.Post(Form, fields, Filled())));
        answers.Select(a => a.Location).Distinct().Single().ShouldNotBeNull();
        (await Cases()).ShouldBe(before + 1);
    }

    [TestCase("by.name", "", "ต้องระบุ")]
    [TestCase("by.mail", "a@b.go.th\r\nBcc: x@y.z", "ไม่ใช่ที่อยู่อีเมล")]
    [TestCase("by.mail", "a@b.go.th,c@d.go.th", "ไม่ใช่ที่อยู่อีเมล")]
    [TestCase("agreed", "", "ต้องรับทราบการใช้ข้อมูลส่วนบุคคล")]
    [TestCase("f.repairItem", "", "ต้องกรอก")]
    [TestCase("f.repairUrgency", "ด่วนมากที่สุดในโลก", "ความเร่งด่วน")]
    [TestCase("website", "http://spam.example", "ค้างไว้นานเกินไป")]
    public async Task What_is_wrong_is_told_nothing_is_stored_and_what_was_written_stays(string field, string value, string said)
    {
        var (visitor, before) = (await Asker(), await Cases());
        await visitor.Submit(Form, Filled((field, value)));
        visitor.Page.Status.ShouldBeInRange(400, 422);
        visitor.Page.ShouldSay(said);
        visitor.Page.Html.ShouldContain("กระดาษติด");
        (await Cases()).ShouldBe(before);
    }

    [Test]
    public async Task Ten_thousand_characters_are_too_many_and_script_is_text()
    {
        var (visitor, before) = (await Asker(), await Cases());
        (await visitor.Submit(Form, Filled(("f.repairSymptom", new string('ก', 10_000))))).Status.ShouldBe(422);
        (await Cases()).ShouldBe(before);
        var (asked, _, @case) = await Asked(("f.repairItem", "<script>alert(1)</script>"));
        asked.Page.Html.ShouldNotContain("<script");
        var officer = await Desk(Roles.Officer);
        (await officer.Go($"/cases/{@case}")).Html.ShouldNotContain("<script>alert");
    }

    [Test]
    public async Task A_form_that_is_filled_in_faster_than_anybody_can_is_not_taken()
    {
        var visitor = World.Visitor();
        await visitor.Go(Form);
        Clock.Advance(TimeSpan.FromSeconds(2));
        (await visitor.Submit(Form, Filled())).ShouldBe(400).ShouldSay("ส่งเร็วเกินไป");
        Clock.Advance(TimeSpan.FromSeconds(1));
        // The wait does not begin anew.
        (await visitor.Submit(Form, Filled())).ShouldBe(302);
    }

    [Test]
    public async Task A_file_of_the_wrong_kind_is_refused_and_a_picture_comes_along()
    {
        var (visitor, before) = (await Asker(), await Cases());
        (await visitor.Attach(Form, "x.exe", "MZ"u8.ToArray(), fields: Filled())).Status.ShouldBe(400);
        (await Cases()).ShouldBe(before);
        byte[] png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0];
        Clock.Advance(TimeSpan.FromMinutes(1));
        (await visitor.Attach(Form, "ภาพ.png", png, fields: Filled())).ShouldBe(302);
        var link = visitor.Page.Location!;
        (await visitor.Go(link)).ShouldSay("ภาพ.png", "ท่านแนบ");
        var file = Regex.Match(visitor.Page.Html, "/files/[0-9a-f-]{36}").Value;
        (await visitor.Go(link + file)).ShouldBe(200).Headers["Content-Disposition"].ShouldStartWith("attachment");
        var (other, elsewhere, _) = await Asked();
        (await other.Go(elsewhere + file)).ShouldBe(404);
    }

    [Test]
    public async Task A_form_that_was_changed_meanwhile_is_shown_anew_with_what_was_written()
    {
        var visitor = await Asker();
        var folder = Directory.CreateTempSubdirectory("processengine-test-");
        Directory.CreateDirectory(Path.Combine(folder.FullName, "forms"));
        var form = await File.ReadAllTextAsync(Path.Combine(World.ShippedProcesses, "forms", "repair-notice.json"));
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, "forms", "repair-notice.json"), form.Replace("อาการหรือปัญหาที่พบ", "อาการเสีย", StringComparison.Ordinal));
        foreach (var kept in new[] { "satisfaction-survey.json" })
            File.Copy(Path.Combine(World.ShippedProcesses, "forms", kept), Path.Combine(folder.FullName, "forms", kept));
        Directory.CreateDirectory(Path.Combine(folder.FullName, "requests"));
        File.Copy(Path.Combine(World.ShippedRequests, "requests", "repair-notice.json"), Path.Combine(folder.FullName, "requests", "repair-notice.json"));
        await World.Services.GetRequiredService<DefinitionFolder>().LoadAsync(folder.FullName, CancellationToken.None);
        ((MemoryCache)World.Services.GetRequiredService<IMemoryCache>()).Clear();

        (await visitor.Submit(Form, Filled())).ShouldBe(400).ShouldSay("แบบฟอร์มเปลี่ยนไประหว่างที่ท่านกรอก", "อาการเสีย");
        visitor.Page.Html.ShouldContain("กระดาษติด");
        Clock.Advance(TimeSpan.FromMinutes(1));
        (await visitor.Submit(Form, Filled())).ShouldBe(302);

        await World.Services.GetRequiredService<DefinitionFolder>().LoadAsync(World.ShippedProcesses, CancellationToken.None, World.ShippedRequests);
        ((MemoryCache)World.Services.GetRequiredService<IMemoryCache>()).Clear();
        folder.Delete(true);
    }

    [Test]
    public async Task A_service_that_was_switched_off_meanwhile_says_so_and_why()
    {
        var (visitor, before) = (await Asker(), await Cases());
        await Open(true, ("closed", Repair), ($"why.{Repair}", "ช่างลาป่วย"));
        (await visitor.Submit(Form, Filled())).ShouldBe(409).ShouldSay("ช่างลาป่วย");
        visitor.Page.Html.ShouldContain("กระดาษติด");
        (await Cases()).ShouldBe(before);
        (await visitor.Go($"/r/{World.Office}")).ShouldSay("ช่างลาป่วย");
    }

    [Test]
    public async Task The_office_asks_back_the_clock_stands_still_and_the_answer_lets_the_work_go_on()
    {
        var (visitor, link, @case) = await Asked();
        await AskBack(@case, "รุ่นอะไร");
        (await visitor.Go(link)).ShouldSay("รอคำตอบจากท่าน", "รุ่นอะไร", "เวลาหยุดนับ");
        var question = QuestionOf(visitor);
        Clock.SetBangkok("2026-03-04 09:00");
        (await visitor.Post(link, [], ("act", "answer"), ("question", question), ("answer", ""))).ShouldBe(400);
        (await visitor.Post(link, [], ("act", "answer"), ("question", question), ("answer", "รุ่น HL-1"))).ShouldBe(302);
        (await visitor.Go(link)).ShouldSay("สำนักงานกำลังดำเนินการ", "รุ่น HL-1", "พ. 11 มี.ค. 2569");
        // Sent once more it is the same; another answer comes too late.
        (await visitor.Post(link, [], ("act", "answer"), ("question", question), ("answer", "รุ่น HL-1"))).ShouldBe(302);
        (await visitor.Post(link, [], ("act", "answer"), ("question", question), ("answer", "รุ่น HL-2"))).ShouldBe(409);
        (await World.Officer.History(@case)).ShouldContain(e => (string?)e!["comment"] == "รุ่น HL-1");
        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM outbox WHERE kind = 'question-settled' AND CAST(instance_id AS text) = @case", new { @case }))
            .ShouldBe(1);
    }

    [Test]
    public async Task A_question_that_nobody_answers_ends_after_ten_working_days()
    {
        var (visitor, link, @case) = await Asked();
        await AskBack(@case, "รุ่นอะไร");
        await Keep();
        (await visitor.Go(link)).ShouldSay("รอคำตอบจากท่าน");
        Clock.SetBangkok("2026-03-20 09:00");
        await Keep();
        (await visitor.Go(link)).ShouldSay("สำนักงานกำลังดำเนินการ", "ไม่ได้ตอบภายในกำหนด");
        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM request_question WHERE closed_at IS NULL AND CAST(instance_id AS text) = @case", new { @case }))
            .ShouldBe(0);
    }

    Task<int> Keep() => World.Services.GetRequiredService<RequestKeeping>().RunAsync(CancellationToken.None);

    [Test]
    public async Task Nothing_of_the_inside_is_told()
    {
        var (visitor, link, @case) = await Asked();
        await Finish(@case);
        (await visitor.Go(link)).ShouldSay("ดำเนินการเสร็จแล้ว", "ซ่อมได้", "เปลี่ยนลูกยาง");
        foreach (var inside in new[] { "ความเห็นภายใน", "ของเก่ามาก", "รับทราบผลการซ่อม", "เจ้าหน้าที่ ตัวอย่าง" })
            visitor.Page.Html.ShouldNotContain(inside);
    }

    [Test]
    public async Task It_is_rated_once_after_its_end_and_counts_in_the_statistics()
    {
        var (visitor, link, @case) = await Asked();
        (await visitor.Post(link, [], ("act", "rate"), ("f.surveySatisfaction", "5"))).ShouldBe(409);
        await Finish(@case);
        (await visitor.Post(link, [], ("act", "rate"), ("f.surveySatisfaction", "9"))).ShouldBe(422);
        (await visitor.Post(link, [], ("act", "rate"), ("f.surveySatisfaction", "5"))).ShouldBe(302);
        (await visitor.Post(link, [], ("act", "rate"), ("f.surveySatisfaction", "1"))).ShouldBe(409);
        (await visitor.Go(link)).ShouldSay("ได้รับการประเมินของท่านแล้ว");
        var statistics = (await World.As(Roles.Auditor).Get(
            $"reports/form-statistics?office={World.Office}&fiscalYear=2569&definitionKey={Repair}")).Ok().ToString();
        statistics.ShouldContain("public-rating");
        statistics.ShouldContain("surveySatisfaction");
    }

    [Test]
    public async Task A_guessed_a_revoked_and_an_expired_link_are_one_and_the_same()
    {
        var (visitor, link, _) = await Asked();
        (await visitor.Post(link, [], ("act", "revoke"))).ShouldBe(400);
        (await visitor.Post(link, [], ("act", "revoke"), ("sure", "true"))).ShouldBe(302);
        var revoked = (await visitor.Go(link)).ShouldBe(404).Text;
        revoked.ShouldBe((await visitor.Go("/r/t/guessed")).ShouldBe(404).Text);
        var (other, late, @case) = await Asked();
        await Finish(@case);
        Clock.SetBangkok("2027-03-04 09:00");
        (await other.Go(late)).ShouldBe(404).Text.ShouldBe(revoked);
    }

    [Test]
    public async Task Who_asked_is_forgotten_when_they_wish_and_the_case_has_ended_or_after_the_time_that_was_told()
    {
        var (visitor, link, wished) = await Asked();
        var (_, _, other) = await Asked();
        (await visitor.Post(link, [], ("act", "forget"))).ShouldBe(302);
        await Keep();
        (await NameOf(wished)).ShouldNotBeNull("the work still needs it");
        await Finish(wished);
        await Finish(other);
        await Keep();
        await Keep();
        (await NameOf(wished)).ShouldBeNull();
        (await NameOf(other)).ShouldNotBeNull();
        (await visitor.Go(link)).ShouldBe(200).ShouldSay("ลบแล้ว");
        Clock.SetBangkok("2027-03-04 09:00");
        await Keep();
        (await NameOf(other)).ShouldBeNull();
        var officer = await Desk(Roles.Officer);
        (await officer.Go($"/cases/{other}/request")).ShouldSay("ลบข้อมูลแล้ว");

        Task<string?> NameOf(string @case) =>
            World.ScalarAsync<string?>("SELECT name FROM request WHERE CAST(instance_id AS text) = @case", new { @case });
    }

    [Test]
    public async Task A_file_is_handed_over_and_no_other_is_seen()
    {
        var (visitor, link, @case) = await Asked();
        var file = (await Access.Furniture.AttachAsync(World.Officer, @case)).Ok().Text("id");
        (await visitor.Go($"{link}/files/{file}")).ShouldBe(404);
        var officer = await Desk(Roles.Officer);
        await officer.Go($"/cases/{@case}/request");
        (await officer.Submit($"/cases/{@case}/request?handler=hand", ("file", file), ("takes", "false"))).ShouldBe(302);
        (await visitor.Go($"{link}/files/{file}")).ShouldBe(200);
    }

    [Test]
    public async Task An_officer_files_for_somebody_on_the_telephone_and_reads_them_the_link()
    {
        var officer = await Desk(Roles.Officer);
        (await officer.Go("/requests/new")).ShouldSay("แจ้งซ่อมคอมพิวเตอร์");
        var address = $"/requests/new?office={World.Office}&service={Repair}";
        (await officer.Go(address)).ShouldBe(200);
        (await officer.Submit(address, Filled(("channel", "telephone")))).ShouldBe(200).ShouldSay("บันทึกแล้ว");
        var link = Regex.Match(officer.Page.Text, "/r/t/[\\w-]+").Value;
        (await World.Visitor().Go(link)).ShouldBe(200).ShouldSay("คำขอเลขที่");
        var @case = Regex.Match(officer.Page.Html, "/cases/([0-9a-f-]{36})").Groups[1].Value;
        (await officer.Go($"/cases/{@case}")).ShouldSay("ทางโทรศัพท์", "เจ้าหน้าที่ ตัวอย่าง");
    }
}

/// <summary>Whoever floods the door is turned away, and what they wrote is not lost.</summary>
public sealed class RequestLimitsSpec
{
    [Test]
    public async Task An_address_sends_so_much_and_no_more_and_guesses_so_many_links()
    {
        await using var world = await World.StartAsync("sqlite", settings: new Dictionary<string, string>
        {
            ["ProcessEngine:RequestsFolder"] = World.ShippedRequests,
            ["ProcessEngine:Requests:PerAddress"] = "3",
            ["ProcessEngine:Requests:WrongLinks"] = "4",
        });
        var administrator = world.Visitor();
        await administrator.SignIn(Roles.Administrator);
        await administrator.Go($"/admin/requests?office={World.Office}");
        await administrator.Submit($"/admin/requests?office={World.Office}", ("open", "true"));
        var visitor = world.Visitor();
        const string Form = $"/r/{World.Office}/requests.advice";
        await visitor.Go(Form);
        for (var i = 0; i < 3; i++)
            (await visitor.Submit(Form, ("f.adviceTopic", "ถาม"))).ShouldBe(400);
        (await visitor.Submit(Form, ("f.adviceTopic", "ถามอีก"))).ShouldBe(429).ShouldSay("รอสิบนาที");
        visitor.Page.Html.ShouldContain("ถามอีก");
        visitor.Page.Headers["Retry-After"].ShouldBe("600");
        for (var i = 0; i < 4; i++)
            (await visitor.Go($"/r/t/guess{i}")).ShouldBe(404);
        (await visitor.Go("/r/t/guess5")).ShouldBe(429);
    }
}

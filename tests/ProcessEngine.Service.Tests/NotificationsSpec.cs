using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// People are told: in the pages, by e-mail and by webhook; each as they wish, and nothing is lost when the post is down.
/// </summary>
[TestFixture("sqlite")]
[TestFixture("postgresql")]
public sealed class NotificationsSpec(string provider)
{
    PostOffice post = null!;
    World world = null!;

    [SetUp]
    public async Task Start()
    {
        post = await PostOffice.StartAsync();
        world = await World.StartAsync(provider, settings: post.Settings);
    }

    [TearDown]
    public async Task End()
    {
        await world.DisposeAsync();
        await post.DisposeAsync();
    }

    /// <summary>A little later: what is undone at once is told to nobody.</summary>
    Task Deliver()
    {
        world.Clock.Advance(TimeSpan.FromSeconds(20));
        return world.Deliver();
    }

    async Task<Visitor> With(string role, params (string, string)[] settings)
    {
        var visitor = world.Visitor();
        (await visitor.SignIn(role)).ShouldLeadTo("/");
        await visitor.Go("/account/notifications");
        (await visitor.Submit("/account/notifications", settings)).ShouldLeadTo("/account/notifications");
        return visitor;
    }

    [Test]
    public async Task A_mail_tells_what_and_where_and_its_subject_names_nobody()
    {
        var officer = await With(Roles.Officer, ("emailWhen", "once"), ("email", "officer@example.go.th"));
        await world.Officer.Started(World.KhonKaen, "เรื่องของนายสมมติ ลับมาก");
        await Deliver();
        var mail = post.Mails.ShouldHaveSingleItem();
        mail.To.ShouldBe("officer@example.go.th");
        mail.Subject.ShouldBe("งานใหม่ถึงท่าน");
        mail.Body.ShouldContain("https://work.example/tasks/");
        mail.Body.ShouldContain("ติดตั้ง ดูแล");
        (mail.Subject + mail.Body).ShouldNotContain("สมมติ");
        await Deliver();
        post.Mails.Count.ShouldBe(1, "once is enough");
        (await officer.Go("/notifications")).ShouldBe(200).ShouldSay("งานใหม่ถึงท่าน", "เรื่องของนายสมมติ");
        (await officer.Go("/notifications?after=x")).ShouldBe(404);
    }

    [Test]
    public async Task A_rejection_arrives_as_one_with_its_reason_by_mail_in_the_notices_and_in_the_inbox()
    {
        var officer = await With(Roles.Officer, ("emailWhen", "once"), ("email", "officer@example.go.th"));
        var instance = await world.Officer.Started(World.KhonKaen, "แผนที่ไม่ผ่าน");
        await Person.DoNext(world, instance);
        await Person.DoNext(world, instance);
        await Deliver();
        var before = post.Mails.Count;
        (await officer.Go("/")).Html.ShouldMatch("data-count=\"[1-9]");
        await officer.Go("/notifications");
        await officer.Submit("/notifications?handler=seen");
        (await officer.Go("/")).Html.ShouldContain("data-count=\"0\"");
        (await world.Director.Reject(await world.Officer.OpenTaskOf(instance), "งบประมาณสูงเกินไป")).Ok();
        await Deliver();
        var mail = post.Mails.Skip(before).ShouldHaveSingleItem();
        mail.Subject.ShouldBe("ไม่ได้รับความเห็นชอบ งานกลับมาที่ท่าน");
        mail.Body.ShouldContain("เหตุผล: งบประมาณสูงเกินไป");
        (await officer.Go("/")).ShouldSay("ไม่เห็นชอบ", "งบประมาณสูงเกินไป").Html.ShouldContain("data-count=\"1\"");
        (await officer.Go("/notifications")).ShouldSay("ไม่ได้รับความเห็นชอบ", "งบประมาณสูงเกินไป", "ใหม่");
        var told = (await world.Officer.All("notifications", 100))[0];
        (told.Text("kind"), told.Text("reason")).ShouldBe(("work-rejected", "งบประมาณสูงเกินไป"));
        await officer.Submit("/notifications?handler=seen");
        (await officer.Go("/notifications")).Html.ShouldNotContain("handler=seen");
    }

    [Test]
    public async Task What_is_sent_back_arrives_as_such()
    {
        var officer = await With(Roles.Officer, ("emailWhen", "once"), ("email", "officer@example.go.th"));
        var instance = await world.Officer.Started(World.KhonKaen, "แผนที่ต้องแก้");
        await Person.DoNext(world, instance);
        await Person.DoNext(world, instance);
        (await world.Director.Return(await world.Officer.OpenTaskOf(instance), "เพิ่มใบเสนอราคา")).Ok();
        await Deliver();
        post.Mails[^1].Body.ShouldContain("มีงานส่งกลับให้แก้ไข");
        (await officer.Go("/")).ShouldSay("ส่งกลับแก้ไข", "เพิ่มใบเสนอราคา");
    }

    [Test]
    public async Task What_is_taken_back_at_once_is_told_to_nobody()
    {
        await With(Roles.Officer, ("emailWhen", "once"), ("email", "officer@example.go.th"));
        var instance = await world.Officer.Started(World.KhonKaen);
        await Deliver();
        var told = post.Mails.Count;
        var task = await world.Officer.OpenTaskOf(instance);
        (await world.As(task.Text("role")).Complete(task)).Ok();
        await world.Deliver();
        (await world.As(task.Text("role")).Act("undo", task)).Ok();
        await Deliver();
        post.Mails.Count.ShouldBe(told);
    }

    [Test]
    public async Task A_mail_to_a_role_reaches_whoever_sits_in_it_by_an_order_that_covers_the_procedure()
    {
        await With(Roles.DeputyDirector, ("emailWhen", "once"), ("email", "deputy@example.go.th"));
        await With(Roles.Clerk, ("emailWhen", "once"), ("email", "clerk@example.go.th"));
        (await world.Director.Post("offices/demo/orders", new { number = "1/2569", kind = "acting", role = Roles.Officer, user = "demo.deputyDirector", from = "2026-03-02", definitionKeys = new[] { World.KhonKaen } })).Ok();
        (await world.Director.Post("offices/demo/orders", new { number = "2/2569", kind = "acting", role = Roles.Officer, user = "demo.clerk", from = "2026-03-02", definitionKeys = new[] { World.SuratThani } })).Ok();
        await world.Officer.Started(World.KhonKaen, "ส่งถึงผู้รักษาราชการแทน");
        await Deliver();
        post.Mails.ShouldHaveSingleItem().To.ShouldBe("deputy@example.go.th");
    }

    [Test]
    public async Task Outside_office_hours_it_waits_for_the_opening_and_comes_as_one_mail()
    {
        await With(Roles.Officer, ("emailWhen", "once"), ("email", "officer@example.go.th"), ("quiet", "true"));
        // The 3rd is a holiday: Makha Bucha.
        world.Clock.SetBangkok("2026-03-02 19:00");
        await world.Officer.Started(World.KhonKaen, "หนึ่ง");
        await world.Officer.Started(World.KhonKaen, "สอง");
        await Deliver();
        world.Clock.SetBangkok("2026-03-03 09:00");
        await Deliver();
        post.Mails.ShouldBeEmpty();
        world.Clock.SetBangkok("2026-03-04 08:30");
        await Deliver();
        post.Mails.ShouldHaveSingleItem().Subject.ShouldBe("การแจ้งเตือน 2 รายการ");
    }

    [Test]
    public async Task Whoever_wants_one_mail_a_day_gets_it_in_the_morning()
    {
        await With(Roles.Officer, ("emailWhen", "daily"), ("email", "officer@example.go.th"));
        await world.Officer.Started(World.KhonKaen, "หนึ่ง");
        await Deliver();
        post.Mails.ShouldBeEmpty();
        world.Clock.SetBangkok("2026-03-04 08:31");
        await Deliver();
        post.Mails.Count.ShouldBe(1);
    }

    [Test]
    public async Task While_the_post_is_down_it_is_tried_again_then_shown_to_the_administrator_who_sends_it_after_all()
    {
        await With(Roles.Officer, ("emailWhen", "once"), ("email", "officer@example.go.th"));
        await world.Officer.Started(World.KhonKaen, "ส่งไม่ออก");
        post.IsDown = true;
        for (var i = 0; i < 8; i++)
        {
            await Deliver();
            world.Clock.Advance(TimeSpan.FromHours(5));
        }

        (await world.ScalarAsync<string>("SELECT state FROM delivery")).ShouldBe("failed");
        post.IsDown = false;
        await Deliver();
        post.Mails.ShouldBeEmpty("it was given up");
        var administrator = world.Visitor();
        await administrator.SignIn(Roles.Administrator);
        (await administrator.Go("/admin/notifications")).ShouldBe(200).ShouldSay("เจ้าหน้าที่ ตัวอย่าง", "งานใหม่ถึงท่าน", "8");
        (await administrator.Submit("/admin/notifications", ("office", World.Office))).ShouldLeadTo("/admin/notifications");
        await Deliver();
        post.Mails.Count.ShouldBe(1);
        (await administrator.Go("/admin/notifications")).ShouldSay("ไม่มีการแจ้งเตือนที่ส่งไม่ได้");
    }

    [Test]
    public async Task A_webhook_is_posted_to_allowed_hosts_only()
    {
        var officer = await With(Roles.Officer, ("webhook", post.Webhook));
        await officer.Go("/account/notifications");
        (await officer.Submit("/account/notifications", ("webhook", "http://169.254.169.254/latest"))).ShouldBe(400)
            .ShouldSay("ไม่ได้รับอนุญาต");
        (await officer.Submit("/account/notifications", ("emailWhen", "once"), ("email", "a@b.c\r\nBcc: x@y.z"))).ShouldBe(400)
            .ShouldSay("ที่อยู่อีเมลไม่ถูกต้อง");
        await world.Officer.Started(World.KhonKaen, "เว็บฮุก");
        await Deliver();
        var posted = post.Posts.ShouldHaveSingleItem();
        posted.Text("kind").ShouldBe("task-opened");
        posted.Text("link").ShouldStartWith("https://work.example/tasks/");
    }

    [Test]
    public async Task Nobody_is_told_twice_by_two_nodes()
    {
        // SQLite has one node.
        if (provider != "postgresql")
            return;
        await With(Roles.Officer, ("emailWhen", "once"), ("email", "officer@example.go.th"));
        await using var other = await World.StartAsync(provider, beside: world, settings: post.Settings);
        for (var i = 0; i < 5; i++)
            await world.Officer.Started(World.KhonKaen, $"เรื่องที่ {i}");
        await Task.WhenAll(Deliver(), other.Deliver());
        await Deliver();
        (await world.ScalarAsync<long>("SELECT COUNT(*) FROM delivery WHERE state = 'sent'")).ShouldBe(5);
        post.Mails.Sum(m => System.Text.RegularExpressions.Regex.Count(m.Body, "/tasks/")).ShouldBe(5);
    }

    [Test]
    public async Task A_mail_server_that_hangs_holds_up_no_webhook_and_is_asked_once_a_run()
    {
        await world.DisposeAsync();
        world = await World.StartAsync(
            provider, settings: new Dictionary<string, string>(post.Settings) { ["ProcessEngine:Notifications:Timeout"] = "00:00:05" });
        await With(Roles.Officer, ("emailWhen", "once"), ("email", "officer@example.go.th"), ("webhook", post.Webhook));
        await With(Roles.Clerk, ("emailWhen", "once"), ("email", "clerk@example.go.th"));
        post.IsHanging = true;
        await world.Officer.Started(World.KhonKaen, "ค้าง");
        (await world.Director.Post("offices/demo/orders", new
        {
            number = "1/2569",
            kind = "acting",
            role = Roles.Officer,
            user = "demo.clerk",
            from = "2026-03-02",
        })).Ok();
        world.Clock.Advance(TimeSpan.FromSeconds(20));
        await world.Services.GetRequiredService<NotificationDispatcher>().RunAsync(CancellationToken.None);
        var mail = Sender("deliveries-email").RunAsync(CancellationToken.None);
        await Sender("deliveries-webhook").RunAsync(CancellationToken.None);
        post.Posts.Count.ShouldBe(1);
        await mail;
        post.Calls.ShouldBe(1);
        (await world.QueryAsync<(string State, long Attempts)>(
            "SELECT state, attempts FROM delivery WHERE channel = 'email' ORDER BY attempts"))
            .ShouldBe([("waiting", 0), ("waiting", 1)], "who was not asked for has used up no try");

        post.IsHanging = false;
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        await world.Deliver();
        post.Mails.Select(m => m.To).ShouldBe(["officer@example.go.th", "clerk@example.go.th"], ignoreOrder: true);
    }

    [Test]
    public async Task A_notice_that_cannot_be_written_holds_up_no_other()
    {
        await With(Roles.Officer, ("emailWhen", "once"), ("email", "officer@example.go.th"));
        await world.Officer.Started(World.KhonKaen, "หนึ่ง");
        await Deliver();
        await world.ExecuteAsync("UPDATE delivery SET state = 'waiting', kind = 'nonsense', next_at = created_at");
        await With(Roles.Clerk, ("emailWhen", "once"), ("email", "clerk@example.go.th"));
        await world.ExecuteAsync(
            "INSERT INTO outbox (message_id, kind, office, to_user, instance_id, created_at, told) "
            + "SELECT @id, 'task-opened', office, (SELECT user_id FROM app_user WHERE user_name = 'demo.clerk'), instance_id, created_at, FALSE "
            + "FROM outbox LIMIT 1",
            new { id = Guid.NewGuid() });
        await Deliver();
        post.Mails.Select(m => m.To).ShouldBe(["officer@example.go.th", "clerk@example.go.th"]);
        (await world.ScalarAsync<string>("SELECT error FROM delivery WHERE state = 'waiting'")).ShouldContain("nonsense");
    }

    ChannelSender Sender(string name) =>
        world.Services.GetServices<Jobs.IRecurringJob>().OfType<ChannelSender>().Single(s => s.Name == name);
}

using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Storage;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// Promise P11: a database that was brought back from a copy sends nothing until an administrator releases it. What is no copy is never
/// held.
/// </summary>
[TestFixture("sqlite")]
[TestFixture("postgresql")]
public sealed class SendingSpec(string provider)
{
    PostOffice post = null!;
    World world = null!;

    [SetUp]
    public async Task Start()
    {
        post = await PostOffice.StartAsync();
        world = await World.StartAsync(provider, settings: post.Settings);
        var officer = await world.ScalarAsync<string>("SELECT CAST(user_id AS text) FROM app_user WHERE user_name = 'demo.officer'");
        await world.Services.GetRequiredService<NotificationSettings>()
            .SaveAsync(
                Guid.Parse(officer), new NotificationSetting { Email = "officer@example.go.th", EmailWhen = "once", Quiet = false },
                CancellationToken.None);
    }

    [TearDown]
    public async Task End()
    {
        await world.DisposeAsync();
        await post.DisposeAsync();
    }

    string LifeFile => world.Database.LifeFile(world.Services.GetRequiredService<ServiceOptions>().DataFolder);

    /// <summary>A little later: what is undone at once is told to nobody.</summary>
    static Task Deliver(World at)
    {
        at.Clock.Advance(TimeSpan.FromSeconds(20));
        return at.Deliver();
    }

    Task Deliver() => Deliver(world);

    /// <summary>What a node does when it starts.</summary>
    async Task Restart()
    {
        await ActivatorUtilities.CreateInstance<DeliveryHold>(world.Services).CheckAsync(CancellationToken.None);
        await world.Services.GetRequiredService<DeliveryHold>().CheckAsync(CancellationToken.None);
    }

    /// <summary>As if a copy had been made before what was sent last.</summary>
    Task GoBack() => world.ExecuteAsync("UPDATE sending SET mark = mark - 1");

    async Task<bool> IsHeld() => (bool)(await world.Nobody.Get("/health/ready")).Ok()["sendingHeld"]!;

    [Test]
    public async Task A_restart_and_a_crash_hold_nothing()
    {
        await world.Officer.Started(World.KhonKaen, "หนึ่ง");
        await Restart();
        // Counted, and died before it was written down.
        await world.ExecuteAsync("UPDATE sending SET mark = mark + 1");
        await Restart();
        await Deliver();
        post.Mails.Count.ShouldBe(1);
        (await IsHeld()).ShouldBeFalse();
    }

    [Test]
    public async Task What_is_older_than_what_was_sent_from_here_is_held_at_the_start_and_while_it_runs()
    {
        await world.Officer.Started(World.KhonKaen, "หนึ่ง");
        await Deliver();
        post.Mails.Count.ShouldBe(1);
        await GoBack();
        await world.Officer.Started(World.KhonKaen, "สอง");
        await Deliver();
        await Deliver();
        post.Mails.Count.ShouldBe(1, "it is held");
        (await IsHeld()).ShouldBeTrue();
        (await world.SystemAdministrator.Get("sending")).Ok()["holds"]![0].Text("reason").ShouldBe("older");
        await Restart();
        await Deliver();
        post.Mails.Count.ShouldBe(1, "and stays so");
    }

    [Test]
    public async Task A_marked_copy_is_held()
    {
        await world.ExecuteAsync("UPDATE sending SET copied = @yes", new { yes = true });
        await Restart();
        (await world.SystemAdministrator.Get("sending")).Ok()["holds"]![0].Text("reason").ShouldBe("copy");
        await Restart();
        (await world.SystemAdministrator.Get("sending")).Ok()["holds"]!.AsArray().Count.ShouldBe(1, "one copy is held once");
    }

    [Test]
    public async Task A_database_in_another_place_is_held()
    {
        if (provider == "sqlite")
            File.Delete(LifeFile);
        else
            await world.ExecuteAsync("UPDATE sending SET place = '7000000000000000001/16384'");
        await Restart();
        (await world.SystemAdministrator.Get("sending")).Ok()["holds"]![0].Text("reason").ShouldBe("elsewhere");
    }

    [Test]
    public async Task An_old_copy_from_before_there_were_marks_is_held_where_something_was_sent_and_a_new_database_is_not()
    {
        await world.ExecuteAsync("UPDATE sending SET life = NULL, mark = 0");
        await Restart();
        (await IsHeld()).ShouldBeFalse("nobody was ever told anything");
        await world.Officer.Started(World.KhonKaen, "หนึ่ง");
        await world.ExecuteAsync("UPDATE sending SET life = NULL, mark = 0");
        await Restart();
        (await IsHeld()).ShouldBeTrue();
    }

    [Test]
    public async Task A_node_that_joins_holds_nothing_nor_does_a_standby_that_took_over_and_lost_nothing()
    {
        // SQLite has one node.
        if (provider != "postgresql")
            return;
        await using (var other = await World.StartAsync(provider, beside: world, settings: post.Settings))
        {
            await world.Officer.Started(World.KhonKaen, "หนึ่ง");
            await Deliver(other);
            await world.Officer.Started(World.KhonKaen, "สอง");
            await Deliver();
        }

        await world.ExecuteAsync("UPDATE sending SET timeline = '00000000'");
        await Restart();
        (await IsHeld()).ShouldBeFalse();
        post.Mails.Count.ShouldBe(2);

        await world.ExecuteAsync("UPDATE sending SET timeline = '00000000'");
        await using var stranger = await World.StartAsync(provider, beside: world, settings: post.Settings);
        (await IsHeld()).ShouldBeTrue("a node that knows nothing cannot say what the old timeline had sent");
        await world.Officer.Started(World.KhonKaen, "สาม");
        await Deliver();
        await Deliver(stranger);
        post.Mails.Count.ShouldBe(2, "each node holds what one has held");
    }

    [TestCase("send", 2)]
    [TestCase("drop", 1)]
    public async Task The_systems_administrator_releases_it_with_what_waits_or_without(string waiting, int mails)
    {
        await GoBack();
        await Restart();
        await world.Officer.Started(World.KhonKaen, "ระหว่างพัก");
        await Deliver();
        post.Mails.ShouldBeEmpty();
        var state = (await world.As(Roles.Auditor).Get("sending")).Ok();
        ((bool)state["held"]!).ShouldBeTrue();
        state.Number("waiting").ShouldBe(1);

        (await world.Officer.Get("sending")).ShouldBeProblem(403, "not-allowed");
        (await world.Director.Post("sending/release", new { waiting })).ShouldBeProblem(403, "not-allowed");
        (await world.SystemAdministrator.Post("sending/release", new { waiting = "some" }))
            .ShouldBeProblem(400, "invalid-input", "waiting");
        (await IsHeld()).ShouldBeTrue();
        (await world.SystemAdministrator.Post("sending/release", new { waiting }, key: "release")).Status.ShouldBe(204);
        (await world.SystemAdministrator.Post("sending/release", new { waiting }, key: "release")).Status.ShouldBe(204, "the same request");
        (await world.SystemAdministrator.Post("sending/release", new { waiting })).ShouldBeProblem(409, "sending-not-held");

        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.Officer.Started(World.KhonKaen, "หลังปล่อย");
        await Deliver();
        post.Mails.Sum(m => System.Text.RegularExpressions.Regex.Count(m.Body, "/tasks/")).ShouldBe(mails);
        await Restart();
        (await IsHeld()).ShouldBeFalse();
        var hold = (await world.SystemAdministrator.Get("sending")).Ok()["holds"]![0];
        (hold.Text("waiting"), hold.Text("releasedBy")).ShouldBe((waiting, "ผู้ดูแลระบบ"));
    }

    [Test]
    public async Task Deadlines_go_on_while_it_is_held_and_their_notices_stand_in_the_pages()
    {
        await GoBack();
        await Restart();
        await world.Officer.Started(World.SuratThani, "เกินกำหนด");
        world.Clock.SetBangkok("2026-03-20 17:00");
        await world.Sweep();
        await Deliver();
        post.Mails.ShouldBeEmpty();
        (await world.Officer.Get("notifications")).Ok()["items"]!.AsArray().Select(n => n.Text("kind")).ShouldContain("task-overdue");
    }

    [Test]
    public async Task A_notice_that_is_made_anew_from_a_copy_keeps_its_id()
    {
        await world.Officer.Started(World.KhonKaen, "หนึ่ง");
        await Deliver();
        var before = await world.QueryAsync<Guid>("SELECT delivery_id FROM delivery");
        await world.ExecuteAsync("DELETE FROM delivery");
        await world.ExecuteAsync("UPDATE outbox SET told = @no", new { no = false });
        await Deliver();
        (await world.QueryAsync<Guid>("SELECT delivery_id FROM delivery")).ShouldBe(before);
    }

    [Test]
    public async Task The_administration_says_so_on_every_page_and_a_button_releases_it()
    {
        await GoBack();
        await Restart();
        await world.Officer.Started(World.KhonKaen, "รอ");
        var administrator = world.Visitor();
        await administrator.SignIn(Roles.Administrator);
        foreach (var path in new[] { "/admin", "/admin/people", "/admin/notifications" })
            (await administrator.Go(path)).ShouldBe(200).ShouldSay("พักการส่งอีเมลและเว็บฮุกไว้", "รอส่งอยู่ 1 รายการ");
        (await administrator.Submit("/admin/notifications?handler=release", ("waiting", "send"))).ShouldLeadTo("/admin/notifications");
        (await administrator.Go("/admin/notifications")).ShouldSay("เคยพักการส่ง", "ปล่อยโดย ผู้ดูแลระบบ ตัวอย่าง").Text
            .ShouldNotContain("รอส่งอยู่");
        await Deliver();
        post.Mails.Count.ShouldBe(1);
    }
}

using Dapper;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Testing;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>Promise P11 with the program's own commands: what was brought back from a copy sends nothing until it is released.</summary>
public sealed class RestoreSpec(string provider) : OnBothDatabases(provider)
{
    /// <summary>A send that times out on a busy machine is tried again after a minute, and once more later.</summary>
    static readonly TimeSpan Soon = TimeSpan.FromMinutes(4);

    readonly string provider = provider;
    PostOffice post = null!;

    [SetUp]
    public async Task OpenThePost() => post = await PostOffice.StartAsync();

    [TearDown]
    public async Task CloseThePost() => await post.DisposeAsync();

    [TestCase("send")]
    [TestCase("drop")]
    public async Task After_a_restore_nothing_goes_out_until_it_is_released_and_what_was_sent_before_keeps_its_id(string waiting)
    {
        var first = await Start("2026-03-02 09:00");
        using (var officer = first.As(Office.KeyOf("officer")))
        {
            await WantMail(Guid.Parse((await officer.Get("users/me")).Ok().Text("id")));
            await officer.Started(Installation.KhonKaen, "ก่อนสำรอง");
            await BecomesTooLateToTakeBack(Office.Settings);
            await Mails(1);
            post.IsDown = true;
            await officer.Started(Installation.KhonKaen, "รอส่งเมื่อสำรอง");
            await BecomesTooLateToTakeBack(Office.Settings);
            await Holds(
                async database => await database.ExecuteScalarAsync<long>(
                    "SELECT COUNT(*) FROM delivery WHERE state = 'waiting' AND error IS NOT NULL") == 1,
                "the second mail is tried", Office.Settings);
        }

        var copies = Office.NewFolder();
        var copy = await Run(Office.Settings, "backup", copies);

        // Life goes on after the backup, and ends badly.
        post.IsDown = false;
        await first.Stop();
        var second = await Start("2026-03-02 09:30");
        await Mails(2);
        second.Kill();

        var settings = Office.Settings;
        if (provider == "sqlite")
        {
            foreach (var file in Directory.GetFiles(Office.DataFolder, "processengine.db*").Where(f => !f.EndsWith(".life", StringComparison.Ordinal)))
                File.Move(file, Path.Combine(copies, "old-" + Path.GetFileName(file)));
        }
        else
        {
            settings = settings with { ConnectionString = TestRun.Postgres.NewDatabase() };
        }

        await Run(settings, "restore", copy);

        var restored = await Start("2026-03-02 10:00", settings);
        restored.Output.ShouldContain("brought back from a copy");
        using var administrator = restored.As(Office.KeyOf("administrator"));
        using var someone = restored.As(Office.KeyOf("officer"));
        await someone.Started(Installation.KhonKaen, "หลังกู้คืน");
        await BecomesTooLateToTakeBack(settings);
        await Holds(
            async database => await database.ExecuteScalarAsync<long>(
                "SELECT COUNT(*) FROM job_run WHERE job = 'deliveries' AND ran_at >= @since",
                new { since = ManualClock.Bangkok("2026-03-02 10:00") }) == 1,
            "the job that sends has run", settings);
        post.Mails.Count.ShouldBe(2, "it holds the second mail");
        var state = (await administrator.Get("sending")).Ok();
        ((bool)state["held"]!).ShouldBeTrue(state.ToJsonString());
        state["holds"]![0].Text("reason").ShouldBe("copy");

        (await administrator.Post("sending/release", new { waiting })).Status.ShouldBe(204);
        await someone.Started(Installation.KhonKaen, "หลังปล่อย");
        await BecomesTooLateToTakeBack(settings);
        if (waiting == "send")
        {
            await Holds(() => Task.FromResult(Told() >= 5), "the second once more, and the two of after the restore");
            post.Mails.Where(m => m.Id == post.Mails[1].Id).Count().ShouldBe(2, "the same notice, under the same id");
        }
        else
        {
            await Holds(() => Task.FromResult(Told() >= 3), "the one of after the release");
            await Holds(
                async database => await database.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM delivery WHERE state = 'waiting'") == 0,
                "what waited is passed over", settings);
            Told().ShouldBe(3);
        }
    }

    Task<ServiceProcess> Start(string clock, ServiceSettings? settings = null) => Office.Start((settings ?? Office.Settings) with
    {
        Clock = ManualClock.Bangkok(clock),
        More = post.Settings.ToDictionary(s => s.Key.Replace(":", "__", StringComparison.Ordinal), s => s.Value),
    });

    async Task WantMail(Guid user)
    {
        await using var database = Office.OpenDatabase();
        await new NotificationSettings(database, TimeProvider.System).SaveAsync(
            user, new() { Email = "officer@example.go.th", EmailWhen = "once", Quiet = false }, CancellationToken.None);
    }

    /// <summary>
    /// What can still be taken back is told to nobody; that takes a quarter of a minute. Instead of waiting for it, what is to be told
    /// becomes older,
    /// and so does the moment before which it is passed over.
    /// </summary>
    static async Task BecomesTooLateToTakeBack(ServiceSettings settings)
    {
        var minute = TimeSpan.FromMinutes(1);
        await using var database = Installation.Open(settings);
        await database.TransactAsync(
            async session =>
            {
                foreach (var (id, at) in await session.QueryListAsync(
                    "SELECT message_id, created_at FROM outbox WHERE NOT told", Array.Empty<object?>(), row => (Id: row.Id(0), At: row.Instant(1))))
                    session.Enqueue("UPDATE outbox SET created_at = $2 WHERE message_id = $1", id, at - minute);
                foreach (var at in await session.QueryListAsync(
                    "SELECT dropped_before FROM sending WHERE dropped_before IS NOT NULL", Array.Empty<object?>(), row => row.Instant(0)))
                    session.Enqueue("UPDATE sending SET dropped_before = $1", at - minute);
                return true;
            },
            CancellationToken.None);
    }

    int Told() => post.Mails.Sum(m => m.Body.Split("/tasks/").Length - 1);

    Task Mails(int count) => Holds(() => Task.FromResult(post.Mails.Count == count), $"{count} mails");

    Task Holds(Func<Task<bool>> condition, string what) =>
        Eventually.Holds(condition, Soon, () => $"{what}; there are {post.Mails.Count} mails");

    Task Holds(Func<System.Data.Common.DbConnection, Task<bool>> condition, string what, ServiceSettings settings) => Holds(
        async () =>
        {
            await using var database = Installation.Open(settings);
            await using var connection = await database.OpenAsync(CancellationToken.None);
            return await condition(connection);
        },
        what);

    static async Task<string> Run(ServiceSettings settings, params string[] command)
    {
        var (code, told, said) = await ServiceProcess.Command(settings, command);
        code.ShouldBe(0, said);
        return told.Split('\n')[^1];
    }
}

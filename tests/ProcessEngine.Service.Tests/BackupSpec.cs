using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ProcessEngine.Service.Hosting;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Operations.Backups;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Storage.Copies;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>A copy is made while people write, is whole or not there, and is tried by bringing it back.</summary>
public sealed class BackupSpec(string provider) : OnBothDatabases(provider)
{
    string folder = "";

    [SetUp]
    public void AFolder() => folder = Directory.CreateTempSubdirectory("processengine-copies-").FullName;

    [TearDown]
    public void NoFolder() => Directory.Delete(folder, recursive: true);

    static async Task<(int Code, string Told, string Said)> Run(IServiceProvider services, params string[] args)
    {
        var (told, said) = (new StringWriter(), new StringWriter());
        var code = await MachineCommands.RunAsync(services, args, told, said, CancellationToken.None);
        return (code, told.ToString().Trim(), said.ToString().Trim());
    }

    async Task<string> Made()
    {
        var (code, told, said) = await Run(World.Services, "backup", folder);
        code.ShouldBe(MachineCommands.Done, said);
        return told;
    }

    [Test]
    public async Task A_copy_that_is_made_while_others_write_has_whole_cases_and_is_found_whole()
    {
        using var writing = new CancellationTokenSource();
        var written = 0;
        var writer = Task.Run(async () =>
        {
            while (!writing.IsCancellationRequested)
            {
                await Officer.Started(World.KhonKaen);
                Interlocked.Increment(ref written);
            }
        });
        await Eventually(() => Volatile.Read(ref written) > 0);
        var copy = await Made();
        await writing.CancelAsync();
        await writer;

        Directory.GetFiles(copy).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(
            ["manifest.json", Provider == "sqlite" ? "processengine.db" : "processengine.dump", "settings.txt"]);
        (await Run(World.Services, "try-backup", copy)).ShouldBe((MachineCommands.Done, "whole", ""));
        Directory.GetFileSystemEntries(folder).ShouldBe([copy], "nothing of the trial is left");
        await using var connection = await World.Database.OpenAsync(CancellationToken.None);
        var last = (await BackupMaker.LastAsync(connection))!;
        (last.Place, last.Trial, last.Bytes > 10_000).ShouldBe((copy, "whole", true));
    }

    static async Task Eventually(Func<bool> condition)
    {
        while (!condition())
            await Task.Yield();
    }

    [Test]
    public async Task What_was_changed_in_the_record_is_found_by_the_trial()
    {
        var id = await Officer.Started(World.KhonKaen);
        await World.ExecuteAsync(
            "UPDATE audit_event SET at = @at WHERE instance_id = @id", new { id = Guid.Parse(id), at = Clock.GetUtcNow().AddDays(-9) });
        var (code, told, _) = await Run(World.Services, "try-backup", await Made());
        code.ShouldBe(MachineCommands.Failed);
        told.ShouldContain($"case {id}");
        await World.ExecuteAsync("DELETE FROM audit_event WHERE instance_id = @id", new { id = Guid.Parse(id) });
        await World.ExecuteAsync("DELETE FROM process_instance WHERE instance_id = @id", new { id = Guid.Parse(id) });
    }

    [Test]
    public async Task A_copy_of_which_something_was_changed_or_is_missing_is_not_brought_back()
    {
        var copy = await Made();
        var settings = Path.Combine(copy, "settings.txt");
        await File.AppendAllTextAsync(settings, "more");
        (await Run(World.Services, "restore", copy)).Said.ShouldBe($"{copy} is damaged: settings.txt is not as it was written.");
        File.Delete(settings);
        (await Run(World.Services, "try-backup", copy)).Told.ShouldBe($"{copy} is not whole: settings.txt is missing.");
        (await Run(World.Services, "restore", folder)).Said.ShouldStartWith($"{folder} is no copy: ");
    }

    [Test]
    public async Task Nothing_is_brought_back_over_a_database_that_is_there()
    {
        var copy = await Made();
        var (code, _, said) = await Run(World.Services, "restore", copy);
        code.ShouldBe(MachineCommands.Failed);
        said.ShouldContain(Provider == "sqlite" ? "is there already" : "is not empty");
    }

    [Test]
    public async Task A_copy_that_cannot_be_written_leaves_those_of_before_as_they_were()
    {
        var copy = await Made();
        var file = Path.Combine(folder, "a-file");
        await File.WriteAllTextAsync(file, "");
        var (code, _, said) = await Run(World.Services, "backup", file);
        (code, said.StartsWith($"No copy was made in {file}: ", StringComparison.Ordinal)).ShouldBe((MachineCommands.Failed, true), said);
        Directory.Exists(copy).ShouldBeTrue();
    }

    [Test]
    public async Task The_settings_are_told_without_their_secrets()
    {
        var (code, told, _) = await Run(World.Services, "settings");
        code.ShouldBe(MachineCommands.Done);
        told.ShouldContain($"ProcessEngine:Database:Provider={Provider}");
        told.ShouldContain("ProcessEngine:Backup:Keep=14");
        if (World.ConnectionString is { } secret)
            told.ShouldNotContain(new NpgsqlConnectionStringBuilder(secret).Database!);
    }

    [Test]
    public async Task Whoever_has_lost_everything_gets_in_by_a_link_of_the_machine_which_stands_in_the_trail()
    {
        (await Run(World.Services, "sign-in-link", "nobody.of.this.name")).ShouldBe(
            (MachineCommands.Failed, "", "There is no person \"nobody.of.this.name\" whose account is open."));
        var (code, told, _) = await Run(World.Services, "sign-in-link", "DEMO.clerk");
        code.ShouldBe(MachineCommands.Done);
        told.ShouldContain("/sign-in/link?t=");
        (await World.SystemAdministrator.Get("administration/events")).Raw.ShouldContain("link-made");
    }

    [Test]
    public async Task A_command_that_lacks_its_object_says_so()
    {
        foreach (var name in new[] { "try-backup", "restore", "sign-in-link", "backup" })
            (await Run(World.Services, name)).Code.ShouldBe(MachineCommands.Wrong, name);
    }

    [Test]
    public async Task The_copy_of_a_day_is_made_once_after_its_hour_and_tried_and_only_so_many_are_kept()
    {
        await using var world = await World.StartAsync(
            Provider, "2026-03-02 00:30",
            settings: new Dictionary<string, string>
            {
                ["ProcessEngine:Backup:Folder"] = folder,
                ["ProcessEngine:Backup:Keep"] = "2",
            });
        var job = world.Services.GetRequiredService<BackupJob>();
        (await job.RunAsync(CancellationToken.None)).ShouldBe(1, "there was none yet");
        world.Clock.SetBangkok("2026-03-02 00:59");
        (await job.RunAsync(CancellationToken.None)).ShouldBe(0);
        var days = new[] { ("2026-03-02 01:00", 1), ("2026-03-02 23:00", 0), ("2026-03-03 01:10", 1), ("2026-03-04 09:00", 1) };
        foreach (var (at, made) in days)
        {
            world.Clock.SetBangkok(at);
            (await job.RunAsync(CancellationToken.None)).ShouldBe(made, at);
        }

        Directory.GetDirectories(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe(["processengine-20260302T181000Z", "processengine-20260304T020000Z"]);
        (await world.Nobody.Get("/health/ready")).Ok().Text("lastBackup").ShouldBe("2026-03-04T09:00:00+07:00");

        await using var connection = await world.Database.OpenAsync(CancellationToken.None);
        (await job.OldestWaitingAsync(connection, world.Clock.GetUtcNow())).ShouldBeNull();
        world.Clock.SetBangkok("2026-03-05 03:01");
        (await job.OldestWaitingAsync(connection, world.Clock.GetUtcNow())).ShouldBe(ManualClock.Bangkok("2026-03-05 01:00"));
    }
}

/// <summary>Before the schema is touched: whether the database is the one that was here, and that there is a way back.</summary>
public sealed class UpgradeCopySpec
{
    [Test]
    public async Task An_installation_whose_database_is_gone_does_not_begin_anew([Values("sqlite", "postgresql")] string provider)
    {
        var folder = Directory.CreateTempSubdirectory("processengine-test-").FullName;
        var file = Path.Combine(folder, "processengine.db");
        var empty = provider == "sqlite" ? null : TestRun.Postgres.NewDatabase();
        await using Database database = empty is null ? new SqliteDatabase(file) : new PostgresDatabase(empty, 4);
        DatabaseCopies copies = empty is null ? new SqliteCopies(file) : new PostgresCopies(empty);
        var looks = new UpgradeCopy(
            database, copies, new ServiceOptions { DataFolder = folder }, TimeProvider.System, NullLogger<UpgradeCopy>.Instance);
        await looks.MakeAsync(CancellationToken.None);

        await File.WriteAllTextAsync(database.LifeFile(folder), "{}");
        var refused = await Should.ThrowAsync<SettingsException>(() => looks.MakeAsync(CancellationToken.None));
        refused.Message.ShouldContain("leads to an empty database");
        refused.Message.ShouldContain(".life says that there was one before");
        File.Exists(file).ShouldBeFalse("nothing was begun");
        Directory.Delete(folder, recursive: true);
        if (empty is not null)
            TestRun.Postgres.Drop(empty);
    }

    [Test]
    public async Task The_embedded_database_is_copied_before_a_newer_program_changes_its_schema()
    {
        await using var world = await World.StartAsync("sqlite");
        var data = world.Services.GetRequiredService<ServiceOptions>().DataFolder;
        var copies = Path.Combine(data, UpgradeCopy.Folder);
        Directory.Exists(copies).ShouldBeFalse("it is of this version");
        // As a program of before leaves it.
        await world.ExecuteAsync("DELETE FROM schema_migration WHERE number = (SELECT MAX(number) FROM schema_migration)");
        await world.Services.GetRequiredService<UpgradeCopy>().MakeAsync(CancellationToken.None);
        var copy = Directory.GetFiles(copies).ShouldHaveSingleItem();
        Path.GetFileName(copy).ShouldStartWith("schema-");
        await using var database = new SqliteDatabase(copy);
        await using var connection = await database.OpenAsync(CancellationToken.None);
        (await Migrations.VersionAsync(connection)).ShouldBe(Migrations.Newest("sqlite") - 1);
    }
}

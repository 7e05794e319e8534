using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Hosting;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// Promise P9 for the whole record: what was changed, taken out, put in, turned round, cut off, removed or written anew is found and
/// located, by the service and by a program that shares nothing with it (docs/verify_record.py).
/// </summary>
public sealed partial class RecordSpec(string provider) : OnBothDatabases(provider)
{
    T Of<T>()
        where T : notnull => World.Services.GetRequiredService<T>();

    Task<int> Seal(bool everything = false) => Of<SealAnchors>().SealAsync(everything, CancellationToken.None);

    /// <summary>A case of six events, of which two were sealed, and then all.</summary>
    async Task<Guid> ACase()
    {
        Clock.Advance(TimeSpan.FromHours(1));
        var id = await Officer.Started(World.KhonKaen);
        await Seal();
        await Officer.Complete(await Officer.OpenTaskOf(id), "เสร็จ");
        await Officer.Complete(await Officer.OpenTaskOf(id), "แผน");
        await Seal();
        return Guid.Parse(id);
    }

    async Task<(int Exit, string[] Faults)> Command(params string[] arguments)
    {
        await using StringWriter told = new(), said = new();
        var exit = await AuditCommands.RunAsync(World.Services, ["verify", .. arguments], told, said, CancellationToken.None);
        var lines = told.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[^1].ShouldEndWith("faults");
        return (exit, lines[..^1]);
    }

    /// <summary>The same by the program in docs, over what the command <c>record</c> writes.</summary>
    async Task<(int Exit, string[] Faults)> Script(params string[] arguments)
    {
        var file = Path.Combine(Path.GetTempPath(), $"record-{Guid.NewGuid():N}.jsonl");
        await using StringWriter told = new(), said = new();
        (await AuditCommands.RunAsync(World.Services, ["record", file], told, said, CancellationToken.None)).ShouldBe(AuditCommands.Whole);
        try
        {
            return await RunScript([file, .. arguments]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The system's own, where there is one: what chooses between several costs more than the program itself.</summary>
    static string Python { get; } = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    static async Task<(int Exit, string[] Faults)> RunScript(string[] arguments)
    {
        var start = new ProcessStartInfo(Python, [Path.Combine(Repository.Root, "docs", "verify_record.py"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBeInRange(0, 1, await error);
        return (process.ExitCode, (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries)[..^1]);
    }

    sealed record Row
    {
        public int Sequence { get; init; }
        public string Type { get; init; } = "";
        public DateTimeOffset At { get; init; }
        public Guid? Actor { get; init; }
        public string Payload { get; init; } = "";
    }

    /// <summary>As somebody would who knows how all of it is made: the chain, the case and its snapshot agree with one another.</summary>
    async Task WriteAnew(Guid id, Func<IReadOnlyList<Row>, IEnumerable<Row>> change)
    {
        var rows = await World.QueryAsync<Row>(
            "SELECT sequence, type, at, actor, payload FROM audit_event WHERE instance_id = @id ORDER BY sequence", new { id });
        await World.ExecuteAsync("DELETE FROM audit_event WHERE instance_id = @id", new { id });
        var (hash, state, sequence) = (AuditChain.Origin, ProcessState.NotStarted, 0);
        foreach (var row in change(rows))
        {
            sequence++;
            hash = AuditChain.Hash(hash, id, sequence, row.Type, row.At, row.Actor, row.Payload);
            state = ProcessState.Evolve(state, new RecordedEvent(sequence, row.At, row.Actor, EventTypes.Read(row.Type, row.Payload)));
            await World.ExecuteAsync(
                "INSERT INTO audit_event (instance_id, sequence, type, at, actor, payload, hash) "
                + "VALUES (@id, @sequence, @Type, @At, @Actor, @Payload, @hash)",
                new { id, sequence, row.Type, row.At, row.Actor, row.Payload, hash });
        }

        await World.ExecuteAsync(
            "UPDATE process_instance SET revision = @sequence, head_hash = @hash, state = @text WHERE instance_id = @id",
            new { id, sequence, hash, text = JsonSerializer.Serialize(state, StorageJson.Instance.ProcessState) });
    }

    Task Sql(Guid id, string sql) => World.ExecuteAsync(sql, new { id });

    static Row Comment(Row like) => like with { Type = "CommentAdded", Payload = """{"text":"ไม่เคยเกิดขึ้น"}""" };

    static readonly Dictionary<string, (Func<RecordSpec, Guid, Task> Do, int At, string Reason)> Tampering = new()
    {
        ["a byte of an event changed"] = ((t, id) => t.Sql(
            id, "UPDATE audit_event SET payload = REPLACE(payload, 'แผน', 'แผo') WHERE instance_id = @id AND sequence = 5"), 5, "changed"),
        ["a row deleted"] = ((t, id) => t.Sql(id, "DELETE FROM audit_event WHERE instance_id = @id AND sequence = 3"), 3, "missing"),
        ["a row put in after the last"] = ((t, id) => t.Sql(
            id,
            "INSERT INTO audit_event SELECT instance_id, 7, type, at, actor, payload, hash FROM audit_event "
            + "WHERE instance_id = @id AND sequence = 6"),
            7, "changed"),
        ["a row put in before the first"] = ((t, id) => t.Sql(
            id,
            "INSERT INTO audit_event SELECT instance_id, 0, type, at, actor, payload, hash FROM audit_event "
            + "WHERE instance_id = @id AND sequence = 1"),
            0, "added"),
        ["a row put in between, and all after it chained anew"] = (
            (t, id) => t.WriteAnew(id, rows => [.. rows.Take(3), Comment(rows[2]), .. rows.Skip(3)]), 3, "rewritten"),
        ["two rows turned round"] = ((t, id) => t.Sql(
            id,
            "UPDATE audit_event SET sequence = -3 WHERE instance_id = @id AND sequence = 3;"
            + "UPDATE audit_event SET sequence = 3 WHERE instance_id = @id AND sequence = 4;"
            + "UPDATE audit_event SET sequence = 4 WHERE instance_id = @id AND sequence = -3"), 3, "changed"),
        ["the last event cut off, and the case told so"] = ((t, id) => t.WriteAnew(id, rows => rows.Take(5)), 6, "cut-off"),
        ["the last event cut off"] = (
            (t, id) => t.Sql(id, "DELETE FROM audit_event WHERE instance_id = @id AND sequence = 6"), 6, "cut-off"),
        ["a whole case removed, its snapshot and tasks with it"] = ((t, id) => t.Sql(
            id,
            "DELETE FROM audit_event WHERE instance_id = @id; DELETE FROM user_task WHERE instance_id = @id;"
            + "DELETE FROM deadline WHERE instance_id = @id;"
            + "DELETE FROM outbox WHERE instance_id = @id; DELETE FROM process_instance WHERE instance_id = @id"), 1, "removed"),
        ["a case removed but for its events"] = (
            (t, id) => t.Sql(id, "DELETE FROM process_instance WHERE instance_id = @id"), 1, "removed"),
        ["the history written anew from the first event on"] = (
            (t, id) => t.WriteAnew(id, rows => rows.Select(r => r with { Payload = r.Payload.Replace("ติดตั้ง", "รื้อถอน") })),
            1, "rewritten"),
        ["the snapshot bent"] = ((t, id) => t.Sql(
            id, "UPDATE process_instance SET state = REPLACE(state, 'ติดตั้งเครื่องคอมพิวเตอร์', 'รื้อถอน') WHERE instance_id = @id"),
            6, "snapshot"),
        ["a case moved to another office"] = (
            (t, id) => t.Sql(id, "UPDATE process_instance SET office = 'other' WHERE instance_id = @id"), 6, "snapshot"),
    };

    static string[] Kinds { get; } = [.. Tampering.Keys];

    [TestCaseSource(nameof(Kinds))]
    public async Task What_was_tampered_with_is_found_and_located_and_an_independent_program_agrees(string kind)
    {
        var (tamper, at, reason) = Tampering[kind];
        var id = await ACase();
        (await Found()).ShouldBe([]);
        (await Script()).Faults.ShouldNotContain(f => f.Contains($"{id}"));
        await tamper(this, id);
        (await Found()).ShouldBe([$"{reason} {at}"]);
        (await Command()).Exit.ShouldBe(AuditCommands.Broken);
        var (exit, told) = await Script();
        // What a case shows besides its events is the service's own business: only the service folds them.
        if (reason == "snapshot")
            told.ShouldNotContain(f => f.Contains($"{id}"));
        else
            (exit, told.Single(f => f.Contains($"{id}"))).ShouldBe((1, (await Command()).Faults.Single(f => f.Contains($"{id}"))));

        async Task<string[]> Found()
        {
            var page = await Of<StoreVerifier>().PageAsync(null, Guid.Empty, CancellationToken.None);
            page.Next.ShouldBeNull();
            return [.. page.Faults.Where(f => f.ProcessInstanceId == id).Select(f => $"{f.Reason} {f.Sequence}")];
        }
    }

    [Test]
    public async Task An_untouched_record_is_whole_to_both_and_the_database_file_itself_can_be_read()
    {
        await using var world = await World.StartAsync(Provider);
        var other = new RecordSpec(Provider) { Another = world };
        await other.ACase();
        await other.ACase();
        (await other.Command()).ShouldBe((AuditCommands.Whole, []), Same);
        (await other.Script()).ShouldBe((0, []), Same);
        var trusted = other.Of<AnchorKey>().Trusted().ShouldHaveSingleItem();
        (await other.Script("--key", trusted)).ShouldBe((0, []), Same);
        (await other.Script("--key", "another")).Faults.ShouldBe([.. Enumerable.Range(1, 4).Select(n => $"anchor-key anchor {n}")]);
        var kept = await Kept(other);
        (await other.Script("--anchors", kept)).ShouldBe((0, []), Same);
        if (Provider == "sqlite")
        {
            await world.ExecuteAsync("PRAGMA wal_checkpoint(TRUNCATE)");
            var file = await world.ScalarAsync<string>("SELECT file FROM pragma_database_list WHERE name = 'main'");
            (await RunScript([file])).ShouldBe((0, []), Same);
        }
    }

    static readonly IEqualityComparer<(int Exit, string[] Faults)> Same = EqualityComparer<(int Exit, string[] Faults)>.Create(
        (a, b) => a.Exit == b.Exit && a.Faults.SequenceEqual(b.Faults), a => a.Exit);

    static async Task<string> Kept(RecordSpec other)
    {
        var folder = Path.Combine(other.Of<Kernel.ServiceOptions>().DataFolder, "anchors");
        await Task.CompletedTask;
        return Directory.GetFiles(folder).ShouldHaveSingleItem();
    }

    static readonly Dictionary<string, (Func<RecordSpec, Task> Do, string Fault, bool ScriptSees)> TamperingWithAnchors = new()
    {
        ["an entry changed"] = (
            t => t.World.ExecuteAsync("UPDATE anchor_entry SET office = 'x' WHERE anchor = 2"), "anchor-changed anchor 2", true),
        ["an entry taken out"] = (t => t.World.ExecuteAsync("DELETE FROM anchor_entry WHERE anchor = 1"), "anchor-changed anchor 1", true),
        ["an anchor taken out"] = (t => t.World.ExecuteAsync("DELETE FROM anchor WHERE number = 1"), "anchor-missing anchor 1", true),
        ["the last anchor and its entries taken out"] = (
            t => t.World.ExecuteAsync("DELETE FROM anchor WHERE number = 2; DELETE FROM anchor_entry WHERE anchor = 2"),
            "anchor-missing anchor 2", true),
        ["what an anchor says changed"] = (
            t => t.World.ExecuteAsync("UPDATE anchor SET trail_length = trail_length + 1 WHERE number = 2"),
            "anchor-signature anchor 2", true),
        ["an anchor signed by somebody else"] = (t => t.SignedByAnother(2), "anchor-key anchor 2", true),
        ["the trail of the administration cut off, and told so"] = (
            t => t.World.ExecuteAsync(
                "DELETE FROM admin_event WHERE sequence = (SELECT MAX(sequence) FROM admin_event);"
                + "UPDATE admin_trail SET length = length - 1,"
                + "hash = (SELECT hash FROM admin_event WHERE sequence = (SELECT MAX(sequence) FROM admin_event))"),
            "trail-rewritten anchor 1", false),
        ["an event of the trail changed"] = (
            t => t.World.ExecuteAsync("UPDATE admin_event SET detail = '{ }' WHERE sequence = 2"), "trail-changed event 2", false),
    };

    static string[] AnchorKinds { get; } = [.. TamperingWithAnchors.Keys];

    [TestCaseSource(nameof(AnchorKinds))]
    public async Task What_was_sealed_cannot_be_bent_either(string kind)
    {
        await using var world = await World.StartAsync(Provider);
        var other = new RecordSpec(Provider) { Another = world };
        await other.ACase();
        var kept = await Kept(other);
        var trusted = other.Of<AnchorKey>().Trusted().ShouldHaveSingleItem();
        await TamperingWithAnchors[kind].Do(other);
        var (exit, faults) = await other.Command();
        (exit, faults[0]).ShouldBe((AuditCommands.Broken, TamperingWithAnchors[kind].Fault));
        if (TamperingWithAnchors[kind].ScriptSees)
            (await other.Script("--key", trusted, "--anchors", kept)).Faults.ShouldContain(TamperingWithAnchors[kind].Fault);
    }

    async Task SignedByAnother(int number)
    {
        Anchor was;
        await using (var connection = await World.Database.OpenAsync(CancellationToken.None))
            was = (await SealAnchors.AnchorsAsync(connection, number - 1, 1, CancellationToken.None)).Single();
        using var key = RSA.Create(2048);
        var now = Anchor.Sealed(
            number, was.SealedAt, was.Entries, Convert.FromHexString(was.Digest), (was.TrailLength, Convert.FromHexString(was.TrailHash)),
            Convert.FromHexString(was.Previous), key);
        await World.ExecuteAsync(
            "UPDATE anchor SET hash = @hash, key = @key, signature = @signature WHERE number = @number",
            new
            {
                number,
                hash = Convert.FromHexString(now.Hash),
                key = Convert.FromHexString(now.Key),
                signature = Convert.FromHexString(now.Signature),
            });
    }

    [Test]
    public async Task An_anchor_covers_what_changed_since_the_last_and_none_is_made_when_nothing_did()
    {
        await using var world = await World.StartAsync(Provider);
        var other = new RecordSpec(Provider) { Another = world };
        var (first, second) = (await world.Officer.Started(World.KhonKaen), await world.Officer.Started(World.KhonKaen));
        (await other.Seal()).ShouldBe(2);
        (await other.Seal()).ShouldBe(0);
        (await world.ScalarAsync<long>("SELECT COUNT(*) FROM anchor")).ShouldBe(1);
        (await world.Officer.Complete(await world.Officer.OpenTaskOf(first))).Ok();
        (await other.Seal()).ShouldBe(1);
        world.Clock.Advance(TimeSpan.FromDays(3));
        (await world.Officer.Post($"process-instances/{second}/cancel", new { comment = "ไม่ใช้แล้ว" })).Ok();
        (await other.Seal()).ShouldBe(1, "what has ended since, too");
        (await world.SystemAdministrator.Post("offices", new { code = "new-one", name = new { th = "ใหม่" }, province = "TH-84" })).Ok();
        (await other.Seal()).ShouldBe(0);
        (await world.ScalarAsync<long>("SELECT COUNT(*) FROM anchor")).ShouldBe(4, "the trail of the administration went on");
        (await world.ScalarAsync<long>("SELECT COUNT(*) FROM anchor_entry")).ShouldBe(4);
    }

    [Test]
    public async Task A_lost_copy_of_an_anchor_is_written_by_the_next_run()
    {
        await using var world = await World.StartAsync(Provider);
        var other = new RecordSpec(Provider) { Another = world };
        await other.ACase();
        var kept = await Kept(other);
        var lines = await File.ReadAllLinesAsync(kept);
        lines.Length.ShouldBe(2);
        await File.WriteAllTextAsync(kept, lines[0] + "\n" + lines[1][..20] + "\n");
        await other.Seal();
        (await other.Script("--anchors", await TornApart())).ShouldBe((0, []), Same);
        (await other.Command()).Faults.ShouldBeEmpty();

        // The script takes whole lines only.
        async Task<string> TornApart()
        {
            await File.WriteAllLinesAsync(kept, (await File.ReadAllLinesAsync(kept)).Where(l => l.EndsWith('}')));
            return kept;
        }
    }

    [Test]
    public async Task A_run_is_asked_for_and_worked_off_by_the_job_and_goes_on_where_it_was_cut_off()
    {
        await using var world = await World.StartAsync(Provider);
        var other = new RecordSpec(Provider) { Another = world };
        for (var i = 0; i < 3; i++)
            await other.ACase();
        var auditor = world.As(Roles.Auditor);
        var job = other.Of<VerificationWork>();
        await job.RunAsync(CancellationToken.None);
        var nightly = (await auditor.Get("audit/verifications")).Ok()["items"]!.AsArray().ShouldHaveSingleItem()!;
        (nightly.Text("state"), nightly.Number("cases"), nightly.Number("events"), nightly.Number("faults"))
            .ShouldBe(("done", 3, 18, 0));
        (nightly["office"], nightly["askedBy"]).ShouldBe((null, null));
        await job.RunAsync(CancellationToken.None);
        (await auditor.All("audit/verifications")).Count.ShouldBe(1, "once a night");

        var asked = (await auditor.Post("audit/verifications", new { office = World.Office }, "once")).Ok();
        (await auditor.Post("audit/verifications", new { office = World.Office }, "once")).Ok().Text("id").ShouldBe(asked.Text("id"));
        asked.Text("state").ShouldBe("waiting");
        var ids = await world.QueryAsync<Guid>("SELECT instance_id FROM process_instance ORDER BY instance_id");
        await world.ExecuteAsync(
            "UPDATE verification SET position = @at, cases = 1 WHERE verification_id = @id",
            new { id = Guid.Parse(asked.Text("id")), at = ids[0] });
        await world.ExecuteAsync("DELETE FROM audit_event WHERE instance_id = @id AND sequence = 2", new { id = ids[2] });
        await job.RunAsync(CancellationToken.None);
        var done = (await auditor.Get($"audit/verifications/{asked.Text("id")}")).Ok();
        (done.Text("state"), done.Number("cases"), done.Number("faults")).ShouldBe(("done", 3, 1));
        var fault = done["found"]!.AsArray().ShouldHaveSingleItem()!;
        (fault.Text("reason"), fault.Text("processInstanceId"), fault.Number("sequence"), fault.Text("office"))
            .ShouldBe(("missing", ids[2].ToString(), 2, World.Office));

        world.Clock.Advance(TimeSpan.FromDays(1));
        await job.RunAsync(CancellationToken.None);
        (await auditor.All("audit/verifications", 1)).Count.ShouldBe(3, "the next night");

        // Each as a paper, to whoever may look.
        var reader = world.Visitor();
        await reader.SignIn(Roles.Auditor);
        (await reader.Go($"/reports/verification/{nightly.Text("id")}")).ShouldBe(200).ShouldSay(
            "ใบรับรองผลการตรวจสอบบันทึก", "ทุกสำนักงานในระบบ", "ครบถ้วน ทุกเหตุการณ์เหมือนที่เขียนไว้", "๓ เรื่อง ๑๘ เหตุการณ์");
        (await reader.Go($"/reports/verification/{asked.Text("id")}")).ShouldBe(200).ShouldSay("พบ ๑ แห่ง", "สิ่งที่พบ", ids[2].ToString());
        (await reader.Go("/reports/verification")).Html.ShouldContain($"/reports/verification/{asked.Text("id")}");
        (await reader.Go($"/reports/verification/{Guid.NewGuid()}")).ShouldBe(404);
        var officer = world.Visitor();
        await officer.SignIn(Roles.Officer);
        (await officer.Go($"/reports/verification/{nightly.Text("id")}")).ShouldBe(403);
        // What has not ended certifies nothing.
        var waiting = (await auditor.Post("audit/verifications", new { office = World.Office })).Ok();
        (await reader.Go($"/reports/verification/{waiting.Text("id")}")).ShouldBe(404);
    }

    [Test]
    public async Task Who_may_not_audit_an_office_neither_asks_nor_sees()
    {
        (await Officer.Post("audit/verifications", new { office = World.Office })).ShouldBeProblem(403, "not-allowed");
        (await Officer.Get("audit/verifications")).ShouldBeProblem(403, "not-allowed");
        (await Officer.Get("audit/anchors")).ShouldBeProblem(403, "not-allowed");
        (await Officer.Get("audit/anchors/1")).ShouldBeProblem(403, "not-allowed");
        var auditor = As(Roles.Auditor);
        (await auditor.Post("audit/verifications", new { office = "elsewhere" })).ShouldBeProblem(404, "office-not-found", "office");
        (await auditor.Post("audit/verifications", new { })).ShouldBeProblem(403, "not-allowed");
        (await auditor.Get($"audit/verifications/{Guid.NewGuid()}")).ShouldBeProblem(404, "verification-not-found", "id");
        (await auditor.Get("audit/anchors/99999")).ShouldBeProblem(404, "anchor-not-found", "number");
        var whole = (await World.SystemAdministrator.Post("audit/verifications", new { })).Ok();
        (await Officer.Get($"audit/verifications/{whole.Text("id")}")).ShouldBeProblem(404, "verification-not-found", "id");
        (await auditor.Get($"audit/verifications/{whole.Text("id")}")).Ok();
        (await World.SystemAdministrator.Post("offices", new { code = "unseen", name = new { th = "อื่น" }, province = "TH-84" })).Ok();
        var theirs = (await World.SystemAdministrator.Post("audit/verifications", new { office = "unseen" })).Ok();
        (await auditor.Get($"audit/verifications/{theirs.Text("id")}")).ShouldBeProblem(404, "verification-not-found", "id");
    }

    /// <summary>The words of a helper serve another world: of a test that bends the whole installation.</summary>
    World? Another { get; init; }

    new World World => Another ?? base.World;
    new ManualClock Clock => World.Clock;
    new Person Officer => World.Officer;
}

/// <summary>Nodes of one database sign with one key; two that do not are told so.</summary>
public sealed class AnchorKeySpec
{
    [Test]
    public async Task A_node_with_a_key_of_its_own_says_that_it_does_not_trust_what_another_sealed()
    {
        await using var first = await World.StartAsync("postgresql");
        await using var second = await World.StartAsync("postgresql", beside: first);
        await Seal(first);
        first.LastError.ShouldBeEmpty();
        await Seal(second);
        second.LastError.ShouldContain("which this node does not trust");

        static async Task Seal(World world)
        {
            await world.Officer.Started(World.KhonKaen);
            world.Clock.Advance(TimeSpan.FromHours(1));
            (await world.Services.GetRequiredService<SealAnchors>().SealAsync(everything: true, CancellationToken.None)).ShouldBeGreaterThan(0);
        }
    }

    [Test]
    public void Of_those_who_make_the_key_at_once_all_sign_with_the_first()
    {
        var folder = Directory.CreateTempSubdirectory("processengine-key-").FullName;
        var keys = Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8).Select(_ =>
        {
            using var key = new AnchorKey(new AuditOptions(), new ServiceOptions { DataFolder = folder }).FindOrMake();
            return Anchor.Hex(key.ExportParameters(false).Modulus!);
        });
        keys.Distinct().ShouldHaveSingleItem();
        Directory.GetFiles(folder).ShouldHaveSingleItem();
        Directory.Delete(folder, recursive: true);
    }
}

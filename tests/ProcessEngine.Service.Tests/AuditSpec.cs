using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Tests;

/// <summary>Promise P9: a changed, missing, added or cut-off event is found and located.</summary>
public sealed class AuditSpec(string provider) : OnBothDatabases(provider)
{
    async Task<Guid> ACase()
    {
        Clock.Advance(TimeSpan.FromHours(1));
        var id = await Officer.Started(World.KhonKaen);
        await Officer.Complete(await Officer.OpenTaskOf(id), "เสร็จ");
        await Officer.Complete(await Officer.OpenTaskOf(id), "แผน");
        (await Officer.Verify(id)).ShouldSatisfyAllConditions(v => ((bool)v["valid"]!).ShouldBeTrue(), v => v["brokenAt"].ShouldBeNull());
        return Guid.Parse(id);
    }

    [TestCase("UPDATE audit_event SET payload = REPLACE(payload, 'แผน', 'แผo') WHERE instance_id = @id AND sequence = 5", 5, "changed")]
    [TestCase("UPDATE audit_event SET payload = 'not json' WHERE instance_id = @id AND sequence = 2", 2, "changed")]
    [TestCase("UPDATE audit_event SET type = 'TaskRejected' WHERE instance_id = @id AND sequence = 3", 3, "changed")]
    [TestCase("UPDATE audit_event SET actor = NULL WHERE instance_id = @id AND sequence = 1", 1, "changed")]
    [TestCase("UPDATE audit_event SET at = (SELECT MIN(created_at) FROM office) WHERE instance_id = @id AND sequence = 4", 4, "changed")]
    [TestCase("DELETE FROM audit_event WHERE instance_id = @id AND sequence = 3", 3, "missing")]
    [TestCase("DELETE FROM audit_event WHERE instance_id = @id AND sequence > 4", 5, "cut-off")]
    [TestCase("INSERT INTO audit_event SELECT instance_id, 7, type, at, actor, payload, hash FROM audit_event WHERE instance_id = @id AND sequence = 6", 7, "changed")]
    [TestCase("UPDATE audit_event SET actor = (SELECT user_id FROM app_user WHERE user_id <> audit_event.actor LIMIT 1) WHERE instance_id = @id AND sequence = 4", 4, "changed")]
    [TestCase("DELETE FROM audit_event WHERE instance_id = @id AND sequence = 1", 1, "missing")]
    [TestCase("DELETE FROM audit_event WHERE instance_id = @id", 1, "cut-off")]
    [TestCase(
        "UPDATE audit_event SET sequence = -3 WHERE instance_id = @id AND sequence = 3; UPDATE audit_event SET sequence = 3 WHERE instance_id = @id AND sequence = 4;"
        + "UPDATE audit_event SET sequence = 4 WHERE instance_id = @id AND sequence = -3", 3, "changed")]
    [TestCase(
        "UPDATE audit_event SET sequence = -sequence - 1 WHERE instance_id = @id AND sequence >= 4; UPDATE audit_event SET sequence = -sequence WHERE instance_id = @id AND sequence < 0;"
        + "INSERT INTO audit_event SELECT instance_id, 4, type, at, actor, payload, hash FROM audit_event WHERE instance_id = @id AND sequence = 3", 4, "changed")]
    [TestCase("UPDATE process_instance SET revision = 5 WHERE instance_id = @id", 6, "added")]
    [TestCase("UPDATE process_instance SET head_hash = (SELECT hash FROM audit_event WHERE instance_id = @id AND sequence = 5) WHERE instance_id = @id", 6, "changed")]
    [TestCase("UPDATE process_instance SET state = REPLACE(state, 'ติดตั้งเครื่องคอมพิวเตอร์', 'ติดตั้ง') WHERE instance_id = @id", 6, "snapshot")]
    public async Task Damage_is_found_and_located(string damage, int brokenAt, string reason)
    {
        var id = await ACase();
        await World.ExecuteAsync(damage, new { id });
        var found = await Officer.Verify(id.ToString());
        ((bool)found["valid"]!).ShouldBeFalse();
        found.Number("brokenAt").ShouldBe(brokenAt);
        found.Text("reason").ShouldBe(reason);
    }

    /// <summary>Also during an upgrade: the earlier version goes on writing beside this one for a while.</summary>
    [Test]
    public async Task A_snapshot_that_an_earlier_version_wrote_is_whole_and_is_folded_anew_when_its_case_is_next_written()
    {
        var id = await ACase();
        await World.ExecuteAsync(
            "UPDATE process_instance SET state = REPLACE(state, @now, '') WHERE instance_id = @id", new { id, now = Format(0) });
        ((bool)(await Officer.Verify(id.ToString()))["valid"]!).ShouldBeTrue();
        (await Director.Act("approve", await Officer.OpenTaskOf(id.ToString()), new { })).Ok();
        ((bool)(await Officer.Verify(id.ToString()))["valid"]!).ShouldBeTrue();
        (await World.ScalarAsync<string>("SELECT state FROM process_instance WHERE instance_id = @id", new { id })).ShouldContain(Format(0));
    }

    [Test]
    public async Task What_a_newer_version_wrote_is_shown_and_not_written_over()
    {
        var id = await ACase();
        var task = await Officer.OpenTaskOf(id.ToString());
        await World.ExecuteAsync(
            "UPDATE process_instance SET state = REPLACE(state, @now, @newer) WHERE instance_id = @id",
            new { id, now = Format(0), newer = Format(1) + "\"remembers\":1," });
        (await Director.Act("approve", task, new { })).ShouldBeProblem(503, "newer-version");
        (await Officer.Get($"process-instances/{id}")).Ok();
        (await Officer.OpenTaskOf(id.ToString())).Text("id").ShouldBe(task.Text("id"));
        await World.ExecuteAsync(
            "UPDATE process_instance SET state = REPLACE(state, @newer, @now) WHERE instance_id = @id",
            new { id, now = Format(0), newer = Format(1) + "\"remembers\":1," });
        (await Director.Act("approve", task, new { })).Ok();
    }

    static string Format(int later) => $"\"format\":{ProcessState.CurrentFormat + later},";

    [Test]
    public async Task Whoever_forges_an_event_and_its_hash_is_found_at_the_next_one()
    {
        var id = await ACase();
        await WriteAsync(id, 3, new CommentAdded(null, "ไม่เคยเกิดขึ้น"), replace: true);
        (await Officer.Verify(id.ToString())).Number("brokenAt").ShouldBe(4);
    }

    [Test]
    public async Task Whoever_chains_an_event_on_by_hand_is_found_at_it()
    {
        var id = await ACase();
        await WriteAsync(id, 7, new CommentAdded(null, "ไม่เคยเกิดขึ้น"), replace: false);
        var found = await Officer.Verify(id.ToString());
        (found.Number("brokenAt"), found.Text("reason")).ShouldBe((7, "added"));
    }

    [Test]
    public async Task A_history_of_more_than_one_page_is_verified_across_the_page()
    {
        var id = (await ACase()).ToString();
        var task = await Director.OpenTaskOf(id);
        for (var sequence = 7; sequence <= 504; sequence++)
            (await Director.Comment(task, $"บันทึก {sequence}")).Ok();
        var sound = await Officer.Verify(id);
        ((bool)sound["valid"]!, sound.Number("events")).ShouldBe((true, 504));

        foreach (var sequence in new[] { 499, 500, 501, 504 })
        {
            await World.ExecuteAsync(
                "UPDATE audit_event SET payload = REPLACE(payload, 'บันทึก', 'บันทืก') WHERE instance_id = @id AND sequence = @sequence",
                new { id = Guid.Parse(id), sequence });
            (await Officer.Verify(id)).Number("brokenAt").ShouldBe(sequence);
            await World.ExecuteAsync(
                "UPDATE audit_event SET payload = REPLACE(payload, 'บันทืก', 'บันทึก') WHERE instance_id = @id AND sequence = @sequence",
                new { id = Guid.Parse(id), sequence });
        }

        await World.ExecuteAsync("DELETE FROM audit_event WHERE instance_id = @id AND sequence = 501", new { id = Guid.Parse(id) });
        (await Officer.Verify(id)).Number("brokenAt").ShouldBe(501);
    }

    [Test]
    public async Task Damage_to_one_case_is_not_laid_to_another()
    {
        var (one, other) = (await ACase(), await ACase());
        await World.ExecuteAsync("DELETE FROM audit_event WHERE instance_id = @one", new { one });
        ((bool)(await Officer.Verify(other.ToString()))["valid"]!).ShouldBeTrue();
    }

    /// <summary>Writes an event as somebody would who knows how the chain is made.</summary>
    async Task WriteAsync(Guid id, int sequence, ProcessEvent forged, bool replace)
    {
        var (type, payload) = EventTypes.Write(forged);
        var previous = await World.ScalarAsync<byte[]>(
            "SELECT hash FROM audit_event WHERE instance_id = @id AND sequence = @before", new { id, before = sequence - 1 });
        var at = Clock.GetUtcNow();
        var hash = AuditChain.Hash(previous, id, sequence, type, at, null, payload);
        if (replace)
            await World.ExecuteAsync("DELETE FROM audit_event WHERE instance_id = @id AND sequence = @sequence", new { id, sequence });
        await World.ExecuteAsync(
            "INSERT INTO audit_event (instance_id, sequence, type, at, actor, payload, hash) VALUES (@id, @sequence, @type, @at, NULL, @payload, @hash)",
            new { id, sequence, type, at, payload, hash });
    }
}

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
}

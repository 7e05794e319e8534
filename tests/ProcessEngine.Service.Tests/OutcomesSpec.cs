using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Tests;

/// <summary>How a case ended: a field, a filter, and what cases of before get.</summary>
public sealed class OutcomesSpec(string provider) : OnBothDatabases(provider)
{
    async Task<string> Ended(string outcome)
    {
        var id = await Officer.Started(World.KhonKaen, outcome);
        if (outcome == "completed")
        {
            for (var i = 0; i < 7; i++)
                await Person.DoNext(World, id);
        }
        else
        {
            (await (outcome == "withdrawn" ? Officer : Director).Cancel(id, "เลิก")).Ok();
        }

        return id;
    }

    [TestCase("completed")]
    [TestCase("cancelled")]
    [TestCase("withdrawn")]
    public async Task An_outcome_is_a_field_and_a_filter_and_cases_of_before_get_theirs(string outcome)
    {
        var id = await Ended(outcome);
        var running = await Officer.Started(World.KhonKaen);
        (await Officer.Case(id)).Text("outcome").ShouldBe(outcome);
        (await Officer.Case(running))["outcome"].ShouldBeNull();
        (await Found()).ShouldContain(id);
        (await Found()).ShouldNotContain(running);

        // As an earlier version left it: neither beside the snapshot nor in it.
        var (snapshot, guid) = (
            await World.ScalarAsync<string>("SELECT state FROM process_instance WHERE instance_id = @id", new { id = Guid.Parse(id) }),
            Guid.Parse(id));
        var before = snapshot!.Replace($",\"outcome\":\"{outcome}\"", "", StringComparison.Ordinal);
        before.ShouldNotBe(snapshot);
        await World.ExecuteAsync(
            "UPDATE process_instance SET outcome = NULL, state = @before WHERE instance_id = @guid", new { before, guid });
        (await Officer.Case(id))["outcome"].ShouldBeNull();
        await new EarlierOutcomes(World.Database).RunAsync(CancellationToken.None);
        (await Officer.Case(id)).Text("outcome").ShouldBe(outcome);
        (await Found()).ShouldContain(id);

        async Task<IEnumerable<string>> Found() =>
            (await Officer.All($"process-instances?outcome={outcome}&office=demo", limit: 50)).Select(c => c.Text("id"));
    }

    [Test]
    public async Task A_confirmed_limit_is_named_by_its_part()
    {
        var id = await Officer.Started(World.SuratThani);
        var confirm = $"process-instances/{id}/deadlines/{Guid.NewGuid()}/confirm";
        (await Director.Post(confirm, new { })).ShouldBeProblem(409, "deadline-not-open");
        (await As(Roles.Clerk).Post(confirm, new { })).ShouldBeProblem(403, "not-allowed");
    }

    [TestCase("cancel")]
    [TestCase("move")]
    public async Task An_act_on_a_case_is_taken_back_with_everything_that_followed(string act)
    {
        var id = await Officer.Started(World.SuratThani);
        var before = await Officer.Case(id);
        (await As(Roles.Administrator).Post($"process-instances/{id}/{act}", new { comment = "กดผิด", toStep = "design-plan" })).Ok();
        var undo = new { after = before.Number("revision") };
        (await As(Roles.Director).Post($"process-instances/{id}/undo", undo)).ShouldBeProblem(403, "not-allowed");
        (await As(Roles.Administrator).Post($"process-instances/{id}/undo", new { })).ShouldBeProblem(400, "invalid-input");
        (await As(Roles.Administrator).Post($"process-instances/{id}/undo", undo)).Ok().Text("status").ShouldBe("running");
        var now = await Officer.Case(id);
        now["openTasks"]!.AsArray().Select(t => (t.Text("id"), t.Text("dueAt"))).ShouldBe(
            before["openTasks"]!.AsArray().Select(t => (t.Text("id"), t.Text("dueAt"))));
        (await Officer.All($"user-tasks?definitionKey={World.SuratThani}", limit: 50)).Select(t => t.Text("id"))
            .ShouldContain(before["openTasks"]![0].Text("id"));
        (await World.ScalarAsync<long>(
            "SELECT COUNT(*) FROM outbox WHERE instance_id = @id AND kind = 'instance-cancelled'", new { id = Guid.Parse(id) })).ShouldBe(0);
        (await As(Roles.Administrator).Post($"process-instances/{id}/undo", undo)).ShouldBeProblem(409, "not-reversible");
        (await Officer.Complete(await Officer.OpenTaskOf(id))).Ok();
        (await Officer.Verify(id))["valid"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Test]
    public async Task What_somebody_has_gone_on_from_or_what_moved_a_clock_stands()
    {
        var id = await Officer.Started(World.SuratThani);
        var revision = (await Officer.Case(id)).Number("revision");
        (await Director.Post($"process-instances/{id}/suspend", new { comment = "รอ" })).Ok();
        (await Director.Post($"process-instances/{id}/undo", new { after = revision })).ShouldBeProblem(409, "action-not-possible");
        (await Director.Post($"process-instances/{id}/resume", new { })).Ok();
        revision = (await Officer.Case(id)).Number("revision");
        (await As(Roles.Administrator).Post($"process-instances/{id}/move", new { comment = "กดผิด", toStep = "design-plan" })).Ok();
        (await Director.Post($"process-instances/{id}/priority", new { priority = "urgent" })).Ok();
        (await As(Roles.Administrator).Post($"process-instances/{id}/undo", new { after = revision })).ShouldBeProblem(409, "act-followed");
    }
}

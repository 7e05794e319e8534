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
}

using System.IO.Compression;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Tests.Access;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>Little that is sent and makes much: each has a bound, and none holds up those who work.</summary>
public sealed class BombsSpec(string provider) : OnBothDatabases(provider)
{
    [Test]
    public async Task A_case_carries_no_more_data_than_a_case_may()
    {
        var notes = new Chart("bombs.notes").Arrows("start -> work -> end");
        for (var number = 0; number <= 4; number++)
        {
            for (var i = 0; i < 6; i++)
                notes.Knows($"note{number}{i}");
        }

        var id = await Officer.Started(await notes.PublishAsync(World));
        Task<Answer> Add(int number) => Officer.Post(
            $"process-instances/{id}/variables",
            new { changes = Enumerable.Range(0, 6).ToDictionary(i => $"note{number}{i}", _ => new string('x', 9_000)) });
        for (var i = 0; i < 4; i++)
            (await Add(i)).Ok();
        var before = await World.RowCountsAsync();
        (await Add(4)).ShouldBeProblem(422, "too-much", "data");
        (await World.RowCountsAsync()).ShouldBe(before);
        (await Officer.Post($"process-instances/{id}/variables", new { changes = new { note00 = "", note01 = "" } })).Ok();
        (await Add(4)).Ok();
    }

    [Test]
    public async Task A_list_of_cases_is_without_their_data_unless_it_is_asked_for()
    {
        var key = await new Chart("bombs.note").Arrows("start -> work -> end").Knows("note").PublishAsync(World);
        var id = (await Officer.Start(key, businessKey: $"with-data-{Provider}", variables: new { note = "ก" })).Ok().Text("id");
        (await Officer.Case(id))["variables"].Text("note").ShouldBe("ก");
        var path = $"process-instances?businessKey=with-data-{Provider}";
        (await Officer.Get(path)).Ok()["items"]![0]!.AsObject().ContainsKey("variables").ShouldBeFalse();
        (await Officer.Get(path + "&data=true")).Ok()["items"]![0]!["variables"].Text("note").ShouldBe("ก");
    }

    [Test]
    public async Task A_small_archive_that_unpacks_to_much_is_read_no_further_than_its_bound()
    {
        var visitor = World.Visitor();
        await visitor.SignIn(Roles.ProcessOwner);
        var owner = new StudioWindow(visitor, "bomb");
        using var packed = new MemoryStream();
        await using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var i = 0; i < 10; i++)
            {
                await using var entry = await zip.CreateEntry($"{i}.json", CompressionLevel.SmallestSize).OpenAsync();
                await using var writer = new StreamWriter(entry);
                await writer.WriteAsync($$"""{"definitionId":"bomb.n{{i}}","name":"ก"{{new string(' ', 3 * 1024 * 1024)}}}""");
            }
        }

        packed.Length.ShouldBeLessThan(100_000);
        var before = await World.RowCountsAsync();
        using var form = new MultipartFormDataContent { { new ByteArrayContent(packed.ToArray()), "files", "bomb.zip" } };
        (await owner.Post("workflow-definitions/import-files", form)).Status.ShouldBe(400);
        (await World.RowCountsAsync()).ShouldBe(before);
    }

    [Test]
    public async Task A_trial_that_goes_round_for_ever_ends()
    {
        var plan = new
        {
            cases = 20,
            arrivalsPerWorkingDay = 1,
            otherWork = new { kind = "exactly", a = 0 },
            outcomes = new Dictionary<string, object> { ["propose-plan"] = new { reject = 1 } },
        };
        var result = (await As(Roles.ProcessOwner).Post($"process-definitions/{World.KhonKaen}/simulations", plan)).Ok();
        (result.Number("ended"), result.Number("unfinished")).ShouldBe((0, 20));
    }
}

/// <summary>Whoever publishes is proven right before the others are held up.</summary>
public sealed class ProofSpec
{
    /// <summary>Notes how much is made while the one writer is held: a proof makes very much.</summary>
    sealed class Watched(Database real) : Between(real)
    {
        public long MadeWithin { get; private set; }

        public override Task<T> TransactAsync<T>(Func<WriteSession, ValueTask<T>> work, CancellationToken ct) => Real.TransactAsync(
            async session =>
            {
                // SQLite's writer works on one thread.
                var before = GC.GetAllocatedBytesForCurrentThread();
                var result = await work(session);
                MadeWithin = Math.Max(MadeWithin, GC.GetAllocatedBytesForCurrentThread() - before);
                return result;
            },
            ct);

        public void Forget() => MadeWithin = 0;
    }

    [Test]
    public async Task A_definition_is_proven_before_the_write_begins()
    {
        Watched? database = null;
        await using var world = await World.StartAsync("sqlite", through: real => database = new Watched(real));
        var owner = world.As(Roles.ProcessOwner);
        var content = JsonNode.Parse(Repository.Read("processes", "khonkaen-5", "install-maintain-computers.json"))!.AsObject();
        content["definitionId"] = "proof.first";
        var forms = world.Services.GetRequiredService<DefinitionFolder>().Forms;
        // The second time, when nothing is made for good any more.
        var proof = 0L;
        for (var i = 0; i < 2; i++)
        {
            var start = GC.GetAllocatedBytesForCurrentThread();
            Definitions.Elsa.ElsaDefinitionReader.Read(forms.Embed(content.ToJsonString()), 1, "proof.first").IsSound.ShouldBeTrue();
            proof = GC.GetAllocatedBytesForCurrentThread() - start;
        }

        (await owner.Put("process-definitions/proof.first/draft", content)).Ok();
        database!.Forget();
        (await owner.Post("process-definitions/proof.first/draft/publish", Why.Published)).Ok();
        database.MadeWithin.ShouldBeInRange(1, proof - 1);
    }

    [Test]
    public async Task What_is_published_by_several_at_once_is_published_once_each()
    {
        await using var world = await World.StartAsync("sqlite");
        var owner = world.As(Roles.ProcessOwner);
        var content = JsonNode.Parse(Repository.Read("processes", "khonkaen-5", "install-maintain-computers.json"))!.AsObject();
        content["definitionId"] = "proof.many";
        (await owner.Put("process-definitions/proof.many/draft", content)).Ok();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => owner.Post("process-definitions/proof.many/draft/publish", Why.Published)));
        answers.Count(a => a.Status == 200).ShouldBe(1);
        answers.Where(a => a.Status != 200).ShouldAllBe(a => a.Status == 404);
        (await owner.Get("process-definitions/proof.many/versions")).Ok()["items"]!.AsArray().Count.ShouldBe(1);
    }
}

using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Tests;

/// <summary>A message changes a case as any other request does: by somebody who may, once, and whoever waits first hears it.</summary>
public sealed class MessagesSpec(string provider) : OnBothDatabases(provider)
{
    string key = "";

    [OneTimeSetUp]
    public async Task AProcedureThatWaits() => key = await new Chart("test.messages").Knows("letter").Knows("answer")
        .Arrows("start -> hear -> work -> end")
        .Box("hear", "WaitForMessage", new { message = "reply", correlationFrom = "letter" })
        .PublishAsync(World);

    async Task<string> Waiting(string letter) => (await Officer.Start(key, variables: new { letter })).Ok().Text("id");

    static object Reply(string letter, object? data = null) => new { office = World.Office, name = "reply", correlation = letter, data };

    [Test]
    public async Task Who_only_looks_on_brings_no_message()
    {
        var id = await Waiting("looks-on");
        foreach (var role in new[] { Roles.Auditor, Roles.ProcessOwner })
        {
            (await As(role).Post("messages", Reply("looks-on"))).ShouldBeProblem(403, "not-allowed");
            (await As(role).Post($"process-instances/{id}/messages", Reply("looks-on"))).ShouldBeProblem(403, "not-allowed");
        }

        (await Officer.Case(id))["waits"]!.AsArray().ShouldHaveSingleItem();
        (await Officer.Post("messages", Reply("looks-on"))).Ok();
    }

    [Test]
    public async Task A_message_brings_only_what_the_definition_declares()
    {
        var id = await Waiting("declared");
        (await Officer.Post("messages", Reply("declared", new { surprise = 1 }))).ShouldBeProblem(422, "variable-undeclared", "surprise");
        (await Officer.Post("messages", Reply("declared", new { answer = "ได้" }))).Ok();
        (await Officer.Case(id))["variables"]!.Text("answer").ShouldBe("ได้");
    }

    [Test]
    public async Task A_case_that_stands_still_hides_none_that_can_hear()
    {
        var (first, second) = (await Waiting("still"), await Waiting("still"));
        (await Director.Post($"process-instances/{first}/suspend", new { comment = "น้ำท่วม" })).Ok();
        (await Officer.Post("messages", Reply("still"))).Ok().Text("id").ShouldBe(second);
        (await Officer.Post("messages", Reply("still"))).ShouldBeProblem(409, "instance-is-suspended");
        (await Director.Post($"process-instances/{first}/resume")).Ok();
        (await Officer.Post("messages", Reply("still"))).Ok().Text("id").ShouldBe(first);
        (await Officer.Post("messages", Reply("still"))).ShouldBeProblem(409, "nobody-waits", "name");
        // Whoever only looks on is not told that nobody waits.
        (await As(Roles.Auditor).Post("messages", Reply("still"))).ShouldBeProblem(403, "not-allowed");
    }

    [Test]
    public async Task Five_messages_at_once_reach_five_cases()
    {
        var waiting = new List<string>();
        for (var i = 0; i < 5; i++)
            waiting.Add(await Waiting("five"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => Officer.Post("messages", Reply("five")))));
        answers.Select(a => a.Status).ShouldBe(Enumerable.Repeat(200, 5));
        answers.Select(a => a.Ok().Text("id")).Order(StringComparer.Ordinal).ShouldBe(waiting.Order(StringComparer.Ordinal));
    }

    [Test]
    public async Task The_same_key_gets_the_first_answer_though_nobody_waits_any_more()
    {
        var id = await Waiting("again");
        var first = await Officer.Post("messages", Reply("again"), "message-again");
        first.Ok().Text("id").ShouldBe(id);
        var again = await Officer.Post("messages", Reply("again"), "message-again");
        (again.Status, again.Raw, again.Replayed).ShouldBe((200, first.Raw, true));
        string[] waiting = [await Waiting("again"), await Waiting("again")];
        var atOnce = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => Officer.Post("messages", Reply("again"), "message-at-once"))));
        waiting.ShouldContain(atOnce.Select(a => a.Ok().Text("id")).Distinct().ShouldHaveSingleItem());
    }
}

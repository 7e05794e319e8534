using System.Text;
using System.Text.Json.Nodes;
using ProcessEngine.Service.Tests.Access;
using ProcessEngine.Service.Tests.Interface;

namespace ProcessEngine.Service.Tests;

/// <summary>Who gets what: every operation of the interface, asked by everybody. A grant that comes or goes is a difference in review.</summary>
public sealed class AccessSpec
{
    World world = null!;
    Callers callers = null!;
    Furniture there = null!;
    Described described = null!;
    readonly List<(Operation Operation, Answer Answer)> answers = [];

    [OneTimeSetUp]
    public async Task FurnishTheWorld()
    {
        Untouched? database = null;
        world = await World.StartAsync("sqlite", through: real => database = new Untouched(real));
        callers = new Callers(world);
        await callers.ComeAsync();
        there = new Furniture(world, callers);
        await there.SetUpAsync();
        database!.Keeps = false;
        described = new Described((await world.Nobody.Get("/openapi/v1.json")).Ok());
    }

    [OneTimeTearDown]
    public async Task EndTheWorld()
    {
        if (world is not null)
            await world.DisposeAsync();
    }

    [Test]
    public void Every_operation_is_asked() =>
        described.Operations.Select(o => o.Id).Except(Asked.All(there, callers).Select(a => a.Operation)).ShouldBeEmpty();

    [Test]
    public async Task Who_gets_what()
    {
        var table = new StringBuilder(Legend());
        var heading = "".PadRight(NameWidth) + string.Concat(callers.Columns.Select(c => c.Code.PadLeft(6))) + "\n";
        var begun = new HashSet<string>(StringComparer.Ordinal);
        foreach (var asked in Asked.All(there, callers))
        {
            // The heading again where another matter begins; a new row moves no other.
            if (Beginnings.Contains(asked.Operation) && begun.Add(asked.Operation))
                table.Append('\n').Append(heading);
            table.Append($"{asked.Operation}{(asked.Note.Length == 0 ? "" : $" ({asked.Note})")}".PadRight(NameWidth));
            foreach (var caller in callers.Columns)
                table.Append(CellOf(await AskAsync(caller, asked)));
            table.Append('\n');
        }

        // Whatever anybody was answered is what the interface says of itself.
        // Only what a hand-over has done is read after it was stored, and nothing is stored here.
        answers.Where(a => a.Operation.Id != "HandOver" || a.Answer.Status != 201)
            .Select(a => described.Fault(a.Operation, a.Answer)).Where(fault => fault is not null).Distinct().ShouldBeEmpty();
        Approved.Verify(table.ToString());
    }

    static readonly string[] Beginnings =
        ["StartProcessInstance", "ListUserTasks", "ListProcessDefinitions", "CreateOffice", "ListRecurrences", "GetMe"];

    const int NameWidth = 52;

    string Legend() =>
        """
        A row: an operation. A column: who asks. A cell: the status of the answer; what is refused stands in brackets.
        200+ is a list with something in it, 200- an empty one. Nothing is stored: each is asked of the same cases, tasks and accounts.
        409 and 422 say that the caller may, and that it cannot be done to what it was asked of.


        """ + string.Concat(callers.Columns.Select(c => $"{c.Code,-6}{c.Who}\n"));

    static string CellOf(Answer answer)
    {
        var list = answer.Status == 200 ? (answer.Body as JsonObject)?["items"] as JsonArray : null;
        var text = list is null ? $"{answer.Status}" : list.Count == 0 ? $"{answer.Status}-" : $"{answer.Status}+";
        return answer.Status is 401 or 403 or 404 ? $"({text})".PadLeft(6) : text.PadLeft(list is null ? 5 : 6).PadRight(6);
    }

    async Task<Answer> AskAsync(CallerColumn who, Asked asked)
    {
        if (asked.Operation == "AttachFile")
            return await Furniture.AttachAsync(who.Person, there["case"]);
        var operation = described[asked.Operation];
        var path = operation.Path;
        (string Name, string Value)[] usual =
        [
            .. asked.Parts, ("office", World.Office), ("code", World.Office), ("definitionKey", UsualKey(asked)), ("step", "plan-work"),
        ];
        foreach (var (name, value) in usual)
            path = path.Replace($"{{{name}}}", value == Asked.Self ? who.Id ?? callers.Own.Id : value, StringComparison.Ordinal);
        path.ShouldNotContain("{", Case.Sensitive, asked.Operation);
        var answer = await who.Person.Send(operation.Method, path + asked.Query, asked.Body);
        answers.Add((operation, answer));
        return answer;
    }

    string UsualKey(Asked asked) => asked.Operation.Contains("Recurrence", StringComparison.Ordinal) ? there["workKey"] : World.KhonKaen;
}

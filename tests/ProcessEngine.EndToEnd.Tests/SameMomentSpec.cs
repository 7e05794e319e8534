using System.Text.Json.Nodes;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>An act on a task in the very moment in which the step before it ended is not lost and not refused.</summary>
public sealed class SameMomentSpec(string provider) : OnBothDatabases(provider)
{
    const int Connections = 8;
    const int CasesEach = 6;

    static readonly string[] Steps =
    [
        "study-laws", "appoint-committee", "design-plan", "approve-plan", "register-data", "research-and-develop", "pilot-test", "follow-up-pilot",
        "review-and-improve", "apply-technology", "evaluate-results", "summarise-and-report", "acknowledge-report",
    ];

    [Test]
    public async Task Step_after_step_without_a_pause_is_never_refused()
    {
        var service = await Office.Start();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(number => Task.Run(async () =>
        {
            using var people = new People(service, Office);
            for (var i = 0; i < CasesEach; i++)
            {
                var started = (await people.Officer.Start(Installation.SuratThani, $"เรื่อง {number}-{i}")).Ok();
                var (id, task) = (started.Text("id"), started["openTasks"]!.AsArray().Single());
                foreach (var step in Steps)
                {
                    task.Text("step").ShouldBe(step);
                    (await people.Do(task!)).Status.ShouldBe(200, $"{step} of {id}");
                    task = (await people.Officer.Case(id))["openTasks"]!.AsArray().SingleOrDefault();
                }

                task.ShouldBeNull();
                await people.Officer.ShouldVerify(id);
            }
        })));
    }

    /// <summary>
    /// Two connections share a case and do every other step. Each looks without a pause and acts as soon as it sees its task,
    /// which may be before the other has its answer.
    /// </summary>
    [Test]
    public async Task A_task_can_be_done_before_the_answer_to_the_step_before_it_has_arrived()
    {
        var service = await Office.Start();
        var cases = new List<string>();
        using (var officer = service.As(Office.KeyOf("officer")))
        {
            for (var i = 0; i < Connections / 2 * CasesEach; i++)
                cases.Add(await officer.Started(Installation.SuratThani, $"เรื่อง {i}"));
        }

        await Task.WhenAll(Enumerable.Range(0, Connections).Select(number => Task.Run(async () =>
        {
            using var people = new People(service, Office);
            foreach (var id in cases.Chunk(CasesEach).ElementAt(number / 2))
                await DoEveryOther(people, id, number % 2);
        })));

        using var auditor = service.As(Office.KeyOf("auditor"));
        foreach (var id in cases)
        {
            (await auditor.Case(id)).Text("status").ShouldBe("completed");
            await auditor.ShouldVerify(id);
        }
    }

    static async Task DoEveryOther(People people, string id, int turn)
    {
        await Eventually.Holds(
            async () =>
            {
                while (true)
                {
                    var now = await people.Officer.Case(id);
                    if (now.Text("status") == "completed")
                        return true;
                    var task = now["openTasks"]!.AsArray().ShouldHaveSingleItem()!;
                    if (Array.IndexOf(Steps, task.Text("step")) % 2 == turn)
                    {
                        var done = await people.Do(task);
                        done.Status.ShouldBe(200, $"{task.Text("step")} of {id}: {done.Raw}");
                    }
                }
            },
            TimeSpan.FromSeconds(60),
            () => $"case {id} does not end");
    }

    sealed class People(ServiceProcess service, Installation office) : IDisposable
    {
        public Client Officer { get; } = service.As(office.KeyOf("officer"));
        public Client Director { get; } = service.As(office.KeyOf("director"));

        public Task<Answer> Do(JsonNode task) =>
            (task.Text("role") == "director" ? Director : Officer).Act(task.Text("kind") == "approval" ? "approve" : "complete", task);

        public void Dispose()
        {
            Officer.Dispose();
            Director.Dispose();
        }
    }
}

using System.Diagnostics;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Tests;

/// <summary>What a person sends reads what the act needs, not what the page shows. Counted where the driver tells: on PostgreSQL.</summary>
public sealed class FewQueriesSpec
{
    World world = null!;

    [OneTimeSetUp]
    public async Task StartTheWorld() => world = await World.StartAsync("postgresql");

    [OneTimeTearDown]
    public async Task EndTheWorld() => await world.DisposeAsync();

    /// <summary>A director who looks at a task that waits for them.</summary>
    async Task<(Visitor Director, string Task)> AtATask()
    {
        var instance = await world.Officer.Started(World.KhonKaen);
        await Person.DoNext(world, instance);
        await Person.DoNext(world, instance);
        var task = (await world.Officer.OpenTaskOf(instance)).Text("id");
        var director = world.Visitor();
        (await director.SignIn(Roles.Director)).ShouldLeadTo("/");
        (await director.Go($"/tasks/{task}")).ShouldBe(200);
        return (director, task);
    }

    [Test]
    public async Task An_autosave_asks_for_its_task_and_stores_the_draft()
    {
        var (director, task) = await AtATask();
        var address = $"/tasks/{task}?handler=draft";
        var fields = director.FieldsOf($"/tasks/{task}?handler=review");
        await director.Post(address, fields, ("comment", "ร่าง"));
        var page = await CountAsync(() => director.Go($"/tasks/{task}"));
        var saved = await CountAsync(() => director.Post(address, fields, ("comment", "ร่างที่สอง")));
        page.ShouldBeGreaterThan(saved + 3);
        saved.ShouldBeLessThanOrEqualTo(4, "the task, its case, and the draft in a transaction");
        (await director.Go($"/tasks/{task}")).Html.ShouldContain("ร่างที่สอง");
    }

    [Test]
    public async Task A_review_asks_for_its_task_once_and_for_the_names_of_those_who_come_next()
    {
        var (director, task) = await AtATask();
        var page = await CountAsync(() => director.Go($"/tasks/{task}"));
        var review = $"/tasks/{task}?handler=review";
        var fields = director.FieldsOf(review);
        var reviewed = await CountAsync(() => director.Post(review, fields, ("act", "approve"), ("comment", "เห็นชอบ")));
        director.Page.ShouldBe(200).ShouldSay("ท่านกำลังจะบันทึกว่า", "เห็นชอบ");
        page.ShouldBeGreaterThan(reviewed);
        reviewed.ShouldBeLessThanOrEqualTo(8, "the task, its case, names, what is proposed (its events, files and names), and the bell");
    }

    /// <summary>
    /// How many statements the service sends to the database of this world for one request. The least of several: what is kept for a few
    /// seconds (who is signed in, who holds which post) is read anew now and then, by whichever request comes next.
    /// </summary>
    async Task<int> CountAsync(Func<Task> send)
    {
        var least = int.MaxValue;
        for (var i = 0; i < 5; i++)
            least = Math.Min(least, await CountOnceAsync(send));
        return least;
    }

    async Task<int> CountOnceAsync(Func<Task> send)
    {
        var database = new Npgsql.NpgsqlConnectionStringBuilder(world.ConnectionString).Database;
        var sent = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TagObjects.Any(tag => tag.Value as string == database))
                    Interlocked.Increment(ref sent);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await send();
        sent.ShouldBeGreaterThan(0, "the driver tells what it sends");
        return sent;
    }
}

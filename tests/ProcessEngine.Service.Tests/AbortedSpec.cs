using Dapper;

namespace ProcessEngine.Service.Tests;

/// <summary>Whoever has gone away leaves no query running.</summary>
public sealed class AbortedSpec(string provider) : OnBothDatabases(provider)
{
    /// <summary>Long enough that a test which waits for it is seen to hang.</summary>
    const string Long = "SELECT pg_sleep(600)";

    [Test]
    public async Task A_query_of_a_page_ends_with_the_request()
    {
        using var asked = new CancellationTokenSource();
        await using var connection = await World.Database.OpenAsync(asked.Token);
        // SQLite reads within this process, and looks at the token before each statement.
        if (Provider == "sqlite")
            await asked.CancelAsync();
        var running = connection.ExecuteAsync(Provider == "sqlite" ? "SELECT 1" : Long);
        await asked.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    [Test]
    public async Task What_an_act_reads_ends_with_the_request_and_stores_nothing()
    {
        using var asked = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var running = World.Database.TransactAsync(
            async session =>
            {
                session.Enqueue("UPDATE app_user SET display_name = 'x'");
                begun.SetResult();
                await session.QueryAsync(Provider == "sqlite" ? "SELECT 1" : Long, Array.Empty<object?>(), _ => { });
                return true;
            },
            asked.Token);
        if (Provider == "sqlite")
        {
            // Work that has begun there is short, and is done to its end.
            (await running).ShouldBeTrue();
            return;
        }

        await begun.Task;
        await asked.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM app_user WHERE display_name = 'x'")).ShouldBe(0);
    }
}

using Dapper;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using Shouldly;

namespace ProcessEngine.Service.Tests;

/// <summary>On SQLite one commit carries what arrived while the commit before it was under way.</summary>
public sealed class TogetherSpec : IAsyncDisposable
{
    string folder = null!;
    SqliteDatabase database = null!;

    [SetUp]
    public async Task Start()
    {
        folder = Directory.CreateTempSubdirectory("processengine-test-").FullName;
        database = new SqliteDatabase(Path.Combine(folder, "together.db"));
        await Stores("CREATE TABLE note (word text PRIMARY KEY)");
    }

    [TearDown]
    public async Task Stop()
    {
        await DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Test]
    public async Task Each_is_stored_whole_or_not_at_all_whatever_becomes_of_the_others()
    {
        var (first, goOn) = Holding();
        Task[] together =
        [
            Notes("one"),
            Notes("two", "two"),
            Throws("three"),
            Notes("four", "one"),
            Notes("five"),
        ];
        goOn();
        await first;
        foreach (var task in together)
            await Task.WhenAny(task);

        together.Select(t => t.IsCompletedSuccessfully).ShouldBe([true, false, false, false, true]);
        together[1].Exception!.InnerException.ShouldBeOfType<WriteConflictException>();
        together[2].Exception!.InnerException!.Message.ShouldBe("three");
        together[3].Exception!.InnerException.ShouldBeOfType<WriteConflictException>();
        (await Words()).ShouldBe(["five", "one"]);
    }

    [Test]
    public async Task Who_goes_away_before_the_work_began_leaves_nothing_and_holds_nobody_up()
    {
        var (first, goOn) = Holding();
        using var impatient = new CancellationTokenSource();
        var gone = Notes(impatient.Token, "gone");
        var stays = Notes("stays");
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(gone);
        goOn();
        await first;
        await stays;
        (await Words()).ShouldBe(["stays"]);
    }

    [Test]
    public async Task More_than_one_commit_can_carry_are_all_stored_in_order()
    {
        var (first, goOn) = Holding();
        var order = new List<int>();
        var many = Enumerable.Range(0, 200).Select(i => database.TransactAsync(
            session =>
            {
                order.Add(i);
                session.Enqueue("INSERT INTO note VALUES ($1)", $"{i:d3}");
                return ValueTask.FromResult(i);
            },
            CancellationToken.None)).ToList();
        goOn();
        await first;
        (await Task.WhenAll(many)).ShouldBe(Enumerable.Range(0, 200));
        order.ShouldBe(Enumerable.Range(0, 200));
        (await Words()).Count.ShouldBe(200);
    }

    [Test]
    public async Task An_error_of_the_database_itself_reaches_everybody_whom_it_concerns()
    {
        var (first, goOn) = Holding();
        Task[] together = [Notes("one"), Stores("ROLLBACK"), Notes("two")];
        goOn();
        await first;
        foreach (var task in together)
            await Task.WhenAny(task);
        together.ShouldAllBe(t => t.IsFaulted);
        (await Words()).ShouldBeEmpty();

        await Notes("afterwards");
        (await Words()).ShouldBe(["afterwards"]);
    }

    /// <summary>A work that stays under way until it is told to go on.</summary>
    (Task Work, Action GoOn) Holding()
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (database.TransactAsync(
            async _ =>
            {
                await signal.Task;
                return true;
            },
            CancellationToken.None), signal.SetResult);
    }

    Task Notes(params string[] words) => Notes(CancellationToken.None, words);

    Task Notes(CancellationToken ct, params string[] words) => database.TransactAsync(
        session =>
        {
            foreach (var word in words)
                session.Enqueue("INSERT INTO note VALUES ($1)", word);
            return ValueTask.FromResult(true);
        },
        ct);

    Task Throws(string word) => database.TransactAsync<bool>(
        async session =>
        {
            session.Enqueue("INSERT INTO note VALUES ($1)", word);
            await session.FlushAsync();
            throw new InvalidOperationException(word);
        },
        CancellationToken.None);

    Task Stores(string sql) => database.TransactAsync(
        session =>
        {
            session.Enqueue(sql);
            return ValueTask.FromResult(true);
        },
        CancellationToken.None);

    async Task<List<string>> Words()
    {
        await using var connection = await database.OpenAsync(CancellationToken.None);
        return (await connection.QueryAsync<string>("SELECT word FROM note ORDER BY word")).AsList();
    }
}

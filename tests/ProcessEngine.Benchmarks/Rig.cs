using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging.Abstractions;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Cases.Deadlines;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Cases.UserTasks;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Holidays;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;
using ProcessEngine.Testing;

namespace ProcessEngine.Benchmarks;

/// <summary>The service's write path in this process, on a database of its own, with the demonstration office and a shipped procedure.</summary>
sealed class Rig : IAsyncDisposable
{
    public const string Procedure = "suratthani-chumphon.develop-information-systems";
    const int SeedBatch = 250;

    static readonly Lazy<PostgresCluster> Cluster = new(() => PostgresCluster.Start());

    readonly Dictionary<string, Caller> callers = [];
    readonly OfficeCalendars calendars;

    Rig(string provider)
    {
        DbValues.RegisterHandlers();
        Provider = provider;
        ConnectionString = provider == "sqlite" ? null : NewPostgres();
        Database = provider == "sqlite" ? new SqliteDatabase(Path.Combine(Folder, "processengine.db")) : new PostgresDatabase(ConnectionString!);
        var cache = new MemoryCache(new MemoryCacheOptions { SizeLimit = 10_000 });
        calendars = new OfficeCalendars(Database, cache);
        Definitions = new DefinitionCatalog(Database);
        Store = new ProcessStore(Database, Definitions, calendars, TimeProvider.System);
        Items = new WorkItems(Database, TimeProvider.System, NullLogger<WorkItems>.Instance);
        Sweep = new DeadlineSweep(
            new DueDeadlines(Database, Definitions, calendars, Store), Items, Database, new DeadlineOptions(),
            NullLogger<DeadlineSweep>.Instance);
        Keys = new ApiKeys(Database, cache, TimeProvider.System);
    }

    public string Provider { get; }
    public string Folder { get; } = NewFolder();
    public string? ConnectionString { get; }
    public Database Database { get; }
    public DefinitionCatalog Definitions { get; }
    public ProcessStore Store { get; }
    public WorkItems Items { get; }
    public DeadlineSweep Sweep { get; }
    ApiKeys Keys { get; }

    public OfficeCalendars Calendars => calendars;

    public ProcessDefinition Definition { get; private set; } = null!;

    /// <summary>The keys of the demonstration office's people, by role.</summary>
    public IReadOnlyDictionary<string, string> Secrets { get; private set; } = new Dictionary<string, string>();

    public static string NewFolder() => Directory.CreateTempSubdirectory("processengine-bench-").FullName;

    public static string NewPostgres() => Cluster.Value.NewDatabase();

    public static void StopPostgres()
    {
        if (Cluster.IsValueCreated)
            Cluster.Value.Dispose();
    }

    public static async Task<Rig> StartAsync(string provider)
    {
        var rig = new Rig(provider);
        var ct = CancellationToken.None;
        await rig.Database.MigrateAsync(TimeProvider.System, ct);
        var changes = new CalendarChanges(rig.Database, new IdempotentWriter(rig.Database, TimeProvider.System), rig.Store, rig.calendars, rig.Definitions,
            rig.Items);
        await new HolidayTableLoader(rig.Database, changes, TimeProvider.System).LoadAsync(ct);
        await rig.calendars.LatestAsync(ct);
        await new DefinitionFolder(rig.Database, TimeProvider.System, NullLogger<DefinitionFolder>.Instance).LoadAsync(Path.Combine(AppContext.BaseDirectory, "processes"), ct);
        // What it says of the demonstration keys is nobody's business here.
        var (console, quiet) = (Console.Out, TextWriter.Null);
        Console.SetOut(quiet);
        await new FirstStart(rig.Database, new AccountLinks(rig.Database, TimeProvider.System), new PasswordHashing(), TimeProvider.System).EnsureDemoAsync(rig.Folder, ct);
        Console.SetOut(console);
        rig.Secrets = JsonSerializer.Deserialize<Dictionary<string, string>>(await File.ReadAllTextAsync(Path.Combine(rig.Folder, FirstStart.DemoKeysFile)))!;
        foreach (var (role, secret) in rig.Secrets)
            rig.callers[role] = (await rig.Keys.FindCallerAsync(secret, ct))!;
        rig.Definition = (await rig.Definitions.LatestAsync(Procedure, ct))!;
        return rig;
    }

    /// <summary>Running cases, stored by the same projection as any other, many to a transaction.</summary>
    /// <param name="steps">How many steps the i-th case has behind it.</param>
    public async Task<Case[]> SeedAsync(int count, DateTimeOffset startedAt, Func<int, int> steps)
    {
        var moment = await calendars.MomentAsync(FirstStart.DemoOffice, Procedure, Instants.Truncate(startedAt));
        var cases = new Case[count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, (count + SeedBatch - 1) / SeedBatch),
            new ParallelOptions { MaxDegreeOfParallelism = Provider == "sqlite" ? 1 : 4 },
            async (batch, ct) => await Database.TransactAsync(
                session =>
                {
                    for (var i = batch * SeedBatch; i < Math.Min(count, (batch + 1) * SeedBatch); i++)
                        cases[i] = new Case(Seed(session, moment with { Now = moment.Now.AddMilliseconds(i) }, steps(i)));
                    return ValueTask.FromResult(true);
                },
                ct));
        await using var connection = await Database.OpenAsync(CancellationToken.None);
        await connection.ExecuteAsync(Provider == "sqlite" ? "PRAGMA wal_checkpoint(TRUNCATE); ANALYZE" : "VACUUM ANALYZE", commandTimeout: 600);
        return cases;
    }

    ProcessState Seed(WriteSession session, Moment moment, int steps)
    {
        var (state, changes) = Play(moment, steps);
        CaseProjection.Store(session, Definition, ProcessState.NotStarted, [.. changes], AuditChain.Origin);
        return state;
    }

    /// <summary>The clock of the first step of a case that starts at an instant.</summary>
    public async Task<OpenDeadline> FirstClockAsync(DateTimeOffset startedAt) =>
        Play(await calendars.MomentAsync(FirstStart.DemoOffice, Procedure, startedAt), 0).State.OpenDeadlines[0];

    (ProcessState State, List<StateChange> Changes) Play(Moment moment, int steps)
    {
        var (state, changes) = (ProcessState.NotStarted, new List<StateChange>());
        Take(new StartProcess
        {
            By = callers[Roles.Officer].In(FirstStart.DemoOffice, Definition.Key),
            InstanceId = Guid.CreateVersion7(moment.Now),
            Office = FirstStart.DemoOffice,
            Title = "พัฒนาระบบสารสนเทศเพื่อการบริหารจัดการศึกษา",
        });
        for (var i = 0; i < steps; i++)
        {
            var task = state.OpenTasks[0];
            Take(CommandFor(task, callers[task.Role].In(FirstStart.DemoOffice, Definition.Key)));
        }

        return (state, changes);

        void Take(ProcessCommand command)
        {
            var decision = ProcessDecider.Decide(Definition, state, command, moment);
            changes.AddRange(decision.Changes);
            state = decision.After ?? throw new InvalidOperationException($"Refused: {decision.Rejection}");
        }
    }

    TaskCommand CommandFor(OpenTask task, Actor by) => Definition.FindStep(task.StepId)!.Type == StepType.Approval
        ? new ApproveTask { By = by, TaskId = task.TaskId, Comment = "เห็นชอบ" }
        : new CompleteTask { By = by, TaskId = task.TaskId, Comment = "ดำเนินการแล้ว" };

    /// <summary>One durable transition: approve or complete the open task of a case, as the endpoint does it.</summary>
    public async Task ActAsync(Case one)
    {
        var task = one.State.OpenTasks[0];
        var caller = callers[task.Role];
        var outcome = await Store.ActOnTaskAsync(
            task.TaskId, caller, new RequestId(caller.UserId, null, []), (_, by) => CommandFor(task, by),
            change =>
            {
                one.State = change.After;
                return new StoredAnswer(200, JsonShape.Write(UserTaskView.After(change, task.TaskId)));
            },
            CancellationToken.None);
        outcome.Require();
    }

    /// <summary>An act of one of several callers on a random one of the cases that are its own.</summary>
    public Func<int, Task> RandomActs(Case[] cases, int callerCount)
    {
        var random = Enumerable.Range(0, callerCount).Select(seed => new Random(seed)).ToArray();
        return async caller =>
        {
            Case one;
            do
                one = cases[(random[caller].Next(cases.Length / callerCount) * callerCount) + caller];
            while (!one.State.IsRunning);
            await ActAsync(one);
        };
    }

    /// <summary>Whether the database holds exactly what the acts that succeeded must have left: nothing lost, nothing twice.</summary>
    public async Task<bool> IsAsExpectedAsync(Case[] cases)
    {
        await using (var connection = await Database.OpenAsync(CancellationToken.None))
        {
            var stored = (await connection.QueryAsync<(Guid Id, int Revision, string Status)>("SELECT instance_id, revision, status FROM process_instance"))
                .ToDictionary(row => row.Id);
            async Task<bool> Counts(string table, long expected) => await connection.ExecuteScalarAsync<long>($"SELECT COUNT(*) FROM {table}") == expected;
            var asDecided = stored.Count == cases.Length
                && cases.All(c => stored[c.State.InstanceId] is var row && row.Revision == c.State.Revision && row.Status == StatusNames.Of(c.State.Status))
                && await Counts("audit_event", cases.Sum(c => (long)c.State.Revision))
                && await Counts("user_task WHERE state = 'open'", cases.Sum(c => (long)c.State.OpenTasks.Length))
                && await Counts("deadline WHERE state = 'open'", cases.Sum(c => (long)c.State.OpenDeadlines.Length))
                && await Counts("outbox", await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM audit_event WHERE type IN ('TaskOpened', 'InstanceCompleted')"));
            if (!asDecided)
                return false;
        }

        return await ChainsHoldAsync(cases);
    }

    /// <summary>Whether the audit chains of a sample verify.</summary>
    public async Task<bool> ChainsHoldAsync(Case[] cases)
    {
        var verifier = new AuditVerifier(Database);
        foreach (var one in cases.Where((_, i) => i % Math.Max(1, cases.Length / 100) == 0))
        {
            if (await verifier.VerifyAsync(one.State.InstanceId, callers[Roles.Auditor], CancellationToken.None) is not { Valid: true })
                return false;
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>A case as its last successful act left it.</summary>
sealed class Case(ProcessState state)
{
    public ProcessState State { get; set; } = state;
}

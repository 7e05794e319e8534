using System.Diagnostics;
using Dapper;
using Microsoft.Extensions.Caching.Memory;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Reports;
using ProcessEngine.Service.Reports.Measuring;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Benchmarks;

/// <summary>
/// What an auditor's pages ask, over closed tasks of five fiscal years and many offices; on SQLite the first has half of everything. What is
/// asked is asked of the newest whole year, each time as if nobody had asked before.
/// </summary>
/// <remarks>
/// The numbers of tasks are set by REPORT_TASKS_SQLITE (1,000,000 of 20 offices) and REPORT_TASKS_POSTGRESQL (10,000,000 of 200 offices); 0 leaves one
/// out.
/// </remarks>
static class Reports
{
    const int TasksOfCase = 4;
    const int Batch = 500;
    const int Years = 5;
    const int NewestYear = 2569;
    const int Rounds = 20;
    const int People = 40;

    const string InsertCase = """
        INSERT INTO process_instance (instance_id, definition_key, definition_version, office, title, status, started_at, ended_at, revision, head_hash, state,
            search_key, outcome)
        VALUES ($1, $2, $3, $4, $5, 'completed', $6, $7, 1, $8, '{}', $5, 'completed')
        """;

    const string InsertTask = """
        INSERT INTO user_task (task_id, instance_id, office, definition_key, definition_version, step_id, state, outcome, attempt, role, created_at, closed_at,
            closed_by, due_at, due_order, revision, deadline_id, measured)
        VALUES ($1, $2, $3, $4, $5, $6, 'completed', $7, $8, $9, $10, $11, $12, $13, $13, 1, $14, TRUE)
        """;

    const string InsertClock = """
        INSERT INTO deadline (deadline_id, instance_id, office, definition_key, step_id, state, result, received_at, due_at, closed_at, fiscal_month, failures,
            measured)
        VALUES ($1, $2, $3, $4, $5, 'closed', $6, $7, $8, $9, $10, 0, TRUE)
        """;

    const string InsertMeasuredTask = """
        INSERT INTO measured_task (office, created_at, task_id, instance_id, definition_key, definition_version, step_id, role, person, attempt, outcome,
            fiscal_month, closed_at, closed_month, waited, worked, no_limit, stood)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0)
        """;

    const string InsertMeasuredClock = """
        INSERT INTO measured_clock (office, received_at, deadline_id, instance_id, definition_key, definition_version, step_id, role, person, result,
            fiscal_month, used, granted, percent, stood, pauses, extensions)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, $15, $16)
        """;

    const string InsertEvent = "INSERT INTO audit_event (instance_id, sequence, type, at, payload, hash) VALUES ($1, $2, 'TaskCompleted', $3, $4, $5)";
    const string InsertAnswer =
        "INSERT INTO form_answer (office, definition_key, step_id, answered_at, task_id, instance_id, sequence) VALUES ($1, $2, $3, $4, $5, $6, $7)";

    public static async Task RunAsync()
    {
        foreach (var (provider, limit, usual, offices) in new[] { ("sqlite", 300.0, 1_000_000, 20), ("postgresql", 200.0, 10_000_000, 200) })
        {
            var tasks = int.TryParse(Environment.GetEnvironmentVariable($"REPORT_TASKS_{provider.ToUpperInvariant()}"), out var asked) ? asked : usual;
            if (tasks == 0)
                continue;
            Figures.Group($"reports, {provider}, {tasks:N0} closed tasks of {Years} years and {offices} offices");
            await using var rig = await Rig.StartAsync(provider);
            await FillAsync(rig, tasks, offices);
            var begun = Stopwatch.GetTimestamp();
            await new Measurements(rig.Database, rig.Calendars, TimeProvider.System).RunAsync(CancellationToken.None);
            Figures.Limit("all months added up anew", Stopwatch.GetElapsedTime(begun).TotalSeconds, null, "s");
            await AskAsync(rig, limit, offices);
            if (provider == "postgresql")
                await ScanAsync(rig);
        }
    }

    static async Task AskAsync(Rig rig, double limit, int many)
    {
        var (from, to) = (FiscalYear.Begins(NewestYear), FiscalYear.Begins(NewestYear + 1));
        var now = to;
        var all = Enumerable.Range(0, many).Select(OfficeOf).ToArray();
        Figures.Limit("load of the machine", double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), null, "");
        foreach (var (whose, offices) in new[] { ("the largest office", all[..1]), ("half of the offices", all[..(many / 2)]), ("all offices", all) })
        {
            var asked = new AskedPeriod(offices, from, to, Narrowing.Nothing);
            await Measure($"times used, waits and rework by procedure, {whose}", s => GetFigures.ReadAsync(s, asked, "definition", default));
            await Measure($"times used, waits and rework by step, {whose}", s => GetFigures.ReadAsync(s, asked, "step", default));
            await Measure($"times used, waits and rework by month, {whose}", s => GetFigures.ReadAsync(s, asked, "fiscalMonth", default));
            await Measure($"times used, waits and rework by office, {whose}", s => GetFigures.ReadAsync(s, asked, "office", default));
            await Measure($"promised times by month, {whose}", s => GetCompliance.ReadAsync(s, offices, "fiscalMonth", from, to, now, default));
            await Measure($"promised times by office, {whose}", s => GetCompliance.ReadAsync(s, offices, "office", from, to, now, default));
            await Measure($"promised times by step, {whose}", s => GetCompliance.ReadAsync(s, offices, "step", from, to, now, default));
            await Measure($"cases in and out, ages, spreads, {whose}", s => GetWorkload.ReadAsync(s, asked, now, default));
        }

        await Measure("half a month more than whole months, by step", s => GetFigures.ReadAsync(
            s, new AskedPeriod(all[..1], from.AddDays(15), to, Narrowing.Nothing), "step", default));
        await Measure("statistics of services", s => GetServices.ReadAsync(s, all[0], NewestYear, now, default));
        await Measure("indicators and what the forms say", s => GetFormStatistics.ReadAsync(s, all[0], NewestYear, now, default));
        await Measure("the work behind a cell, a page of 50", s => ListClocks.ReadAsync(
            s, all[..1], new ListClocks.Filter(all[0], from, to, "late", Rig.Procedure), now, null, 50, default));

        async Task Measure<T>(string what, Func<Sources, Task<T>> ask)
        {
            // What the processor worked for it says something on a busy machine, too; on a quiet one it is what the reader waits.
            var (times, worked) = (new List<double>(), new List<double>());
            using var self = Process.GetCurrentProcess();
            for (var i = 0; i <= Rounds; i++)
            {
                using var cache = new MemoryCache(new MemoryCacheOptions { SizeLimit = 10_000 });
                self.Refresh();
                var (begun, before) = (Stopwatch.GetTimestamp(), self.TotalProcessorTime);
                await ask(new Sources(rig.Database, rig.Definitions, rig.Calendars, cache, TimeProvider.System));
                self.Refresh();
                if (i == 0)
                    continue;
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                worked.Add((self.TotalProcessorTime - before).TotalMilliseconds);
            }

            Figures.Limit(what, Figures.Quantile(times, 0.95), limit, "ms");
            Figures.Limit("  of which processor, median", Figures.Median(worked), null, "ms");
        }
    }

    /// <summary>What the same question costs that reads every row.</summary>
    static async Task ScanAsync(Rig rig)
    {
        await using var connection = await rig.Database.OpenAsync(CancellationToken.None);
        var begun = Stopwatch.GetTimestamp();
        await connection.QueryAsync(
            """
            SELECT t.definition_key, t.step_id, COUNT(*), COUNT(DISTINCT t.instance_id), percentile_disc(0.5) WITHIN GROUP (ORDER BY t.waited),
                percentile_disc(0.9) WITHIN GROUP (ORDER BY t.waited), percentile_disc(0.5) WITHIN GROUP (ORDER BY t.worked),
                percentile_disc(0.9) WITHIN GROUP (ORDER BY t.worked)
            FROM measured_task t
            WHERE t.created_at >= @from AND t.created_at < @to
            GROUP BY 1, 2
            """,
            new { from = FiscalYear.Begins(NewestYear), to = FiscalYear.Begins(NewestYear + 1) }, commandTimeout: 600);
        Figures.Limit("a plain scan of the tasks of all offices by step", Stopwatch.GetElapsedTime(begun).TotalMilliseconds, null, "ms");
    }

    static string OfficeOf(int n) => $"bench-{n}";

    static int MonthOf(DateTimeOffset at)
    {
        var day = BangkokTime.DateOf(at);
        return (day.Year * 100) + day.Month;
    }

    static async Task FillAsync(Rig rig, int tasks, int many)
    {
        var random = new Random(1);
        var people = Enumerable.Range(0, People).Select(_ => Guid.CreateVersion7()).ToArray();
        var definitions = await DefinitionsAsync(rig);
        var created = TimeProvider.System.GetUtcNow();
        await rig.Database.TransactAsync(
            session =>
            {
                for (var i = 0; i < many; i++)
                    session.Enqueue("INSERT INTO office (code, name_th, name_en, province, created_at) VALUES ($1, $2, $2, $3, $4)", OfficeOf(i), $"สำนักงานที่ {i}", "TH-40", Instants.Truncate(created));
                return ValueTask.FromResult(true);
            },
            CancellationToken.None);
        if (rig.Provider == "postgresql")
        {
            await GeneratedTasks.FillAsync(rig.ConnectionString!, tasks, many, People, NewestYear, Years, definitions);
            return;
        }

        var (begins, span) = (FiscalYear.Begins(NewestYear - Years + 1), (FiscalYear.Begins(NewestYear + 1) - FiscalYear.Begins(NewestYear - Years + 1)).TotalMinutes - 40_000);
        var cases = tasks / TasksOfCase;
        for (var from = 0; from < cases; from += Batch)
        {
            var first = from;
            await rig.Database.TransactAsync(
                session =>
                {
                    for (var i = first; i < Math.Min(cases, first + Batch); i++)
                    {
                        // In the order in which time passed, as rows of a real office were written.
                        var start = Instants.Truncate(begins.AddMinutes((span * i / cases) + random.NextDouble()));
                        AddCase(session, random, definitions[random.Next(definitions.Count)], OfficeOf(random.Next(2) == 0 ? 0 : random.Next(many)), people, start);
                    }

                    return ValueTask.FromResult(true);
                },
                CancellationToken.None);
        }

        await rig.Database.TransactAsync(
            session =>
            {
                session.Enqueue("INSERT INTO measured_month_stale (office, fiscal_month, changes) SELECT office, fiscal_month, 1 FROM measured_task GROUP BY office, fiscal_month");
                return ValueTask.FromResult(true);
            },
            CancellationToken.None);
        await using var connection = await rig.Database.OpenAsync(CancellationToken.None);
        await connection.ExecuteAsync(rig.Provider == "sqlite" ? "PRAGMA wal_checkpoint(TRUNCATE); ANALYZE" : "VACUUM ANALYZE", commandTimeout: 1200);
    }

    static async Task<List<ProcessDefinition>> DefinitionsAsync(Rig rig)
    {
        List<string> keys;
        await using (var connection = await rig.Database.OpenAsync(CancellationToken.None))
            keys = (await connection.QueryAsync<string>("SELECT definition_key FROM process_definition ORDER BY definition_key")).AsList();
        var all = new List<ProcessDefinition>();
        foreach (var key in keys)
            all.Add((await rig.Definitions.LatestAsync(key, CancellationToken.None))!);
        return all;
    }

    static void AddCase(WriteSession session, Random random, ProcessDefinition definition, string office, Guid[] people, DateTimeOffset start)
    {
        var (id, at, steps) = (Guid.CreateVersion7(start), start, definition.Steps.ToArray());
        var begun = random.Next(Math.Max(1, steps.Length - TasksOfCase));
        for (var j = 0; j < TasksOfCase; j++)
        {
            var step = steps[Math.Min(begun + j, steps.Length - 1)];
            var (opened, waited, worked, limit) = (at, random.Next(900), random.Next(2100), 420 * random.Next(1, 8));
            at = Instants.Truncate(at.AddMinutes((waited + worked) * 3));
            var (task, clock, who, role) = (Guid.CreateVersion7(opened), Guid.CreateVersion7(opened), people[random.Next(People)], step.Role ?? Roles.Officer);
            var timed = random.Next(5) > 0;
            var outcome = random.Next(20) switch { 0 => "returned", 1 => "rejected", 2 or 3 => "approved", _ => "completed" };
            var (attempt, percent) = (random.Next(10) == 0 ? 2 : 1, (waited + worked) * 100 / limit);
            session.Enqueue(
                InsertTask, task, id, office, definition.Key, definition.Version, step.Id, outcome, attempt, role, opened, at, who,
                Instants.Truncate(opened.AddMinutes(limit * 3)), timed ? clock : null);
            session.Enqueue(
                InsertMeasuredTask, office, opened, task, id, definition.Key, definition.Version, step.Id, role, who, attempt, outcome, MonthOf(opened), at,
                MonthOf(at), waited, worked, !timed);
            if (timed)
            {
                var result = percent > 100 ? "late" : percent < 20 ? "early" : "within";
                session.Enqueue(
                    InsertClock, clock, id, office, definition.Key, step.Id, result, opened, Instants.Truncate(opened.AddMinutes(limit * 3)), at, MonthOf(opened));
                session.Enqueue(
                    InsertMeasuredClock, office, opened, clock, id, definition.Key, definition.Version, step.Id, role, who, result, MonthOf(opened),
                    waited + worked, limit, percent, random.Next(20) == 0 ? 1 : 0, random.Next(20) == 0 ? 1 : 0);
            }

            if (random.Next(10) > 0)
                continue;
            session.Enqueue(
                InsertEvent, id, j + 2, at,
                $$$"""{"taskId":"{{{task}}}","comment":null,"outputs":{"surveySatisfaction":"{{{random.Next(1, 6)}}}","surveyRespondents":"{{{random.Next(200)}}}"}}""",
                Array.Empty<byte>());
            session.Enqueue(InsertAnswer, office, definition.Key, step.Id, at, task, id, j + 2);
        }

        session.Enqueue(InsertCase, id, definition.Key, definition.Version, office, "เรื่องของการวัด", start, at, Array.Empty<byte>());
    }
}

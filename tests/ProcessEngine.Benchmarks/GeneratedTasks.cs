using System.Diagnostics;
using Npgsql;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Benchmarks;

/// <summary>
/// Millions of closed tasks, made by the server itself: cases of four tasks over some fiscal years, four of five with a limit, one of ten with a
/// form. Keys and indexes are made afterwards, as nobody asks meanwhile.
/// </summary>
static class GeneratedTasks
{
    const string MonthSql = "CAST(to_char(({0} AT TIME ZONE 'UTC') + interval '7 hours', 'YYYYMM') AS integer)";

    public static async Task FillAsync(string connectionString, int tasks, int offices, int people, int newestYear, int years, IEnumerable<ProcessDefinition> definitions)
    {
        await using var source = NpgsqlDataSource.Create(connectionString + ";Command Timeout=7200");
        await using var connection = await source.OpenConnectionAsync();
        var begun = Stopwatch.GetTimestamp();
        await RunAsync("SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '1GB'; SET work_mem = '256MB'");
        await RunAsync("CREATE UNLOGGED TABLE bench_step (definition integer, place integer, key text, version integer, step text, role text)");
        await using (var rows = await connection.BeginBinaryImportAsync("COPY bench_step FROM STDIN (FORMAT BINARY)"))
        {
            foreach (var (d, definition) in definitions.Index())
            {
                foreach (var (s, step) in definition.Steps.Index())
                    await rows.WriteRowAsync(default, d, s, definition.Key, definition.Version, step.Id, step.Role ?? Roles.Officer);
            }

            await rows.CompleteAsync();
        }

        var (from, to) = (FiscalYear.Begins(newestYear - years + 1), FiscalYear.Begins(newestYear + 1).AddDays(-28));
        // In the order in which time passed, as rows of real offices were written: random() alone would scatter every month over all pages.
        await RunAsync($"""
            CREATE UNLOGGED TABLE bench_case AS
            SELECT i, CAST(lpad(to_hex(CAST(extract(epoch FROM at) * 1000 AS bigint)), 12, '0') || '7' || substr(md5(CAST(i AS text)), 1, 19) AS uuid) AS id,
                'bench-' || CAST(floor(random() * {offices}) AS integer) AS office, CAST(floor(random() * definitions) AS integer) AS definition, at
            FROM (SELECT COUNT(DISTINCT definition) AS definitions FROM bench_step) d
            CROSS JOIN (SELECT i, TIMESTAMPTZ '{from:yyyy-MM-dd HH:mm:sszzz}' + (TIMESTAMPTZ '{to:yyyy-MM-dd HH:mm:sszzz}' - TIMESTAMPTZ '{from:yyyy-MM-dd HH:mm:sszzz}') * (i / {tasks / 4}.0) AS at
                FROM generate_series(0, {(tasks / 4) - 1}) i) c
            """);
        await RunAsync("""
            CREATE UNLOGGED TABLE bench_task AS
            SELECT t.*, CAST(lpad(to_hex(CAST(extract(epoch FROM created_at) * 1000 AS bigint)), 12, '0') || '7' || substr(md5(i || '/' || j), 1, 19) AS uuid) AS task_id,
                created_at + (waited + worked) * interval '3 minutes' AS closed_at, (waited + worked) * 100 / span AS percent, dice < 0.8 AS timed
            FROM (
                SELECT c.i, j, c.id, c.office, s.key, s.version, s.step, s.role, c.at + (j * 4 + random() * 3) * interval '1 day' AS created_at,
                    CAST(floor(random() * 900) AS integer) AS waited, CAST(floor(random() * 2100) AS integer) AS worked,
                    420 * (1 + CAST(floor(random() * 7) AS integer)) AS span, random() AS dice, random() AS outcome, random() AS form,
                    CASE WHEN random() < 0.1 THEN 2 ELSE 1 END AS attempt,
                    CAST(md5(c.office || CAST(floor(random() * PEOPLE) AS integer)) AS uuid) AS person
                FROM bench_case c
                CROSS JOIN generate_series(0, 3) j
                JOIN (SELECT definition, MAX(place) + 1 AS steps FROM bench_step GROUP BY definition) n ON n.definition = c.definition
                JOIN bench_step s ON s.definition = c.definition AND s.place = (c.i + j) % n.steps) t
            """.Replace("PEOPLE", $"{people}", StringComparison.Ordinal));
        var indexes = new List<string>();
        await using (var read = new NpgsqlCommand(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE '%ix\\_%' AND tablename IN ('process_instance', 'user_task', 'deadline', 'form_answer', 'audit_event', 'measured_task')", connection))
        await using (var reader = await read.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                indexes.Add(reader.GetString(0));
        }

        foreach (var index in indexes)
            await RunAsync($"DROP INDEX {index.Split(' ')[index.StartsWith("CREATE UNIQUE", StringComparison.Ordinal) ? 3 : 2]}");
        await RunAsync("""
            INSERT INTO process_instance (instance_id, definition_key, definition_version, office, title, status, started_at, ended_at, revision, head_hash,
                state, search_key, outcome)
            SELECT c.id, s.key, s.version, c.office, 'เรื่องของการวัด', 'completed', c.at, c.at + interval '18 days', 1, '', '{}', '', 'completed'
            FROM bench_case c
            JOIN bench_step s ON s.definition = c.definition AND s.place = 0
            """);
        const string Outcome = "CASE WHEN outcome < 0.05 THEN 'returned' WHEN outcome < 0.1 THEN 'rejected' WHEN outcome < 0.2 THEN 'approved' ELSE 'completed' END";
        const string Result = "CASE WHEN percent > 100 THEN 'late' WHEN percent < 20 THEN 'early' ELSE 'within' END";
        await RunAsync($"""
            INSERT INTO user_task (task_id, instance_id, office, definition_key, definition_version, step_id, state, outcome, attempt, role, created_at,
                closed_at, closed_by, due_at, due_order, revision, deadline_id, measured)
            SELECT task_id, id, office, key, version, step, 'completed', {Outcome}, attempt, role, created_at, closed_at, person,
                created_at + span * interval '3 minutes', created_at, 1, CASE WHEN timed THEN task_id END, TRUE
            FROM bench_task
            """);
        await RunAsync($"""
            INSERT INTO deadline (deadline_id, instance_id, office, definition_key, step_id, state, result, received_at, due_at, closed_at, fiscal_month,
                failures, measured)
            SELECT task_id, id, office, key, step, 'closed', {Result}, created_at, created_at + span * interval '3 minutes', closed_at, {Month("created_at")}, 0,
                TRUE
            FROM bench_task
            WHERE timed
            """);
        await RunAsync($"""
            INSERT INTO measured_task (office, created_at, task_id, instance_id, definition_key, definition_version, step_id, role, person, attempt, outcome,
                fiscal_month, closed_at, closed_month, no_limit, waited, worked, stood)
            SELECT office, created_at, task_id, id, key, version, step, role, person, attempt, {Outcome}, {Month("created_at")}, closed_at,
                {Month("closed_at")}, NOT timed, waited, worked, 0
            FROM bench_task
            ORDER BY office, created_at
            """);
        await RunAsync($"""
            INSERT INTO measured_clock (office, received_at, deadline_id, instance_id, definition_key, definition_version, step_id, role, person, result,
                fiscal_month, used, granted, percent, stood, pauses, extensions)
            SELECT office, created_at, task_id, id, key, version, step, role, person, {Result}, {Month("created_at")}, waited + worked, span, percent, 0,
                CAST(form < 0.05 AS integer), CAST(dice < 0.04 AS integer)
            FROM bench_task
            WHERE timed
            ORDER BY office, created_at
            """);
        await RunAsync("""
            INSERT INTO audit_event (instance_id, sequence, type, at, payload, hash)
            SELECT id, j + 2, 'TaskCompleted', closed_at, format('{"taskId":"%s","comment":null,"outputs":{"surveySatisfaction":"%s","surveyRespondents":"%s"}}',
                task_id, 1 + i % 5, i % 200), ''
            FROM bench_task
            WHERE form < 0.1
            """);
        await RunAsync("""
            INSERT INTO form_answer (office, definition_key, step_id, answered_at, task_id, instance_id, sequence)
            SELECT office, key, step, closed_at, task_id, id, j + 2 FROM bench_task WHERE form < 0.1
            """);
        await RunAsync("DROP TABLE bench_task, bench_case, bench_step");
        foreach (var index in indexes)
            await RunAsync(index);
        await RunAsync("INSERT INTO measured_month_stale (office, fiscal_month, changes) SELECT office, fiscal_month, 1 FROM measured_task GROUP BY office, fiscal_month");
        await RunAsync("VACUUM ANALYZE");
        Figures.Limit("made", Stopwatch.GetElapsedTime(begun).TotalSeconds, null, "s");

        async Task RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        static string Month(string instant) => MonthSql.Replace("{0}", instant, StringComparison.Ordinal);
    }
}

using ProcessEngine.Service.Cases.UserTasks;

namespace ProcessEngine.Benchmarks;

/// <summary>
/// What any engine must write for one transition: close a task, delete its deadline, insert the next task and its deadline, move the case on where
/// nobody else has, two audit events, one outbox row; four secondary indexes. Plain enough to be the same text for both databases.
/// </summary>
static class FloorSql
{
    public static readonly string[] Schema =
    [
        "CREATE TABLE instance(id integer PRIMARY KEY, process_id integer NOT NULL, version integer NOT NULL, state text NOT NULL, cur_task integer NOT NULL, data text NOT NULL, updated_at integer NOT NULL)",
        "CREATE TABLE task(id integer PRIMARY KEY, instance_id integer NOT NULL, step text NOT NULL, status integer NOT NULL, assignee text NOT NULL, created_at integer NOT NULL, due_at integer NOT NULL, closed_at integer, outcome text)",
        "CREATE INDEX task_inst ON task(instance_id)",
        "CREATE INDEX task_inbox ON task(assignee, due_at) WHERE status = 0",
        "CREATE TABLE audit(id integer PRIMARY KEY, instance_id integer NOT NULL, seq integer NOT NULL, at integer NOT NULL, actor text NOT NULL, kind text NOT NULL, payload text NOT NULL)",
        "CREATE INDEX audit_inst ON audit(instance_id, seq)",
        "CREATE TABLE outbox(id integer PRIMARY KEY, at integer NOT NULL, topic text NOT NULL, payload text NOT NULL)",
        "CREATE TABLE deadline(task_id integer PRIMARY KEY, due_at integer NOT NULL, kind integer NOT NULL)",
        "CREATE INDEX deadline_due ON deadline(due_at)",
    ];

    /// <summary>$1 instance, $2 its version, $3 its task, $4 the next task.</summary>
    public static readonly string[] Writes =
    [
        "UPDATE task SET status = 1, closed_at = 1770000000, outcome = 'approve' WHERE id = $3 AND status = 0",
        "DELETE FROM deadline WHERE task_id = $3",
        "INSERT INTO task VALUES ($4, $1, 'step2', 0, 'u7', 1770000000, 1770259200, NULL, NULL)",
        "INSERT INTO deadline VALUES ($4, 1770259200, 0)",
        "UPDATE instance SET version = version + 1, state = 'step2', cur_task = $4, updated_at = 1770000000 WHERE id = $1 AND version = $2",
        """INSERT INTO audit VALUES ($4 * 2, $1, $2, 1770000000, 'u7', 'task.completed', '{"outcome":"approve","comment":"checked against the annual plan"}')""",
        """INSERT INTO audit VALUES ($4 * 2 + 1, $1, $2, 1770000000, 'u7', 'task.created', '{"step":"step2","rule":"direct manager"}')""",
        """INSERT INTO outbox VALUES ($4, 1770000000, 'task.created', '{"to":"u12","template":"assigned"}')""",
    ];

    public const string Read = "SELECT version, cur_task FROM instance WHERE id = $1";

    /// <summary>So many running instances, each with an open task and its deadline.</summary>
    /// <param name="due">The first so many deadlines lie in the past.</param>
    public static string[] Load(int instances, int due = 0)
    {
        var numbers = $"WITH RECURSIVE s(g) AS (SELECT 1 UNION ALL SELECT g + 1 FROM s WHERE g < {instances})";
        return
        [
            $$"""INSERT INTO instance {{numbers}} SELECT g, g % 20, 1, 'step1', g, '{"title":"Budget request","office":"A12","amount":125000,"requester":"u1001"}', 1770000000 FROM s""",
            $"INSERT INTO task {numbers} SELECT g, g, 'step1', 0, 'u' || (g % 500), 1770000000, 1770259200, NULL, NULL FROM s",
            $"INSERT INTO deadline {numbers} SELECT g, CASE WHEN g <= {due} THEN 1760000000 + g ELSE 1790000000 END, 0 FROM s",
        ];
    }

    /// <summary>One batch of a sweep: the oldest due deadlines, marked and nothing else. $1 is how many.</summary>
    public static string Sweep(string skipLocked) => $"""
        UPDATE deadline SET due_at = 1790000000, kind = 1
        WHERE task_id IN (SELECT task_id FROM deadline WHERE due_at < 1770000000 ORDER BY due_at LIMIT $1 {skipLocked})
        """;
}

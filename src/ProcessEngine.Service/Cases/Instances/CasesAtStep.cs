using System.Data.Common;
using Dapper;

namespace ProcessEngine.Service.Cases.Instances;

/// <summary>How many cases of an office stand at a step of a procedure, whatever their version.</summary>
public static class CasesAtStep
{
    // Indexes: ix_instance_version, then ix_task_instance.
    const string Sql = """
        SELECT COUNT(DISTINCT t.instance_id)
        FROM process_instance i
        JOIN user_task t ON t.instance_id = i.instance_id AND t.state = 'open' AND t.step_id = @step
        WHERE i.office = @office AND i.definition_key = @key AND i.ended_at IS NULL
        """;

    public static Task<int> CountAsync(DbConnection connection, string office, string key, string step) =>
        connection.ExecuteScalarAsync<int>(Sql, new { office, key, step });
}

using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Instances;

/// <summary>One pass of somebody through a step.</summary>
public sealed record StepPass
{
    public Guid TaskId { get; init; }
    public string StepId { get; init; } = "";
    public int Attempt { get; init; }
    public string State { get; init; } = "";
    public string? Outcome { get; init; }
    public string Role { get; init; } = "";
    public string? Item { get; init; }
    public Guid? Assignee { get; init; }
    public Guid? ClosedBy { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }
    public DateTimeOffset? DueAt { get; init; }
    public string? CapacityKind { get; init; }
    public string? CapacityOrder { get; init; }

    /// <summary>The order by which it was decided; null when the post was the decider's own, and while it is open.</summary>
    public CapacityView? ByOrder(OfficeKind kind) => CapacityKind is null ? null : CapacityView.Of(Role, CapacityKind, CapacityOrder, kind);

    public bool IsLate(DateTimeOffset now) => DueAt is { } due && (ClosedAt ?? now) > due && Outcome != "cancelled";
}

/// <summary>The steps of a definition, each with the passes that a case has made through it.</summary>
public sealed class CaseSteps(Database database)
{
    const int MaxTasks = 1000;

    public async Task<IReadOnlyList<(Step Step, IReadOnlyList<StepPass> Passes)>> OfAsync(
        Guid instanceId, ProcessDefinition definition, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(definition);
        await using var connection = await database.OpenAsync(ct);
        // Index: ix_task_instance.
        var rows = await connection.QueryAsync<StepPass>(
            """
            SELECT task_id, step_id, attempt, state, outcome, role, item, assignee, closed_by, created_at, closed_at, due_at, capacity_kind,
                capacity_order
            FROM user_task
            WHERE instance_id = @instanceId
            ORDER BY created_at, task_id
            LIMIT @MaxTasks
            """,
            new { instanceId, MaxTasks });
        var byStep = rows.ToLookup(r => r.StepId);
        return [.. definition.Steps.Select(step => (step, (IReadOnlyList<StepPass>)[.. byStep[step.Id]]))];
    }
}

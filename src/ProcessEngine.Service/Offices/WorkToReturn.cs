using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Offices;

/// <summary>
/// Marks that somebody holds less than before: the account is closed, roles are taken away, an order ends. What they had taken is then
/// looked at by a job, and goes back where they may not do it any more.
/// </summary>
public static class WorkToReturn
{
    const string MarkSql = "INSERT INTO work_to_return (user_id, due_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";

    /// <param name="from">From when on they hold less.</param>
    public static void Mark(WriteSession session, Guid user, DateTimeOffset from)
    {
        ArgumentNullException.ThrowIfNull(session);
        session.Enqueue(MarkSql, user, from);
    }
}

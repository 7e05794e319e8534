using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Notifications;

/// <summary>
/// Tells the administrators of an office that a job gave up something of it: one notice for all that was given up since the last one.
/// Where an office has none, those who look after every office.
/// </summary>
public sealed class SetAsideNotices(Database database, TimeProvider time) : IRecurringJob
{
    const int Batch = 100;

    // Index: ix_work_failure_untold.
    const string OfficesSql = "SELECT DISTINCT office FROM work_failure WHERE next_at IS NULL AND NOT told LIMIT $1";
    const string ToldSql = "UPDATE work_failure SET told = TRUE WHERE office = $1 AND next_at IS NULL AND NOT told";

    // Indexes: ix_membership_office, the primary key of app_user. Few people administer an office.
    const string AdministratorsSql = """
        SELECT m.user_id
        FROM membership m
        JOIN app_user u ON u.user_id = m.user_id
        WHERE m.office = $1 AND m.role = $2 AND u.active = $3
        ORDER BY m.user_id
        LIMIT 100
        """;

    public string Name => "set-aside-notices";
    public LocalizedText Title => new("การแจ้งผู้ดูแลเมื่อมีงานที่ระบบทำไม่สำเร็จ", "Notices of what was set aside");
    public TimeSpan Interval => TimeSpan.FromMinutes(5);

    /// <returns>The offices whose administrators were told.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var offices = await database.OptimisticAsync(
            async session => await session.QueryListAsync(OfficesSql, new object?[] { Batch }, row => row.GetString(0)), ct);
        var now = Instants.Truncate(time.GetUtcNow());
        foreach (var office in offices)
        {
            await database.TransactAsync(
                async session =>
                {
                    var people = await AdministratorsAsync(session, office);
                    if (people.Count == 0)
                        people = await AdministratorsAsync(session, Caller.EveryOffice);
                    foreach (var person in people)
                        AccountNotices.Tell(session, person, AccountNotices.WorkSetAside, office, "/admin", now);
                    session.Enqueue(ToldSql, office);
                    return true;
                },
                ct);
        }

        return offices.Count;
    }

    static ValueTask<List<Guid>> AdministratorsAsync(WriteSession session, string office) => session.QueryListAsync(
        AdministratorsSql, new object?[] { office, Roles.Administrator, true }, row => row.Id(0));
}

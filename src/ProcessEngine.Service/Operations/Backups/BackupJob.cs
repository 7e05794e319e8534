using System.Data.Common;
using ProcessEngine.Core;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Storage.Copies;

namespace ProcessEngine.Service.Operations.Backups;

/// <summary>The copy of each day, where a folder is set for it.</summary>
public sealed class BackupJob(Database database, BackupMaker backups, BackupOptions options) : IRecurringJob
{
    public const string JobName = "backups";

    public string Name => JobName;
    public LocalizedText Title => new("การสำรองข้อมูล", "Backups");
    public TimeSpan Interval => TimeSpan.FromMinutes(10);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        await using (var connection = await database.OpenAsync(ct))
        {
            if (await backups.DueSinceAsync(connection) is null)
                return 0;
        }

        var place = await backups.MakeAsync(options.Folder!, options.Keep, ct);
        if (options.Trial && await backups.TryAsync(place, ct) is not LastBackup.Whole and var fault)
            throw new CopyException($"The copy {place} cannot be relied on: {fault}");
        return 1;
    }

    public async Task<DateTimeOffset?> OldestWaitingAsync(DbConnection connection, DateTimeOffset now) =>
        await backups.DueSinceAsync(connection);
}

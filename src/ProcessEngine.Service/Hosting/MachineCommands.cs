using System.Data.Common;
using Dapper;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Operations.Backups;
using ProcessEngine.Service.Reports.Measuring;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Storage.Copies;

namespace ProcessEngine.Service.Hosting;

/// <summary>
/// What whoever sits at the machine does with the installation, by the same settings as the service: copies and their return, a look at the
/// settings, a link for somebody who cannot get in.
/// </summary>
/// <remarks>
/// <c>backup [folder]</c>, <c>try-backup &lt;copy&gt;</c>, <c>restore &lt;copy&gt;</c>, <c>settings</c>,
/// <c>sign-in-link &lt;user name&gt;</c>, <c>rebuild-figures [--from &lt;case&gt;]</c>.
/// </remarks>
public static class MachineCommands
{
    public const int Done = 0;

    /// <summary>It was not done; why is a line on the error output.</summary>
    public const int Failed = 1;

    /// <summary>The command is incomplete.</summary>
    public const int Wrong = 2;

    public static bool Knows(string[] args) =>
        args is ["backup" or "try-backup" or "restore" or "settings" or "sign-in-link" or "rebuild-figures", ..];

    /// <param name="told">What came of it.</param>
    /// <param name="said">Why nothing came of it.</param>
    public static async Task<int> RunAsync(IServiceProvider services, string[] args, TextWriter told, TextWriter said, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(told);
        ArgumentNullException.ThrowIfNull(said);
        var what = args is [_, { Length: > 0 } given, ..] && !given.StartsWith('-') ? given : null;
        var backups = services.GetRequiredService<BackupMaker>();
        var options = services.GetRequiredService<BackupOptions>();
        try
        {
            switch (args[0])
            {
                case "settings":
                    await told.WriteAsync(SettingsText.Of(services.GetRequiredService<ModuleSettings>()));
                    return Done;
                case "backup" when (what ?? options.Folder) is { Length: > 0 } folder:
                    // Copies in a folder that was named once are whoever named it's to throw away.
                    await told.WriteLineAsync(await backups.MakeAsync(folder, what is null ? options.Keep : int.MaxValue, ct));
                    return Done;
                case "backup":
                    return await Say("backup <folder>: where the copy goes is missing; ProcessEngine:Backup:Folder names none.", Wrong);
                case "try-backup" when what is not null:
                    var found = await backups.TryAsync(what, ct);
                    await told.WriteLineAsync(found);
                    return found == LastBackup.Whole ? Done : Failed;
                case "restore" when what is not null:
                    await backups.BringBackAsync(what, ct);
                    await told.WriteLineAsync(
                        $"restored {what}; no mail and no webhook goes out until an administrator releases them (/admin/notifications)");
                    return Done;
                case "sign-in-link" when what is not null:
                    return await LinkAsync(services, what, told, said, ct);
                case "rebuild-figures":
                    return await RebuildAsync(services, args, told, said, ct);
                default:
                    var missing = args[0] == "sign-in-link" ? "user name" : "folder of the copy";
                    return await Say($"{args[0]} <{missing}>: it is missing.", Wrong);
            }
        }
        catch (Exception e) when (e is CopyException or DbException)
        {
            return await Say(e.Message, Failed);
        }

        async Task<int> Say(string why, int code)
        {
            await said.WriteLineAsync(why);
            return code;
        }
    }

    /// <summary>Everything that was measured, held against the events; it goes on where it was stopped.</summary>
    static async Task<int> RebuildAsync(IServiceProvider services, string[] args, TextWriter told, TextWriter said, CancellationToken ct)
    {
        var after = Guid.Empty;
        if (args is not ["rebuild-figures"] && (args is not [_, "--from", var text] || !Guid.TryParse(text, out after)))
        {
            await said.WriteLineAsync("rebuild-figures [--from <case>]: the id of a case, as it told it.");
            return Wrong;
        }

        var progress = new RebuildProgress(after, 0, 0);
        try
        {
            var done = await services.GetRequiredService<FigureRebuild>().RunAsync(after, Tell, ct);
            await told.WriteLineAsync($"{done.Cases} cases, {done.Mended} measured rows were put right");
            return Done;
        }
        catch (OperationCanceledException)
        {
            await said.WriteLineAsync($"stopped after {progress.Cases} cases; it goes on with --from {progress.After}");
            return Failed;
        }

        void Tell(RebuildProgress now)
        {
            progress = now;
            if (now.Cases % 10_000 == 0)
                said.WriteLine($"{now.Cases} cases, {now.Mended} put right, after {now.After}");
        }
    }

    /// <summary>For whoever has lost password, key and administrator. It stands in the trail as made at the machine.</summary>
    static async Task<int> LinkAsync(IServiceProvider services, string name, TextWriter told, TextWriter said, CancellationToken ct)
    {
        var (database, now) = (
            services.GetRequiredService<Database>(), Instants.Truncate(services.GetRequiredService<TimeProvider>().GetUtcNow()));
        Guid? user;
        await using (var connection = await database.OpenAsync(ct))
        {
            user = await connection.QueryFirstOrDefaultAsync<Guid?>(
                $"""
                SELECT u.user_id FROM app_user u
                WHERE {UserNames.Condition("u")} AND u.active = @yes AND u.kind = 'person'
                ORDER BY {UserNames.Order("u")}
                """,
                new { name, nameKey = UserNames.Key(name), yes = true });
        }

        if (user is not { } id)
        {
            await said.WriteLineAsync($"There is no person \"{name}\" whose account is open.");
            return Failed;
        }

        var token = await database.TransactAsync(
            async session =>
            {
                var made = AccountLinks.Make(session, id, now);
                await AdministrationTrail.RecordAsync(
                    session, null, new AdministrationAct("link-made", Caller.EveryOffice, id, new { at = Environment.MachineName }), now);
                return made;
            },
            ct);
        var address = services.GetRequiredService<NotificationOptions>().PublicUrl.TrimEnd('/');
        await told.WriteLineAsync($"{address}{AccountLinks.AddressOf(token)}");
        await told.WriteLineAsync($"once, until {now + AccountLinks.HoldsFor:u}");
        return Done;
    }
}

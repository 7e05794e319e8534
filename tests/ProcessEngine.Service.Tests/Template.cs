using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Identity;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// A database as the first start leaves it: schema, holidays, the shipped definitions, the demonstration's people.
/// Made once a run by that first start, and copied for each world, which then starts as an office does on any other day.
/// </summary>
public sealed class Template
{
    /// <summary>When the first start was: before any world begins.</summary>
    const string Made = "2026-01-05 09:00";

    // The keys that seal cookies, and what the database has sent, are each world's own.
    // The key that signs anchors takes seconds to make.
    static readonly string[] Files = [FirstStart.DemoKeysFile, FirstStart.DemoPasswordsFile, "anchor-key.pem"];

    /// <summary>One file that holds everything: what a service leaves may lie partly in the log beside its database.</summary>
    const string Whole = "whole.db";

    static readonly Lazy<Task<Template>> Sqlite = new(() => MakeAsync("sqlite"));
    static readonly Lazy<Task<Template>> Postgres = new(() => MakeAsync("postgresql"));

    readonly string folder;
    readonly string? connection;

    Template(string folder, string? connection) => (this.folder, this.connection) = (folder, connection);

    public static Task<Template> Of(string provider) => provider switch
    {
        "sqlite" => Sqlite.Value,
        "postgresql" => Postgres.Value,
        _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, null),
    };

    /// <summary>Lays a copy of it into a data folder, with the keys and passwords of its people.</summary>
    /// <returns>How to reach the copy; null for the file in the folder.</returns>
    public string? CopyTo(string dataFolder)
    {
        foreach (var file in Files.Select(name => Path.Combine(folder, name)).Where(File.Exists))
            File.Copy(file, Path.Combine(dataFolder, Path.GetFileName(file)));
        if (connection is null)
            File.Copy(Path.Combine(folder, Whole), Path.Combine(dataFolder, "processengine.db"));
        return connection is null ? null : TestRun.Postgres.NewDatabase(connection);
    }

    static async Task<Template> MakeAsync(string provider)
    {
        var folder = Directory.CreateTempSubdirectory("processengine-template-").FullName;
        string? connection;
        await using (var world = await World.StartFirstAsync(provider, folder, Made))
        {
            // Which database this was is not what its copies are: each is to begin as one that has sent nothing.
            await world.ExecuteAsync("UPDATE sending SET life = NULL, mark = 0, place = '', timeline = ''");
            world.Services.GetRequiredService<AnchorKey>().FindOrMake().Dispose();
            connection = world.ConnectionString;
            if (connection is null)
                await world.ExecuteAsync("VACUUM INTO @file", new { file = Path.Combine(folder, Whole) });
        }

        return new Template(folder, connection);
    }

    public static void ThrowAway()
    {
        foreach (var made in new[] { Sqlite, Postgres }.Where(t => t is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }))
            Directory.Delete(made.Value.Result.folder, recursive: true);
    }
}

using System.Diagnostics;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using ProcessEngine.Service.Cases.Migrations;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Jobs;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Benchmarks;

/// <summary>Running cases moved to another version, with all their writes, by one node.</summary>
static class Migrating
{
    const int Cases = 10_000;
    const int Required = 2_000;
    const string Renamed = "pilot-test";
    const string Into = "pilot";

    public static async Task RunAsync()
    {
        foreach (var provider in new[] { "sqlite", "postgresql" })
        {
            Figures.Group($"migrate, {provider}, {Cases:N0} running cases to a version in which a step has another id");
            await using var rig = await Rig.StartAsync(provider);
            var cases = await rig.SeedAsync(Cases, TimeProvider.System.GetUtcNow(), i => i % 10);
            await PublishAsync(rig);
            await AskAsync(rig);
            var work = new MigrationWork(
                rig.Database, rig.Definitions, rig.Store, rig.Items, new DeadlineOptions(), NullLogger<MigrationWork>.Instance);
            // The first batch pays for compiling; it is a batch of the same work, and not counted.
            var id = Guid.Parse((await work.NextAsync(CancellationToken.None))!.Id);
            var first = await work.BatchAsync(id, 200, CancellationToken.None);
            var begun = Stopwatch.GetTimestamp();
            await work.RunAsync(CancellationToken.None);
            Figures.AtLeast("cases moved by one node", (Cases - first) / Stopwatch.GetElapsedTime(begun).TotalSeconds, provider == "postgresql" ? Required : null, "/s");
            Figures.Holds("each was moved exactly once, audit chain holds", await EachMovedOnceAsync(rig) && await rig.ChainsHoldAsync(cases));
        }
    }

    static async Task PublishAsync(Rig rig)
    {
        var content = (await ContentAsync(rig)).Replace($"{Renamed}\"", $"{Into}\"", StringComparison.Ordinal);
        var read = ElsaDefinitionReader.Read(content, 2, Rig.Procedure);
        if (!read.IsSound)
            throw new InvalidOperationException(string.Join('\n', read.Findings));
        await rig.Database.TransactAsync(
            session =>
            {
                DefinitionPublisher.Publish(session, read, content, new VersionOrigin(VersionOrigin.Draft, null, DefinitionPublisher.EveryOffice, null), TimeProvider.System.GetUtcNow());
                return ValueTask.FromResult(true);
            },
            CancellationToken.None);
    }

    static async Task<string> ContentAsync(Rig rig)
    {
        await using var connection = await rig.Database.OpenAsync(CancellationToken.None);
        return (await connection.QuerySingleAsync<string>("SELECT content FROM definition_version WHERE definition_key = @Procedure", new { Rig.Procedure }))!;
    }

    /// <summary>As the request leaves it.</summary>
    static async Task AskAsync(Rig rig)
    {
        await using var connection = await rig.Database.OpenAsync(CancellationToken.None);
        await connection.ExecuteAsync(
            """
            INSERT INTO definition_migration (migration_id, office, definition_key, from_version, to_version, moves, state, after_instance, moved, refused, created_by, created_at)
            SELECT @id, @office, @key, 1, 2, @moves, 'running', @none, 0, 0, user_id, @now FROM app_user LIMIT 1
            """,
            new
            {
                id = Guid.CreateVersion7(),
                office = FirstStart.DemoOffice,
                key = Rig.Procedure,
                none = Guid.Empty,
                now = TimeProvider.System.GetUtcNow(),
                moves = JsonSerializer.Serialize(new Dictionary<string, string> { [Renamed] = Into }),
            });
    }

    static async Task<bool> EachMovedOnceAsync(Rig rig)
    {
        await using var connection = await rig.Database.OpenAsync(CancellationToken.None);
        return await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM process_instance WHERE definition_version = 2") == Cases
            && await connection.ExecuteScalarAsync<long>("SELECT COUNT(DISTINCT instance_id) FROM audit_event WHERE type = 'InstanceMigrated'") == Cases
            && await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM audit_event WHERE type = 'InstanceMigrated'") == Cases;
    }
}

using System.ComponentModel;
using System.Diagnostics;
using Dapper;
using Npgsql;

namespace ProcessEngine.Service.Storage.Copies;

/// <summary>
/// Of PostgreSQL, by its own programs <c>pg_dump</c> and <c>pg_restore</c>: a dump is one snapshot, whatever is written meanwhile.
/// </summary>
public sealed class PostgresCopies(string connectionString) : DatabaseCopies
{
    const string Tables = "pg_tables WHERE schemaname = 'public' AND tablename";

    // Where Debian keeps the programs of each version; those of the newest read every older server.
    const string DebianFolder = "/usr/lib/postgresql";

    public override string FileName => "processengine.dump";

    public override Task WriteAsync(string file, CancellationToken ct) =>
        RunAsync("pg_dump", ["--format=custom", $"--file={file}"], Address(), ct);

    public override async Task<bool> IsEmptyAsync(CancellationToken ct)
    {
        await using var connection = await OpenAsync(connectionString, ct);
        return await connection.ExecuteScalarAsync<long>(
            "SELECT COUNT(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')") == 0;
    }

    public override async Task BringBackAsync(string file, CancellationToken ct)
    {
        if (!await IsEmptyAsync(ct))
            throw new CopyException("The database of the settings is not empty: restore into a new one.");
        await RestoreAsync(file, Address(), ct);
        await using var connection = await OpenAsync(connectionString, ct);
        await MarkAsync(connection, Tables);
    }

    public override async Task<BroughtBack> BringBackAsideAsync(string file, string folder, CancellationToken ct)
    {
        var name = $"processengine_trial_{Guid.NewGuid():n}";
        await CommandAsync($"CREATE DATABASE \"{name}\"", ct);
        var aside = new NpgsqlConnectionStringBuilder(connectionString) { Database = name };
        try
        {
            await RestoreAsync(file, aside, ct);
            await using (var connection = await OpenAsync(aside.ConnectionString, ct))
                await MarkAsync(connection, Tables);
            return new BroughtBack(new PostgresDatabase(aside.ConnectionString, 4), ThrowAway);
        }
        catch
        {
            await ThrowAway();
            throw;
        }

        Task ThrowAway() => CommandAsync($"DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)", CancellationToken.None);
    }

    async Task CommandAsync(string sql, CancellationToken ct)
    {
        try
        {
            await using var connection = await OpenAsync(connectionString, ct);
            await connection.ExecuteAsync(sql);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new CopyException(
                $"A trial restores into a database of its own: the user {Address().Username} needs the right CREATEDB.", e);
        }
    }

    static Task RestoreAsync(string file, NpgsqlConnectionStringBuilder into, CancellationToken ct) =>
        RunAsync("pg_restore", ["--exit-on-error", "--single-transaction", "--no-owner", $"--dbname={into.Database}", file], into, ct);

    NpgsqlConnectionStringBuilder Address() => new(connectionString);

    static async Task<NpgsqlConnection> OpenAsync(string to, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(to) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        return connection;
    }

    static async Task RunAsync(string program, string[] arguments, NpgsqlConnectionStringBuilder server, CancellationToken ct)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo(Find(program), arguments) { RedirectStandardError = true } };
        var environment = process.StartInfo.Environment;
        (environment["PGHOST"], environment["PGPORT"]) = (server.Host, FormattableString.Invariant($"{server.Port}"));
        (environment["PGDATABASE"], environment["PGUSER"]) = (server.Database, server.Username);
        // Not as an argument, which everybody on the machine could read.
        environment["PGPASSWORD"] = server.Password;
        environment["PGSSLMODE"] = server.SslMode switch
        {
            SslMode.VerifyFull => "verify-full",
            SslMode.VerifyCA => "verify-ca",
            var mode => mode.ToString().ToLowerInvariant(),
        };
        if (server.RootCertificate is { Length: > 0 } root)
            environment["PGSSLROOTCERT"] = root;
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw new CopyException($"{program} is needed (Debian: apt-get install postgresql-client): {e.Message}.", e);
        }

        var said = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode != 0)
            throw new CopyException($"{program} failed: {(await said).Trim().ReplaceLineEndings(" ")}");
    }

    static string Find(string program)
    {
        if (!Directory.Exists(DebianFolder))
            return program;
        var versions = Directory.GetDirectories(DebianFolder)
            .OrderByDescending(folder => double.TryParse(Path.GetFileName(folder), out var version) ? version : 0);
        return versions.Select(folder => Path.Combine(folder, "bin", program)).FirstOrDefault(File.Exists) ?? program;
    }
}

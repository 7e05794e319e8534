using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace ProcessEngine.Testing;

/// <summary>A real PostgreSQL of the test run's own: a throwaway cluster on a free port, stopped and deleted at the end.</summary>
public sealed class PostgresCluster : IDisposable
{
    readonly string folder;
    readonly string bin;
    int databases;

    PostgresCluster(string bin, string folder, int port)
    {
        this.bin = bin;
        this.folder = folder;
        Port = port;
    }

    public int Port { get; }

    /// <summary>A connection string to one database of this cluster.</summary>
    public string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={Port};Username=app;Database={database};Include Error Detail=true";

    // For tests in which no power fails: what the server has answered outlives every process of the test, without a flush of the disk.
    // Nobody tends to databases that live for seconds.
    const string NotFlushed = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 "
        + "-c autovacuum=off -c jit=off";

    /// <param name="durable">Whether commits are flushed to the disk, as at an office.</param>
    /// <exception cref="InvalidOperationException">PostgreSQL's programs are not installed; says what to do.</exception>
    public static PostgresCluster Start(bool durable = true)
    {
        var bin = FindPrograms() ?? throw new InvalidOperationException(
            "PostgreSQL is needed for the tests: install it (Debian: apt-get install postgresql), "
            + "or set PG_BIN to the folder of initdb and pg_ctl.");
        var folder = Directory.CreateTempSubdirectory("processengine-pg-").FullName;
        if (Environment.UserName == "root")
            Run("chown", "nobody", folder);
        var cluster = new PostgresCluster(bin, folder, FreePort());
        cluster.RunDropped(
            "initdb", "-D", cluster.Data, "-U", "app", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions");
        var settings =
            $"-c listen_addresses=127.0.0.1 -c port={cluster.Port} -c max_connections=200 -k {folder} {(durable ? "" : NotFlushed)}";
        cluster.RunDropped("pg_ctl", "-D", cluster.Data, "-w", "-t", "60", "-l", Path.Combine(folder, "log"), "-o", settings, "start");
        return cluster;
    }

    /// <summary>A new database: empty, or as another one is, to which nobody may be connected.</summary>
    public string NewDatabase(string? template = null)
    {
        var name = $"test_{Interlocked.Increment(ref databases)}";
        // Its files as they are, where the server can: by pages of its log, as it does by itself, costs three times as much.
        Administer(server => template is null ? $"CREATE DATABASE {name}"
            : $"CREATE DATABASE {name} TEMPLATE {NameIn(template)}{(server.Major >= 15 ? " STRATEGY FILE_COPY" : "")}");
        return ConnectionString(name);
    }

    /// <summary>Throws a database away, whoever is connected to it.</summary>
    public void Drop(string connectionString)
    {
        NpgsqlConnection.ClearPool(new NpgsqlConnection(connectionString));
        Administer(_ => $"DROP DATABASE {NameIn(connectionString)} WITH (FORCE)");
    }

    void Administer(Func<Version, string> statement)
    {
        using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        connection.Open();
        using var command = new NpgsqlCommand(statement(connection.PostgreSqlVersion), connection);
        command.ExecuteNonQuery();
    }

    static string NameIn(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString).Database!;

    string Data => Path.Combine(folder, "data");

    static string? FindPrograms()
    {
        if (Environment.GetEnvironmentVariable("PG_BIN") is { Length: > 0 } given)
            return given;
        const string debian = "/usr/lib/postgresql";
        return !Directory.Exists(debian) ? null
            : Directory.GetDirectories(debian).Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb")))
                .OrderByDescending(d => int.TryParse(Path.GetFileName(Path.GetDirectoryName(d)), out var version) ? version : 0)
                .FirstOrDefault();
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    void RunDropped(string program, params string[] args)
    {
        var path = Path.Combine(bin, program);
        if (Environment.UserName == "root")
            Run("setpriv", ["--reuid=nobody", "--regid=nogroup", "--clear-groups", path, .. args]);
        else
            Run(path, args);
    }

    static void Run(string program, params string[] args)
    {
        // Output is not redirected: the server would inherit the pipe and keep it open. It goes to a file that a failure shows.
        var log = Path.GetTempFileName();
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec \"$0\" \"$@\" > \"$PE_LOG\" 2>&1");
        start.ArgumentList.Add(program);
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        start.Environment["PE_LOG"] = log;
        using var process = Process.Start(start)!;
        process.WaitForExit();
        var output = File.ReadAllText(log);
        File.Delete(log);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', args)} failed ({process.ExitCode}): {output}");
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        try
        {
            RunDropped("pg_ctl", "-D", Data, "-m", "immediate", "stop");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

using System.Data.Common;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Storage;

/// <summary>Numbered scripts, forward only. The caller holds a lock, so two nodes that start at once do not both run them.</summary>
public static class Migrations
{
    const string Ledger = """
        CREATE TABLE IF NOT EXISTS schema_migration (
            number integer PRIMARY KEY,
            name text NOT NULL,
            checksum text NOT NULL,
            applied_at text NOT NULL
        )
        """;

    /// <exception cref="SchemaException">A script that was applied has
    /// changed since, or the database is newer than this program.</exception>
    /// <param name="dialect">What the names of the scripts end in, before <c>.sql</c>.</param>
    public static void Apply(DbConnection connection, string dialect, Action<string> run, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(run);
        run(Ledger);
        var applied = connection.Query<(int Number, string Checksum)>("SELECT number, checksum FROM schema_migration")
            .ToDictionary(m => m.Number, m => m.Checksum);
        var scripts = Scripts(dialect);
        if (scripts.Count == 0)
            throw new InvalidOperationException($"There are no schema scripts for {dialect}.");
        if (applied.Keys.Except(scripts.Select(s => s.Number)).Any())
            throw new SchemaException("was written by a newer version of ProcessEngine: start that one, or bring back a copy of before");

        foreach (var script in scripts)
        {
            if (applied.TryGetValue(script.Number, out var checksum))
            {
                if (checksum != script.Checksum)
                    throw new SchemaException($"has schema script {script.Name}, which was changed after it had been applied");
                continue;
            }

            run(script.Sql);
            connection.Execute(
                "INSERT INTO schema_migration (number, name, checksum, applied_at) VALUES (@Number, @Name, @Checksum, @At)",
                new { script.Number, script.Name, script.Checksum, At = DbValues.ToText(now) });
        }
    }

    /// <summary>How far the schema has come that is there; 0 where there is none.</summary>
    public static async Task<int> VersionAsync(DbConnection connection)
    {
        try
        {
            return await connection.ExecuteScalarAsync<int?>("SELECT MAX(number) FROM schema_migration") ?? 0;
        }
        catch (DbException)
        {
            return 0;
        }
    }

    /// <summary>How far this program brings it.</summary>
    public static int Newest(string dialect) => Scripts(dialect)[^1].Number;

    static List<(int Number, string Name, string Sql, string Checksum)> Scripts(string dialect)
    {
        var suffix = $".{dialect}.sql";
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. from resource in assembly.GetManifestResourceNames()
               where resource.Contains(".Schema.", StringComparison.Ordinal) && resource.EndsWith(suffix, StringComparison.Ordinal)
               let name = resource[(resource.IndexOf(".Schema.", StringComparison.Ordinal) + ".Schema.".Length)..]
               let sql = Read(assembly, resource)
               let number = int.Parse(name.AsSpan(0, 4), System.Globalization.CultureInfo.InvariantCulture)
               orderby number
               select (number, name, sql, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))))
        ];
    }

    static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}

/// <summary>The schema that is there is none that this program can go on with. Its message is the rest of a sentence.</summary>
public sealed class SchemaException(string message) : Exception(message);

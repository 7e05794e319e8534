using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>Arrows point one way: the web and the capabilities to storage, storage to the core.</summary>
public sealed class ArchitectureSpec
{
    [Test]
    public void Storage_knows_no_http()
    {
        var users = from type in typeof(ProcessStore).Assembly.GetTypes()
                    where type.Namespace == typeof(Database).Namespace && type != typeof(StorageModule)
                    from used in UsedTypes.Of(type)
                    where used.Namespace is { } space
                        && (space.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || space.StartsWith("System.Net", StringComparison.Ordinal))
                    select $"{type.FullName} uses {used.FullName}";
        users.ShouldBeEmpty();
    }

    [Test]
    public void Only_storage_and_what_puts_it_together_name_a_database_driver()
    {
        var users = from type in typeof(ProcessStore).Assembly.GetTypes()
                    where type.Namespace?.StartsWith("ProcessEngine", StringComparison.Ordinal) == true && type.Namespace != typeof(Database).Namespace
                    from used in UsedTypes.Of(type)
                    where used.Namespace is { } space && (space.StartsWith("Npgsql", StringComparison.Ordinal) || space == "Microsoft.Data.Sqlite")
                    select $"{type.FullName} uses {used.FullName}";
        users.ShouldBeEmpty();
    }
}

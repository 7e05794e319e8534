using ProcessEngine.Testing;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>One PostgreSQL for the whole run; each installation gets a database of its own.</summary>
[SetUpFixture]
public sealed class TestRun
{
    static Lazy<PostgresCluster> postgres = new(() => PostgresCluster.Start());

    public static PostgresCluster Postgres => postgres.Value;

    [OneTimeTearDown]
    public void Stop()
    {
        if (postgres.IsValueCreated)
            postgres.Value.Dispose();
        postgres = new Lazy<PostgresCluster>(() => PostgresCluster.Start());
    }
}

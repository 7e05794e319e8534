using ProcessEngine.Testing;

[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(3)]

namespace ProcessEngine.Service.Tests;

/// <summary>One PostgreSQL for the whole run; each world gets a database of its own.</summary>
[SetUpFixture]
public sealed class TestRun
{
    public static PostgresCluster Postgres { get; private set; } = null!;

    [OneTimeSetUp]
    public void Start() => Postgres = PostgresCluster.Start(durable: false);

    [OneTimeTearDown]
    public void Stop()
    {
        Template.ThrowAway();
        Postgres?.Dispose();
    }
}

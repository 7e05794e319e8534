using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>A fresh installation for each test, once on each database.</summary>
[TestFixture("sqlite")]
[TestFixture("postgresql")]
public abstract class OnBothDatabases(string provider)
{
    protected Installation Office { get; private set; } = null!;

    [SetUp]
    public void Install() => Office = Installation.On(provider);

    [TearDown]
    public void Remove() => Office?.Dispose();
}

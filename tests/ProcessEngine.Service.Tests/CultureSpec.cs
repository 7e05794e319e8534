using System.Globalization;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// A host in Thailand counts years by the Buddhist Era. Only pages do; whatever programs read has ISO dates of the Gregorian calendar.
/// </summary>
// The culture is the whole process's.
[NonParallelizable]
public sealed class CultureSpec
{
    CultureInfo? before;

    [SetUp]
    public void InThailand()
    {
        before = CultureInfo.DefaultThreadCurrentCulture;
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.GetCultureInfo("th-TH");
    }

    [TearDown]
    public void AsBefore() => CultureInfo.DefaultThreadCurrentCulture = before;

    [Test]
    public async Task A_problem_names_dates_as_ISO_does_on_a_Thai_host()
    {
        await using var world = await World.StartAsync("sqlite");
        var problem = await world.As("officer").Get("calendars/TH-84/due-date?from=2400-03-02T09:00&rule=working_days&n=3");
        problem.ShouldBeProblem(422, "date-outside-calendar", "from");
        problem.Raw.ShouldContain("2400-03-02");
        problem.Raw.ShouldNotContain("2943");
    }

    [Test]
    public async Task The_service_runs_in_the_invariant_culture_wherever_it_runs()
    {
        await using var world = await World.StartAsync("sqlite");
        (await Task.Run(() => $"{new DateOnly(2026, 3, 2)} {1234.5}")).ShouldBe("03/02/2026 1234.5");
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Simulations;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions;

/// <summary><c>GET /api/v1/process-definitions/{key}/diff?from=1&amp;to=2</c>: what changed between two versions, in words.</summary>
public static class GetDiff
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/process-definitions/{key}/diff", GetAsync).WithName("DiffVersions").WithTags("Process definitions")
            .Produces<Answer>()
            .Query(("from", "The older version."), ("to", "The newer version; the newest when left out.")).Refuses(400, 404);

    public sealed record Answer(string Key, int From, int To, IReadOnlyList<Difference> Changes);

    static async Task<IResult> GetAsync(HttpContext http, string key, DefinitionCatalog definitions)
    {
        if (await definitions.LatestAsync(key, http.RequestAborted) is not { } latest)
            return Problems.From(new DefinitionNotFound(key));
        var to = http.Number("to") ?? latest.Version;
        var from = http.Number("from") ?? Math.Max(1, to - 1);
        foreach (var version in new[] { from, to })
        {
            if (!await definitions.MaySeeAsync(http.Caller(), key, version, http.RequestAborted))
                return Problems.From(new DefinitionNotFound($"{key} v{version}"));
        }

        var changes = DefinitionDiff.Between(await definitions.GetAsync(key, from), await definitions.GetAsync(key, to));
        return Results.Json(new Answer(key, from, to, changes), JsonShape.Options);
    }
}

/// <summary>
/// <c>POST /api/v1/process-definitions/{key}/simulations</c>: many cases through a version or the draft, in simulated time. Stores nothing.
/// </summary>
public static class Simulate
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/process-definitions/{key}/simulations", PostAsync).WithName("Simulate").WithTags("Process definitions")
            .Accepts<Request>("application/json")
            .Produces<SimulationResult>().Refuses(400, 403, 404, 422, 503);

    /// <param name="Version">The newest when left out; 0 for the draft.</param>
    /// <param name="Office">Whose draft, as for the draft itself.</param>
    /// <param name="From">When the first case may arrive; now when left out.</param>
    /// <param name="Calendar"><c>national</c>, a province or an office's code.</param>
    public sealed record Request(
        int? Version,
        string? Office,
        int Cases,
        double ArrivalsPerWorkingDay,
        DateTimeOffset? From,
        long? Seed,
        string? Calendar,
        Dictionary<string, int>? People,
        Dictionary<string, WorkTime>? Work,
        WorkTime? OtherWork,
        WorkTime? Outside,
        Dictionary<string, Outcomes>? Outcomes,
        List<JsonElement>? Data);

    static async Task<IResult> PostAsync(HttpContext http, string key, Trials trials)
    {
        var request = (await http.ReadAsync<Request>()).Body;
        var outcome = await trials.RunAsync(http.Caller(), key, request, http.RequestAborted);
        return outcome.ToResult();
    }
}

/// <summary>Trial runs, for the API and for the pages.</summary>
public sealed class Trials(
    Database database, DefinitionCatalog definitions, DefinitionFolder folder, OfficeCalendars calendars, TimeProvider time) : IDisposable
{
    // A trial takes a core for some seconds; two at once leave room for the people who work.
    readonly SemaphoreSlim running = new(2);

    // Nobody takes both places.
    readonly ConcurrentDictionary<Guid, bool> runs = new();

    public async Task<Outcome<SimulationResult>> RunAsync(Caller caller, string key, Simulate.Request request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Drafts.Refusal(caller) is { } refusal)
            return refusal;
        var (definition, problem) = await FindAsync(caller, request.Office, key, request.Version, database, definitions, folder.Forms, ct);
        if (definition is null)
            return problem!;
        if (!OfficeCalendars.MaySee(caller, request.Calendar ?? OfficeCalendars.National)
            || await calendars.FindAsync(request.Calendar ?? OfficeCalendars.National, ct) is not { } calendar)
            return new CalendarNotFound(request.Calendar!);
        var plan = PlanOf(request, time.GetUtcNow());
        if (Simulation.Problem(definition, plan) is { } wrong)
            return InvalidInput.At(null, $"แผนการทดลองไม่ถูกต้อง: {wrong.Th}", $"The plan does not make sense: {wrong.En}.");
        if (!calendar.Coverage.Covers(DateOnly.FromDateTime(plan.From.UtcDateTime)))
            return new DateOutsideCalendar(
                "from", DateOnly.FromDateTime(plan.From.UtcDateTime), calendar.Coverage.FirstYear, calendar.Coverage.LastYear);
        if (!runs.TryAdd(caller.UserId, true))
            return new Busy();
        try
        {
            return await RunAsync(definition, plan, calendar, ct);
        }
        finally
        {
            runs.TryRemove(caller.UserId, out _);
        }
    }

    async Task<Outcome<SimulationResult>> RunAsync(
        ProcessDefinition definition, SimulationPlan plan, WorkingCalendar calendar, CancellationToken ct)
    {
        if (!await running.WaitAsync(TimeSpan.Zero, ct))
            return new Busy();
        try
        {
            return await Task.Run(() => Simulation.Run(definition, plan, calendar, ct), ct);
        }
        finally
        {
            running.Release();
        }
    }

    public void Dispose() => running.Dispose();

    static async Task<(ProcessDefinition? Definition, Rejection? Problem)> FindAsync(
        Caller caller,
        string? office,
        string key,
        int? version,
        Database database,
        DefinitionCatalog definitions,
        SharedForms forms,
        CancellationToken ct)
    {
        if (version == 0)
        {
            var (whose, refusal) = Drafts.OfficeOf(caller, office);
            if (refusal is not null)
                return (null, refusal);
            if (await OfficeDrafts.ContentAsync(database, whose, key, ct) is not { } draft)
                return (null, new DefinitionNotFound(key));
            var read = ElsaDefinitionReader.Read(forms.Embed(draft), 1, key);
            return read.IsSound ? (read.Definition, null) : (null, new DefinitionUnsound(key, read.Findings));
        }

        if (await definitions.LatestAsync(key, ct) is not { } latest)
            return (null, new DefinitionNotFound(key));
        return await definitions.MaySeeAsync(caller, key, version ?? latest.Version, ct)
            ? (await definitions.GetAsync(key, version ?? latest.Version), null)
            : (null, new DefinitionNotFound($"{key} v{version ?? latest.Version}"));
    }

    static SimulationPlan PlanOf(Simulate.Request request, DateTimeOffset now)
    {
        var plan = new SimulationPlan
        {
            Cases = request.Cases,
            ArrivalsPerWorkingDay = request.ArrivalsPerWorkingDay,
            From = (request.From ?? now).ToUniversalTime(),
        };
        return plan with
        {
            Seed = request.Seed is { } seed ? unchecked((ulong)seed) : plan.Seed,
            People = request.People?.ToImmutableDictionary() ?? plan.People,
            Work = request.Work?.ToImmutableDictionary() ?? plan.Work,
            OtherWork = request.OtherWork ?? plan.OtherWork,
            Outside = request.Outside ?? plan.Outside,
            Outcomes = request.Outcomes?.ToImmutableDictionary() ?? plan.Outcomes,
            Data = request.Data is { } data ? [.. data.Select(d => JsonShape.ToRawMap(d))] : plan.Data,
        };
    }
}

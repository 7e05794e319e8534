using System.Globalization;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Web.Pages.Admin;
using ProcessEngine.Service.Web.Pages.HandOvers;
using ProcessEngine.Service.Web.Pages.Procedures;
using ProcessEngine.Service.Web.Pages.Studio;

namespace ProcessEngine.Service.Web.Pages.Cases;

/// <summary>The cases of the reader's offices: where each is and who has it, filtered and sorted.</summary>
public sealed class IndexModel(CaseList cases, People people, Web.Procedures procedures, DefinitionCatalog definitions, TimeProvider time)
    : DeskPage
{
    /// <summary>As many people as one name may mean.</summary>
    const int MostPeople = 20;

    public IReadOnlyList<CaseRow> Rows { get; private set; } = [];
    public CaseFilter Filter { get; private set; } = new();

    /// <summary>Part of the name of whoever has it or started it.</summary>
    public string? With { get; private set; }

    public string? Search => Filter.Search;
    public string? Status => Filter.Status;
    public string? Outcome => Filter.Outcome;
    public string? Procedure => Filter.DefinitionKey;

    /// <summary>How cases end that may be looked for: those that every procedure has, and those of the one that is looked at.</summary>
    public IReadOnlyList<(string Outcome, string Words)> Ends { get; private set; } = [];

    public IReadOnlyList<ProcedureCard> AllProcedures { get; private set; } = [];
    /// <summary>Whether the reader may say that what a case waits for has come.</summary>
    public bool MayBring => Caller.Memberships.Any(m => Permissions.Messaging.Contains(m.Role));

    public bool Later => Filter.After is not null;
    public string? NextPage { get; private set; }
    public DateTimeOffset Now { get; private set; }

    ILookup<Guid, CaseAt> where = Array.Empty<CaseAt>().ToLookup(at => at.InstanceId);
    readonly Dictionary<Guid, ProcessDefinition> known = [];

    /// <summary>Something besides words is asked for: then its fields stand open.</summary>
    public bool Narrowed => Filter is { Overdue: true } or { From: not null } or { Until: not null } or { DefinitionKey: not null }
        or { Outcome: not null } || With is not null;

    public bool Asked => Narrowed || Filter is { Search: not null } or { Status: not null };

    public async Task OnGetAsync()
    {
        With = Given("with");
        Filter = new CaseFilter
        {
            Search = Given("q"),
            Status = HttpContext.OneOf("status", CaseList.Statuses),
            Outcome = Given("outcome"),
            DefinitionKey = Given("procedure"),
            Overdue = HttpContext.Text("overdue") == "true",
            From = Day("from"),
            Until = Day("until"),
            Sort = HttpContext.OneOf("sort", CaseList.Sorts) ?? CaseList.Newest,
            After = Given("after"),
            With = With is null ? null : await MeantAsync(With),
        };
        Now = time.GetUtcNow();
        (Rows, var next) = await cases.FindAsync(Caller, Filter, RequestAborted);
        where = await cases.WhereAsync([.. Rows.Where(r => r.EndedAt is null).Select(r => r.InstanceId)], RequestAborted);
        foreach (var row in Rows)
            known[row.InstanceId] = await definitions.GetAsync(row.DefinitionKey, row.Version);
        AllProcedures = [.. (await procedures.ListAsync(Caller.Memberships.Select(m => m.Office).FirstOrDefault(), RequestAborted))
            .OrderBy(c => W[c.Name], StringComparer.Ordinal)];
        Ends = await EndsAsync();
        NextPage = next is null ? null : Address(Filter.Sort, next);
    }

    string? Given(string name) => HttpContext.Text(name)?.Trim() is { Length: > 0 } text ? text : null;

    DateOnly? Day(string name) => Given(name) is not { } text ? null
        : Typed.Date(text) ?? throw RefusedRequestException.At(name, "ไม่ใช่วันที่", "It is no date.");

    /// <summary>A day as it may be typed again.</summary>
    public string Typeable(DateOnly? day) => day is not { } on ? ""
        : W.English ? on.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        : $"{on.Day}/{on.Month}/{on.Year + FiscalYear.BuddhistOffset}";

    /// <summary>The people of the reader's offices whom a part of a name can mean.</summary>
    async Task<IReadOnlyList<Guid>> MeantAsync(string name)
    {
        var meant = new List<Guid>();
        foreach (var office in Caller.Memberships.Select(m => m.Office).Where(o => o != Caller.EveryOffice).Distinct())
            meant.AddRange((await people.MembersAsync(office, RequestAborted))
                .Where(p => SearchText.Holds($"{p.DisplayName} {p.UserName}", name)).Select(p => p.UserId));
        return [.. meant.Distinct().Take(MostPeople)];
    }

    /// <summary>Where a case is, each step once, with who has it.</summary>
    public IReadOnlyList<(string Step, string Who)> WhereIs(CaseRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return [.. where[row.InstanceId].GroupBy(at => at.StepId).Select(step => (
            PlainHistory.StepName(W, known[row.InstanceId], step.Key, step.First().Level),
            string.Join(", ", step.Select(at => at.Holder ?? W.Post(row.Office, at.Role)).Distinct().Take(3))))];
    }

    /// <summary>The same list in another order, or its next page.</summary>
    public string Address(string sort, string? after = null) => PageLink.To(
        "/cases", ("q", Search), ("status", Status), ("outcome", Outcome), ("procedure", Procedure),
        ("overdue", Filter.Overdue ? "true" : null), ("with", With), ("from", Filter.From?.ToString("O", CultureInfo.InvariantCulture)),
        ("until", Filter.Until?.ToString("O", CultureInfo.InvariantCulture)), ("sort", sort == CaseList.Newest ? null : sort),
        ("after", after));

    /// <summary>The ends that every procedure has, those of the one that is looked at, and those that the rows have.</summary>
    async Task<IReadOnlyList<(string, string)>> EndsAsync()
    {
        var ends = CaseWords.Ends.ToDictionary(end => end, end => CaseWords.Ended(W, end, null));
        foreach (var (key, version) in Rows.Where(r => Procedure is not null || !ends.ContainsKey(r.Outcome ?? CaseOutcomes.Completed))
            .Select(r => (r.DefinitionKey, r.Version)).Distinct())
        {
            var definition = await definitions.GetAsync(key, version);
            foreach (var end in definition.Nodes.OfType<EndNode>())
                ends.TryAdd(end.Outcome, CaseWords.Ended(W, end.Outcome, definition));
        }

        if (Outcome is { } asked)
            ends.TryAdd(asked, asked);
        return [.. ends.Select(end => (end.Key, end.Value))];
    }

    /// <summary>How a case of the list ended.</summary>
    public string EndOf(CaseRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return Ends.FirstOrDefault(end => end.Outcome == row.Outcome).Words ?? row.Outcome ?? "";
    }

    public string FirstPage => Address(Filter.Sort);
}

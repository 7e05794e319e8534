using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Web.Pages.Admin;
using ProcessEngine.Service.Web.Pages.HandOvers;
using ProcessEngine.Service.Web.Pages.Procedures;
using ProcessEngine.Service.Web.Pages.Studio;

namespace ProcessEngine.Service.Web.Pages.Cases;

/// <summary>The cases of the reader's offices.</summary>
public sealed class IndexModel(CaseList cases, DefinitionCatalog definitions, TimeProvider time) : DeskPage
{
    public IReadOnlyList<CaseRow> Rows { get; private set; } = [];
    public string? Search { get; private set; }
    public string? Status { get; private set; }
    public string? Outcome { get; private set; }
    public string? Procedure { get; private set; }

    /// <summary>How cases end that may be looked for: those that every procedure has, and those of the one that is looked at.</summary>
    public IReadOnlyList<(string Outcome, string Words)> Ends { get; private set; } = [];
    public bool Later { get; private set; }
    public string? NextPage { get; private set; }
    public DateTimeOffset Now { get; private set; }

    public async Task OnGetAsync()
    {
        Search = HttpContext.Text("q")?.Trim() is { Length: > 0 } asked ? asked : null;
        (Status, Procedure, Now) = (HttpContext.OneOf("status", CaseList.Statuses), HttpContext.Text("procedure"), time.GetUtcNow());
        Outcome = HttpContext.Text("outcome");
        Guid? after = Guid.TryParse(HttpContext.Text("after"), out var id) ? id : null;
        Later = after is not null;
        (Rows, var next) = await cases.FindAsync(Caller, Search, Status, Outcome, Procedure, after, RequestAborted);
        Ends = await EndsAsync();
        NextPage = next is null
            ? null
            : PageLink.To(
                "/cases", ("q", Search), ("status", Status), ("outcome", Outcome), ("procedure", Procedure), ("after", next.ToString()));
    }

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

    public string FirstPage => PageLink.To("/cases", ("q", Search), ("status", Status), ("outcome", Outcome), ("procedure", Procedure));
}

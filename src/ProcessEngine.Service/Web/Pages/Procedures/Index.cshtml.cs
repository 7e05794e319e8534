using ProcessEngine.Core;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Web.Pages.Admin;
using ProcessEngine.Service.Web.Pages.Cases;
using ProcessEngine.Service.Web.Pages.HandOvers;
using ProcessEngine.Service.Web.Pages.Studio;

namespace ProcessEngine.Service.Web.Pages.Procedures;

/// <summary>The catalogue of procedures, by what they are about; first what the reader keeps, and what they began last.</summary>
public sealed class IndexModel(Web.Procedures procedures, FavouriteProcedures favourites) : DeskPage
{
    /// <summary>Whether somebody begins cases anywhere; others come here to read.</summary>
    public static bool MayStart(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.Memberships.Any(m => Permissions.Starting.Contains(m.Role))
            || caller.Orders.Any(o => Permissions.Starting.Contains(o.Role));
    }

    public bool Starts => MayStart(Caller);

    public string? Search { get; private set; }
    public IReadOnlyList<(LocalizedText Topic, IReadOnlyList<ProcedureFound> Cards)> Topics { get; private set; } = [];

    /// <summary>What a search found, the best first.</summary>
    public IReadOnlyList<ProcedureFound> Found { get; private set; } = [];

    public async Task OnGetAsync()
    {
        Search = HttpContext.Text("q")?.Trim() is { Length: > 0 } asked ? asked : null;
        var cards = await procedures.ListAsync(Caller.Memberships.Select(m => m.Office).FirstOrDefault(), RequestAborted);
        if (Search is not null)
        {
            Found = ProcedureSearch.In(cards, Search);
            return;
        }

        // The same work of several manuals stands together.
        var byTopic = cards.GroupBy(c => c.Topic).ToDictionary(g => g.Key, g => Listed(g.OrderBy(c => c.Work, StringComparer.Ordinal)));
        var mine = await favourites.ListAsync(Caller.UserId, RequestAborted);
        var last = await favourites.RecentAsync(Caller.UserId, RequestAborted);
        Topics =
        [
            .. new (LocalizedText, IReadOnlyList<ProcedureFound>)[]
            {
                (new("ที่ท่านปักไว้", "Kept at the top"), Of(mine)), (new("ที่ท่านเริ่มล่าสุด", "Begun last"), Of(last.Except(mine))),
            }.Where(t => t.Item2.Count > 0),
            .. ProcedureTopics.All.Concat(byTopic.Keys.Except(ProcedureTopics.All)).Where(byTopic.ContainsKey).Select(t => (t, byTopic[t])),
        ];

        IReadOnlyList<ProcedureFound> Of(IEnumerable<string> keys) =>
            Listed(keys.Select(key => cards.FirstOrDefault(c => c.Key == key)).OfType<ProcedureCard>());

        static IReadOnlyList<ProcedureFound> Listed(IEnumerable<ProcedureCard> of) => [.. of.Select(c => new ProcedureFound(c, null, 0))];
    }
}

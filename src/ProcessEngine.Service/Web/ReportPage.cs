using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Reports;

namespace ProcessEngine.Service.Web;

/// <summary>A page of figures about a fiscal year, of the offices that the reader oversees.</summary>
public abstract class ReportPage(Sources sources, TimeProvider time) : DeskPage
{
    const int YearsBack = 4;

    /// <summary>The offices that the reader oversees.</summary>
    public IReadOnlyList<string> Offices { get; private set; } = [];

    /// <summary>The one that is asked for; null: all of them.</summary>
    public string? Office { get; private set; }

    /// <summary>Years to choose from, the newest first.</summary>
    public IReadOnlyList<int> Years { get; private set; } = [];

    /// <summary>The fiscal year, of the Buddhist Era.</summary>
    public int Year { get; private set; }

    /// <summary>Whether all offices may be taken together.</summary>
    public virtual bool CanTakeAll => true;

    protected Sources Sources => sources;

    /// <summary>The moment of the report.</summary>
    protected DateTimeOffset Now { get; private set; }

    /// <summary>Those that the page is about.</summary>
    protected IReadOnlyList<string> Asked => Office is null ? Offices : [Office];

    protected DateTimeOffset Begins => FiscalYear.Begins(Year);
    protected DateTimeOffset Ends => FiscalYear.Begins(Year + 1);

    /// <summary>What the address asks for.</summary>
    /// <returns>The status of what is refused; null when nothing is.</returns>
    protected async Task<int?> ReadAskedAsync()
    {
        Now = Instants.Truncate(time.GetUtcNow());
        if (!Overseers.Includes(Caller))
            return StatusCodes.Status403Forbidden;
        var current = FiscalYear.Of(BangkokTime.DateOf(Now));
        Years = [.. Enumerable.Range(0, YearsBack + 1).Select(back => current - back)];
        Year = YearOf("year") ?? current;
        Offices = [.. (await sources.OfficesAsync(Caller, null, RequestAborted)).Where(office => Overseers.Includes(Caller, office))];
        Office = HttpContext.Text("office") is { Length: > 0 } one ? one : CanTakeAll || Offices.Count == 0 ? null : Offices[0];
        return (Office is null ? CanTakeAll : Offices.Contains(Office)) ? null : StatusCodes.Status404NotFound;
    }

    /// <summary>How the figures may be told apart for this reader.</summary>
    public IReadOnlyList<string> Groupings =>
        [.. Grouping.All.Where(g => g != PeopleFigures.GroupBy || Offices.Any(office => PeopleFigures.Includes(Caller, office)))];

    /// <summary>The right to figures by person, where they are asked for; that they were is recorded.</summary>
    /// <returns>Refused: they are asked for, and there is no right to them.</returns>
    protected async Task<(PeopleFigures? People, bool Refused)> AskForPeopleAsync(string groupBy, object about)
    {
        if (groupBy != PeopleFigures.GroupBy)
            return (null, false);
        var people = await PeopleFigures.AskAsync(Sources.Database, Caller, Asked, about, Now, RequestAborted);
        return (people, people is null);
    }

    /// <summary>A year of the list; null where none is asked for.</summary>
    protected int? YearOf(string name) => HttpContext.Text(name) is not { Length: > 0 } asked ? null
        : Typed.Number(asked) is { } number && Years.Contains((int)number) ? (int)number
        : throw RefusedRequestException.At(name, "เลือกปีงบประมาณจากรายการ", "It is no fiscal year of the list.");
}

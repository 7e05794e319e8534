using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Calendar;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Reports;
using ProcessEngine.Service.Reports.EventLogs;
using ProcessEngine.Service.Reports.Registers;

namespace ProcessEngine.Service.Web.Pages.Reports;

/// <summary>
/// What an office keeps registers of: who was told, what was extended, suspended, returned or taken back, who changed what.
/// </summary>
public sealed class RegistersModel(Sources sources, IMediator mediator, TimeProvider time) : DeskPage
{
    const int PageSize = 50;

    /// <summary>Those of the office that the reader may open.</summary>
    public IReadOnlyList<Register> Mine { get; private set; } = [];

    /// <summary>The one that is open; null: the list of them.</summary>
    public Register? Open { get; private set; }

    public IReadOnlyList<RegisterEntry> Entries { get; private set; } = [];
    public IReadOnlyList<string> Offices { get; private set; } = [];
    public string Office { get; private set; } = "";
    public DateOnly From { get; private set; }
    public DateOnly To { get; private set; }
    public string? Search { get; private set; }
    public string? NextPage { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? name)
    {
        if (await ReadAskedAsync(name) is { } refused)
            return refused;
        if (Open is null)
            return Page();
        var outcome = await mediator.Send(
            new RegisterEndpoints.Query(Caller, Open.Name, Office, From, To, Search, HttpContext.Text("after"), PageSize + 1),
            RequestAborted);
        if (outcome.Rejection is { } no)
        {
            var problem = Problems.From(no);
            return StatusCode(problem.Status == StatusCodes.Status400BadRequest ? StatusCodes.Status404NotFound : problem.Status);
        }

        Entries = [.. outcome.Value!.Take(PageSize)];
        if (outcome.Value!.Count > PageSize)
            NextPage = Address(("after", Entries[^1].Key));
        return Page();
    }

    /// <summary>All of it, as a file.</summary>
    public async Task<IActionResult> OnPostExportAsync(string? name, string? format)
    {
        if (await ReadAskedAsync(name) is { } refused)
            return refused;
        if (Open is null)
            return NotFound();
        var outcome = await mediator.Send(
            new RegisterEndpoints.Export(Caller, Open.Name, format, Office, From, To, Search), RequestAborted);
        return outcome.Rejection is { } no ? StatusCode(Problems.From(no).Status) : new Download(outcome.Value!, format!);
    }

    /// <summary>What happened in the cases of this fiscal year, for programs of process mining.</summary>
    public async Task<IActionResult> OnPostEventLogAsync(string? format)
    {
        if (await ReadAskedAsync(null) is { } refused)
            return refused;
        var outcome = await mediator.Send(new ExportEventLog.Command(Caller, format, Office, null, null), RequestAborted);
        return outcome.Rejection is { } no ? StatusCode(Problems.From(no).Status) : outcome.Value!;
    }

    /// <summary>Whether the reader may take away who did what.</summary>
    public bool MayMine => Verifications.MayAsk(Caller, Office);

    public string EventLogTo => PageLink.To("/reports/registers", ("handler", "EventLog"), ("office", Office));

    async Task<IActionResult?> ReadAskedAsync(string? name)
    {
        Offices = [.. (await sources.OfficesAsync(Caller, null, RequestAborted)).Where(office => Overseers.Includes(Caller, office))];
        Office = HttpContext.Text("office") is { Length: > 0 } one ? one : Offices.Count > 0 ? Offices[0] : "";
        if (!Offices.Contains(Office))
            return StatusCode(StatusCodes.Status403Forbidden);
        Mine = [.. Register.All.Where(r => r.MayRead(Caller, Office))];
        if (name is { Length: > 0 } && (Open = Register.Find(name)) is null)
            return NotFound();
        To = Day("to") ?? BangkokTime.DateOf(time.GetUtcNow());
        From = Day("from")
            ?? BangkokTime.DateOf(FiscalYear.BeginsBefore(BangkokTime.At(To, TimeOnly.MinValue)));
        Search = HttpContext.Text("q") is { Length: > 0 } text ? text : null;
        return null;
    }

    public string ExportTo => Address(("handler", "Export"));

    string Address((string, string?) more) => PageLink.To(
        $"/reports/registers/{Open!.Name}", ("office", Office), ("from", Iso(From)), ("to", Iso(To)), ("q", Search), more);

    /// <summary>A day as people type it: 5/3/2569, 5 มี.ค. 2569 or 2026-03-05.</summary>
    DateOnly? Day(string name) => HttpContext.Text(name) is not { Length: > 0 } text ? null
        : Typed.Date(text) ?? throw RefusedRequestException.At(name, "ไม่ใช่วันที่", "It is no date.");

    /// <summary>As it may be typed again.</summary>
    public string Typeable(DateOnly day) => W.English ? Iso(day) : $"{day.Day}/{day.Month}/{day.Year + FiscalYear.BuddhistOffset}";

    static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What the line rests on.</summary>
    public string? EvidenceOf(RegisterEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.ProcessInstanceId is { } id ? $"/cases/{id}#history"
            : entry.Sequence is { } sequence ? PageLink.To("/admin/trail", ("office", Office), ("before", $"{sequence + 1}"))
            : null;
    }
}

using System.Globalization;
using System.Text;
using CsvHelper;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Notifications;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>One-time links by which people choose their password: shown once, to print or to save; never sent by mail.</summary>
public sealed class LinksModel(Database database, NotificationOptions options, IMediator mediator) : AdminPage
{
    /// <summary>Whose link; null for all who cannot sign in yet.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? Person { get; set; }

    public string? Name { get; private set; }

    /// <summary>Who has no password yet.</summary>
    public IReadOnlyList<Colleague> Without { get; private set; } = [];

    public IReadOnlyList<MakeLinks.Made>? Made { get; private set; }

    public async Task<IActionResult> OnGetAsync() => await ShowAsync() ?? Page();

    public async Task<IActionResult> OnPostAsync(string? reason) => await MakeAsync(reason) ?? await ShowAsync() ?? Page();

    public async Task<IActionResult> OnPostFileAsync(string? reason)
    {
        if (await MakeAsync(reason) is { } refused)
            return refused;
        if (Made is null)
            return await ShowAsync() ?? Page();
        var text = new StringWriter(CultureInfo.InvariantCulture);
        await using (var csv = new CsvWriter(text, CultureInfo.InvariantCulture, leaveOpen: true))
        {
            string[] head =
            [
                W["ชื่อ-สกุล", "Name"], W["ชื่อผู้ใช้", "User name"], W["ลิงก์ (ใช้ได้ครั้งเดียว)", "Link (works once)"],
                W["ใช้ได้ถึง", "Until"],
            ];
            var rows = Made.Select(m => new[] { m.DisplayName, m.UserName, AddressOf(m), W.DateAndTime(m.ExpiresAt) });
            foreach (var row in rows.Prepend(head))
            {
                foreach (var cell in row)
                    csv.WriteField(Harmless(cell));
                await csv.NextRecordAsync();
            }
        }

        return File([.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(text.ToString())], "text/csv; charset=utf-8", "links.csv");
    }

    /// <summary>A spreadsheet program takes a cell that begins so for a formula.</summary>
    static string Harmless(string cell) => cell is ['=' or '+' or '-' or '@' or '\t', ..] ? "'" + cell : cell;

    /// <summary>Under the address that was set; where none was, that by which the administrator has come.</summary>
    public string AddressOf(MakeLinks.Made made)
    {
        ArgumentNullException.ThrowIfNull(made);
        var pages = options.PublicUrl == new NotificationOptions().PublicUrl ? $"{Request.Scheme}://{Request.Host}" : options.PublicUrl;
        return pages.TrimEnd('/') + made.Address;
    }

    async Task<IActionResult?> MakeAsync(string? reason)
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        var outcome = await mediator.Send(new MakeLinks.Command(Caller, TheOffice.Code, Person, reason), RequestAborted);
        if (outcome.Rejection is { } no)
            Refuse(no);
        else
            Made = outcome.Value;
        return null;
    }

    async Task<IActionResult?> ShowAsync()
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        await using var connection = await database.OpenAsync(RequestAborted);
        if (Person is not { } person)
        {
            Without = await MakeLinks.WithoutPasswordAsync(connection, TheOffice.Code, MakeLinks.Most);
            return null;
        }

        if (await Accounts.RefusalAsync(connection, Caller, person, "make-links") is { } no)
            return StatusCode(no is NotAllowed ? StatusCodes.Status403Forbidden : StatusCodes.Status404NotFound);
        Name = (await Accounts.FindAsync(connection, person))!.DisplayName;
        return null;
    }
}

using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Cases.Instances;

namespace ProcessEngine.Service.Web.Pages.Cases;

/// <summary>What cases wait for from outside: whoever gets a letter finds its case by the number that the letter refers to.</summary>
public sealed class AwaitedModel(AwaitedList awaited, Web.Procedures procedures) : DeskPage
{
    const int LongestSearch = 200;

    [BindProperty(SupportsGet = true)]
    public string? Office { get; set; }

    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Search { get; set; }

    public IReadOnlyList<string> Offices { get; private set; } = [];
    public IReadOnlyList<AwaitedRow> List { get; private set; } = [];

    IReadOnlyList<ProcedureCard> catalogue = [];

    public async Task<IActionResult> OnGetAsync()
    {
        Offices = await OfficesWhereAsync(Permissions.Messaging);
        Office ??= Offices.Count > 0 ? Offices[0] : null;
        if (Office is null || !Offices.Contains(Office))
            return StatusCode(StatusCodes.Status403Forbidden);
        Search = Search?.Trim() is { Length: > 0 } given ? given[..Math.Min(given.Length, LongestSearch)] : null;
        List = await awaited.OfAsync(Office, Search ?? "", RequestAborted);
        catalogue = await procedures.ListAsync(Office, RequestAborted);
        return Page();
    }

    public string NameOf(string key) => catalogue.FirstOrDefault(c => c.Key == key) is { } card ? W[card.Name] : key;
}

using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Web.Pages.Studio;

/// <summary>A case in Studio's viewer: its flow chart with what is done, what waits and what was cancelled, and its journal.</summary>
public sealed class InstanceModel(StudioInstanceReader cases) : StudioPage
{
    public CaseHead Case { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(Guid id)
    {
        AllowStudio();
        try
        {
            Case = await cases.FindAsync(Access, id, RequestAborted);
        }
        catch (RefusedRequestException)
        {
            return NotFound();
        }

        return Page();
    }
}

using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>What stands in the way of the office's cases until somebody puts it right, and trying it again.</summary>
public sealed class IncidentsModel(
    Database database, DefinitionCatalog definitions, OfficeCalendars calendars, OfficePostNames posts, ProcessStore store,
    IMediator mediator) : AdminPage
{
    public Page<CaseIncident> List { get; private set; } = new([], null);

    public async Task<IActionResult> OnGetAsync() => await FindOfficeAsync() ?? await ShowAsync();

    public async Task<IActionResult> OnPostAsync(Guid instance, Guid incident)
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        var outcome = await mediator.Send(
            new ActOnInstance.Command(
                "retry", instance, incident, Caller, await HttpContext.IdentifyFormAsync(), null, null, null, null, null, null, null, null),
            RequestAborted);
        if (outcome.Rejection is { } no)
        {
            Refuse(no);
            return await ShowAsync();
        }

        SetFlash(W[
            "ลองใหม่แล้ว หากยังติดอยู่ เรื่องจะปรากฏที่นี่อีก",
            "It was tried again. If it is still in the way, it stands here once more."]);
        return Redirect(PageLink.To("/admin/incidents", ("office", Office)));
    }

    public string? NextPage => List.Next is { } next ? PageLink.To("/admin/incidents", ("office", Office), ("cursor", next)) : null;

    async Task<IActionResult> ShowAsync()
    {
        List = await GetIncidents.ReadAsync(
            TheOffice.Code, Paging.From(HttpContext, keys: 2), database, definitions, calendars, posts, store, RequestAborted);
        return Page();
    }
}

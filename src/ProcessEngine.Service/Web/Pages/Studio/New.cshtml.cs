using System.Security.Cryptography;
using System.Text;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Definitions;
using ProcessEngine.Service.Definitions.Tables;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Web.Pages.Studio;

/// <summary>A new procedure: from a template, or from nothing.</summary>
public sealed class NewModel(IMediator mediator) : StudioPage
{
    public string? Name { get; private set; }
    public string? Chosen { get; private set; }

    public IActionResult OnGet() => Access.MayEdit ? Page() : StatusCode(StatusCodes.Status403Forbidden);

    public async Task<IActionResult> OnPostAsync(string? name, string? template)
    {
        (Name, Chosen) = (name, template);
        if (!Access.MayEdit)
            return Refuse(new NotAllowed("edit-definitions", [Roles.ProcessOwner]));
        if (string.IsNullOrWhiteSpace(name) || name.Length > 300 || !ValidationRules.IsClean(name))
            return Refuse(InvalidInput.At("name", "ต้องระบุชื่อกระบวนงาน", "Give it a name."));
        var id = await HttpContext.IdentifyFormAsync();
        // The page has a key of its own: a second click makes the same definition, not another.
        var key = "own." + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Caller.UserId}{id.Key ?? NewKey}")))[..16];
        var begun = ProcedureTemplate.Find(template)?.Begin(name.Trim()) ?? NewDefinition.Empty(name.Trim());
        var outcome = await mediator.Send(
            new Drafts.Save(Caller, id, Access.Office, key, StudioModel.ToContent(begun, key), null), RequestAborted);
        return outcome.Rejection is { } rejection ? Refuse(rejection) : Redirect($"/studio/definitions/{key}/table{Where}");
    }
}

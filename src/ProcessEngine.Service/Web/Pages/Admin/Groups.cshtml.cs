using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Identity;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>The groups of the office: to add, to rename, to take away. Who is in one is said of each person.</summary>
public sealed class GroupsModel(Groups groups, IMediator mediator) : AdminPage
{
    public IReadOnlyList<OfficeGroup> List { get; private set; } = [];

    [BindProperty]
    public string? Name { get; set; }

    public async Task<IActionResult> OnGetAsync() => await FindOfficeAsync() ?? await ShowAsync();

    public Task<IActionResult> OnPostAsync() => StoreAsync(null, Name?.Trim() ?? "", W["เพิ่มกลุ่มแล้ว", "The group is added."]);

    public Task<IActionResult> OnPostRenameAsync(Guid group) =>
        StoreAsync(group, Name?.Trim() ?? "", W["เปลี่ยนชื่อกลุ่มแล้ว", "The group has its new name."]);

    public Task<IActionResult> OnPostRemoveAsync(Guid group) =>
        StoreAsync(group, null, W["ลบกลุ่มแล้ว คนของกลุ่มยังอยู่", "The group is gone; its people are still here."]);

    async Task<IActionResult> StoreAsync(Guid? group, string? name, string done)
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        var outcome = await mediator.Send(
            new Groups.Command(Caller, await HttpContext.IdentifyFormAsync(), TheOffice.Code, group, name), RequestAborted);
        if (outcome.Rejection is { } no)
        {
            Refuse(no);
            return await ShowAsync();
        }

        SetFlash(done);
        return Redirect(PageLink.To("/admin/groups", ("office", Office)));
    }

    async Task<IActionResult> ShowAsync()
    {
        List = await groups.ListAsync(TheOffice.Code, RequestAborted);
        return Page();
    }
}

using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Orders;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>
/// The posts of the office: who holds each, who stands in for the special ones that nobody holds, and which of several people of a post
/// looks after what.
/// </summary>
public sealed class RolesModel(Database database, Web.Procedures procedures, People people, IMediator mediator) : AdminPage
{
    /// <summary>In the place of a role: nobody stands in.</summary>
    public const string Nobody = "-";

    public IReadOnlyList<OfficeRoleEndpoints.RoleInOffice> Posts { get; private set; } = [];
    public IReadOnlyList<ResponsibilityEndpoints.View> Responsible { get; private set; } = [];
    public IReadOnlyList<Colleague> Members { get; private set; } = [];
    public IReadOnlyList<ProcedureCard> Catalogue { get; private set; } = [];

    [BindProperty]
    public string? Role { get; set; }

    [BindProperty]
    public string? Field { get; set; }

    [BindProperty]
    public string? Who { get; set; }

    public async Task<IActionResult> OnGetAsync() => await FindOfficeAsync() ?? await ShowAsync();

    public async Task<IActionResult> OnPostStandInsAsync()
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        var form = await Request.ReadFormAsync(RequestAborted);
        var stored = await StoredAsync();
        var standIns = Roles.Specialised.Where(role => form.ContainsKey("for." + role)).ToDictionary(
            role => role, role => Chosen(form, "for." + role, stored[role].StandIn ?? Nobody) is { Length: > 0 } given && given != Nobody
                ? given : null);
        return await AnswerAsync(
            (await mediator.Send(
                new OfficeRoleEndpoints.Command(Caller, await HttpContext.IdentifyFormAsync(), TheOffice.Code, standIns), RequestAborted))
                .Rejection,
            W["บันทึกผู้ทำแทนแล้ว", "The stand-ins are stored."]);
    }

    /// <summary>The names were refused: what was typed is shown, not what is stored.</summary>
    public bool NamesFault { get; private set; }

    public async Task<IActionResult> OnPostNamesAsync()
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        var form = await Request.ReadFormAsync(RequestAborted);
        var stored = await StoredAsync();
        var names = Roles.Acting.Where(role => Typed(role).Any(text => text.Length > 0))
            .ToDictionary(role => role, role => (SetPostNames.NameRequest?)new(Typed(role)[0], Typed(role)[1]));
        var rejection = (await mediator.Send(
            new SetPostNames.Command(Caller, await HttpContext.IdentifyFormAsync(), TheOffice.Code, names), RequestAborted)).Rejection;
        NamesFault = rejection is not null;
        return await AnswerAsync(rejection, W["บันทึกชื่อตำแหน่งแล้ว", "The names of the posts are stored."]);

        string[] Typed(string role) =>
            [Chosen(form, "th." + role, stored[role].OwnName?.Th ?? ""), Chosen(form, "en." + role, stored[role].OwnName?.En ?? "")];
    }

    /// <summary>
    /// What somebody changed on the page; a field that they left alone is as it is stored by now, whoever has changed it since they looked.
    /// </summary>
    static string Chosen(IFormCollection form, string field, string stored)
    {
        var typed = form[field].ToString().Trim();
        return form.TryGetValue("was." + field, out var was) && was.ToString() == typed ? stored : typed;
    }

    async Task<Dictionary<string, OfficeRoleEndpoints.RoleInOffice>> StoredAsync() =>
        (await OfficeRoleEndpoints.ViewAsync(database, TheOffice, null, RequestAborted)).Items.ToDictionary(post => post.Role);

    /// <summary>What stands in the field of a name: after a refusal what was typed, else the office's own name.</summary>
    /// <param name="language"><c>th</c> or <c>en</c>.</param>
    public string? TypedName(string language, OfficeRoleEndpoints.RoleInOffice post)
    {
        ArgumentNullException.ThrowIfNull(post);
        return NamesFault ? Request.Form[$"{language}.{post.Role}"].ToString() : language == "th" ? post.OwnName?.Th : post.OwnName?.En;
    }

    public Task<IActionResult> OnPostAddAsync() => SetAsync(
        list => [.. list, new ResponsibilityEndpoints.Responsibility(Role, Field?.Trim(), Who)],
        W["บันทึกผู้รับผิดชอบแล้ว", "The responsibility is stored."]);

    public Task<IActionResult> OnPostRemoveAsync() => SetAsync(
        list => [.. list.Where(r => r.Role != Role || r.Field != Field)],
        W["เลิกแล้ว งานไปถึงทุกคนของบทบาท", "It is gone: the work goes to everybody of the role."]);

    /// <summary>
    /// The list is stored whole: what another administrator has changed since is not lost, because it is read here and now.
    /// </summary>
    async Task<IActionResult> SetAsync(
        Func<IEnumerable<ResponsibilityEndpoints.Responsibility>, IReadOnlyList<ResponsibilityEndpoints.Responsibility>> change,
        string done)
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        IReadOnlyList<ResponsibilityEndpoints.View> known;
        await using (var connection = await database.OpenAsync(RequestAborted))
            known = await ResponsibilityEndpoints.ReadAsync(connection, TheOffice.Code);
        return await AnswerAsync(
            (await mediator.Send(
                new ResponsibilityEndpoints.Command(
                    Caller, await HttpContext.IdentifyFormAsync(), TheOffice.Code,
                    change(known.Select(r => new ResponsibilityEndpoints.Responsibility(r.Role, r.Field, r.User)))),
                RequestAborted)).Rejection,
            done);
    }

    async Task<IActionResult> AnswerAsync(Rejection? refused, string done)
    {
        if (refused is not null)
        {
            Refuse(refused);
            return await ShowAsync();
        }

        SetFlash(done);
        return Redirect(PageLink.To("/admin/roles", ("office", Office)));
    }

    async Task<IActionResult> ShowAsync()
    {
        Posts = (await OfficeRoleEndpoints.ViewAsync(database, TheOffice, null, RequestAborted)).Items;
        Members = await people.MembersAsync(TheOffice.Code, RequestAborted);
        Catalogue = await procedures.ListAsync(TheOffice.Code, RequestAborted);
        await using var connection = await database.OpenAsync(RequestAborted);
        Responsible = await ResponsibilityEndpoints.ReadAsync(connection, TheOffice.Code);
        return Page();
    }

    /// <summary>A procedure by its name; what else a case may say of itself, as it stands.</summary>
    public string NameOf(string field) => Catalogue.FirstOrDefault(c => c.Key == field) is { } card ? W[card.Name] : field;
}

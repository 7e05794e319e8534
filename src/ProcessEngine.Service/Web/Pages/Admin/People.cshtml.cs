using Dapper;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Service.Web.Pages.Admin;

public sealed record Member(
    Guid UserId, string UserName, string DisplayName, IReadOnlyList<string> Roles, bool HasPassword, bool HasSecondFactor);

/// <summary>Who belongs to the office, what they hold, and how they sign in.</summary>
public sealed class PeopleModel(Database database, IMediator mediator) : AdminPage
{
    public IReadOnlyList<Member> Members { get; private set; } = [];

    [BindProperty]
    public string? UserName { get; set; }

    [BindProperty]
    public string? DisplayName { get; set; }

    public async Task<IActionResult> OnGetAsync() => await FindOfficeAsync() is { } refused ? refused : await ShowAsync();

    public Task<IActionResult> OnPostAddAsync(string[] roles) => StoreAsync(
        async id => (await mediator.Send(
            new UserEndpoints.Command(Caller, id, UserName?.Trim(), DisplayName?.Trim(), Office, roles), RequestAborted)).Rejection,
        W["เพิ่มแล้ว ตั้งรหัสผ่านแรกให้ด้วย", "Added. Now set a first password."]);

    public Task<IActionResult> OnPostRolesAsync(Guid user, string[] roles) => StoreAsync(
        async id => (await mediator.Send(new UserEndpoints.RolesCommand(Caller, id, Office!, user, roles), RequestAborted)).Rejection,
        W["บันทึกบทบาทแล้ว", "The roles are stored."]);

    public Task<IActionResult> OnPostPasswordAsync(Guid user, string? password) => StoreAsync(
        async _ => (await mediator.Send(new SetPassword.Command(Caller, user, password), RequestAborted)).Rejection,
        W[
            "ตั้งรหัสผ่านแล้ว เจ้าของต้องเปลี่ยนเมื่อเข้าใช้ครั้งแรก",
            "The password is set. Its owner chooses another at the first sign-in."]);

    public Task<IActionResult> OnPostFactorAsync(Guid user) => StoreAsync(
        async _ => (await mediator.Send(new ResetSecondFactor.Command(Caller, user), RequestAborted)).Rejection,
        W["เลิกการยืนยันสองขั้นของผู้ใช้นี้แล้ว", "The second factor of this person is off."]);

    async Task<IActionResult> StoreAsync(Func<RequestId, Task<Rejection?>> act, string done)
    {
        if (await FindOfficeAsync() is { } refused)
            return refused;
        if (await act(await HttpContext.IdentifyFormAsync()) is { } no)
        {
            Refuse(no);
            return await ShowAsync();
        }

        SetFlash(done);
        return Redirect(PageLink.To("/admin/people", ("office", Office)));
    }

    async Task<IActionResult> ShowAsync()
    {
        await using var connection = await database.OpenAsync(RequestAborted);
        // Index: ix_membership_office, then primary keys.
        var rows = await connection.QueryAsync<Row>(
            """
            SELECT u.user_id, u.user_name, u.display_name, m.role, c.user_id AS credential, f.user_id AS factor
            FROM membership m
            JOIN app_user u ON u.user_id = m.user_id
            LEFT JOIN credential c ON c.user_id = u.user_id
            LEFT JOIN second_factor f ON f.user_id = u.user_id
            WHERE m.office = @Code AND u.active = @yes
            ORDER BY u.display_name, u.user_id, m.role
            LIMIT 2000
            """,
            new { TheOffice.Code, yes = true });
        Members = [.. rows.GroupBy(r => r.UserId).Select(p => new Member(
            p.Key, p.First().UserName, p.First().DisplayName, [.. p.Select(r => r.Role)], p.First().Credential is not null,
            p.First().Factor is not null))];
        return Page();
    }

    sealed record Row
    {
        public Guid UserId { get; init; }
        public string UserName { get; init; } = "";
        public string DisplayName { get; init; } = "";
        public string Role { get; init; } = "";
        public Guid? Credential { get; init; }
        public Guid? Factor { get; init; }
    }
}

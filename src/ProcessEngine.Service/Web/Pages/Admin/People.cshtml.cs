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
    Guid UserId, string UserName, string DisplayName, bool IsService, IReadOnlyList<string> Roles, bool HasPassword, bool HasSecondFactor);

/// <summary>Who belongs to the office, what they hold, and how they sign in.</summary>
public sealed class PeopleModel(Database database, IMediator mediator) : AdminPage
{
    public IReadOnlyList<Member> Members { get; private set; } = [];

    [BindProperty]
    public string? UserName { get; set; }

    [BindProperty]
    public string? DisplayName { get; set; }

    public async Task<IActionResult> OnGetAsync() => await FindOfficeAsync() is { } refused ? refused : await ShowAsync();

    /// <summary>Why something is done; it stands in the trail.</summary>
    [BindProperty]
    public string? Reason { get; set; }

    public Task<IActionResult> OnPostAddAsync(string[] roles, bool service) => StoreAsync(
        async id => (await mediator.Send(
            new UserEndpoints.Command(
                Caller, id, UserName?.Trim(), DisplayName?.Trim(), Office, roles, service ? Accounts.Service : Accounts.Person, Reason),
            RequestAborted)).Rejection,
        service ? W["เพิ่มบัญชีโปรแกรมแล้ว สร้างคีย์ให้ด้วย", "The service account is added. Now make it a key."]
            : W["เพิ่มแล้ว ตั้งรหัสผ่านแรกให้ด้วย", "Added. Now set a first password."]);

    public Task<IActionResult> OnPostRolesAsync(Guid user, string[] roles) => StoreAsync(
        async id =>
            (await mediator.Send(new UserEndpoints.RolesCommand(Caller, id, Office!, user, roles, Reason), RequestAborted)).Rejection,
        W["บันทึกบทบาทแล้ว", "The roles are stored."]);

    public Task<IActionResult> OnPostPasswordAsync(Guid user, string? password) => StoreAsync(
        async _ => (await mediator.Send(new SetPassword.Command(Caller, user, password, Reason), RequestAborted)).Rejection,
        W[
            "ตั้งรหัสผ่านแล้ว เจ้าของได้รับแจ้ง และต้องเปลี่ยนเมื่อเข้าใช้ครั้งแรก",
            "The password is set. Its owner is told, and chooses another at the first sign-in."]);

    public Task<IActionResult> OnPostFactorAsync(Guid user) => StoreAsync(
        async _ => (await mediator.Send(new ResetSecondFactor.Command(Caller, user, Reason), RequestAborted)).Rejection,
        W["เลิกการยืนยันสองขั้นของผู้ใช้นี้แล้ว เจ้าของได้รับแจ้ง", "The second factor of this person is off, and they are told."]);

    public Task<IActionResult> OnPostCloseAsync(Guid user) => StoreAsync(
        async id => (await mediator.Send(new CloseAccount.Command(Caller, id, user, false, Reason), RequestAborted)).Rejection,
        W["ปิดบัญชีแล้ว การลงชื่อเข้าใช้และคีย์ทั้งหมดสิ้นสุด", "The account is closed; its sessions and keys have ended."]);

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
            SELECT u.user_id, u.user_name, u.display_name, u.kind, m.role, c.user_id AS credential, f.user_id AS factor
            FROM membership m
            JOIN app_user u ON u.user_id = m.user_id
            LEFT JOIN credential c ON c.user_id = u.user_id
            LEFT JOIN second_factor f ON f.user_id = u.user_id
            WHERE m.office = @Code AND u.active = @yes
            ORDER BY u.display_name, u.user_id, m.role
            LIMIT 2000
            """,
            new { TheOffice.Code, yes = true });
        Members =
        [
            .. from p in rows.GroupBy(r => r.UserId)
               let first = p.First()
               select new Member(
                   p.Key, first.UserName, first.DisplayName, first.Kind == Accounts.Service, [.. p.Select(r => r.Role)],
                   first.Credential is not null, first.Factor is not null),
        ];
        return Page();
    }

    sealed record Row
    {
        public Guid UserId { get; init; }
        public string UserName { get; init; } = "";
        public string DisplayName { get; init; } = "";
        public string Kind { get; init; } = "";
        public string Role { get; init; } = "";
        public Guid? Credential { get; init; }
        public Guid? Factor { get; init; }
    }
}

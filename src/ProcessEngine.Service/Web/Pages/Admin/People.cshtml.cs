using System.Text.Json;
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
    Guid UserId, string UserName, string DisplayName, bool IsService, bool Active, IReadOnlyList<string> Roles, bool HasPassword,
    bool HasSecondFactor)
{
    public MemberDetails Details { get; init; } = MemberDetails.Nothing;
    public string? Email { get; init; }

    /// <summary>The account is this office's own: its name and address are, too.</summary>
    public bool IsOurs { get; init; }
}

/// <summary>Who belongs to the office, what they hold, and how they sign in.</summary>
public sealed class PeopleModel(Database database, Groups groups, IMediator mediator) : AdminPage
{
    const int PageSize = 100;

    // Indexes: ix_membership_office, then primary keys. A page of people, with what they hold.
    const string ListSql = """
        SELECT u.user_id, u.user_name, u.display_name, u.kind, u.active, u.home_office, c.user_id AS credential, f.user_id AS factor,
            d.post, d.post_level, d.telephone, g.name AS group_name, s.email
        FROM app_user u
        LEFT JOIN credential c ON c.user_id = u.user_id
        LEFT JOIN second_factor f ON f.user_id = u.user_id
        LEFT JOIN office_member d ON d.office = @Code AND d.user_id = u.user_id
        LEFT JOIN office_group g ON g.group_id = d.group_id
        LEFT JOIN notification_setting s ON s.user_id = u.user_id
        WHERE u.user_id IN (SELECT m.user_id FROM membership m WHERE m.office = @Code) AND u.active = @active
            AND (u.display_name, u.user_id) > (@name, @after)
            AND (@like IS NULL OR LOWER(u.display_name) LIKE @like ESCAPE '!' OR u.name_key LIKE @like ESCAPE '!')
        ORDER BY u.display_name, u.user_id
        LIMIT @take
        """;

    public IReadOnlyList<Member> Members { get; private set; } = [];
    public IReadOnlyList<OfficeGroup> Groups { get; private set; } = [];
    public string? Search { get; private set; }

    /// <summary>Those whose account is closed.</summary>
    public bool Closed { get; private set; }

    public string? NextPage { get; private set; }

    [BindProperty]
    public string? UserName { get; set; }

    [BindProperty]
    public string? DisplayName { get; set; }

    public async Task<IActionResult> OnGetAsync() => await FindOfficeAsync() is { } refused ? refused : await ShowAsync();

    /// <summary>Why something is done; it stands in the trail.</summary>
    [BindProperty]
    public string? Reason { get; set; }

    public Task<IActionResult> OnPostAddAsync(
        string[] roles, bool service, string? post, string? level, string? group, string? telephone, string? email) => StoreAsync(
        async id =>
        {
            var details = new MemberDetails(Given(post), Given(level), Given(group), Given(telephone));
            // Looked at first: nobody is added whose details are refused.
            if (Given(email) is { } address && !MemberRules.IsAddress(address))
                return InvalidInput.At("email", MemberRules.NoAddress.Th, MemberRules.NoAddress.En);
            if (details.Telephone is { } number && !MemberRules.IsTelephone(number))
                return InvalidInput.At("telephone", MemberRules.NoTelephone.Th, MemberRules.NoTelephone.En);
            var added = await mediator.Send(
                new UserEndpoints.Command(
                    Caller, id, UserName?.Trim(), DisplayName?.Trim(), Office, roles, service ? Accounts.Service : Accounts.Person, Reason),
                RequestAborted);
            if (added.Rejection is not null || service || (details == MemberDetails.Nothing && Given(email) is null))
                return added.Rejection;
            var user = JsonSerializer.Deserialize<UserView>(added.Value!.Body, JsonShape.Options)!.Id;
            return (await mediator.Send(
                new ChangeMember.Command(Caller, id.Part(user), Office!, user, null, details, Given(email), Reason),
                RequestAborted)).Rejection;
        },
        service ? W["เพิ่มบัญชีโปรแกรมแล้ว สร้างคีย์ให้ด้วย", "The service account is added. Now make it a key."]
            : W["เพิ่มแล้ว สร้างลิงก์ให้เจ้าตัวตั้งรหัสผ่านด้วย", "Added. Now make a link by which they choose a password."]);

    public Task<IActionResult> OnPostDetailsAsync(
        Guid user, string? name, string? post, string? level, string? group, string? telephone, string? email) => StoreAsync(
        async id => (await mediator.Send(
            new ChangeMember.Command(
                Caller, id, Office!, user, Given(name), new MemberDetails(Given(post), Given(level), Given(group), Given(telephone)),
                Given(email), Reason),
            RequestAborted)).Rejection,
        W["บันทึกข้อมูลแล้ว", "The details are stored."]);

    public Task<IActionResult> OnPostReopenAsync(Guid user) => StoreAsync(
        async id => (await mediator.Send(new CloseAccount.Command(Caller, id, user, true, Reason), RequestAborted)).Rejection,
        W["เปิดบัญชีอีกครั้งแล้ว คีย์เดิมใช้ไม่ได้อีก", "The account is open again; its keys are not."]);

    static string? Given(string? text) => text?.Trim() is { Length: > 0 } given ? given : null;

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
        (Search, Closed) = (HttpContext.Text("q"), HttpContext.Text("closed") == "true");
        Groups = await groups.ListAsync(TheOffice.Code, RequestAborted);
        await using var connection = await database.OpenAsync(RequestAborted);
        var rows = (await connection.QueryAsync<Row>(
            ListSql,
            new
            {
                TheOffice.Code,
                active = !Closed,
                name = HttpContext.Text("name") ?? "",
                after = Guid.TryParse(HttpContext.Text("after"), out var id) ? id : Guid.Empty,
                like = Search is null ? null : $"%{Escaped(UserNames.Key(Search))}%",
                take = PageSize + 1,
            })).AsList();
        // Index: the primary key of membership.
        var held = new Dictionary<Guid, List<string>>();
        foreach (var row in rows.Take(PageSize))
            held.Add(row.UserId, (await connection.QueryAsync<string>(
                "SELECT role FROM membership WHERE user_id = @UserId AND office = @Code ORDER BY role", new { row.UserId, TheOffice.Code }))
                .AsList());
        Members = [.. rows.Take(PageSize).Select(r => r.ToMember(held[r.UserId], TheOffice.Code))];
        NextPage = rows.Count > PageSize
            ? PageLink.To(
                "/admin/people", ("office", Office), ("q", Search), ("closed", Closed ? "true" : null), ("name", Members[^1].DisplayName),
                ("after", Members[^1].UserId.ToString()))
            : null;
        return Page();
    }

    static string Escaped(string text) => text.Replace("!", "!!", StringComparison.Ordinal)
        .Replace("%", "!%", StringComparison.Ordinal)
        .Replace("_", "!_", StringComparison.Ordinal);

    sealed record Row
    {
        public Guid UserId { get; init; }
        public string UserName { get; init; } = "";
        public string DisplayName { get; init; } = "";
        public string Kind { get; init; } = "";
        public bool Active { get; init; }
        public string? HomeOffice { get; init; }
        public Guid? Credential { get; init; }
        public Guid? Factor { get; init; }
        public string? Post { get; init; }
        public string? PostLevel { get; init; }
        public string? Telephone { get; init; }
        public string? GroupName { get; init; }
        public string? Email { get; init; }

        public Member ToMember(IReadOnlyList<string> roles, string office) => new(
            UserId, UserName, DisplayName, Kind == Accounts.Service, Active, roles, Credential is not null, Factor is not null)
        {
            Details = new MemberDetails(Post, PostLevel, GroupName, Telephone),
            Email = Email,
            IsOurs = HomeOffice == office,
        };
    }
}

using Dapper;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using ProcessEngine.Core;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Web.Pages.Admin;

/// <summary>The offices of the installation, for those who look after the whole of it: to see, to make and to rename.</summary>
public sealed class OfficesModel(Database database, IMediator mediator) : SystemPage
{
    const int PageSize = 50;

    public IReadOnlyList<Office> List { get; private set; } = [];
    public string? NextPage { get; private set; }

    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? NameTh { get; set; }

    [BindProperty]
    public string? NameEn { get; set; }

    [BindProperty]
    public string? Kind { get; set; }

    [BindProperty]
    public string? Province { get; set; }

    /// <summary>Which office the refused form was about; null for a new one.</summary>
    public string? Renamed { get; private set; }

    public static IReadOnlyList<(string Kind, LocalizedText Name)> Kinds { get; } =
    [
        (OfficeKinds.Primary, new("ประถมศึกษา (สพป.)", "Primary education (สพป.)")),
        (OfficeKinds.Secondary, new("มัธยมศึกษา (สพม.)", "Secondary education (สพม.)")),
        (OfficeKinds.Area, new("เขตพื้นที่การศึกษา (สพท.)", "Education service area (สพท.)")),
    ];

    public async Task<IActionResult> OnGetAsync() => Refused ?? await ShowAsync();

    public async Task<IActionResult> OnPostAsync()
    {
        if (Refused is { } refused)
            return refused;
        var code = Code?.Trim();
        return await AnswerAsync(
            (await mediator.Send(
                new OfficeEndpoints.Command(
                    Caller, await HttpContext.IdentifyFormAsync(), code, NameTh?.Trim(), Given(NameEn), Province, Given(Kind)),
                RequestAborted)).Rejection,
            W["สร้างสำนักงานแล้ว", "The office is made."],
            PageLink.To("/setup", ("office", code)));
    }

    public async Task<IActionResult> OnPostRenameAsync()
    {
        if (Refused is { } refused)
            return refused;
        Renamed = Code ?? "";
        return await AnswerAsync(
            (await mediator.Send(
                new RenameOffice.Command(
                    Caller, await HttpContext.IdentifyFormAsync(), Renamed, NameTh?.Trim(), Given(NameEn), Kind),
                RequestAborted)).Rejection,
            W["เปลี่ยนชื่อสำนักงานแล้ว", "The office has its new name."],
            "/admin/offices");
    }

    async Task<IActionResult> AnswerAsync(Rejection? refused, string done, string next)
    {
        if (refused is not null)
        {
            Refuse(refused);
            return await ShowAsync();
        }

        SetFlash(done);
        return Redirect(next);
    }

    static string? Given(string? text) => text?.Trim() is { Length: > 0 } given ? given : null;

    async Task<IActionResult> ShowAsync()
    {
        var after = HttpContext.Text("after") ?? "";
        await using var connection = await database.OpenAsync(RequestAborted);
        // Index: the primary key.
        var rows = (await connection.QueryAsync<Office>(
            "SELECT code, name_th, name_en, province, kind FROM office WHERE code > @after ORDER BY code LIMIT @take",
            new { after, take = PageSize + 1 })).AsList();
        List = [.. rows.Take(PageSize)];
        NextPage = rows.Count > PageSize ? PageLink.To("/admin/offices", ("after", List[^1].Code)) : null;
        return Page();
    }
}

using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Razor.Hosting;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Cases.Instances;
using ProcessEngine.Service.Identity;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// The queries of every page are understood by PostgreSQL, too. What the pages say is specified on SQLite (<see cref="OfPages"/>).
/// </summary>
public sealed class PagesOnPostgresqlSpec() : InAWorld("postgresql")
{
    /// <summary>What is only sent (<c>/many</c> by <see cref="ManyAndLiveSpec"/>, on both databases), and the page of errors.</summary>
    // What people outside see is opened on both databases by RequestsSpec: it needs an open door and definitions of its own.
    static readonly string[] NotShown =
        ["/preferences", "/sign-out", "/error", "/many", "/r/{office}", "/r/{office}/{service}", "/r/t/{token}"];

    /// <summary>The addresses of all pages that there are, as the compiler left them.</summary>
    static IEnumerable<string> Pages => typeof(Program).Assembly.GetCustomAttributes<RazorCompiledItemAttribute>()
        .Where(item => item.Kind == "mvc.1.0.razor-page")
        .Select(page => page.Type.GetCustomAttributes<RazorCompiledItemMetadataAttribute>().Single(m => m.Key == "RouteTemplate").Value);

    [Test]
    public async Task Every_page_is_shown()
    {
        var late = await Officer.Started(World.SuratThani, "พัฒนาระบบ");
        var instance = await Officer.Started(World.KhonKaen, "ติดตั้งเครื่อง");
        await Person.DoNext(World, instance);
        await Person.DoNext(World, instance);
        (await Director.Reject(await Officer.OpenTaskOf(instance), "แพงไป")).Ok();
        (await Officer.Claim(await Officer.OpenTaskOf(late))).Ok();
        var handOver = new { from = "demo.officer", to = "demo.clerk", reason = "ย้ายไปราชการที่อื่น", orderNumber = "12/2569" };
        var receipt = (await Director.Post("offices/demo/hand-overs", handOver)).Ok();
        var from = receipt.Text("fromUser");
        var preview = $"/team/hand-over?office=demo&from={from}&to={receipt.Text("toUser")}&reason=x";
        Clock.SetBangkok("2026-05-04 09:00");
        await World.Sweep();
        var task = (await Officer.OpenTaskOf(instance)).Text("id");
        var file = (await Access.Furniture.AttachAsync(Officer, late)).Ok().Text("id");

        var verified = (await Director.Post("audit/verifications", new { office = World.Office })).Ok().Text("id");
        await World.Services.GetRequiredService<VerificationWork>().RunAsync(CancellationToken.None);
        var shown = new HashSet<string>();
        await See(null, "/sign-in");
        await See(
            Roles.Officer, "/", "/?q=ระบบ", "/cases/awaited", "/cases", "/cases?q=ระบบ&with=ตัวอย่าง&overdue=true&from=2026-01-01&until=2026-12-31", "/cases?sort=due", "/procedures?q=ระบบ", $"/cases/{instance}", $"/cases/{instance}/request", "/requests/new", $"/cases/{late}", $"/tasks/{task}", "/procedures",
            $"/procedures/{World.SuratThani}", "/notifications", "/first-day", "/account/notifications", "/account/second-factor", "/account/password",
            "/account/sessions", "/account/joinings", "/account/keys");
        await See(
            Roles.Director, "/", "/cases?outcome=withdrawn", $"/cases/{late}/files/{file}/withdraw", $"/cases/{instance}/memo", "/team",
            "/team?who=officer", $"/team/give?task={task}.1", "/team/hand-over", preview, "/hand-overs", "/reports", "/reports/overview", "/reports/figures?compare=2568",
            "/reports/figures?groupBy=group", "/reports/services", "/reports/answers", $"/reports/answers?definitionKey={World.KhonKaen}",
            "/reports/verification", $"/reports/forms?definitionKey={World.SuratThani}&step=evaluate-results", $"/reports/verification/{verified}", "/reports/figures?groupBy=person", "/reports/registers/escalations", "/reports/tasks", "/reports/registers", "/reports/registers/notices", "/reports/tasks?standing=withoutLimit&fiscalMonth=2569-06", $"/hand-overs/{receipt.Text("id")}");
        await See(Roles.Administrator, [.. PossibleCaseActs.All.Select(act => $"/cases/{late}/govern/{act}")]);
        await See(
            Roles.Administrator, "/reports/registers/calendar", "/reports/registers/setup", "/reports/registers/sign-ins",
            "/reports/registers/publications", "/reports/registers/migrations", "/admin", "/admin/people", "/admin/trail", $"/admin/keys?office=demo&person={from}", "/admin/orders", "/admin/calendar",
            "/admin/notifications", "/admin/paper", "/admin/publishing", "/admin/requests", "/admin/personal-data", "/setup", "/admin/offices", "/admin/holidays", "/admin/groups", "/admin/auditors", "/admin/people/import",
            "/admin/people/links", $"/admin/people/leave?office=demo&person={from}", "/admin/people?q=ตัว&closed=true", "/admin/roles",
            $"/admin/limits?procedure={World.KhonKaen}", "/admin/incidents", "/admin/recurrences");
        var link = await World.Database.TransactAsync(
            session => ValueTask.FromResult(AccountLinks.Make(session, Guid.Parse(from), Clock.GetUtcNow())), CancellationToken.None);
        await See(null, AccountLinks.AddressOf(link));
        await See(
            Roles.ProcessOwner, "/studio", "/studio/new", $"/studio/definitions/{World.SuratThani}", $"/studio/definitions/{World.KhonKaen}/steps/propose-plan",
            $"/studio/definitions/{World.KhonKaen}/table?row=propose-plan", $"/studio/definitions/{World.KhonKaen}/forms/plan-work", $"/studio/definitions/{World.KhonKaen}/move",
            $"/studio/definitions/{World.KhonKaen}/walk?a=complete:appoint-working-group", $"/studio/instances/{instance}", $"/studio/editor/{World.KhonKaen}");
        Pages.Except(NotShown).Where(page => !shown.Any(path => Regex.IsMatch(path, $"^{Regex.Replace(page, @"\{[^}]*\}", "[^/]+")}$")))
            .ShouldBeEmpty("these pages are not looked at");

        async Task See(string? role, params string[] paths)
        {
            var visitor = World.Visitor();
            if (role is not null)
                await visitor.SignIn(role);
            foreach (var path in paths)
            {
                (await visitor.Go(path)).Status.ShouldBe(200, $"{path}: {visitor.Page.Text} {visitor.Errors.Last}");
                shown.Add(path.Split('?')[0]);
            }
        }
    }
}

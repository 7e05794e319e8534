using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Reports.Registers;

namespace ProcessEngine.Service.Tests;

/// <summary>Auditors are appointed for a time; after it there is nothing that they see, with whatever they still hold in their hands.</summary>
public sealed class AuditorTermsSpec(string provider) : OnBothDatabases(provider)
{
    int people;

    async Task<(Person Person, string Id, string Path)> AnAuditor()
    {
        var name = $"term.{++people}.{Provider}";
        var user = (await World.SystemAdministrator.Post(
            "users", new { userName = name, displayName = name, office = World.Office, roles = new[] { Roles.Auditor } })).Ok().Text("id");
        return (await World.WithKeyOf(user), user, $"offices/{World.Office}/auditors/{user}");
    }

    [Test]
    public async Task An_appointment_ends_with_its_last_day_also_for_a_key_that_was_made_before()
    {
        var (auditor, id, path) = await AnAuditor();
        (await auditor.Get("reports/figures")).Ok();
        (await As(Roles.Administrator).Put(path, new { from = "2026-03-01", until = "2026-03-10", reason = "คำสั่งที่ 5/2569" })).Status.ShouldBe(204);
        var listed = (await As(Roles.Administrator).Get($"offices/{World.Office}/auditors")).Ok()["items"]!.AsArray().Single(a => a!.Text("id") == id)!;
        (listed.Text("from"), listed.Text("until")).ShouldBe(("2026-03-01", "2026-03-10"));

        Clock.SetBangkok("2026-03-10 23:59");
        (await auditor.Get("reports/figures")).Ok();
        Clock.SetBangkok("2026-03-11 00:00");
        (await auditor.Get("reports/figures")).ShouldBeProblem(403, "not-allowed");
        (await auditor.Get($"reports/registers/notices?office={World.Office}")).ShouldBeProblem(404, "office-not-found", "office");
        (await auditor.Get("process-instances")).Ok()["items"]!.AsArray().ShouldBeEmpty();

        // Taken up again, and put off: nothing before its first day.
        (await As(Roles.Administrator).Put(path, new { from = "2026-03-15" })).Status.ShouldBe(204);
        (await auditor.Get("reports/figures")).ShouldBeProblem(403, "not-allowed");
        Clock.SetBangkok("2026-03-15 00:00");
        (await auditor.Get("reports/figures")).Ok();
        var told = (await World.SystemAdministrator.All($"administration/events?user={id}", 50)).Where(e => e.Text("action") == "auditor-term-set").ToList();
        told.Select(e => (string?)e["reason"]).ShouldBe([null, "คำสั่งที่ 5/2569"]);
    }

    [Test]
    public async Task Who_is_appointed_anew_is_not_bound_by_the_days_of_before()
    {
        var (auditor, id, path) = await AnAuditor();
        (await As(Roles.Administrator).Put(path, new { until = "2026-01-01" })).Status.ShouldBe(204);
        (await auditor.Get("reports/figures")).ShouldBeProblem(403, "not-allowed");
        (await As(Roles.Administrator).Put($"offices/{World.Office}/members/{id}", new { roles = new[] { Roles.Clerk } })).Ok();
        (await As(Roles.Administrator).Put(path, new { until = "2027-01-01" })).ShouldBeProblem(422, "user-not-found");
        (await As(Roles.Administrator).Put($"offices/{World.Office}/members/{id}", new { roles = new[] { Roles.Auditor } })).Ok();
        (await auditor.Get("reports/figures")).Ok();
    }

    [Test]
    public async Task Impossible_days_and_strangers_are_refused()
    {
        var (_, _, path) = await AnAuditor();
        (await As(Roles.Administrator).Put(path, new { from = "2026-03-02", until = "2026-03-01" })).ShouldBeProblem(400, "invalid-input", "until");
        (await As(Roles.Director).Put(path, new { until = "2027-03-01" })).ShouldBeProblem(403, "not-allowed");
        (await As(Roles.Auditor).Put(path, new { until = "2027-03-01" })).ShouldBeProblem(403, "not-allowed");
        (await As(Roles.Administrator).Put($"offices/{World.Office}/auditors/{Guid.NewGuid()}", new { until = "2027-03-01" }))
            .ShouldBeProblem(422, "user-not-found");
    }

    [Test]
    public async Task In_the_browser_a_session_that_is_open_ends_with_the_appointment()
    {
        var me = (await As(Roles.Auditor).Get("users/me")).Ok().Text("id");
        var auditor = World.Visitor();
        await auditor.SignIn(Roles.Auditor);
        (await auditor.Go("/reports/overview")).ShouldBe(200);
        var administrator = World.Visitor();
        await administrator.SignIn(Roles.Administrator);
        (await administrator.Go("/admin/auditors")).ShouldBe(200).ShouldSay("ไม่กำหนดวันสิ้นสุด");
        (await administrator.Submit("/admin/auditors", ("office", World.Office), ("user", me), ("until", "เมื่อไร"))).ShouldBe(400);
        (await administrator.Submit("/admin/auditors", ("office", World.Office), ("user", me), ("until", "1/3/2569"))).ShouldLeadTo(
            $"/admin/auditors?office={World.Office}");
        (await administrator.Go("/admin/auditors")).ShouldSay("หมดวาระแล้ว");
        (await auditor.Go("/reports/overview")).ShouldBe(403);
        (await administrator.Submit("/admin/auditors", ("office", World.Office), ("user", me), ("until", ""))).ShouldLeadTo(
            $"/admin/auditors?office={World.Office}");
        (await auditor.Go("/reports/overview")).ShouldBe(200);
    }

    [Test]
    public async Task Registers_tell_of_sign_ins_terms_and_changes_of_the_calendar()
    {
        var visitor = World.Visitor();
        await visitor.SignIn(Roles.Clerk);
        (await Lines("sign-ins")).ShouldNotBeEmpty();
        var (_, _, path) = await AnAuditor();
        (await As(Roles.Administrator).Put(path, new { until = "2027-01-01", reason = "คำสั่ง" })).Status.ShouldBe(204);
        (await Lines("people")).ShouldContain("Term of an auditor set");
        (await As(Roles.Administrator).Post(
            $"calendars/{World.Office}/changes",
            new { add = new[] { new { date = "2026-05-20", kind = "closure" } }, reference = "คำสั่งที่ 1", reason = "ปรับปรุงอาคาร", approvedBy = "ผู้อำนวยการ" }))
            .Status.ShouldBe(201);
        (await Lines("calendar")).ShouldBe(["Days of the office"]);
        foreach (var register in new[] { "migrations", "publications", "setup" })
            (await As(Roles.Auditor).Get($"reports/registers/{register}?office={World.Office}")).Ok();
        (await Officer.Get($"reports/registers/sign-ins?office={World.Office}")).ShouldBeProblem(403, "not-allowed");

        async Task<IReadOnlyList<string>> Lines(string name) =>
            [.. (await As(Roles.Auditor).All($"reports/registers/{name}?office={World.Office}&from=2026-01-01&to=2026-12-31", 2)).Select(l => l["what"]!.Text("en"))];
    }

    /// <summary>A new act of the administration has its place; else nobody finds it.</summary>
    [Test]
    public void Every_act_of_the_administration_stands_in_a_register() =>
        TrailWords.All.Keys.Except(Register.All.OfType<TrailRegister>().SelectMany(r => r.Actions)).ShouldBeEmpty();
}

using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Tests;

/// <summary>The figures in the browser are those of the API, for whoever oversees the office.</summary>
public sealed class CompliancePageSpec(string provider) : OnBothDatabases(provider)
{
    [Test]
    public async Task An_auditor_arrives_at_the_figures_and_reads_what_the_api_says()
    {
        await using var world = await World.StartAsync(Provider);
        var (late, kept) = (await world.Officer.Started(World.SuratThani), await world.Officer.Started(World.SuratThani));
        (await world.Officer.Complete(await world.Officer.OpenTaskOf(kept))).Ok();
        world.Clock.SetBangkok("2026-04-20 09:00");
        (await world.Officer.Complete(await world.Officer.OpenTaskOf(late))).Ok();

        var auditor = world.Visitor();
        (await auditor.SignIn(Roles.Auditor)).ShouldLeadTo("/");
        (await auditor.Go("/")).ShouldLeadTo("/reports/overview");
        (await auditor.Go("/procedures")).ShouldSay("กระบวนงาน").Text.ShouldNotContain("เริ่มเรื่องใหม่", Case.Sensitive, "who only looks on starts nothing");
        var item = (await world.As(Roles.Auditor).Get("sla/compliance?from=2025-09-30T17:00:00Z")).Ok()["items"]!.AsArray()
            .Single(i => i!.Text("key") == World.SuratThani)!;
        (item.Number("onTime"), item.Number("late")).ShouldBe((1, 1));
        (await auditor.Go("/reports")).ShouldBe(200).ShouldSay(
            "ปีงบประมาณ 2569", "เสร็จทันกำหนด 1 จาก", item["name"]!.Text("th"));
        (await auditor.Go("/reports?groupBy=fiscalMonth&year=2569")).ShouldBe(200).ShouldSay("เดือน", "ทันกำหนด");
        (await auditor.Go("/reports?groupBy=step")).ShouldBe(200);
        (await auditor.Go("/reports?year=2568")).ShouldBe(200).ShouldSay("ยังไม่มีงานที่เริ่มนับเวลา");
        (await auditor.Go("/reports?year=2026")).ShouldBe(404);
        (await auditor.Go("/reports?groupBy=nothing")).ShouldBe(404);
    }

    [Test]
    public async Task Whoever_oversees_nothing_does_not_see_it_and_a_director_finds_it_in_the_menu()
    {
        var officer = World.Visitor();
        (await officer.SignIn(Roles.Officer)).ShouldLeadTo("/");
        (await officer.Go("/reports")).ShouldBe(403);
        var director = World.Visitor();
        (await director.SignIn(Roles.Director)).ShouldLeadTo("/");
        (await director.Go("/")).ShouldBe(200).Html.ShouldContain("href=\"/reports/overview\"");
        (await director.Go("/reports")).ShouldBe(200);
    }
}

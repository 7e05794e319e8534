using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.Audit;
using ProcessEngine.Service.Web;

namespace ProcessEngine.Service.Tests;

/// <summary>Papers that are really made by the host's browser: the report of a year, and the certificate of a verification.</summary>
[TestFixture("sqlite")]
public sealed partial class PapersSpec(string provider) : OfPages(provider)
{
    [Test]
    public async Task The_report_of_a_year_is_made_as_pdf_with_its_pages_and_that_it_was_taken_stands_in_the_trail()
    {
        World.Services.GetRequiredService<PdfPrinter>().Browser.ShouldNotBeNull("the tests need the host's Chromium");
        var id = await Officer.Started(World.SuratThani, "เรื่องของปี");
        await Person.DoNext(World, id);
        var director = World.Visitor();
        await director.SignIn(Roles.Director);
        await director.Go("/reports/services?year=2569");
        (await director.Submit("/reports/services?handler=Pdf&year=2569&office=demo")).ShouldBe(200);
        IsPaper(director.Page, atLeast: 3);
        (await As(Roles.Auditor).All("administration/events?action=report-exported", 50)).Select(e => e["detail"]!.Text("kind")).ShouldBe(["year"]);
    }

    [Test]
    public async Task The_certificate_of_a_verification_is_one_sheet()
    {
        await Officer.Started(World.KhonKaen);
        var auditor = As(Roles.Auditor);
        var asked = (await auditor.Post("audit/verifications", new { office = World.Office })).Ok();
        await World.Services.GetRequiredService<VerificationWork>().RunAsync(CancellationToken.None);
        var reader = World.Visitor();
        await reader.SignIn(Roles.Auditor);
        (await reader.Go($"/reports/verification/{asked.Text("id")}")).ShouldBe(200).ShouldSay("ใบรับรองผลการตรวจสอบบันทึก", "ดาวน์โหลด PDF");
        (await reader.Go($"/reports/verification/{asked.Text("id")}?handler=pdf")).ShouldBe(200);
        IsPaper(reader.Page, atLeast: 1).ShouldBe(1);
    }

    static int IsPaper(Shown page, int atLeast)
    {
        page.Headers["Content-Type"].ShouldBe("application/pdf");
        page.Html.ShouldStartWith("%PDF-");
        page.Html.Length.ShouldBeGreaterThan(10_000, "the typeface is in it");
        var pages = Pages().Count(page.Html);
        pages.ShouldBeGreaterThanOrEqualTo(atLeast);
        return pages;
    }

    [GeneratedRegex(@"/Type ?/Page\b(?!s)")]
    private static partial Regex Pages();
}

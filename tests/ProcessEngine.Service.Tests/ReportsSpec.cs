using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using MiniExcelLibs;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Reports;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// The figures of the promised times against a count of the test's own, made while the work is done; each cell leads to as many rows as it
/// says; and both can be taken away.
/// </summary>
[TestFixture("sqlite")]
[TestFixture("postgresql")]
public sealed class ReportsSpec(string provider)
{
    const string Now = "2026-06-09 10:00";

    /// <summary>A text that a spreadsheet would calculate, with what separates cells.</summary>
    const string Formula = "=HYPERLINK(\"http://x\",\"1,2\")";

    World world = null!;

    /// <summary>What was done, written down as it was: the step, when its time began, when it was due, when it was done.</summary>
    readonly List<(string Key, string Step, DateTimeOffset Received, DateTimeOffset? Due, DateTimeOffset? Closed)> done = [];

    [OneTimeSetUp]
    public async Task WorkForSomeMonths()
    {
        world = await World.StartAsync(provider, "2026-03-02 09:00");
        foreach (var (month, days) in new[] { ("2026-03-02", 1), ("2026-03-16", 30), ("2026-04-20", 2), ("2026-05-06", 20), ("2026-06-01", 3) })
        {
            world.Clock.SetBangkok(month + " 09:00");
            foreach (var key in new[] { World.SuratThani, World.KhonKaen, World.SuratThani })
                await WorkAsync(key, days, done.Count == 0 ? Formula : $"เรื่องที่ {done.Count}");
        }

        // Open: one that is overdue at the end, one that is not, and one that is due tomorrow.
        foreach (var day in new[] { "2026-05-25", "2026-06-08", "2026-06-03" })
        {
            world.Clock.SetBangkok(day + " 09:00");
            await OpenAsync(World.SuratThani, await world.Officer.Started(World.SuratThani, "ค้าง"));
        }

        world.Clock.SetBangkok(Now);
    }

    [OneTimeTearDown]
    public async Task End()
    {
        if (world is not null)
            await world.DisposeAsync();
    }

    async Task WorkAsync(string key, int days, string title)
    {
        var from = world.Clock.GetUtcNow();
        var id = await world.Officer.Started(key, title);
        var task = await OpenAsync(key, id);
        var at = done.Count - 1;
        world.Clock.Advance(TimeSpan.FromDays(days));
        (await world.Officer.Complete(task)).Ok();
        done[at] = done[at] with { Closed = world.Clock.GetUtcNow() };
        await OpenAsync(key, id);
        (await world.Director.Post($"process-instances/{id}/cancel", new { comment = "พอ" })).Ok();
        // What is called off is neither kept nor broken.
        done.RemoveAt(done.Count - 1);
        world.Clock.Set(from);
    }

    async Task<JsonNode> OpenAsync(string key, string id)
    {
        var task = await world.Officer.OpenTaskOf(id);
        var due = (string?)task["dueAt"];
        done.Add((key, task.Text("step"), world.Clock.GetUtcNow(), due is null ? null : Instant(due), null));
        return task;
    }

    static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).ToUniversalTime();

    async Task<JsonArray> Figures(string groupBy) => (await world.As(Roles.Auditor).Get(
        $"sla/compliance?groupBy={groupBy}&from=2025-09-30T17:00:00Z")).Ok()["items"]!.AsArray();

    IEnumerable<string> Expected(string key)
    {
        var now = ManualClock.Bangkok(Now);
        // Tuesday 9 June: the next working day ends on Wednesday at 16:30.
        var soon = ManualClock.Bangkok("2026-06-10 16:30");
        foreach (var one in done.Where(d => d.Key == key && d.Due is not null))
        {
            if (one.Closed is { } closed)
                yield return closed <= one.Due ? "onTime" : "late";
            else if (one.Due < now)
                yield return "overdue";
            else
                yield return "open";
            if (one.Closed is null && one.Due >= now && one.Due <= soon)
                yield return "atRisk";
        }
    }

    [Test]
    public async Task Every_figure_is_what_the_test_counted_by_itself()
    {
        var items = await Figures("definition");
        foreach (var key in new[] { World.SuratThani, World.KhonKaen })
        {
            var item = items.Single(i => i!.Text("key") == key)!;
            var expected = Expected(key).CountBy(s => s).ToDictionary(c => c.Key, c => c.Value);
            foreach (var standing in new[] { "onTime", "late", "overdue", "open", "atRisk" })
                item.Number(standing).ShouldBe(expected.GetValueOrDefault(standing), $"{key} {standing}");
        }

        var surat = items.Single(i => i!.Text("key") == World.SuratThani)!;
        foreach (var standing in new[] { "onTime", "late", "overdue", "open", "atRisk" })
            surat.Number(standing).ShouldBeGreaterThan(0, $"{standing}: else nothing was tried");
        foreach (var groupBy in new[] { "step", "fiscalMonth", "office" })
        {
            var other = await Figures(groupBy);
            foreach (var standing in new[] { "onTime", "late", "overdue", "open", "atRisk", "withoutLimit" })
                other.Sum(i => i!.Number(standing)).ShouldBe(items.Sum(i => i!.Number(standing)), $"{groupBy} {standing}");
        }
    }

    [TestCase("definition", "definitionKey")]
    [TestCase("step", "step")]
    [TestCase("fiscalMonth", "fiscalMonth")]
    [TestCase("office", "office")]
    public async Task Each_cell_leads_to_as_many_rows_as_it_says(string groupBy, string filter)
    {
        foreach (var item in await Figures(groupBy))
        {
            var key = item!.Text("key");
            var narrowed = filter == "step" ? $"definitionKey={key.Split('/')[0]}&step={key.Split('/')[1]}" : $"{filter}={key}";
            foreach (var standing in ClockStanding.All)
            {
                var rows = await world.As(Roles.Auditor).All(
                    $"sla/tasks?from=2025-09-30T17:00:00Z&standing={standing}&{narrowed}", limit: 3);
                rows.Count.ShouldBe(item!.Number(standing), $"{key} {standing}");
                rows.Select(r => r.Text("id")).ShouldBeUnique();
                rows.Select(r => r.Text("receivedAt")).ShouldBeInOrder();
            }
        }
    }

    [Test]
    public async Task A_row_leads_to_its_task_and_says_who_and_when()
    {
        var late = (await world.As(Roles.Auditor).All("sla/tasks?from=2025-09-30T17:00:00Z&standing=late", 50))[0];
        (late.Text("standing"), late.Text("personName").Length > 0).ShouldBe(("late", true));
        string.CompareOrdinal(late.Text("closedAt"), late.Text("dueAt")).ShouldBeGreaterThan(0);
        (await world.As(Roles.Auditor).Get($"user-tasks/{late.Text("taskId")}")).Ok().Text("processInstanceId")
            .ShouldBe(late.Text("processInstanceId"));
    }

    [TestCase("standing=soon", "standing")]
    [TestCase("fiscalMonth=2026-01", "fiscalMonth")]
    [TestCase("fiscalMonth=2569-13", "fiscalMonth")]
    [TestCase("from=2026-06-01&to=2026-05-01", "from")]
    [TestCase("cursor=x", "cursor")]
    public async Task An_impossible_filter_is_refused(string query, string field) =>
        (await world.As(Roles.Auditor).Get($"sla/tasks?{query}")).ShouldBeProblem(400, "invalid-input", field);

    [Test]
    public async Task Another_offices_work_is_not_listed() =>
        (await world.As(Roles.Auditor).Get("sla/tasks?office=elsewhere")).Ok()["items"]!.AsArray().ShouldBeEmpty();

    static async Task<(int Status, byte[] Bytes)> Export(Person who, object what)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/reports/exports")
        {
            Content = new StringContent(System.Text.Json.JsonSerializer.Serialize(what), Encoding.UTF8, "application/json"),
        };
        using var answer = await who.Http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync());
    }

    static object Tasks(string format) => new { kind = "tasks", format, office = World.Office, from = "2025-09-30T17:00:00Z" };

    [Test]
    public async Task A_csv_opens_in_a_spreadsheet_and_calculates_nothing()
    {
        var (status, bytes) = await Export(world.As(Roles.Auditor), Tasks("csv"));
        status.ShouldBe(200, Encoding.UTF8.GetString(bytes));
        bytes[..3].ShouldBe([0xEF, 0xBB, 0xBF]);
        var text = Encoding.UTF8.GetString(bytes[3..]);
        text.Split("\r\n").Length.ShouldBeGreaterThan(10);
        text.ShouldContain("\"'" + Formula.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"");
        text.ShouldContain("ทำโดย,demo.auditor\r\n");
        text.ShouldContain("สำนักงาน,demo\r\n");
        var all = await world.As(Roles.Auditor).All("sla/tasks?from=2025-09-30T17:00:00Z", 50);
        text.Split("\r\n\r\n")[1].Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(all.Count + 1);
    }

    [Test]
    public async Task A_workbook_has_real_dates_and_numbers_and_a_heading_that_stays()
    {
        var (status, bytes) = await Export(world.As(Roles.Auditor), Tasks("xlsx"));
        status.ShouldBe(200);
        using var stream = new MemoryStream(bytes);
        var rows = stream.Query(useHeaderRow: true, sheetName: "data").Cast<IDictionary<string, object>>().ToList();
        var all = await world.As(Roles.Auditor).All("sla/tasks?from=2025-09-30T17:00:00Z", 50);
        rows.Count.ShouldBe(all.Count);
        rows.Select(r => r["เรื่อง"]).ShouldContain(Formula);
        rows[0]["รุ่น"].ShouldBe(1.0);
        rows.Select(r => ((DateTime)r["เริ่มนับเวลา"]).ToString("s", CultureInfo.InvariantCulture)).ShouldBe(all.Select(r => r.Text("receivedAt")[..19]));
        using var archive = new ZipArchive(new MemoryStream(bytes));
        using var sheet = new StreamReader(archive.Entries.Single(e => e.FullName.EndsWith("sheet1.xml", StringComparison.Ordinal)).Open());
        (await sheet.ReadToEndAsync()).ShouldContain("state=\"frozen\"");
        stream.Position = 0;
        stream.Query(sheetName: "about").Cast<IDictionary<string, object>>()
            .ShouldContain(r => r.Values.Contains("demo.auditor"));
    }

    [Test]
    public async Task The_figures_are_taken_away_as_they_are_shown_and_who_took_them_stands_in_the_trail()
    {
        var (status, bytes) = await Export(
            world.Director, new { kind = "compliance", format = "csv", groupBy = "step", from = "2025-09-30T17:00:00Z", office = World.Office });
        status.ShouldBe(200);
        var lines = Encoding.UTF8.GetString(bytes[3..]).Split("\r\n\r\n")[1].Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines.Skip(1).Select(l => l.Split(',')[0]).ShouldBe((await Figures("step")).Select(i => i!.Text("key")));
        var e = (await world.As(Roles.Auditor).All("administration/events?action=report-exported", 50))[0];
        (e.Text("office"), e["detail"]!.Text("kind"), e["detail"]!.Text("format")).ShouldBe((World.Office, "compliance", "csv"));
    }

    [Test]
    public async Task Who_oversees_nothing_takes_nothing_away()
    {
        var before = await world.ScalarAsync<long>("SELECT COUNT(*) FROM admin_event");
        (await Export(world.Officer, Tasks("csv"))).Status.ShouldBe(403);
        (await Export(world.As(Roles.Auditor), new { kind = "tasks", format = "csv", office = "elsewhere" })).Status.ShouldBe(404);
        foreach (var wrong in new object[]
        {
            new { kind = "everything", format = "csv" }, new { kind = "tasks", format = "pdf" },
            new { kind = "compliance", format = "csv", groupBy = "moon" }, new { kind = "tasks", format = "csv", standing = "soon" },
            new { kind = "tasks", format = "csv", from = "2026-06-01T00:00:00Z", to = "2026-05-01T00:00:00Z" },
        })
            (await Export(world.As(Roles.Auditor), wrong)).Status.ShouldBe(400);
        (await world.ScalarAsync<long>("SELECT COUNT(*) FROM admin_event")).ShouldBe(before);
    }

    [Test]
    public async Task In_the_browser_a_cell_leads_to_the_work_and_from_there_to_the_case_and_to_a_file()
    {
        var auditor = world.Visitor();
        await auditor.SignIn(Roles.Auditor);
        (await auditor.Go("/reports?year=2569")).ShouldBe(200).Html.ShouldContain(
            $"/reports/tasks?year=2569&amp;standing=late&amp;definitionKey={World.SuratThani}");
        var page = (await auditor.Go($"/reports/tasks?year=2569&standing=late&definitionKey={World.SuratThani}")).ShouldBe(200);
        page.ShouldSay("งานที่นับเป็น", "เสร็จแล้วแต่เกินกำหนด");
        page.Html.ShouldContain("href=\"/cases/");
        (await auditor.Submit(
            $"/reports/tasks?year=2569&standing=late&definitionKey={World.SuratThani}&handler=Export", ("format", "csv"))).ShouldBe(200);
        (await auditor.Go("/reports/tasks?year=2569&standing=soon")).ShouldBe(404);
        (await auditor.Go("/reports/tasks?year=9999")).ShouldBe(404);
        var officer = world.Visitor();
        await officer.SignIn(Roles.Officer);
        (await officer.Go("/reports/tasks")).ShouldBe(403);
    }
}

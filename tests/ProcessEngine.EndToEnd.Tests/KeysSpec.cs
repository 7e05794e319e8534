using Microsoft.Playwright;

namespace ProcessEngine.EndToEnd.Tests;

/// <summary>A desk without a mouse, and a phone in one hand: keys, ticking everything, the bell, and what stands where a thumb is.</summary>
public sealed class KeysSpec
{
    /// <summary>As WCAG asks for (2.5.8), and as the design says of a header.</summary>
    const int HeaderHeight = 56;

    Browsers browsers = null!;

    [OneTimeSetUp]
    public async Task Open()
    {
        browsers = await Browsers.StartAsync("2026-03-02 09:00");
        using var officer = browsers.As("officer");
        foreach (var title in new[] { "เครื่องที่หนึ่ง", "เครื่องที่สอง", "เครื่องที่สาม", "เครื่องที่สี่", "เครื่องที่ห้า" })
        {
            var instance = await officer.Started(Installation.KhonKaen, title);
            foreach (var _ in Enumerable.Range(0, 2))
                (await officer.Act("complete", await officer.OpenTask(instance), "เรียบร้อย")).Ok();
        }
    }

    [OneTimeTearDown]
    public async Task Close()
    {
        if (browsers is not null)
            await browsers.DisposeAsync();
    }

    [Test]
    public async Task A_director_works_by_keys_alone()
    {
        await using var desk = await browsers.Open(Window.Desktop);
        await desk.SignIn("director");
        var page = desk.Page;
        await page.Keyboard.PressAsync("?");
        await page.GetByRole(AriaRole.Heading, new() { Name = "แป้นลัด" }).WaitForAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("#keys").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
        await page.Keyboard.PressAsync("j");
        var first = await page.EvaluateAsync<string>("() => document.activeElement.textContent");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("k");
        (await page.EvaluateAsync<string>("() => document.activeElement.textContent")).ShouldBe(first);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/tasks/*");
        // A letter that somebody types is a letter.
        await page.GetByLabel("ความเห็นหรือเหตุผล").FillAsync("");
        await page.GetByLabel("ความเห็นหรือเหตุผล").PressSequentiallyAsync("/a?");
        (await page.GetByLabel("ความเห็นหรือเหตุผล").InputValueAsync()).ShouldBe("/a?");
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("a");
        await page.GetByText("ท่านกำลังจะบันทึกว่า").WaitForAsync();
        await page.Keyboard.PressAsync("Enter");
        await desk.Sees("บันทึกแล้ว: เห็นชอบ");
        await page.Keyboard.PressAsync("n");
        await desk.Sees("การดำเนินการของท่าน");
        // To say no, one says why.
        await page.GetByLabel("ความเห็นหรือเหตุผล").FillAsync("");
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("r");
        await page.Keyboard.TypeAsync("ขอราคาใหม่");
        (await page.GetByLabel("ความเห็นหรือเหตุผล").InputValueAsync()).ShouldBe("ขอราคาใหม่");
        desk.Complaints.ShouldBeEmpty();
    }

    [Test]
    public async Task Keys_can_be_switched_off()
    {
        await using var desk = await browsers.Open(Window.Desktop);
        await desk.SignIn("director");
        await desk.Page.Keyboard.PressAsync("?");
        await desk.Page.GetByText("เลิกใช้แป้นลัดในเครื่องนี้").ClickAsync();
        await desk.Page.GetByText("ปิดหน้านี้").ClickAsync();
        await desk.Page.Keyboard.PressAsync("j");
        (await desk.Page.EvaluateAsync<bool>("() => !!document.activeElement.closest('[data-row]')")).ShouldBeFalse();
        await desk.Page.Locator(".menu summary").ClickAsync();
        await desk.Page.Locator("[data-help]").ClickAsync();
        await desk.Page.GetByText("ใช้แป้นลัดในเครื่องนี้").ClickAsync();
        await desk.Page.GetByText("ปิดหน้านี้").ClickAsync();
        await desk.Page.Keyboard.PressAsync("j");
        (await desk.Page.EvaluateAsync<bool>("() => !!document.activeElement.closest('[data-row]')")).ShouldBeTrue();
    }

    [Test]
    public async Task Everything_on_a_page_is_ticked_at_once_and_counted()
    {
        await using var desk = await browsers.Open(Window.Desktop);
        await desk.SignIn("director");
        var boxes = await desk.Page.Locator("input[name=task]").CountAsync();
        boxes.ShouldBeGreaterThan(2);
        await desk.Page.GetByText("ทำหลายงานพร้อมกัน").ClickAsync();
        await desk.Page.GetByLabel("เลือกทุกงานในหน้านี้").CheckAsync();
        (await desk.Page.Locator("[data-chosen]").TextContentAsync()).ShouldBe($"เลือกแล้ว {boxes} งาน");
        await desk.Page.Locator("input[name=task]").First.UncheckAsync();
        (await desk.Page.Locator("[data-chosen]").TextContentAsync()).ShouldBe($"เลือกแล้ว {boxes - 1} งาน");
    }

    [Test]
    public async Task The_bell_rings_on_a_page_that_stands_open()
    {
        await using var desk = await browsers.Open(Window.Desktop);
        await desk.SignIn("officer");
        await desk.Go("/notifications");
        var number = desk.Page.Locator(".bell [data-number]");
        // What is on the page counts as read, as soon as it stands there.
        await Assertions.Expect(desk.Page.Locator(".bell .count")).ToBeHiddenAsync(new() { Timeout = 60_000 });
        await desk.Go("/cases");
        using (var another = browsers.As("officer"))
            await another.Started(Installation.KhonKaen, "เรื่องที่เพิ่งมา");
        await Assertions.Expect(number).ToHaveTextAsync("1", new() { Timeout = 60_000 });
        await desk.Page.Locator(".bell").ClickAsync();
        await desk.Page.WaitForURLAsync("**/notifications");
        await desk.Sees("เรื่องที่เพิ่งมา");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task On_a_phone_four_tasks_are_in_sight_and_what_is_decided_is_at_the_thumb(bool dark)
    {
        await using var desk = await browsers.Open(Window.Phone with { Dark = dark });
        await desk.SignIn("director");
        var header = (await desk.Page.Locator("header.site").BoundingBoxAsync())!;
        header.Height.ShouldBeInRange(HeaderHeight - 1, HeaderHeight + 2);
        var places = (await desk.Page.GetByRole(AriaRole.Navigation, new() { Name = "เมนูหลัก" }).BoundingBoxAsync())!;
        (places.Y + places.Height).ShouldBe(Window.Phone.Height, 1.0);
        var seen = await desk.Page.EvaluateAsync<int>(
            """
            () => {
                const covered = document.querySelector(".many").getBoundingClientRect().top;
                return [...document.querySelectorAll("[data-row] .step-name")].filter(s => s.getBoundingClientRect().bottom <= covered + 1).length;
            }
            """);
        seen.ShouldBeGreaterThanOrEqualTo(4);
        await desk.Page.Locator("[data-row] .what > a").First.ClickAsync();
        await desk.Page.WaitForURLAsync("**/tasks/*");
        foreach (var name in new[] { "เห็นชอบ", "ไม่เห็นชอบ" })
        {
            var button = desk.Page.Locator(".decide button").Filter(new() { HasTextRegex = new($"^{name}$") });
            var box = (await button.BoundingBoxAsync())!;
            (box.Y + box.Height).ShouldBeLessThan(places.Y + 1, name);
            box.Y.ShouldBeGreaterThan(places.Y - 100, name);
        }

        await desk.Page.Locator(".menu summary").ClickAsync();
        await desk.Page.Locator(".menu .on-phone").First.WaitForAsync();
        (await desk.Overflows()).ShouldBeFalse();
    }

    [Test]
    public async Task A_swipe_to_the_right_ticks_and_one_to_the_left_opens_and_one_down_does_neither()
    {
        await using var desk = await browsers.Open(Window.Phone);
        await desk.SignIn("director");
        var row = desk.Page.Locator("[data-row]").Filter(new() { Has = desk.Page.Locator("input[name=task]") }).First;
        var ticked = row.Locator("input[name=task]");
        await Swipe(10, 120);
        (await ticked.IsCheckedAsync()).ShouldBeFalse("that was the list being scrolled");
        await Swipe(150, 5);
        (await ticked.IsCheckedAsync()).ShouldBeTrue();
        await Swipe(150, 5);
        (await ticked.IsCheckedAsync()).ShouldBeFalse();
        await Swipe(-150, 5);
        await desk.Page.WaitForURLAsync("**/tasks/*");
        desk.Complaints.ShouldBeEmpty();

        Task Swipe(int along, int down) => row.EvaluateAsync(
            """
            (row, by) => {
                const at = (type, x, y) => row.querySelector(".what").dispatchEvent(new PointerEvent(
                    type, { pointerType: "touch", isPrimary: true, bubbles: true, clientX: x, clientY: y }));
                at("pointerdown", 200, 300);
                at("pointerup", 200 + by[0], 300 + by[1]);
            }
            """, new[] { along, down });
    }

    [Test]
    public async Task A_flow_goes_down_on_a_phone_and_fits_a_desk()
    {
        await using var phone = await browsers.Open(Window.Phone);
        await phone.SignIn("director");
        await phone.Page.Locator("[data-row] .what > a").First.ClickAsync();
        await phone.Page.WaitForURLAsync("**/tasks/*");
        (await phone.Page.Locator(".steps-of-chart .open .box").CountAsync()).ShouldBe(1, "the case is at one step, and that is marked");
        (await phone.Page.Locator(".flow-chart").IsVisibleAsync()).ShouldBeFalse();
        await using var desk = await browsers.Open(Window.Desktop);
        await desk.SignIn("director");
        await desk.Go(new Uri(phone.Page.Url).PathAndQuery);
        (await desk.Page.Locator(".steps-of-chart").IsVisibleAsync()).ShouldBeFalse();
        (await desk.Page.EvaluateAsync<bool>("() => { const c = document.querySelector('.flow-chart'); return c.scrollWidth <= c.clientWidth + 1; }")).ShouldBeTrue();
    }

    [Test]
    public async Task A_case_is_printed_on_A4_with_nothing_cut_off()
    {
        await using var desk = await browsers.Open(new Window("A4", 680, 962));
        await desk.SignIn("director");
        await desk.Page.Locator("[data-row] .what > a").First.ClickAsync();
        await desk.Page.WaitForURLAsync("**/tasks/*");
        await desk.Link("เรื่องนี้").ClickAsync();
        await desk.Page.WaitForURLAsync("**/cases/*");
        await desk.Page.EmulateMediaAsync(new() { Media = Media.Print });
        var cut = await desk.Page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
                .map(e => e.outerHTML.slice(0, 100))
            """);
        cut.ShouldBeEmpty();
    }
}

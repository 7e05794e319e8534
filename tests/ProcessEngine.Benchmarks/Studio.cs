using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Service.Studio;

namespace ProcessEngine.Benchmarks;

/// <summary>Elsa Studio: how long until its editor can be used, in a Chromium without a cache and in one that was here before; how long a draft takes to be saved, and a long list to come.</summary>
static partial class Studio
{
    const int Openings = 5;
    const int Saves = 100;
    const int Definitions = 1_000;
    const int Versions = 10;
    const string Key = "khonkaen-5.install-maintain-computers";
    const string User = "demo.processOwner";

    public static async Task RunAsync()
    {
        Figures.Group($"studio, SQLite, {Definitions:N0} definitions with {Versions} versions each");
        await using var rig = await Rig.StartAsync("sqlite");
        using (await RunningService.StartAsync(rig.Folder))
        {
            // The first start makes the people of the demonstration.
        }

        await FillAsync(rig.Database);
        using var service = await RunningService.StartAsync(rig.Folder);
        var password = await Browsing.PasswordAsync(rig, User);
        await OpenAsync(service.Address, password);
        using var http = await SignInAsync(service.Address, password);
        await SaveAsync(http);
        await ListAsync(http);
    }

    static async Task OpenAsync(Uri address, string password)
    {
        var (cold, warm) = (new List<double>(), new List<double>());
        using var playwright = await Playwright.CreateAsync();
        for (var i = 0; i < Openings; i++)
        {
            // A profile on the disk, as people have one: a private window keeps no compiled code.
            var profile = Directory.CreateTempSubdirectory("processengine-browser-").FullName;
            await using var browser = await Browsing.LaunchWithProfileAsync(playwright, profile, address);
            var page = browser.Pages[0];
            await Browsing.SignInAsync(page, User, password);
            foreach (var times in new[] { cold, warm })
            {
                var begun = Stopwatch.GetTimestamp();
                await page.GotoAsync($"/studio/editor/{Key}", new() { WaitUntil = WaitUntilState.Commit });
                await page.Locator(".x6-node .activity-label").First.WaitForAsync(new() { Timeout = 120_000 });
                times.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
                await page.GotoAsync("/studio");
            }

            await browser.CloseAsync();
            Directory.Delete(profile, recursive: true);
        }

        Figures.Limit("the editor ready, first visit, median", Figures.Median(cold), 7, "s");
        Figures.Limit("the editor ready, first visit, slowest", cold.Max(), null, "s");
        Figures.Limit("the editor ready, repeated, median", Figures.Median(warm), 4, "s");
        Figures.Limit("the editor ready, repeated, slowest", warm.Max(), null, "s");
    }

    static async Task<HttpClient> SignInAsync(Uri address, string password)
    {
        var http = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = address };
        var token = Token().Match(await http.GetStringAsync("/sign-in")).Groups[1].Value;
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("userName", User), KeyValuePair.Create("password", password), KeyValuePair.Create("__token", token)]);
        using var signedIn = await http.PostAsync("/sign-in", form);
        signedIn.EnsureSuccessStatusCode();
        http.DefaultRequestHeaders.Add("Origin", address.GetLeftPart(UriPartial.Authority));
        http.DefaultRequestHeaders.Add("X-Studio-Window", "benchmark");
        return http;
    }

    static async Task SaveAsync(HttpClient http)
    {
        var model = (await http.GetFromJsonAsync<JsonNode>($"/elsa/api/workflow-definitions/by-definition-id/{Key}?versionOptions=Latest"))!;
        var times = new List<double>();
        for (var i = 0; i < Saves; i++)
        {
            model["root"]!["activities"]![0]!["metadata"]!["displayText"] = $"{i}";
            using var body = JsonContent.Create(new JsonObject { ["model"] = model.DeepClone(), ["publish"] = false });
            var begun = Stopwatch.GetTimestamp();
            using var answer = await http.PostAsync("/elsa/api/workflow-definitions", body);
            answer.EnsureSuccessStatusCode();
            model = (await answer.Content.ReadFromJsonAsync<JsonNode>())!["workflowDefinition"]!;
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        Figures.Limit($"a draft saved, median of {Saves}", Figures.Median(times), null, "ms");
        Figures.Limit("a draft saved, 95th percentile", Figures.Quantile(times, 0.95), 100, "ms");
    }

    static async Task ListAsync(HttpClient http)
    {
        var times = new List<double>();
        for (var i = 0; i < Saves; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            await http.GetStringAsync("/elsa/api/workflow-definitions?versionOptions=Latest&Page=0&PageSize=10&OrderDirection=Ascending");
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }

        Figures.Limit("the list, first page, first call", times[0], 100, "ms");
        Figures.Limit("the list, first page, 95th percentile", Figures.Quantile(times, 0.95), 100, "ms");
    }

    static Task FillAsync(Database database) => database.TransactAsync(
        async session =>
        {
            var (content, now) = ("", Instants.Truncate(TimeProvider.System.GetUtcNow()));
            await session.QueryAsync("SELECT content FROM definition_version WHERE definition_key = $1 AND version = 1", new object?[] { Key }, row => content = row.GetString(0));
            for (var i = 0; i < Definitions; i++)
            {
                var (key, name) = ($"bench.definition-{i}", $"กระบวนงานที่ {i}");
                session.Enqueue("INSERT INTO process_definition (definition_key, latest_version, manual, name_th, name_en, updated_at, office) VALUES ($1, $2, '', $3, $3, $4, '*')", key, Versions, name, now);
                for (var version = 1; version <= Versions; version++)
                {
                    session.Enqueue(
                        "INSERT INTO definition_version (definition_key, version, content, content_hash, origin, published_at, office, name_th, name_en) VALUES ($1, $2, $3, $4, 'draft', $5, '*', $6, $6)",
                        key, version, content.Replace(Key, key, StringComparison.Ordinal), $"{i}-{version}", now, name);
                }
            }

            return true;
        },
        CancellationToken.None);

    [GeneratedRegex("name=\"__token\" type=\"hidden\" value=\"([^\"]*)\"")]
    private static partial Regex Token();
}

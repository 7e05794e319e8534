using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>Small doors that are kept shut: what a browser may keep, who reads a file, which first key is taken, what of an office others see.</summary>
public sealed class HygieneSpec(string provider) : OnBothDatabases(provider)
{
    async Task<Person> Stranger()
    {
        var code = $"elsewhere-{Provider}";
        await World.SystemAdministrator.Post("offices", new { code, name = new { th = code }, province = "TH-84" });
        var user = await World.SystemAdministrator.Post(
            "users", new { userName = $"{code}.{Guid.NewGuid():N}", displayName = "คนอื่น", office = code, roles = new[] { Roles.ProcessOwner, Roles.Administrator } });
        return await World.WithKeyOf(user.Ok().Text("id"));
    }

    [TestCase("/api/v1/users/me", 200)]
    [TestCase("/api/v1/nowhere", 404)]
    [TestCase("/api/v1/process-instances?limit=x", 400)]
    [TestCase("/health/ready", 200)]
    [TestCase("/problems/error", 200)]
    public async Task An_answer_for_programs_stays_in_no_cache_and_is_nothing_but_what_it_says(string path, int status)
    {
        using var answer = await Officer.Http.GetAsync(path);
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [TestCase("/sign-in")]
    [TestCase("/health/live")]
    public async Task Behind_TLS_a_browser_is_told_to_come_by_TLS_only(string path)
    {
        using var secure = await World.Nobody.Http.GetAsync(new Uri("https://office.example" + path));
        secure.Headers.GetValues("Strict-Transport-Security").ShouldHaveSingleItem().ShouldContain("max-age=31536000");
        using var plain = await World.Nobody.Http.GetAsync(new Uri("http://office.example" + path));
        plain.Headers.Contains("Strict-Transport-Security").ShouldBeFalse();
    }

    [Test]
    public async Task A_cookie_that_came_by_TLS_goes_back_by_TLS_only_and_no_script_reads_it()
    {
        using var secure = await World.Nobody.Http.GetAsync(new Uri("https://office.example/sign-in"));
        foreach (var cookie in secure.Headers.GetValues("Set-Cookie"))
            cookie.ShouldSatisfyAllConditions(
                c => c.ShouldContain("; secure"), c => c.ShouldContain("; httponly"), c => c.ShouldContain("; samesite=", Case.Insensitive));
        using var plain = await World.Nobody.Http.GetAsync(new Uri("http://office.example/sign-in"));
        plain.Headers.GetValues("Set-Cookie").ShouldAllBe(c => !c.Contains("secure", StringComparison.OrdinalIgnoreCase));
    }

    [TestCase("short")]
    [TestCase("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [TestCase("abcabcabcabcabcabcabcabcabcabcabcabcabcabc")]
    [TestCase("password-password-password-password-pass")]
    [TestCase("123456789012345678901234")]
    public async Task A_first_key_that_can_be_guessed_is_refused(string given) =>
        (await Should.ThrowAsync<SettingsException>(() => World.Services.GetRequiredService<FirstStart>().EnsureAdministratorAsync(given, CancellationToken.None)))
            .Message.ShouldContain(FirstStart.KeyVariable);

    [TestCase("")]
    [TestCase(null)]
    [TestCase("Xq3fPz8vN1kR7mB2tYw5hJd9LsGcAe4U")]
    public async Task A_good_one_is_taken_and_an_empty_one_is_none(string? given) =>
        await Should.NotThrowAsync(() => World.Services.GetRequiredService<FirstStart>().EnsureAdministratorAsync(given, CancellationToken.None));

    [Test]
    public async Task The_files_of_the_database_are_the_services_alone_whatever_the_folder()
    {
        if (Provider != "sqlite" || OperatingSystem.IsWindows())
            return;
        const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var folder = Directory.CreateTempSubdirectory("processengine-modes-").FullName;
        try
        {
            File.SetUnixFileMode(folder, Own | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
            var (fresh, older) = (Path.Combine(folder, "fresh.db"), Path.Combine(folder, "older.db"));
            await File.WriteAllBytesAsync(older, []);
            File.SetUnixFileMode(older, Own | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            foreach (var file in new[] { fresh, older })
            {
                await using var database = new SqliteDatabase(file);
                await database.MigrateAsync(Clock, CancellationToken.None);
                foreach (var one in Directory.GetFiles(folder, Path.GetFileName(file) + "*"))
                    File.GetUnixFileMode(one).ShouldBe(Own, one);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task What_can_be_read_can_be_asked_for_its_headers_alone()
    {
        var id = await Officer.Started(World.KhonKaen);
        foreach (var path in new[] { "users/me", $"process-instances/{id}", "process-definitions", "user-tasks" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, "/api/v1/" + path);
            using var answer = await Officer.Http.SendAsync(request);
            ((int)answer.StatusCode).ShouldBe(200, path);
            using var same = new HttpRequestMessage(HttpMethod.Head, "/api/v1/" + path);
            using var refused = await World.Nobody.Http.SendAsync(same);
            ((int)refused.StatusCode).ShouldBe(401, path);
        }
    }

    [Test]
    public async Task A_write_that_shows_an_ETag_honours_one_or_refuses_it()
    {
        var id = await Officer.Started(World.KhonKaen);
        var path = $"process-instances/{id}";
        var seen = (await Officer.Get(path)).ETag;
        var urgent = await Officer.Post($"{path}/priority", new { priority = "urgent" }, ifMatch: seen);
        urgent.Ok();
        foreach (var (act, body) in new (string, object)[]
        {
            ("suspend", new { comment = "ก" }), ("cancel", new { comment = "ก" }), ("priority", new { }), ("variables", new { changes = new { a = 1 } }),
            ("confirm-deadline", new { }), ("messages", new { name = "ก" }),
        })
            (await Director.Post($"{path}/{act}", body, ifMatch: seen)).ShouldBeProblem(412, "case-changed", "If-Match");
        (await Director.Post($"{path}/suspend", new { comment = "ก" }, ifMatch: urgent.ETag)).Ok();
        (await Director.Post($"{path}/resume", new { }, ifMatch: "\"x\"")).ShouldBeProblem(400, "invalid-input", "If-Match");
        (await Director.Post($"{path}/resume", new { }, ifMatch: "*")).Ok();

        var task = (await Officer.OpenTaskOf(id)).Text("id");
        (await Director.Post($"user-tasks/{task}/confirm-deadline", new { }, ifMatch: "\"1\"")).ShouldBeProblem(412, "task-changed");
        (await Officer.Post($"user-tasks/{task}/undo", new { }, ifMatch: "\"1\"")).ShouldBeProblem(400, "invalid-input", "If-Match");
    }

    [Test]
    public async Task An_offices_own_definition_is_its_members_alone()
    {
        const string Key = "hygiene.own";
        var own = JsonNode.Parse(Repository.Read("processes", "khonkaen-5", "install-maintain-computers.json"))!.AsObject();
        own["definitionId"] = Key;
        (await As(Roles.ProcessOwner).Put($"process-definitions/{Key}/draft", own)).Ok();
        (await As(Roles.ProcessOwner).Post($"process-definitions/{Key}/draft/publish", Why.Published)).Ok();
        (await Officer.Get($"process-definitions/{Key}?version=1")).Ok();
        (await Officer.Get($"process-definitions?search={Key}")).Ok()["items"]!.AsArray().ShouldHaveSingleItem();

        var stranger = await Stranger();
        (await stranger.Get($"process-definitions?search={Key}")).Ok()["items"]!.AsArray().ShouldBeEmpty();
        foreach (var path in new[] { "", "?version=1", "/versions", "/diff?from=1&to=1" })
            (await stranger.Get($"process-definitions/{Key}{path}")).ShouldBeProblem(404, "definition-not-found");
        (await stranger.Get($"process-definitions/{Key}?office={World.Office}")).ShouldBeProblem(404, "office-not-found", "office");
        (await stranger.Get($"process-definitions/{World.KhonKaen}?office={World.Office}")).ShouldBeProblem(404, "office-not-found", "office");
        (await stranger.Post($"process-definitions/{Key}/simulations", new { cases = 1, arrivalsPerWorkingDay = 1, version = 1 })).ShouldBeProblem(404, "definition-not-found");
        (await stranger.Get($"process-definitions/{World.KhonKaen}")).Ok();
    }

    [Test]
    public async Task When_an_office_is_closed_is_its_peoples_business()
    {
        const string Due = "due-date?from=2026-03-02&rule=working_days&n=3";
        (await Officer.Get($"calendars/{World.Office}?year=2026")).Ok();
        (await Officer.Get($"calendars/{World.Office}/{Due}")).Ok();
        var stranger = await Stranger();
        (await stranger.Get($"calendars/{World.Office}?year=2026")).ShouldBeProblem(404, "calendar-not-found", "calendar");
        (await stranger.Get($"calendars/{World.Office}/{Due}")).ShouldBeProblem(404, "calendar-not-found", "calendar");
        (await stranger.Post($"process-definitions/{World.KhonKaen}/simulations", new { cases = 1, arrivalsPerWorkingDay = 1, calendar = World.Office }))
            .ShouldBeProblem(404, "calendar-not-found", "calendar");
        foreach (var everybodys in new[] { "national", "TH-40" })
            (await stranger.Get($"calendars/{everybodys}/{Due}")).Ok();
    }
}

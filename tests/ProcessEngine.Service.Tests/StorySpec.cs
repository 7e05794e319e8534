using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using ProcessEngine.Service.Identity;
using ProcessEngine.Testing;

namespace ProcessEngine.Service.Tests;

/// <summary>The first procedure from its start to its end over HTTP, on both databases.</summary>
[TestFixture("sqlite")]
[TestFixture("postgresql")]
public sealed class StorySpec(string provider)
{
    WebApplicationFactory<Program> service = null!;
    PostgresCluster? cluster;
    string folder = "";
    JsonNode keys = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        folder = Directory.CreateTempSubdirectory("processengine-").FullName;
        cluster = provider == "postgresql" ? PostgresCluster.Start() : null;
        service = new WebApplicationFactory<Program>().WithWebHostBuilder(host =>
        {
            host.UseSetting("ProcessEngine:DataFolder", folder);
            host.UseSetting("ProcessEngine:Database:Provider", provider);
            host.UseSetting("ProcessEngine:Database:ConnectionString", cluster?.NewDatabase());
            host.UseSetting("demo", "true");
        });
        _ = service.Server;
        keys = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, FirstStart.DemoKeysFile)))!;
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await service.DisposeAsync();
        cluster?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(string role, HttpMethod method, string path, object? body = null)
    {
        using var client = service.CreateClient();
        using var request = new HttpRequestMessage(method, "/api/v1" + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", keys[role]!.GetValue<string>());
        request.Content = body is null ? null : JsonContent.Create(body);
        using var response = await client.SendAsync(request);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    [Test]
    public async Task A_rejected_plan_comes_back_as_attempt_2_and_the_case_ends_after_the_second_approval()
    {
        var (status, instance) = await SendAsync(
            "officer", HttpMethod.Post, "/process-instances",
            new { definitionKey = "khonkaen-5.install-maintain-computers", office = "demo", title = "ติดตั้งเครื่องคอมพิวเตอร์" });
        status.ShouldBe(HttpStatusCode.Created);
        var id = instance["id"]!.GetValue<string>();

        (await ActAsync("complete")).ShouldBe("appoint-working-group");
        (await ActAsync("complete")).ShouldBe("plan-work");
        (await ActAsync("reject", "งบประมาณสูงเกินไป")).ShouldBe("propose-plan");
        var (_, back) = await SendAsync("officer", HttpMethod.Get, $"/process-instances/{id}");
        back["openTasks"]![0]!["step"]!.GetValue<string>().ShouldBe("plan-work");
        back["openTasks"]![0]!["attempt"]!.GetValue<int>().ShouldBe(2);

        (await ActAsync("complete")).ShouldBe("plan-work");
        (await ActAsync("approve")).ShouldBe("propose-plan");
        while (await ActAsync("complete") is not null)
        {
            // Through to the end.
        }

        var (_, ended) = await SendAsync("officer", HttpMethod.Get, $"/process-instances/{id}");
        ended["status"]!.GetValue<string>().ShouldBe("completed");
        var (_, verified) = await SendAsync("auditor", HttpMethod.Get, $"/audit/verify?instance={id}");
        verified["valid"]!.GetValue<bool>().ShouldBeTrue();

        async Task<string?> ActAsync(string action, string? comment = null)
        {
            var (_, now) = await SendAsync("officer", HttpMethod.Get, $"/process-instances/{id}");
            if (now["openTasks"]!.AsArray() is not [{ } task, ..])
                return null;
            var (answered, done) = await SendAsync(
                task["role"]!.GetValue<string>(), HttpMethod.Post, $"/user-tasks/{task["id"]}/{action}", new { comment, revision = task["revision"]!.GetValue<int>() });
            answered.ShouldBe(HttpStatusCode.OK, done.ToJsonString());
            return done["step"]!.GetValue<string>();
        }
    }
}

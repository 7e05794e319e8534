using System.Net.Http.Headers;
using System.Text;

namespace ProcessEngine.Service.Tests;

/// <summary>Odd forms, queries and bodies are refused by every page and by Studio's doors, and nothing breaks.</summary>
public sealed class OddFormsSpec(string provider) : OnBothDatabases(provider)
{
    async Task<Visitor> SignedIn(string role)
    {
        var visitor = World.Visitor();
        await visitor.SignIn(role);
        return visitor;
    }

    [Test]
    public async Task NUL_in_the_form_of_a_page_is_refused([Values("userName", "password", "next", "x\0y")] string field)
    {
        var visitor = World.Visitor();
        await visitor.Go("/sign-in");
        (await visitor.Submit("/sign-in", ("userName", "a"), ("password", "b"), (field, "a\0b"))).Status.ShouldBe(400);
    }

    [Test]
    public async Task NUL_in_a_multipart_form_of_somebody_unknown_is_refused()
    {
        var visitor = World.Visitor();
        await visitor.Go("/sign-in");
        foreach (var bad in new[] { "a\0b", "\u0007" })
        {
            var form = new MultipartFormDataContent();
            foreach (var (name, value) in visitor.FieldsOf("/sign-in").Append(("userName", bad)).Append(("password", "x")))
                form.Add(new StringContent(value), name);
            using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = form };
            using var answer = await visitor.Ask(request);
            ((int)answer.StatusCode).ShouldBe(400);
        }

        using var broken = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = new ByteArrayContent([1, 2, 3]) };
        broken.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        using var refused = await visitor.Ask(broken);
        ((int)refused.StatusCode).ShouldBe(400);
    }

    [Test]
    public async Task NUL_in_the_query_of_a_page_is_refused([Values("/?q=%00", "/cases?q=a%00", "/procedures?q=%07")] string path) =>
        (await (await SignedIn("officer")).Go(path)).Status.ShouldBe(404);

    [Test]
    public async Task Several_tasks_may_be_none()
    {
        var visitor = await SignedIn("director");
        foreach (var handler in new[] { "/many", "/many?handler=act" })
        {
            foreach (var fields in new (string, string)[][] { [("act", "approve")], [("act", "approve"), ("task", "")], [] })
            {
                await visitor.Go("/");
                (await visitor.Post(handler, visitor.FieldsOf("/sign-out").Where(f => f.Name == "__token").ToList(), fields)).Status.ShouldBeLessThan(500);
            }
        }
    }

    static readonly string[] StudioLists =
    [
        "bulk-actions/publish/workflow-definitions/by-definition-ids", "bulk-actions/retract/workflow-definitions/by-definition-ids",
        "bulk-actions/delete/workflow-definitions/by-definition-id", "bulk-actions/delete/workflow-definitions/by-id",
        "bulk-actions/export/workflow-definitions", "workflow-instances", "activity-executions/report", "workflow-definitions",
        "workflow-definitions/import", "workflow-definitions/import-files", "workflow-definitions/no.such/publish",
    ];

    [Test]
    public async Task An_odd_body_breaks_no_door_of_studio([ValueSource(nameof(StudioLists))] string path)
    {
        var studio = new StudioWindow(await SignedIn("processOwner"), "w1");
        byte[][] bodies =
        [
            "null"u8.ToArray(), "1"u8.ToArray(), "[]"u8.ToArray(), "[null]"u8.ToArray(), "{"u8.ToArray(), [0xFF, 0xFE],
            "{\"definitionIds\":[null],\"ids\":[null],\"activityNodeIds\":[null],\"model\":null}"u8.ToArray(),
            "{\"definitionIds\":null,\"ids\":1,\"activityNodeIds\":{},\"model\":[]}"u8.ToArray(),
            "{\"definitionIds\":[\"\\u0000\"],\"ids\":[\"\\ud800\"],\"searchTerm\":\"\\u0000\",\"definitionId\":\"\\u0000\"}"u8.ToArray(),
            [.. "{\"searchTerm\":\""u8, 0xC3, 0x28, .. "\"}"u8],
        ];
        foreach (var body in bodies)
        {
            var answer = await studio.Ask(HttpMethod.Post, path, body);
            answer.Status.ShouldBeLessThan(500, $"{Encoding.Latin1.GetString(body)}: {answer.Raw}");
        }
    }
}

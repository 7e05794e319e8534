using System.Text;
using System.Text.Json;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;

namespace ProcessEngine.Service.Tests;

/// <summary>Whatever comes in, the answer is a problem that names the field, and nothing is stored.</summary>
public sealed class BadInputSpec(string provider) : OnBothDatabases(provider)
{
    const string Surrogate = "\\ud800";
    const string Start = "process-instances";

    static readonly JsonSerializerOptions AsIs = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    static readonly string Deep = string.Concat(Enumerable.Repeat("{\"a\":", 60)) + "1" + new string('}', 60);

    string instance = "";
    string task = "";
    string proposal = "";

    [OneTimeSetUp]
    public async Task TwoCases()
    {
        instance = await Officer.Started(World.KhonKaen);
        task = (await Officer.OpenTaskOf(instance)).Text("id");
        var other = await Officer.Started(World.KhonKaen);
        await Person.DoNext(World, other);
        await Person.DoNext(World, other);
        proposal = (await Director.OpenTaskOf(other)).Text("id");
    }

    static string Case(string? definitionKey = World.KhonKaen, string? office = World.Office, string? title = "ก", string more = "") =>
        $$"""{"definitionKey":{{JsonSerializer.Serialize(definitionKey, AsIs)}},"office":{{JsonSerializer.Serialize(office, AsIs)}},"title":{{JsonSerializer.Serialize(title, AsIs)}}{{more}}}""";

    // Who, path, body, status, type, field.
    static IEnumerable<TestCaseData> Bodies()
    {
        // Not JSON, or not an object
        yield return Post(Start, "{\"title\":", 400, "invalid-input", null, "cut off");
        yield return Post(Start, "not json", 400, "invalid-input", null, "not JSON");
        yield return Post(Start, "[]", 400, "invalid-input", null, "an array");
        yield return Post(Start, "null", 400, "invalid-input", null, "null");
        yield return Post(Start, "\"text\"", 400, "invalid-input", null, "a text");
        yield return Post(Start, "{} {}", 400, "invalid-input", null, "two objects");
        yield return Post(Start, "{\"title\":\"a\",}", 400, "invalid-input", null, "a trailing comma");
        yield return Post(Start, "{}", 400, "invalid-input", "definitionKey", "an empty object");
        yield return Post(Start, "", 400, "invalid-input", "definitionKey", "nothing");

        // Wrong types, duplicate keys, nesting
        yield return Post(
            Start, Case().Replace("\"ก\"", "7", StringComparison.Ordinal), 400, "invalid-input", "title", "a number for a text");
        yield return Post(
            Start, Case().Replace("\"demo\"", "{}", StringComparison.Ordinal), 400, "invalid-input", "office", "an object for a text");
        yield return Post(Start, Case(more: ",\"variables\":[1]"), 400, "invalid-input", "variables", "an array for an object");
        yield return Post(Start, Case(more: ",\"variables\":\"x\""), 400, "invalid-input", "variables", "a text for an object");
        yield return Post(Start, Case(more: ",\"title\":\"ข\""), 400, "invalid-input", "title", "a field twice");
        yield return Post(Start, Case(more: ",\"variables\":{\"a\":1,\"a\":2}"), 400, "invalid-input", "*", "a variable twice");
        yield return Post(Start, Case(more: $",\"variables\":{Deep}"), 400, "invalid-input", "*", "deep nesting");
        yield return Post(Start, Case(more: ",\"variables\":{\"\":1}"), 400, "invalid-input", "variables", "a nameless variable");
        yield return Post(
            Start, Case(more: $",\"variables\":{{\"{Surrogate}\":1}}"), 400, "invalid-input", "variables", "half a surrogate as a name");
        yield return Post(
            Start, Case(more: $",\"variables\":{{\"a\":\"{Surrogate}\"}}"), 422, "variable-invalid", "a", "half a surrogate as a value");
        yield return Post(Start, Case(more: ",\"variables\":{\"a\":\"\\u0000\"}"), 422, "variable-invalid", "a", "NUL as a value");
        yield return Post(
            Start, Case(more: ",\"variables\":{\"a\":{\"b\":[\"\\u0000\"]}}"), 422, "variable-invalid", "a", "NUL deep inside");
        yield return Post(
            Start, Case(more: $",\"variables\":{{\"a\":[{string.Join(',', Enumerable.Repeat(1, 501))}]}}"), 422, "variable-invalid", "a",
            "a list of 501 entries");
        yield return Post(
            "task:complete", "{\"outputs\":{\"a\":\"\\u0000\"}}", 422, "variable-invalid", "a", "NUL in outputs");
        yield return Post(
            Start, Case(more: $",\"variables\":{{\"a\":{{\"{Surrogate}\":[1]}}}}"), 400, "invalid-input", "variables",
            "half a surrogate deep inside");
        yield return Post(Start, Case(more: ",\"variables\":{\"a\\u0000\":1}"), 400, "invalid-input", "variables", "NUL in a name");
        yield return Post(
            Start, Case(more: $",\"variables\":{{{string.Join(',', Enumerable.Range(0, 101).Select(i => $"\"v{i}\":1"))}}}"), 400,
            "invalid-input", "variables", "101 variables");
        yield return Post(
            Start, Case(more: $",\"variables\":{{\"a\":\"{new string('x', 70_000)}\"}}"), 400, "invalid-input", "variables",
            "70 KB of variables");

        // Texts
        yield return Post(Start, Case(title: new string('ก', 501)), 400, "invalid-input", "title", "a title of 501 characters");
        yield return Post(Start, Case(title: " \t "), 400, "invalid-input", "title", "a blank title");
        yield return Post(Start, Case(title: null), 400, "invalid-input", "title", "no title");
        yield return Post(Start, Case(title: "a\0b"), 400, "invalid-input", "title", "NUL in the title");
        yield return Post(Start, Case(title: "a\u0007b"), 400, "invalid-input", "title", "a control character in the title");
        yield return Post(
            Start, Case().Replace("\"ก\"", $"\"{Surrogate}\"", StringComparison.Ordinal), 400, "invalid-input", "title",
            "half a surrogate in the title");
        yield return Post(
            Start, Case(more: $",\"businessKey\":\"{new string('x', 201)}\""), 400, "invalid-input", "businessKey", "a long business key");

        // What does not exist
        yield return Post(Start, Case(definitionKey: "no.such"), 404, "definition-not-found", "definitionKey", "an unknown definition");
        yield return Post(Start, Case(definitionKey: new string('x', 201)), 400, "invalid-input", "definitionKey", "a long definition key");
        yield return Post(Start, Case(office: "nowhere"), 404, "office-not-found", "office", "an unknown office");
        yield return Post(Start, Case(office: "*"), 404, "office-not-found", "office", "every office");
        yield return Post("process-instances/not-a-uuid/cancel", "{}", 404, "not-found", null, "an id that is none");
        yield return Post(
            $"process-instances/{Guid.Empty}/cancel", "{\"comment\":\"x\"}", 404, "instance-not-found", "id", "an unknown case");
        yield return Post($"user-tasks/{Guid.Empty}/complete", "{}", 404, "task-not-found", "id", "an unknown task");
        yield return Post("user-tasks/1/complete", "{}", 404, "not-found", null, "a task id that is none");
        yield return Post($"user-tasks/{Guid.Empty}/explode", "{}", 404, "not-found", null, "an unknown act");

        // Acts
        yield return Post("task:comments", Comment(new string('ก', 4001)), 400, "invalid-input", "comment", "a comment of 4001 characters");
        yield return Post(
            "task:complete", Comment(new string('ก', 4001)), 400, "invalid-input", "comment", "a completion with 4001 characters");
        yield return Post("task:comments", Comment("\0"), 400, "invalid-input", "comment", "NUL in a comment");
        yield return Post("task:comments", "{}", 400, "invalid-input", "comment", "no comment");
        yield return Post("task:complete", "{\"outputs\":5}", 400, "invalid-input", "outputs", "a number for outputs");
        yield return Post(
            "task:complete", $"{{\"outputs\":{{\"{Surrogate}\":5}}}}", 400, "invalid-input", "outputs", "half a surrogate in outputs");
        yield return Post("task:complete", "{\"revision\":\"x\"}", 400, "invalid-input", "revision", "a text for a revision");
        yield return Post("task:complete", "{\"revision\":1.5}", 400, "invalid-input", "revision", "a fraction for a revision");
        yield return Post("task:complete", "{\"revision\":99999999999}", 400, "invalid-input", "revision", "a huge revision");
        yield return Post("task:complete", "{\"revision\":-1}", 412, "task-changed", "revision", "a negative revision");
        yield return Post("task:reassign", "{}", 400, "invalid-input", "assignee", "no assignee");
        yield return Post("task:reassign", "{\"assignee\":\"nobody\"}", 422, "user-not-found", "assignee", "an unknown assignee");
        yield return Post(
            "task:reassign", $"{{\"assignee\":\"{new string('x', 101)}\"}}", 400, "invalid-input", "assignee", "a long assignee");
        yield return Post("proposal:reject", "{}", 400, "invalid-input", "comment", "a rejection without a reason");
        yield return Post("proposal:return", "{\"comment\":\" \"}", 400, "invalid-input", "comment", "a return without a reason");
        yield return Post(
            "proposal:return", "{\"comment\":\"x\",\"toStep\":\"no-such\"}", 422, "return-not-allowed", "toStep",
            "a return to an unknown step");
        yield return Post(
            "proposal:return", "{\"comment\":\"x\",\"toStep\":\"notify-those-concerned\"}", 422, "return-not-allowed", "toStep",
            "a return to a later step");

        // Administration
        yield return Post(
            "users", "{\"userName\":\"x\",\"displayName\":\"x\",\"office\":\"demo\",\"roles\":[\"king\"]}", 400, "invalid-input", "roles",
            "an unknown role");
        yield return Post(
            "users", "{\"userName\":\"x\",\"displayName\":\"x\",\"office\":\"demo\",\"roles\":[null]}", 400, "invalid-input", "roles[0]",
            "null for a role");
        yield return Post(
            "users", "{\"userName\":\"x\",\"displayName\":\"x\",\"office\":\"demo\",\"roles\":\"officer\"}", 400, "invalid-input",
            "roles", "a text for roles");
        yield return Post(
            "users", "{\"userName\":\"\",\"displayName\":\"x\",\"office\":\"demo\",\"roles\":[\"officer\"]}", 400, "invalid-input",
            "userName", "no user name");
        yield return Post(
            "users", "{\"userName\":\"x\",\"displayName\":\"สม\\u200bชาย\",\"office\":\"demo\",\"roles\":[\"officer\"]}", 400,
            "invalid-input", "displayName", "a name with a space of no width");
        yield return Post(
            "users", "{\"userName\":\"demo\\u202eofficer\",\"displayName\":\"x\",\"office\":\"demo\",\"roles\":[\"officer\"]}", 400,
            "invalid-input", "userName", "a user name that turns around");
        yield return Post(
            "proposal:reject", "{\"comment\":\"\\u200b\\u2060\"}", 400, "invalid-input", "comment", "a reason that nobody can see");
        yield return Post(
            "offices", "{\"code\":\"x\",\"name\":\"x\",\"province\":\"TH-84\"}", 400, "invalid-input", "name", "a text for a name");
        yield return Post(
            "offices", $"{{\"code\":\"x\",\"name\":{{\"th\":\"{new string('x', 501)}\"}},\"province\":\"TH-84\"}}", 400, "invalid-input",
            "name.th", "a long name");
        yield return Post($"users/{Guid.Empty}/api-keys", "{\"label\":\"x\"}", 422, "user-not-found", "user", "a key for nobody");
        yield return Put(
            $"offices/demo/step-deadlines/{World.KhonKaen}/plan-work", "{\"rule\":\"working_days\",\"reason\":\"x\"}", 400,
            "invalid-input", "rule", "a text for a rule");
        yield return Put(
            $"offices/demo/step-deadlines/{World.KhonKaen}/plan-work", "{\"rule\":[],\"reason\":\"x\"}", 400, "invalid-input", "rule",
            "an array for a rule");
        yield return Put(
            $"offices/demo/step-deadlines/{World.KhonKaen}/plan-work", "{\"rule\":{\"rule\":\"working_days\",\"n\":-3},\"reason\":\"x\"}",
            400, "invalid-input", "rule", "a negative limit");
        yield return Put(
            $"offices/demo/step-deadlines/{World.KhonKaen}/plan-work",
            $"{{\"rule\":{{\"rule\":\"working_days\",\"n\":\"{Surrogate}\"}},\"reason\":\"x\"}}", 400, "invalid-input", "rule",
            "half a surrogate in a rule");
        yield return Put(
            $"offices/demo/step-deadlines/{World.KhonKaen}/plan-work",
            "{\"rule\":{\"rule\":\"working_days_before_event\",\"n\":3},\"reason\":\"x\"}", 400, "invalid-input", "rule",
            "a limit that needs an event");
        yield return Put(
            $"offices/demo/step-deadlines/{World.KhonKaen}/plan-work", "{\"rule\":{\"rule\":\"given_date\"},\"reason\":\"x\"}", 400,
            "invalid-input", "rule", "a limit that needs a date");
        yield return Put(
            $"offices/demo/step-deadlines/{World.KhonKaen}/plan-work",
            "{\"rule\":{\"rule\":\"working_days\",\"n\":3650},\"reason\":\"x\"}", 422, "date-outside-calendar", "rule",
            "a limit past the calendar");
        yield return Put(
            $"offices/demo/members/{Guid.Empty}", "{\"roles\":[\"officer\"]}", 422, "user-not-found", "user", "roles for nobody");
        yield return Put(
            "offices/demo/roles", "{\"standIns\":{\"clerk\":[]}}", 400, "invalid-input", "standIns.clerk", "a list for a stand-in");
        foreach (var (body, name) in new[]
        {
            ("null", "null"), ("1", "a number"), ("[]", "an array"), ("\"x\"", "a text"), ("{}", "nothing in it"), ("", "nothing"),
        })
            yield return Put("process-definitions/test.odd/draft?office=*", body, 400, "invalid-input", null, $"{name} for a draft");
        yield return Put(
            "process-definitions/test.odd/draft?office=*", "{\"name\":\"a\\u0000b\"}", 400, "invalid-input", null, "NUL in a draft");
        yield return Put(
            "process-definitions/test.odd/draft?office=*", $"{{\"name\":\"{Surrogate}\"}}", 400, "invalid-input", null,
            "half a surrogate in a draft");
        yield return Put(
            "offices/demo/responsibilities", "{\"responsibilities\":[null]}", 400, "invalid-input", "responsibilities[0]",
            "null for a responsibility");
        yield return Post(
            "calendars/demo/changes", "{\"add\":[null],\"reference\":\"x\",\"reason\":\"x\",\"approvedBy\":\"x\"}", 400, "invalid-input",
            "add[0]", "null for a day");
        yield return Post(
            "offices/demo/orders", "{\"acts\":[null]}", 400, "invalid-input", "acts[0]", "null for an act that an order covers");
        yield return Put("offices/demo/roles", "{\"standIns\":\"officer\"}", 400, "invalid-input", "standIns", "a text for the stand-ins");
        yield return Put("offices/demo/members/x", "{\"roles\":[\"officer\"]}", 404, "not-found", null, "roles for an id that is none");
    }

    static string Comment(string text) => JsonSerializer.Serialize(new { comment = text });

    static TestCaseData Post(string path, string body, int status, string slug, string? field, string name) =>
        Row("POST", path, body, status, slug, field, name);

    static TestCaseData Put(string path, string body, int status, string slug, string? field, string name) =>
        Row("PUT", path, body, status, slug, field, name);

    static TestCaseData Row(string method, string path, string body, int status, string slug, string? field, string name) =>
        new TestCaseData(method, path, body, status, slug, field).SetArgDisplayNames(name);

    [TestCaseSource(nameof(Bodies))]
    public async Task A_bad_body_is_a_problem_and_nothing_is_stored(
        string method, string path, string body, int status, string slug, string? field)
    {
        ArgumentNullException.ThrowIfNull(path);
        string[] administered = ["offices", "users", "process-definitions", "calendars"];
        var who = administered.Any(p => path.StartsWith(p, StringComparison.Ordinal)) ? World.SystemAdministrator
            : path.StartsWith("task:reassign", StringComparison.Ordinal) || path.StartsWith("proposal", StringComparison.Ordinal) ? Director
            : Officer;
        var address = path.StartsWith("task:", StringComparison.Ordinal) ? $"user-tasks/{task}/{path[5..]}"
            : path.StartsWith("proposal:", StringComparison.Ordinal) ? $"user-tasks/{proposal}/{path[9..]}" : path;
        var before = await World.RowCountsAsync();
        var answer = await who.Send(new HttpMethod(method), address, body, key: Guid.NewGuid().ToString());
        answer.ShouldBeProblem(status, slug, field == "*" ? null : field);
        (await World.RowCountsAsync()).ShouldBe(before);
    }

    [TestCase("process-instances?limit=0", "limit")]
    [TestCase("process-instances?limit=201", "limit")]
    [TestCase("process-instances?limit=-1", "limit")]
    [TestCase("process-instances?limit=ten", "limit")]
    [TestCase("process-instances?limit=1&limit=2", "limit")]
    [TestCase("process-instances?status=asleep", "status")]
    [TestCase("process-instances?overdue=maybe", "overdue")]
    [TestCase("process-instances?businessKey=%00", "businessKey")]
    [TestCase("user-tasks?status=running", "status")]
    [TestCase("user-tasks?definitionKey=%07", "definitionKey")]
    [TestCase("audit/verify", "instance")]
    [TestCase("audit/verify?instance=1", "instance")]
    [TestCase("sla/compliance?groupBy=colour", "groupBy")]
    [TestCase("sla/compliance?from=yesterday", "from")]
    [TestCase("sla/compliance?from=2026-02-30", "from")]
    [TestCase("sla/compliance?from=2026-03-02&to=2026-03-01", "from")]
    [TestCase("sla/compliance?from=0001-01-01", "from")]
    [TestCase("sla/compliance?to=0001-01-01T00:00:00Z", "to")]
    [TestCase("sla/compliance?to=9999-12-31T23:59:59Z", "to")]
    [TestCase("process-definitions/khonkaen-5.install-maintain-computers?version=x", "version")]
    public async Task A_bad_query_names_its_parameter(string path, string field) =>
        (await Officer.Get(path)).ShouldBeProblem(400, "invalid-input", field);

    static readonly string[] Lists =
    [
        "process-definitions", $"process-definitions/{World.KhonKaen}/versions", "process-instances", "history", "user-tasks", "notifications", "offices",
        "offices/demo/members", "offices/demo/step-deadlines",
    ];

    [Test]
    public async Task A_bad_cursor_is_refused_by_every_list([ValueSource(nameof(Lists))] string list)
    {
        var path = list == "history" ? $"process-instances/{instance}/history" : list;
        foreach (var cursor in new[] { "%%", "x", "e30", "bnVsbA", Cursor("[]"), Cursor("[null]"), Cursor("[\"a\",\"b\",\"c\"]"), Cursor("[\"\\u0000\"]"), Cursor("[\"\\u0000\",\"x\"]"), Cursor("[\"\\ud800\"]") })
            (await World.SystemAdministrator.Get($"{path}?cursor={Uri.EscapeDataString(cursor)}"))
                .ShouldBeProblem(400, "invalid-input", "cursor");

        static string Cursor(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json));
    }

    [TestCase("process-definitions/khonkaen-5.install-maintain-computers/versions", "[\"x\"]")]
    [TestCase("process-instances", "[\"x\"]")]
    [TestCase("history", "[\"x\"]")]
    [TestCase("notifications", "[\"x\"]")]
    [TestCase("user-tasks", "[\"x\",\"y\"]")]
    [TestCase("user-tasks", "[\"0001-01-01T00:00:00+14:00\",\"019cac46-1500-7c15-8d4e-1e43a9ff3092\"]")]
    public async Task A_cursor_of_another_list_is_refused_not_ignored(string list, string json)
    {
        var path = list == "history" ? $"process-instances/{instance}/history" : list;
        (await Officer.Get($"{path}?cursor={Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=')}"))
            .ShouldBeProblem(400, "invalid-input", "cursor");
    }

    [Test]
    public async Task A_body_that_is_not_utf8_is_refused()
    {
        var admin = World.SystemAdministrator;
        byte[] bad = [.. "{\"title\":\""u8, 0xC3, 0x28, .. "\",\"name\":\""u8, 0xFF, .. "\"}"u8];
        foreach (var (method, path) in new[]
        {
            ("POST", Start), ("PUT", "process-definitions/test.odd/draft?office=*"), ("POST", "users"), ("POST", "messages"),
            ("PUT", "offices/demo/responsibilities"), ("POST", $"user-tasks/{task}/complete"),
        })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), "/api/v1/" + path) { Content = new ByteArrayContent(bad) };
            request.Content.Headers.ContentType = new("application/json");
            using var response = await admin.Http.SendAsync(request);
            (await admin.Read(response)).ShouldBeProblem(400, "invalid-input");
        }
    }

    [TestCase("text/plain")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("application/xml")]
    public async Task Only_json_is_read(string contentType)
    {
        var before = await World.RowCountsAsync();
        (await Officer.Send(HttpMethod.Post, Start, Case(), contentType: contentType))
            .ShouldBeProblem(415, "unsupported-media-type", "Content-Type");
        (await World.RowCountsAsync()).ShouldBe(before);
    }

    [TestCase("ไทย")]
    [TestCase("a\tb")]
    public async Task A_key_that_is_not_printable_is_refused(string key)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, "/api/v1/process-instances")
        { Content = new StringContent(Case(), Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key).ShouldBeTrue();
        using var response = await Officer.Http.SendAsync(request);
        (await Officer.Read(response)).ShouldBeProblem(400, "invalid-input", "Idempotency-Key");
    }

    [Test]
    public async Task A_key_of_more_than_200_characters_is_refused()
    {
        (await Officer.Start(World.KhonKaen, key: new string('k', 201))).ShouldBeProblem(400, "invalid-input", "Idempotency-Key");
        (await Officer.Start(World.KhonKaen, key: new string('k', 200))).Status.ShouldBe(201);
    }

    [Test]
    public async Task Bytes_that_are_not_utf8_are_refused()
    {
        using var content = new ByteArrayContent(
            [.. Encoding.UTF8.GetBytes("{\"title\":\""), 0xC3, 0x28, .. Encoding.UTF8.GetBytes("\"}")]);
        content.Headers.ContentType = new("application/json");
        using var response = await Officer.Http.PostAsync(new Uri("/api/v1/process-instances", UriKind.Relative), content);
        (await Officer.Read(response)).ShouldBeProblem(400, "invalid-input");
    }

    [Test]
    public async Task A_problem_names_the_trace_by_which_the_log_tells_of_it()
    {
        var traces = new HashSet<string>();
        foreach (var path in new[] { "process-instances?limit=x", "user-tasks/none", "process-instances?limit=x" })
            traces.Add((await Officer.Get(path)).Body.Text("traceId"));
        traces.ShouldAllBe(trace => trace.Length == 32);
        traces.Count.ShouldBe(3, "each request has its own");
    }

    // Sara am in both spellings, stacked tone marks, a vowel before its consonant, an emoji of several code points.
    [TestCase("กำหนด กํ\u0E32หนด ที่ ทั้ง เก่ง น้ำ ก็ \u0E4D\u0E48")]
    [TestCase("๑๒๓ ฯลฯ 👩‍💻 𝔘")]
    [TestCase("line\nbreak\ttab \"quoted\" \\ / <b>&amp;")]
    public async Task Thai_is_kept_byte_for_byte(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var key = await new Chart($"thai.kept{text.Length}").Arrows("start -> work -> after -> end").Knows("note").PublishAsync(World);
        var id = (await Officer.Start(key, text, variables: new { note = text }, businessKey: text)).Ok().Text("id");
        (await Officer.Complete(await Officer.OpenTaskOf(id), text)).Ok();
        var kept = await Officer.Case(id);
        kept.Text("title").ShouldBe(text);
        kept.Text("businessKey").ShouldBe(text);
        kept["variables"].Text("note").ShouldBe(text);
        (await Officer.History(id))[2].Text("comment").ShouldBe(text);
        (await Officer.Verify(id))["valid"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Test]
    public async Task A_person_may_be_called_by_an_emoji()
    {
        var name = "ครู 👩‍🏫 ตัวอย่าง";
        (await World.SystemAdministrator.Post("users", new { userName = "teacher.emoji", displayName = name, office = "demo", roles = new[] { "officer" } })).Ok().Text("displayName").ShouldBe(name);
    }

    [Test]
    public async Task The_longest_texts_that_are_allowed_are_kept_whole()
    {
        var title = string.Concat(Enumerable.Repeat("ที่", 166)) + "กก";
        title.Length.ShouldBe(500);
        var comment = string.Concat(Enumerable.Repeat("น้ำ", 1333)) + "ก";
        comment.Length.ShouldBe(4000);
        var id = (await Officer.Start(World.KhonKaen, title)).Ok().Text("id");
        (await Officer.Complete(await Officer.OpenTaskOf(id), comment)).Ok();
        (await Officer.Case(id)).Text("title").ShouldBe(title);
        (await Officer.History(id))[2].Text("comment").ShouldBe(comment);
    }

    [Test]
    public async Task Variables_are_kept_as_they_came_and_outputs_are_merged()
    {
        var key = await new Chart("merged.outputs").Arrows("start -> work -> end").Knows("n", "Decimal").Knows("big", "Decimal").Knows("nul")
            .Knows("new", "Boolean").Knows("list", isArray: true).PublishAsync(World);
        var given = ",\"variables\":{\"n\":1.50,\"big\":1234567890123456789012345678,\"nul\":null,\"list\":[1,\"\\n\"]}";
        var id = (await Officer.Post(Start, Case(key, more: given))).Ok().Text("id");
        (await Officer.Act("complete", await Officer.OpenTaskOf(id), "{\"outputs\":{\"n\":2,\"new\":true}}")).Ok();
        var kept = (await Officer.Get($"process-instances/{id}")).Raw;
        kept.ShouldContain("\"big\":1234567890123456789012345678");
        kept.ShouldContain("\"list\":[1,\"\\n\"]");
        kept.ShouldContain("\"n\":2");
        kept.ShouldContain("\"new\":true");
        kept.ShouldContain("\"nul\":null");
        (await Officer.Verify(id))["valid"]!.GetValue<bool>().ShouldBeTrue();
    }
}

/// <summary>What only a real server does: limits on the size of a request.</summary>
public sealed class HugeBodySpec
{
    [Test]
    public async Task A_huge_body_is_refused_and_nothing_is_stored([Values("sqlite", "postgresql")] string provider)
    {
        await using var world = await World.StartAsync(provider, kestrel: true);
        var before = await world.RowCountsAsync();
        var huge = $"{{\"title\":\"{new string('x', 1_200_000)}\"}}";
        (await world.Officer.Post("process-instances", huge)).ShouldBeProblem(413, "too-large");

        // The length that a caller claims is not a length to reserve.
        foreach (var claimed in new[] { 1_048_577L, 2_000_000_000L, 3_000_000_000L, long.MaxValue })
        {
            var answer = await SendClaimingAsync(world, claimed);
            answer.ShouldStartWith("HTTP/1.1 413", Case.Sensitive, $"{claimed} bytes claimed: {answer}");
        }

        (await world.RowCountsAsync()).ShouldBe(before);
        (await world.Nobody.Get("/health/live")).Ok();
    }

    /// <summary>What the server refuses before any of our code sees it.</summary>
    [Test]
    public async Task What_is_no_http_is_answered_with_one_problem_too()
    {
        await using var world = await World.StartAsync("sqlite", kestrel: true);
        foreach (var (sent, status) in new[]
        {
            ("GET /health/live HTTP/1.1\r\n\r\n", 400),
            ("GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            ("GET /health/live HTTP/1.1\r\nHost: in valid\r\n\r\n", 400),
            ("GET /health/live HTTP/1.1\r\nHost: x\r\nno header\r\n\r\n", 400),
            ("POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: minus one\r\n\r\n", 400),
            ("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
            ("not http at all\r\n\r\n", 400),
            ($"GET /{new string('a', 9_000)} HTTP/1.1\r\nHost: x\r\n\r\n", 414),
            ($"GET / HTTP/1.1\r\nHost: x\r\nX: {new string('a', 40_000)}\r\n\r\n", 431),
            ("GET / HTTP/9.9\r\nHost: x\r\n\r\n", 505),
        })
        {
            var said = sent[..Math.Min(60, sent.Length)];
            var answer = await ExchangeAsync(world, sent);
            var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            answer.ShouldStartWith($"HTTP/1.1 {status}", Case.Sensitive, said);
            answer[..end].ShouldContain("Content-Type: application/problem+json", Case.Sensitive, said);
            var problem = System.Text.Json.Nodes.JsonNode.Parse(answer[(end + 4)..])!;
            problem["status"]!.GetValue<int>().ShouldBe(status);
            problem["message"].Text("th").ShouldNotBeEmpty();
        }

        (await world.Nobody.Get("/health/live")).Ok();
    }

    static async Task<string> SendClaimingAsync(World world, long length)
    {
        var address = world.Officer.Http.BaseAddress!;
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        var key = world.Officer.Http.DefaultRequestHeaders.Authorization!.Parameter;
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/v1/process-instances HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{{"));
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer));
    }

    /// <returns>Everything that comes until the server closes the connection, as it does after what it refuses.</returns>
    static async Task<string> ExchangeAsync(World world, string sent)
    {
        var address = world.Officer.Http.BaseAddress!;
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(sent));
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer);
        }
        catch (IOException) when (answer.Length > 0)
        {
            // It was closed while something of the request was still on its way.
        }

        return Encoding.UTF8.GetString(answer.ToArray());
    }
}

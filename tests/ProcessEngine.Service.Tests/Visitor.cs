using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Tests;

/// <summary>A browser without script: it keeps cookies, follows nothing by itself, and sends the forms that it was shown.</summary>
public sealed partial class Visitor(HttpClient http, string? password, ServiceErrors errors)
{
    readonly CookieContainer cookies = new();

    /// <summary>The page that is shown.</summary>
    public Shown Page { get; private set; } = new(0, "", "", null, []);

    public async Task<Shown> Go(string path) => await Send(new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>Goes on to where the answer points.</summary>
    public Task<Shown> Follow() => Go(Page.Location.ShouldNotBeNull($"{Page.Status} {Page.Text}"));

    public async Task<Shown> SignIn(string role, string? with = null, string? userName = null)
    {
        await Go("/sign-in");
        return await Submit("/sign-in", ("userName", userName ?? $"{FirstStart.DemoOffice}.{role}"), ("password", with ?? password!));
    }

    /// <summary>Fills in and sends the form on the page that goes to an address, with whatever hidden fields it has.</summary>
    public Task<Shown> Submit(string action, params (string Name, string Value)[] fields) => Post(action, FieldsOf(action), fields);

    /// <summary>The same without the token: as another site would, or a page that was open for too long.</summary>
    public Task<Shown> SubmitWithoutToken(string action, params (string Name, string Value)[] fields) =>
        Post(action, [.. FieldsOf(action).Where(f => f.Name != "__token")], fields);

    public Task<Shown> Post(string action, IReadOnlyList<(string Name, string Value)> hidden, params (string Name, string Value)[] fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var all = hidden.Where(h => !fields.Any(f => f.Name == h.Name)).Concat(fields);
        var request = new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent(all.Select(f => KeyValuePair.Create(f.Name, f.Value))) };
        request.Headers.Add("Origin", http.BaseAddress!.GetLeftPart(UriPartial.Authority));
        return Send(request);
    }

    /// <summary>Sends the form on the page that brings a file, with what was filled in.</summary>
    public Task<Shown> Attach(string action, string name, byte[] content, bool token = true, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (field, value) in FieldsOf(action).Where(f => token || f.Name != "__token").Concat(fields))
            form.Add(new StringContent(value), field);
        form.Add(new ByteArrayContent(content), "file", name);
        return Send(new HttpRequestMessage(HttpMethod.Post, action) { Content = form });
    }

    /// <summary>Sends the form on the page that goes to an address, with a file in one of its fields.</summary>
    public Task<Shown> Upload(string action, string field, string name, byte[] content)
    {
        var form = new MultipartFormDataContent();
        foreach (var (hidden, value) in FieldsOf(action))
            form.Add(new StringContent(value), hidden);
        form.Add(new ByteArrayContent(content), field, name);
        return Send(new HttpRequestMessage(HttpMethod.Post, action) { Content = form });
    }

    /// <summary>Opens a stream of server-sent events.</summary>
    public async Task<LiveEvents> Listen(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Cookie", cookies.GetCookieHeader(new Uri(http.BaseAddress!, path)));
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        return new LiveEvents(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
    }

    /// <summary>What a script of a page asks, with the cookies of the page.</summary>
    public async Task<HttpResponseMessage> Ask(HttpRequestMessage request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (cookies.GetCookieHeader(new Uri(http.BaseAddress!, request.RequestUri!)) is { Length: > 0 } header)
            request.Headers.Add("Cookie", header);
        return await http.SendAsync(request);
    }

    /// <summary>What the service that is visited has logged.</summary>
    public ServiceErrors Errors => errors;

    public string Origin => http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    /// <summary>The session ends while a page is open.</summary>
    public void LoseSession() => cookies.GetCookies(http.BaseAddress!)["pe_session"]!.Expired = true;

    public Cookie? CookieNamed(string name) => cookies.GetCookies(http.BaseAddress!)[name];

    /// <summary>The fields that a form brings along, as a browser would send them untouched.</summary>
    public List<(string Name, string Value)> FieldsOf(string action)
    {
        // Or a button sends a form there that goes elsewhere otherwise.
        var by = Button().Matches(Page.Html).FirstOrDefault(b => WebUtility.HtmlDecode(b.Groups[2].Value) == action)?.Groups[1].Value;
        var form = Form().Matches(Page.Html).FirstOrDefault(
            f => by is null ? WebUtility.HtmlDecode(f.Groups[1].Value) == action : f.Value.StartsWith(
                $"<form id=\"{by}\"", StringComparison.Ordinal))
            ?? throw new ShouldAssertException($"No form goes to {action}.\n{Page.Text}");
        var beside = by is null ? [] : Hidden().Matches(Page.Html).Where(i => i.Value.Contains($"form=\"{by}\"", StringComparison.Ordinal));
        return [.. Hidden().Matches(form.Groups[2].Value).Concat(beside).Select(i => (WebUtility.HtmlDecode(i.Groups[1].Value), WebUtility.HtmlDecode(i.Groups[2].Value)))];
    }

    async Task<Shown> Send(HttpRequestMessage request)
    {
        using (request)
        {
            var address = new Uri(http.BaseAddress!, request.RequestUri!);
            if (cookies.GetCookieHeader(address) is { Length: > 0 } header)
                request.Headers.Add("Cookie", header);
            request.Headers.Add("Accept", "text/html");
            using var response = await http.SendAsync(request);
            if (response.Headers.TryGetValues("Set-Cookie", out var set))
            {
                foreach (var cookie in set)
                    cookies.SetCookies(address, cookie);
            }

            // A word that is held together is a word.
            var html = Whole().Replace(await response.Content.ReadAsStringAsync(), "$1").Replace("<wbr>", "", StringComparison.Ordinal);
            return Page = new Shown(
                (int)response.StatusCode, html, WebUtility.HtmlDecode(
                    Spaces().Replace(Tag().Replace(html, " "), " ")), response.Headers.Location?.OriginalString,
                response.Headers.Concat(response.Content.Headers)
                    .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase));
        }
    }

    [GeneratedRegex("<form[^>]*action=\"([^\"]*)\"[^>]*>(.*?)</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("<button[^>]* form=\"([^\"]*)\"[^>]* formaction=\"([^\"]*)\"")]
    private static partial Regex Button();

    [GeneratedRegex("<input(?=[^>]*type=\"hidden\")[^>]*name=\"([^\"]*)\"[^>]*value=\"([^\"]*)\"[^>]*>")]
    private static partial Regex Hidden();

    [GeneratedRegex("<span class=\"w\">([^<]*)</span>")]
    private static partial Regex Whole();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();
}

/// <summary>Server-sent events as they come.</summary>
public sealed class LiveEvents(HttpResponseMessage response, StreamReader lines) : IAsyncDisposable
{
    /// <summary>The next event; two empty texts at the end.</summary>
    public async Task<(string Event, string Data)> Next()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var (name, data) = ("", "");
        while (await lines.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                name = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data = line[6..];
            else if (line.Length == 0 && name.Length > 0)
                return (name, data);
        }

        return ("", "");
    }

    public async Task<string> Until(string name)
    {
        while (true)
        {
            var (came, data) = await Next();
            if (came == name)
                return data;
            came.ShouldNotBe("", "the stream has ended");
        }
    }

    public ValueTask DisposeAsync()
    {
        lines.Dispose();
        response.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>What a visitor was shown.</summary>
public sealed record Shown(int Status, string Html, string Text, string? Location, Dictionary<string, string> Headers)
{
    public Shown ShouldSay(params string[] words)
    {
        ArgumentNullException.ThrowIfNull(words);
        foreach (var word in words)
            Text.ShouldContain(word, Case.Sensitive, $"{Status} {Location}\n{Text}");
        return this;
    }

    public Shown ShouldBe(int status)
    {
        Status.ShouldBe(status, $"{Location}\n{Text}");
        return this;
    }

    public Shown ShouldLeadTo(string path)
    {
        Status.ShouldBe(302, Text);
        Location.ShouldBe(path);
        return this;
    }
}

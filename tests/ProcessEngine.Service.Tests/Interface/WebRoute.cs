using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace ProcessEngine.Service.Tests.Interface;

/// <summary>An address beside the interface: a page, or what Studio asks.</summary>
/// <param name="Fields">What a page reads of its forms and of its address.</param>
/// <param name="Handlers">The names by which a page is sent a form.</param>
sealed partial record WebRoute(RoutePattern Pattern, string Method, IReadOnlyList<string> Fields, IReadOnlyList<string> Handlers)
{
    const string Pages = "ProcessEngine.Service.Web.Pages";

    bool IsPage => Fields.Count > 0 || Handlers.Count > 0;

    public HttpRequestMessage Request(Chances chances, IReadOnlyList<string> known, string token)
    {
        var path = string.Concat(Pattern.PathSegments.Select(
            segment => "/" + string.Concat(segment.Parts.Select(part => part is RoutePatternParameterPart p ? ValueOf(p, chances, known) : ((dynamic)part).Content))));
        List<string> query = [.. Fields.Where(_ => chances.OneIn(4)).Select(f => $"{f}={Uri.EscapeDataString(Text(chances, known))}")];
        if (Method == HttpMethods.Post && Handlers.Count > 0 && !chances.OneIn(4))
            query.Add("handler=" + chances.Of(Handlers));
        var request = new HttpRequestMessage(new HttpMethod(Method), new Uri((path.Length == 0 ? "/" : path) + (query.Count == 0 ? "" : "?" + string.Join('&', query)), UriKind.Relative));
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        if (Method is "GET" or "HEAD")
            return request;
        if (IsPage)
        {
            var fields = Fields.Where(_ => !chances.OneIn(3)).Select(f => KeyValuePair.Create(f, Text(chances, known))).Append(new("__token", token));
            request.Content = new FormUrlEncodedContent(fields);
            return request;
        }

        request.Content = new ByteArrayContent(chances.OneIn(3) ? chances.NotTheBody() : Chances.Written(chances.Changed(
            new System.Text.Json.Nodes.JsonObject
            {
                ["ids"] = new System.Text.Json.Nodes.JsonArray(chances.Of(known), chances.Text()),
                ["definitionIds"] = new System.Text.Json.Nodes.JsonArray(chances.Of(known)),
                ["definitionId"] = chances.Of(known),
                ["model"] = new System.Text.Json.Nodes.JsonObject { ["definitionId"] = chances.Of(known), ["root"] = new System.Text.Json.Nodes.JsonObject() },
                ["publish"] = true,
                ["activityNodeIds"] = new System.Text.Json.Nodes.JsonArray(chances.Text()),
                ["page"] = 0,
                ["pageSize"] = 10,
            })));
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        return request;
    }

    static string Text(Chances chances, IReadOnlyList<string> known) => chances.OneIn(2) ? chances.Text() : chances.Of(known);

    static string ValueOf(RoutePatternParameterPart part, Chances chances, IReadOnlyList<string> known)
    {
        var kinds = part.ParameterPolicies.Select(p => p.Content).ToList();
        var value = kinds.Contains("guid") ? chances.Of([.. known.Where(k => Guid.TryParse(k, out _))])
            : kinds.Contains("int") ? chances.Of(["0", "1", "2", "2147483647"])
            : Text(chances, known).Replace("\0", "", StringComparison.Ordinal).Trim();
        return Uri.EscapeDataString(value is "" or "." or ".." ? "x" : value);
    }

    [GeneratedRegex("name=\"__token\"[^>]*value=\"([^\"]*)\"")]
    private static partial Regex Token();

    /// <summary>Somebody at a browser, with what their forms bring along.</summary>
    public static async Task<(string Role, Visitor Visitor, string Token)> SignInAsync(World world, string role)
    {
        var visitor = world.Visitor();
        await visitor.SignIn(role);
        await visitor.Go("/preferences");
        return (role, visitor, Token().Match(visitor.Page.Html).Groups[1].Value);
    }

    /// <summary>All but the interface itself, streams that do not end, the scheduler's own pages and what starts a browser.</summary>
    public static IReadOnlyList<WebRoute> Of(World world)
    {
        string[] not = ["api/v1", "openapi", "live", "jobs", "metrics"];
        return
        [
            .. from endpoint in world.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
               let text = endpoint.RoutePattern.RawText!.TrimStart('/')
               where !not.Any(n => text.StartsWith(n, StringComparison.Ordinal)) && !text.Contains("**", StringComparison.Ordinal)
               let page = endpoint.Metadata.GetMetadata<PageActionDescriptor>()
               from method in page is null ? endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"] : ["GET", "POST"]
               orderby text, method
               let model = page is null ? null : ModelOf(page)
               select new WebRoute(endpoint.RoutePattern, method, model is null ? [] : [.. FieldsOf(model)], model is null ? [] : [.. HandlersOf(model)]),
        ];
    }

    static Type? ModelOf(PageActionDescriptor page) =>
        typeof(Program).Assembly.GetType($"{Pages}{page.ViewEnginePath.Replace('/', '.')}Model");

    static IEnumerable<string> HandlersOf(Type model) => model.GetMethods().Select(m => Post().Match(m.Name)).Where(m => m.Success).Select(m => m.Groups[1].Value);

    [GeneratedRegex("^OnPost(\\w*?)(Async)?$")]
    private static partial Regex Post();

    static IEnumerable<string> FieldsOf(Type model) =>
        model.GetProperties().Where(p => p.GetCustomAttribute<BindPropertyAttribute>() is not null).Select(p => p.Name)
            .Concat(model.GetMethods().Where(m => m.Name.StartsWith("On", StringComparison.Ordinal)).SelectMany(m => m.GetParameters()).Select(p => p.Name!))
            .Concat(["action", "comment", "reason", "search", "cursor", "office", "tasks", "act", "name", "value"])
            .Where(name => !name.Equals("pdf", StringComparison.OrdinalIgnoreCase)).Distinct();
}

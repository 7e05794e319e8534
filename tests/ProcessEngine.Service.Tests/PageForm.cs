using System.Net;
using System.Text.RegularExpressions;

namespace ProcessEngine.Service.Tests;

/// <summary>All fields of a form on a page, as a browser sends them when nobody touches one.</summary>
static partial class PageForm
{
    public static List<(string Name, string Value)> Untouched(string html, string action)
    {
        var form = Form().Matches(html).Single(f => WebUtility.HtmlDecode(f.Groups[1].Value) == action).Groups[2].Value;
        var fields = new List<(string, string)>();
        foreach (Match field in Field().Matches(form))
        {
            if (NameOf(field.Groups["tag"].Value) is not { } name)
                continue;
            switch (field.Groups["kind"].Value)
            {
                case "select":
                    var options = Option().Matches(field.Groups["inside"].Value);
                    var chosen = options.FirstOrDefault(o => o.Groups[1].Value.Contains(" selected", StringComparison.Ordinal)) ?? options[0];
                    fields.Add((name, ValueOf(chosen.Groups[1].Value) ?? chosen.Groups[2].Value));
                    break;
                case "textarea":
                    fields.Add((name, WebUtility.HtmlDecode(field.Groups["inside"].Value).TrimStart('\r', '\n')));
                    break;
                default:
                    var tick = field.Groups["tag"].Value;
                    if (!tick.Contains("type=\"checkbox\"", StringComparison.Ordinal) || tick.Contains(" checked", StringComparison.Ordinal))
                        fields.Add((name, ValueOf(tick) ?? ""));
                    break;
            }
        }

        return fields;
    }

    static string? NameOf(string tag) => Name().Match(tag) is { Success: true } found ? WebUtility.HtmlDecode(found.Groups[1].Value) : null;

    static string? ValueOf(string tag) => Value().Match(tag) is { Success: true } found ? WebUtility.HtmlDecode(found.Groups[1].Value) : null;

    [GeneratedRegex("<form[^>]*action=\"([^\"]*)\"[^>]*>(.*?)</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("<(?<kind>select|textarea)(?<tag>[^>]*)>(?<inside>.*?)</\\k<kind>>|<(?<kind>input)(?<tag>[^>]*)>", RegexOptions.Singleline)]
    private static partial Regex Field();

    [GeneratedRegex("<option([^>]*)>([^<]*)</option>")]
    private static partial Regex Option();

    [GeneratedRegex(" name=\"([^\"]*)\"")]
    private static partial Regex Name();

    [GeneratedRegex(" value=\"([^\"]*)\"")]
    private static partial Regex Value();
}

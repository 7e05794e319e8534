using Microsoft.AspNetCore.Html;
using ProcessEngine.Service.Definitions;

namespace ProcessEngine.Service.Web;

/// <summary>
/// Thai text of which no word is broken at the end of a line. Browsers find words by a dictionary that takes ผู้อำนวยการ for two; the words
/// that manuals use are known here. What they hold stays as it is for whoever searches or copies it.
/// </summary>
public static class ThaiHtml
{
    /// <summary>Shorter words are not broken by any dictionary.</summary>
    const int Shortest = 5;

    public static IHtmlContent Whole(string? text)
    {
        var html = new HtmlContentBuilder();
        var rest = text ?? "";
        while (rest.Length > 0)
        {
            var other = rest.TakeWhile(c => !ThaiWords.IsThai(c)).Count();
            html.Append(rest[..other]);
            rest = rest[other..];
            var thai = rest.TakeWhile(ThaiWords.IsThai).Count();
            AppendWords(html, rest[..thai]);
            rest = rest[thai..];
        }

        return html;
    }

    static void AppendWords(HtmlContentBuilder html, string run)
    {
        var after = false;
        foreach (var word in ThaiWords.Of(run))
        {
            var known = word.Length >= Shortest && ThaiWords.IsKnown(word);
            if (known && after)
                html.AppendHtml("<wbr>");
            if (known)
                html.AppendHtml("<span class=\"w\">").Append(word).AppendHtml("</span>");
            else
                html.Append(word);
            after = known;
        }
    }
}

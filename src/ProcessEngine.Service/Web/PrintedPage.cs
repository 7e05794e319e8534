using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Razor;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Web;

/// <summary>An official paper as PDF: what a page shows in a partial view, in the paper's own style sheet.</summary>
public sealed class PrintedPage(PdfPrinter printer, IRazorViewEngine views, IWebHostEnvironment host)
{
    const string StyleSheet = "memo.css";

    static readonly string[] Typefaces =
        [
            "lib/sarabun-thai-400-normal.woff2",
            "lib/sarabun-thai-700-normal.woff2",
            "lib/sarabun-latin-400-normal.woff2",
            "lib/sarabun-latin-700-normal.woff2",
        ];

    /// <summary>Whether the host has a browser to print with.</summary>
    public bool IsPossible => printer.Browser is not null;

    static readonly string[] Drawers = ["lib/echarts.min.js", "charts.js"];

    /// <param name="drawn">With the pictures of its tables: our own scripts, and no other, run before it is printed.</param>
    /// <returns>The PDF; null when there is no browser, or it failed.</returns>
    public async Task<byte[]?> PrintAsync<T>(PageModel page, string view, T model, string title, bool drawn = false)
    {
        ArgumentNullException.ThrowIfNull(page);
        if (!IsPossible)
            return null;
        // Everything that is needed is in the one file: it may load nothing, from a network or from the machine.
        var stopped = page.HttpContext.RequestAborted;
        var style = Encoding.UTF8.GetString(await ReadAsync(StyleSheet, stopped));
        foreach (var file in Typefaces)
        {
            var typeface = Convert.ToBase64String(await ReadAsync(file, stopped));
            style = style.Replace($"url({file})", $"url(data:font/woff2;base64,{typeface})", StringComparison.Ordinal);
        }

        // Nobody can know the nonce that writes a text into the page.
        var nonce = drawn ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) : null;
        var scripts = new StringBuilder();
        foreach (var file in nonce is null ? [] : Drawers)
        {
            var script = Encoding.UTF8.GetString(await ReadAsync(file, stopped));
            scripts.Append(CultureInfo.InvariantCulture, $"<script nonce=\"{nonce}\">{script}</script>");
        }

        return await printer.PrintAsync(
            "<!DOCTYPE html><html lang=\"th\" data-printed><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" "
                + "content=\"default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:"
                + $"{(nonce is null ? "" : $"; script-src 'nonce-{nonce}'")}\">"
                + $"<title>{WebUtility.HtmlEncode(title)}</title><style>{style}</style></head>"
                + $"<body>{await RenderAsync(page, view, model)}{scripts}</body></html>",
            stopped);
    }

    async Task<byte[]> ReadAsync(string file, CancellationToken ct)
    {
        await using var content = host.WebRootFileProvider.GetFileInfo(file).CreateReadStream();
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, ct);
        return bytes.ToArray();
    }

    async Task<string> RenderAsync<T>(PageModel page, string name, T model)
    {
        var view = views.GetView(null, name, isMainPage: false).View!;
        await using var text = new StringWriter();
        var data = new ViewDataDictionary<T>(page.MetadataProvider, page.ModelState) { Model = model };
        await view.RenderAsync(new ViewContext(
            new ActionContext(page.HttpContext, page.RouteData, new ActionDescriptor()), view, data, page.TempData, text,
            new HtmlHelperOptions()));
        return text.ToString();
    }
}

using System.Text;
using Microsoft.AspNetCore.Html;
using QRCoder;

namespace ProcessEngine.Service.Web;

/// <summary>A QR code as SVG, black on white in any colours, for a page.</summary>
public static class QrPicture
{
    public static IHtmlContent Of(string text, string label)
    {
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var rows = code.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows[y].Count; x++)
            {
                if (rows[y][x])
                    path.Append(System.Globalization.CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
            }
        }

        return new HtmlString(
            $"<svg class=\"qr\" viewBox=\"0 0 {rows.Count} {rows.Count}\" width=\"240\" height=\"240\" role=\"img\" "
            + $"aria-label=\"{System.Net.WebUtility.HtmlEncode(label)}\" shape-rendering=\"crispEdges\">"
            + $"<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>");
    }
}

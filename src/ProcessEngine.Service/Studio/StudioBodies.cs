using System.Text.Json.Nodes;
using ProcessEngine.Service.Definitions.Elsa;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Studio;

/// <summary>What Studio sends: JSON and files, no longer and no more of them than a definition may need.</summary>
static class StudioBodies
{
    public const int MaxFiles = 200;

    /// <summary>Bodies that are read: a definition as large as any may be, with room for what Studio adds.</summary>
    const int MaxBody = (ElsaDefinitionReader.MaxBytes * 2) + (64 * 1024);

    public static async Task<JsonObject> BodyAsync(HttpContext http)
    {
        if (!http.Request.HasJsonContentType())
            throw new BadHttpRequestException("JSON is expected.", StatusCodes.Status415UnsupportedMediaType);
        using var bytes = await BytesAsync(http, http.Request.Body);
        var json = bytes.ToArray();
        RefuseUnlessText(json);
        return StudioModel.Parse(json);
    }

    /// <summary>The same, of a form that is known.</summary>
    public static async Task<T> BodyAsync<T>(HttpContext http)
    {
        using var bytes = await BytesAsync(http, http.Request.Body);
        var json = bytes.ToArray();
        RefuseUnlessText(json);
        return Bodies.Parse<T>(json, StudioJson.Options);
    }

    static void RefuseUnlessText(byte[] json)
    {
        if (!Bodies.IsClean(Bodies.Text(json)))
            throw RefusedRequestException.At(
                null, "มีอักขระควบคุมหรืออักขระที่ไม่สมบูรณ์ ยังไม่ได้บันทึก",
                "It has control characters or broken characters in it. Nothing was saved.");
    }

    public static async Task<List<string>> KeysAsync(HttpContext http, string name)
    {
        var body = await BodyAsync(http);
        return [.. (body[name] as JsonArray ?? [])
            .OfType<JsonValue>()
            .Select(v => v.TryGetValue<string>(out var key) ? key : "")
            .Where(k => k.Length is > 0 and <= 200)
            .Take(MaxFiles)];
    }

    /// <summary>What comes, up to the size of the largest definition; a zip may say of itself what it likes.</summary>
    /// <param name="room">How much may come of all that is read together; less than what came is left of it.</param>
    public static async Task<MemoryStream> BytesAsync(HttpContext http, Stream from, Room? room = null)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[32 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            if (bytes.Length + read > MaxBody || room?.Takes(read) == false)
            {
                throw RefusedRequestException.At(
                    null, $"นิยามใหญ่เกินไป รับได้ไม่เกิน {ElsaDefinitionReader.MaxBytes / 1024 / 1024} MB ยังไม่ได้บันทึก",
                    $"The definition is too large: at most {ElsaDefinitionReader.MaxBytes / 1024 / 1024} MB. Nothing was saved.");
            }

            bytes.Write(buffer, 0, read);
        }

        bytes.Position = 0;
        return bytes;
    }

    /// <summary>Of one request, whatever it packs: a few definitions as large as any may be, or all of an office of a usual size.</summary>
    public sealed class Room
    {
        long left = 4L * MaxBody;

        public bool Takes(int bytes) => (left -= bytes) >= 0;
    }

    public static string? Text(JsonObject of, string name) =>
        of[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

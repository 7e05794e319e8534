using System.Text.Json;
using System.Text.Unicode;

namespace ProcessEngine.Service.Kernel;

/// <summary>Where bodies are read, whoever sends them: what is no text, no JSON or no object is refused here and nowhere else.</summary>
public static class Bodies
{
    /// <summary>The body as it came.</summary>
    /// <exception cref="BadHttpRequestException">It is something else than JSON.</exception>
    public static async Task<byte[]> BytesAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (http.Request.ContentLength is > 0 && !http.Request.HasJsonContentType())
            throw new BadHttpRequestException("JSON is expected.", StatusCodes.Status415UnsupportedMediaType);
        // What the caller says of the length is not believed: the server's limit counts the bytes that come.
        using var buffer = new MemoryStream((int)Math.Clamp(http.Request.ContentLength ?? 0, 256, 64 * 1024));
        await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
        return buffer.ToArray();
    }

    /// <summary>A JSON object; nothing at all is an empty one.</summary>
    /// <exception cref="RefusedRequestException">It is none, or its fields are of the wrong types; says which.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> bytes, JsonSerializerOptions options)
    {
        var body = Text(bytes).Trim(" \t\r\n"u8) is { Length: > 0 } given ? given : "{}"u8;
        if (body[0] != (byte)'{')
            throw NoObject();
        try
        {
            return JsonSerializer.Deserialize<T>(body, options) ?? throw NoObject();
        }
        catch (JsonException e)
        {
            var field = e.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;
            // The path is that of the entry that would have come next.
            throw e is EmptyEntryException { Index: var empty }
                ? RefusedRequestException.At(
                    field is null ? null : $"{field[..Math.Max(field.LastIndexOf('['), 0)]}[{empty}]",
                    "มีรายการว่างในรายการที่ส่งมา", "The list has an empty entry.")
                : RefusedRequestException.At(
                    field,
                    field is null ? "ไม่ใช่ JSON ที่ถูกต้อง" : "ชนิดข้อมูลไม่ถูกต้อง",
                    field is null ? "The body is not valid JSON." : "The value is of the wrong type.");
        }
    }

    /// <summary>The same bytes, when they are text.</summary>
    /// <exception cref="RefusedRequestException">They are not UTF-8.</exception>
    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes)
        ? bytes
        : throw RefusedRequestException.At(null, "ข้อความไม่ได้เข้ารหัสแบบ UTF-8", "The body is not UTF-8.");

    /// <summary>Whether every text in some JSON, and every name, can be stored: no database takes NUL or half a surrogate pair.</summary>
    /// <param name="json">UTF-8; what is no JSON is clean, and refused as such by whoever reads it.</param>
    public static bool IsClean(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 256 });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped
                    && !ValidationRules.IsClean(reader.GetString()!))
                    return false;
            }
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        catch (JsonException)
        {
            return true;
        }

        return true;
    }

    static RefusedRequestException NoObject() => RefusedRequestException.At(null, "ต้องส่งออบเจกต์ JSON", "A JSON object is expected.");
}

/// <summary>A list that came as JSON holds a null, where none is meant.</summary>
public sealed class EmptyEntryException(int index) : JsonException("The list has an empty entry.")
{
    /// <summary>Which, from 0.</summary>
    public int Index => index;
}

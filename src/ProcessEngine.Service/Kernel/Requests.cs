using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ProcessEngine.Core.Instances;

namespace ProcessEngine.Service.Kernel;

/// <summary>A request that cannot even be read. Ends as a problem; nothing was started.</summary>
public sealed class RefusedRequestException(Rejection rejection) : Exception(rejection.ToString())
{
    public Rejection Rejection { get; } = rejection;

    public static RefusedRequestException At(string? field, string th, string en) => new(InvalidInput.At(field, th, en));
}

/// <summary>A state-changing request, read: who sent it, how to recognise it again, and what it says.</summary>
public sealed record Sent<T>(Caller Caller, RequestId Id, T Body);

public static class Requests
{
    const int MaxKeyLength = 200;

    public static Caller Caller(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.Features.Get<Caller>() ?? throw new InvalidOperationException("The request was let through without a caller.");
    }

    /// <summary>Reads a JSON body and the Idempotency-Key. An empty body is an empty object.</summary>
    /// <exception cref="RefusedRequestException">Not JSON, or of the wrong types; says which field.</exception>
    public static async Task<Sent<T>> ReadAsync<T>(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var bytes = await Bodies.BytesAsync(http);
        return new Sent<T>(http.Caller(), Identify(http, bytes), Bodies.Parse<T>(bytes, JsonShape.Options));
    }

    /// <summary>How a request is recognised when it comes again: by its key, and by what it says, and where to.</summary>
    public static RequestId Identify(this HttpContext http, byte[] body)
    {
        ArgumentNullException.ThrowIfNull(http);
        var key = http.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length > MaxKeyLength || key.Any(c => c is < ' ' or > '~'))
        {
            throw RefusedRequestException.At(
                "Idempotency-Key", $"ต้องเป็นอักขระ ASCII ไม่เกิน {MaxKeyLength} ตัว",
                $"It must be at most {MaxKeyLength} printable ASCII characters.");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(
            $"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}\n{http.Request.Headers.IfMatch}\n"));
        hash.AppendData(body);
        return new RequestId(http.Caller().UserId, key.Length == 0 ? null : key, hash.GetHashAndReset())
        {
            IfMatch = http.ExpectedRevision(null),
        };
    }

    /// <summary>
    /// The revision from If-Match (<c>"17"</c>, as the ETag gave it) or from the body; null when neither is there.
    /// </summary>
    public static int? ExpectedRevision(this HttpContext http, int? inBody)
    {
        ArgumentNullException.ThrowIfNull(http);
        var header = http.Request.Headers.IfMatch.ToString();
        if (header.Length == 0 || header == "*")
            return inBody;
        var text = header.StartsWith("W/", StringComparison.Ordinal) ? header[2..] : header;
        return int.TryParse(text.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            ? revision
            : throw RefusedRequestException.At(
                "If-Match", "ต้องเป็น ETag ที่ได้รับมา เช่น \"17\"", "It must be an ETag as it was given, for example \"17\".");
    }

    public static string ETag(int revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    /// <summary>Sends an outcome: the stored answer as it was first given, or the problem.</summary>
    public static IResult ToResult(this Outcome<StoredAnswer> outcome) =>
        outcome.Rejection is { } rejection ? Problems.From(rejection) : new AnswerResult(outcome.Value!);

    public static IResult ToResult<T>(this Outcome<T> outcome) =>
        outcome.Rejection is { } rejection ? Problems.From(rejection) : Results.Json(outcome.Value, JsonShape.Options);

    sealed class AnswerResult(StoredAnswer answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = answer.Status;
            if (answer.Location is not null)
                response.Headers.Location = answer.Location;
            if (answer.ETag is not null)
                response.Headers.ETag = answer.ETag;
            if (answer.Replayed)
                response.Headers["Idempotency-Replayed"] = "true";
            if (answer.Status == StatusCodes.Status204NoContent)
                return;
            response.ContentType = "application/json; charset=utf-8";
            await response.WriteAsync(answer.Body, httpContext.RequestAborted);
        }
    }
}

/// <summary>A page of a list. <c>next</c> goes back as <c>cursor</c>; null on the last page.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Keyset paging: the cost of a page does not depend on how far down it is.</summary>
public sealed record Paging(int Limit, string[]? After)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    public static Paging From(HttpContext http, int keys)
    {
        ArgumentNullException.ThrowIfNull(http);
        var limit = DefaultLimit;
        var asked = http.Request.Query["limit"].ToString();
        if (asked.Length > 0
            && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit))
            throw RefusedRequestException.At("limit", $"ต้องอยู่ระหว่าง 1 ถึง {MaxLimit}", $"It must be between 1 and {MaxLimit}.");
        var cursor = http.Request.Query["cursor"].ToString();
        return new Paging(limit, cursor.Length == 0 ? null : Decode(cursor, keys));
    }

    /// <summary>Makes a page of at most <see cref="Limit"/> out of one row more.</summary>
    public Page<TView> ToPage<TRow, TView>(IReadOnlyList<TRow> rows, Func<TRow, TView> view, Func<TRow, string[]> key)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(key);
        var more = rows.Count > Limit;
        return new Page<TView>(
            [.. rows.Take(Limit).Select(view)],
            more ? Cursor(key(rows[Limit - 1])) : null);
    }

    /// <summary>What comes back as <see cref="After"/>.</summary>
    public static string Cursor(params string[] keys) =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(keys)).Replace('+', '-').Replace('/', '_').TrimEnd('=');

    static string[] Decode(string cursor, int keys)
    {
        try
        {
            var base64 = cursor.Replace('-', '+').Replace('_', '/');
            var bytes = Convert.FromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='));
            if (JsonSerializer.Deserialize<string[]>(bytes) is { } values
                && values.Length == keys
                && values.All(v => v is not null && ValidationRules.IsClean(v)))
                return values;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            // Falls through to the refusal below.
        }

        throw NotOurs();
    }

    /// <summary>The cursor of a list that goes by id; null on the first page.</summary>
    public Guid? AfterId() => After is null ? null : Guid.TryParse(After[0], out var id) ? id : throw NotOurs();

    /// <summary>The cursor of a list that goes by number; null on the first page.</summary>
    public int? AfterNumber() =>
        After is null ? null
            : int.TryParse(After[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw NotOurs();

    static RefusedRequestException NotOurs() =>
        RefusedRequestException.At("cursor", "ไม่ใช่ค่าที่ได้จาก next", "It is not a value that came as next.");
}

public static class QueryParameters
{
    public static string? Text(this HttpContext http, string name)
    {
        ArgumentNullException.ThrowIfNull(http);
        var value = http.Request.Query[name].ToString();
        if (value.Length > 200 || !ValidationRules.IsClean(value))
            throw RefusedRequestException.At(
                name, "ยาวเกินไปหรือมีอักขระที่ไม่ถูกต้อง", "It is too long or has characters that are not text.");
        return value.Length == 0 ? null : value;
    }

    public static bool? Flag(this HttpContext http, string name) => http.Text(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => throw RefusedRequestException.At(name, "ต้องเป็น true หรือ false", "It must be true or false."),
    };

    public static string? OneOf(this HttpContext http, string name, params string[] allowed)
    {
        var value = http.Text(name);
        return value is null || allowed.Contains(value)
            ? value
            : throw RefusedRequestException.At(
                name, $"ต้องเป็นค่าใดค่าหนึ่งใน {string.Join(", ", allowed)}", $"It must be one of {string.Join(", ", allowed)}.");
    }

    public static int? Number(this HttpContext http, string name)
    {
        if (http.Text(name) is not { } text)
            return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw RefusedRequestException.At(name, "ต้องเป็นจำนวนเต็ม", "It must be a whole number.");
    }

    /// <summary>An instant (ISO 8601). Without an offset it is Bangkok time; a plain date is its first moment.</summary>
    /// <remarks>A plus sign that was not escaped arrives as a space: it is read as what was meant.</remarks>
    public static DateTimeOffset? Instant(this HttpContext http, string name)
    {
        if (http.Text(name) is not { } text)
            return null;
        var given = text.Replace(' ', '+');
        string[] local = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF"];
        // The first and the last year leave no room for the office's offset.
        if (DateTime.TryParseExact(given, local, CultureInfo.InvariantCulture, DateTimeStyles.None, out var bangkok)
            && bangkok.Year is > 1 and < 9999)
            return new DateTimeOffset(bangkok, TimeSpan.FromHours(7)).ToUniversalTime();
        string[] zoned = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
        return DateTimeOffset.TryParseExact(given, zoned, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant)
            && instant.UtcDateTime.Year is > 1 and < 9999
            ? Instants.Truncate(instant)
            : throw RefusedRequestException.At(
                name,
                "ต้องเป็นวันเวลาแบบ ISO 8601 เช่น 2026-03-06T09:00:00+07:00",
                "It must be an ISO 8601 time, for example 2026-03-06T09:00:00+07:00.");
    }
}

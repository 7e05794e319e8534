using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Http;

namespace ProcessEngine.Service.Attachments;

/// <summary>A file as it came in a form.</summary>
/// <param name="Name">As <see cref="FileKinds.Clean"/> gave it.</param>
/// <param name="Sha256">Hex.</param>
public sealed record Upload(string Name, byte[] Content, string Sha256)
{
    /// <summary>
    /// So much is taken from the line before it is refused: who hears the answer only when everything is sent, as browsers do, is told what is wrong, and not
    /// that the connection broke.
    /// </summary>
    public const int MostHeard = 256 * 1024 * 1024;

    /// <summary>Room for the other parts of the form.</summary>
    const int Rest = 64 * 1024;

    static readonly FormOptions Form = new() { MultipartBodyLengthLimit = FileKinds.MaxBytes, ValueCountLimit = 50, ValueLengthLimit = Rest };

    /// <summary>The form of a request that brings a file; it is spooled to disk while it comes. The endpoint must allow <see cref="MostHeard"/>.</summary>
    /// <exception cref="RefusedRequestException">The file is too large.</exception>
    public static async Task<IFormCollection> ReadFormAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (!http.Request.HasFormContentType)
            throw new BadHttpRequestException("A form is expected.", StatusCodes.Status415UnsupportedMediaType);
        try
        {
            return await http.Request.ReadFormAsync(Form, http.RequestAborted);
        }
        catch (InvalidDataException e)
        {
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
            throw e.Message.Contains("length limit", StringComparison.Ordinal)
                ? new RefusedRequestException(new FileTooLarge(FileKinds.MaxBytes))
                : RefusedRequestException.At("file", "แบบฟอร์มที่ส่งมาไม่สมบูรณ์", "The form is broken.");
        }
    }

    /// <summary>The one file of a form.</summary>
    public static async Task<Upload> OfAsync(IFormCollection form, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(form);
        if (form.Files is not [{ Name: "file" } file])
            throw RefusedRequestException.At("file", "ต้องแนบหนึ่งไฟล์ในช่อง file", "One file is expected, in the part called file.");
        var content = new byte[file.Length];
        await using (var stream = file.OpenReadStream())
            await stream.ReadExactlyAsync(content, ct);
        return new Upload(FileKinds.Clean(file.FileName), content, Convert.ToHexStringLower(SHA256.HashData(content)));
    }
}

/// <param name="Limit">Bytes.</param>
public sealed record FileTooLarge(int Limit) : Rejection;

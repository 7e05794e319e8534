using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using ProcessEngine.Core.Instances;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Cases.Attachments;

/// <summary>A file as it came in a form.</summary>
/// <param name="Name">As <see cref="FileKinds.Clean"/> gave it.</param>
/// <param name="Sha256">Hex.</param>
public sealed record Upload(string Name, byte[] Content, string Sha256)
{
    /// <summary>
    /// So much is taken from the line before it is refused: who hears the answer only when everything is sent, as browsers do, is told what
    /// is wrong, and not that the connection broke.
    /// </summary>
    public const int MaxBodyBytes = 256 * 1024 * 1024;

    /// <summary>Room for the other parts of the form: what somebody is writing comes along with the file.</summary>
    const int Rest = 1024 * 1024;

    const int MaxParts = 1000;
    const int InMemory = 64 * 1024;

    /// <summary>
    /// The form of a request that brings a file, which is spooled to disk
    /// while it comes. The endpoint must allow <see cref="MaxBodyBytes"/>.
    /// When the file is too large, the rest of the form stands in the request all the same: what was written must not be lost with it.
    /// </summary>
    /// <exception cref="RefusedRequestException">The file is too large.</exception>
    public static async Task<IFormCollection> ReadFormAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (!http.Request.HasFormContentType)
            throw new BadHttpRequestException("A form is expected.", StatusCodes.Status415UnsupportedMediaType);
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type)
            || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 } boundary)
            return await http.Request.ReadFormAsync(http.RequestAborted);
        try
        {
            var (form, tooLarge) = await ReadAsync(new MultipartReader(boundary.Value!, http.Request.Body), http);
            http.Request.Form = form;
            return tooLarge ? throw new RefusedRequestException(new FileTooLarge(FileKinds.MaxBytes)) : form;
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
            throw RefusedRequestException.At("file", "แบบฟอร์มที่ส่งมาไม่สมบูรณ์", "The form is broken.");
        }
    }

    static async Task<(FormCollection Form, bool TooLarge)> ReadAsync(MultipartReader reader, HttpContext http)
    {
        var (fields, files, tooLarge, written, parts) = (new KeyValueAccumulator(), new FormFileCollection(), false, 0, 0);
        var chunk = new char[4096];
        while (await reader.ReadNextSectionAsync(http.RequestAborted) is { } section)
        {
            if (++parts > MaxParts)
                throw new InvalidDataException("Too many parts.");
            if (section.AsFileSection() is { FileStream: { } stream } file)
            {
                // One file is expected; of others it is enough that they came.
                var content = new FileBufferingReadStream(stream, InMemory, files.Count == 0 ? FileKinds.MaxBytes : 0, Path.GetTempPath);
                http.Response.RegisterForDispose(content);
                try
                {
                    await content.DrainAsync(http.RequestAborted);
                }
                catch (IOException e) when (e.Message.StartsWith("Buffer limit", StringComparison.Ordinal))
                {
                    tooLarge |= files.Count == 0;
                }

                files.Add(new FormFile(content, 0, content.Length, file.Name, file.FileName));
            }
            else if (section.AsFormDataSection() is { } field)
            {
                // No more is taken into memory than is allowed, however long the part is.
                var value = new StringBuilder();
                using var text = new StreamReader(section.Body, leaveOpen: true);
                for (int read; (read = await text.ReadAsync(chunk, http.RequestAborted)) > 0; value.Append(chunk.AsSpan(0, read)))
                {
                    if ((written += read) > Rest)
                        throw new InvalidDataException("Too much text.");
                }

                fields.Append(field.Name, value.ToString());
            }
        }

        return (new FormCollection(fields.GetResults(), files), tooLarge);
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
public sealed record FileTooLarge(int Limit) : Refusal
{
    public override Problem ToProblem() => Problems.Of(
        413, "file-too-large", "file", $"ไฟล์ใหญ่เกิน {Limit / 1024 / 1024} MB ให้ย่อขนาดหรือแบ่งเป็นหลายไฟล์",
        $"The file is larger than {Limit / 1024 / 1024} MB; make it smaller, or send it in parts.", ("limit", Limit));
}

using System.Security.Cryptography;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Cases.Audit;

/// <summary>The key that signs anchors: in a file, so that whoever can write to the database cannot sign.</summary>
public sealed class AnchorKey(AuditOptions options, ServiceOptions service)
{
    const int Bits = 3072;

    readonly Lock making = new();

    public string File => options.KeyFile is { Length: > 0 } given ? given : Path.Combine(service.DataFolder, "anchor-key.pem");

    /// <exception cref="CryptographicException">What lies there is no RSA key.</exception>
    public RSA FindOrMake()
    {
        lock (making)
        {
            if (Find() is { } known)
                return known;
            using var made = RSA.Create(Bits);
            // Whole or not there, and of two nodes that make one at once the first one's.
            var part = $"{File}.{Guid.NewGuid():n}";
            var settings = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                settings.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var stream = new StreamWriter(new FileStream(part, settings)))
                stream.Write(made.ExportPkcs8PrivateKeyPem());
            try
            {
                System.IO.File.Move(part, File, overwrite: false);
            }
            catch (IOException) when (System.IO.File.Exists(File))
            {
                System.IO.File.Delete(part);
            }

            return Find()!;
        }
    }

    RSA? Find()
    {
        if (!System.IO.File.Exists(File))
            return null;
        var key = RSA.Create();
        try
        {
            key.ImportFromPem(System.IO.File.ReadAllText(File));
        }
        catch (ArgumentException e)
        {
            key.Dispose();
            throw new CryptographicException($"{File} holds no RSA key.", e);
        }

        return key;
    }

    /// <summary>Ids of the keys whose signatures count; empty where none is known, as beside a copy of the database.</summary>
    public IReadOnlySet<string> Trusted()
    {
        var trusted = options.TrustedKeys.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        using var own = Find();
        if (own is not null)
            trusted.Add(IdOf(Anchor.Hex(own.ExportParameters(false).Modulus!)));
        return trusted;
    }

    /// <summary>The first half of the SHA-256 of the modulus.</summary>
    public static string IdOf(string modulus) => Anchor.Hex(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(modulus)))[..32];
}

using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography.X509Certificates;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>
/// How the keys of the installation are kept. Section <c>ProcessEngine:Keys</c>;
/// a folder instead of the database: <see cref="ServiceOptions.KeysFolder"/>.
/// </summary>
public sealed record KeyRingOptions
{
    /// <summary>
    /// A certificate with its private key (.pfx, or .pem with both) for which the keys are encrypted where they lie. Default: they are not.
    /// </summary>
    public string? Certificate { get; init; }

    /// <summary>The password of the file; empty for none.</summary>
    [DataType(DataType.Password)]
    public string CertificatePassword { get; init; } = "";

    /// <summary>Certificates of before, with commas between: keys that were encrypted for them are still read.</summary>
    public string OlderCertificates { get; init; } = "";
}

/// <summary>
/// What seals cookies, forms and second factors. It belongs to the installation: without it nobody's second factor can be opened.
/// </summary>
public sealed class KeyRing(
    IKeyManager manager,
    IOptions<KeyManagementOptions> options,
    SecondFactor factors,
    ServiceOptions service,
    KeyRingOptions settings,
    ILogger<KeyRing> log)
{
    const string FormerFolder = "keys";

    static readonly XName IdName = "id";

    string Place =>
        service.KeysFolder is { Length: > 0 } folder ? $"the folder {folder} (ProcessEngine:KeysFolder)" : "the table protection_key";

    /// <summary>In the database, or in the folder of the settings.</summary>
    public static void Add(IServiceCollection services, ModuleSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var options = settings.Section<KeyRingOptions>("Keys");
        services.AddSingleton(options);
        services.AddSingleton<KeyRing>();
        services.AddSingleton<DatabaseKeys>();
        var keys = services.AddDataProtection().SetApplicationName("ProcessEngine");
        if (settings.Service.KeysFolder is { Length: > 0 } folder)
            keys.PersistKeysToFileSystem(new DirectoryInfo(folder));
        else
            services.AddOptions<KeyManagementOptions>().Configure<DatabaseKeys>((management, stored) => management.XmlRepository = stored);
        if (options.Certificate is not { Length: > 0 } file)
            return;
        var certificate = Load(nameof(KeyRingOptions.Certificate), file, options.CertificatePassword);
        var older = options.OlderCertificates.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        keys.ProtectKeysWithCertificate(certificate);
        keys.UnprotectKeysWithAnyCertificate(
            [certificate, .. older.Select(o => Load(nameof(KeyRingOptions.OlderCertificates), o, options.CertificatePassword))]);
    }

    /// <summary>
    /// Before the first request: a node that cannot read the keys would quietly make new ones, and open nothing that was sealed before.
    /// </summary>
    /// <exception cref="SettingsException">A key cannot be read; says which, where it lies, and what to do.</exception>
    public async Task PrepareAsync(CancellationToken ct)
    {
        List<XElement> stored;
        Dictionary<Guid, IKey> read;
        try
        {
            MoveIn();
            stored = [.. options.Value.XmlRepository!.GetAllElements().Where(e => e.Name.LocalName == "key")];
            read = manager.GetAllKeys().ToDictionary(k => k.KeyId);
        }
        catch (Exception e) when (e is not System.Data.Common.DbException)
        {
            throw Unreadable("the keys", e);
        }

        foreach (var id in stored.Select(key => (string?)key.Attribute(IdName)))
        {
            if (!Guid.TryParse(id, out var known) || !read.TryGetValue(known, out var key))
                throw Unreadable($"key {id}", null);
            if (FaultOf(key) is { } fault)
                throw Unreadable($"key {id}", fault);
        }

        if (await factors.CountSealedAsync(ct) is > 0 and var count)
            Log.KeysAreGone(log, count, Place);
    }

    /// <summary>A key is decrypted when it is first used.</summary>
    static Exception? FaultOf(IKey key)
    {
        try
        {
            if (!key.IsRevoked)
                key.CreateEncryptor();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    SettingsException Unreadable(string what, Exception? cause) => new(
        "ProcessEngine:Keys",
        $"do not open what seals cookies and second factors: in {Place}, {what} cannot be read"
            + $"{(cause is null ? "" : $" ({cause.Message.TrimEnd('.')})")}. "
        + (settings.Certificate is { Length: > 0 } file
            ? $"Is {file} (ProcessEngine:Keys:Certificate) the certificate that it was encrypted for? Name earlier ones in "
                + "ProcessEngine:Keys:OlderCertificates. "
            : "Was it encrypted for a certificate? Then name it in ProcessEngine:Keys:Certificate. ")
        + "Bring the keys back from a backup; or take this one away, and whoever's second factor it sealed needs another "
            + "(docs/operations.md)");

    /// <summary>Earlier versions kept the keys in the data folder of each node.</summary>
    void MoveIn()
    {
        var folder = Path.Combine(service.DataFolder, FormerFolder);
        if (options.Value.XmlRepository is not DatabaseKeys keys || !Directory.Exists(folder))
            return;
        foreach (var file in Directory.GetFiles(folder, "*.xml"))
            keys.Take(Path.GetFileNameWithoutExtension(file), XElement.Load(file));
        Directory.Move(folder, Directory.Exists(folder + ".moved") ? $"{folder}.moved-{Guid.NewGuid():N}" : folder + ".moved");
        Log.KeysMoved(log, folder);
    }

    static X509Certificate2 Load(string setting, string file, string password)
    {
        try
        {
            var pem = Path.GetExtension(file).Equals(".pem", StringComparison.OrdinalIgnoreCase);
            return pem && password.Length > 0 ? X509Certificate2.CreateFromEncryptedPemFile(file, password)
                : pem ? X509Certificate2.CreateFromPemFile(file)
                : X509CertificateLoader.LoadPkcs12FromFile(file, password);
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or IOException or UnauthorizedAccessException
            or ArgumentException)
        {
            throw new SettingsException(
                $"ProcessEngine:Keys:{setting}", $"{file} cannot be read as a certificate with its private key: {e.Message.TrimEnd('.')}");
        }
    }
}

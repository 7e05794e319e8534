using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Cases.Audit;

/// <summary>
/// What the record was at a moment: a small file that an outsider keeps, and can later hold the record against. docs/operations.md says
/// how.
/// </summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="Entries">Cases that had changed since they were last sealed.</param>
/// <param name="Digest">SHA-256 over the entries, in hexadecimal digits as all that follow.</param>
/// <param name="TrailLength">Events of the trail of the administration.</param>
/// <param name="TrailHash">Of the last of them.</param>
/// <param name="Previous">Hash of the anchor before; zeros before the first.</param>
/// <param name="Hash">SHA-256 over the text that is signed.</param>
/// <param name="Key">Modulus of the RSA key; its exponent is 65537.</param>
/// <param name="Signature">RSA PKCS #1 v1.5 with SHA-256 over the text.</param>
public sealed record Anchor(
    int Number,
    DateTimeOffset SealedAt,
    int Entries,
    string Digest,
    int TrailLength,
    string TrailHash,
    string Previous,
    string Hash,
    string Key,
    string Signature)
{
    const string Format = "processengine-anchor-1";

    public static byte[] Beginning { get; } = new byte[SHA256.HashSizeInBytes];

    /// <summary>What is signed: one value a line, UTF-8.</summary>
    [JsonIgnore]
    public string Text => string.Create(
        CultureInfo.InvariantCulture,
        $"{Format}\n{Number}\n{DbValues.ToText(SealedAt)}\n{Entries}\n{Digest}\n{TrailLength}\n{TrailHash}\n{Previous}\n{Key}\n");

    /// <summary>Short, for people: what a trusted key is named by.</summary>
    public string KeyId => AnchorKey.IdOf(Key);

    public static Anchor Sealed(
        int number, DateTimeOffset at, int entries, byte[] digest, (int Length, byte[] Hash) trail, byte[] previous, RSA key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var modulus = key.ExportParameters(false).Modulus!;
        var bare = new Anchor(
            number, at, entries, Hex(digest), trail.Length, Hex(trail.Hash), Hex(previous), "", Hex(modulus), "");
        var text = Encoding.UTF8.GetBytes(bare.Text);
        return bare with
        {
            Hash = Hex(SHA256.HashData(text)),
            Signature = Hex(key.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
        };
    }

    /// <summary>Whether hash and signature are those of what it says.</summary>
    public bool IsWhole()
    {
        var text = Encoding.UTF8.GetBytes(Text);
        if (Hash != Hex(SHA256.HashData(text)))
            return false;
        try
        {
            using var key = RSA.Create(new RSAParameters { Modulus = Convert.FromHexString(Key), Exponent = [1, 0, 1] });
            return key.VerifyData(text, Convert.FromHexString(Signature), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return false;
        }
    }

    /// <summary>Of one entry: what is hashed into the digest, in the order of the ids of the cases.</summary>
    internal static byte[] LineOf(SealedCase entry) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{DbValues.ToText(entry.InstanceId)}\n{entry.Office}\n{entry.Events}\n{Hex(entry.Hash)}\n"));

    public static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    public string ToJson() => JsonShape.Write(this);
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ProcessEngine.Service.Storage;

/// <summary>Each event's hash covers its own content and the hash of the one before it in its case.</summary>
/// <remarks>Over the bytes as stored, never over parsed JSON, so that damage is found even where the text is no longer JSON.</remarks>
public static class AuditChain
{
    /// <summary>What the first event of a case is chained to.</summary>
    public static byte[] Origin { get; } = new byte[SHA256.HashSizeInBytes];

    public static byte[] Hash(byte[] previous, Guid instanceId, int sequence, string type, DateTimeOffset at, Guid? actor, string payload)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"{DbValues.ToText(instanceId)}\n{sequence}\n{type}\n{DbValues.ToText(at)}\n{(actor is { } id ? DbValues.ToText(id) : "")}\n");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        hash.AppendData(Encoding.UTF8.GetBytes(head));
        hash.AppendData(Encoding.UTF8.GetBytes(payload));
        return hash.GetHashAndReset();
    }
}

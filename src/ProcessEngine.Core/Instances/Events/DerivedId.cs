using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ProcessEngine.Core.Instances.Events;

/// <summary>Ids that follow from what they name, so that deciding twice gives the same ids.</summary>
public static class DerivedId
{
    /// <summary>
    /// A UUIDv7 (RFC 9562, 5.7): its time is the decision's, its other bits a digest of instance, sequence, purpose and index.
    /// </summary>
    /// <param name="index">Tells several of one purpose apart.</param>
    public static Guid Of(Guid instanceId, int sequence, byte purpose, DateTimeOffset at, int index = 0)
    {
        Span<byte> source = stackalloc byte[25];
        instanceId.TryWriteBytes(source, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(source[16..], sequence);
        source[20] = purpose;
        BinaryPrimitives.WriteInt32BigEndian(source[21..], index);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(source, digest);

        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, at.ToUnixTimeMilliseconds() << 16);
        digest[..10].CopyTo(id[6..]);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}

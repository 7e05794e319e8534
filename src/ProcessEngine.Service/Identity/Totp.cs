using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ProcessEngine.Service.Identity;

/// <summary>Codes of six digits that change every half minute (RFC 6238, with HMAC-SHA-1 as every authenticator app has it).</summary>
public static class Totp
{
    public const int Digits = 6;
    public const int SecondsPerStep = 30;
    const int SecretBytes = 20;
    const int ShortestSecret = 16;
    const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    public static long StepOf(DateTimeOffset now) => now.ToUnixTimeSeconds() / SecondsPerStep;

    /// <exception cref="ArgumentOutOfRangeException">The secret is too short to
    /// be one: of an empty one everybody could compute the codes.</exception>
    public static string Code(ReadOnlySpan<byte> secret, long step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(secret.Length, ShortestSecret, nameof(secret));
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[20];
#pragma warning disable CA5350 // The standard says so, and the strength of HMAC does not rest on collisions.
        HMACSHA1.HashData(secret, counter, hash);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0xf)..]) & 0x7fff_ffff;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// The half minute whose code it is: this one, the one before or the one
    /// after, for phones whose clock is a little off. Null when it is none.
    /// </summary>
    public static long? StepOf(ReadOnlySpan<byte> secret, string code, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(code);
        for (var step = StepOf(now) - 1; step <= StepOf(now) + 1; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Code(secret, step)), Encoding.UTF8.GetBytes(code)))
                return step;
        }

        return null;
    }

    /// <summary>RFC 4648, without padding: what people type when they cannot scan.</summary>
    public static string Base32(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        var (buffer, bits) = (0, 0);
        foreach (var b in bytes)
        {
            (buffer, bits) = ((buffer << 8) | b, bits + 8);
            for (; bits >= 5; bits -= 5)
                text.Append(Alphabet[(buffer >> (bits - 5)) & 31]);
            buffer &= (1 << bits) - 1;
        }

        return bits > 0 ? text.Append(Alphabet[(buffer << (5 - bits)) & 31]).ToString() : text.ToString();
    }

    /// <summary>What the picture says to an authenticator app.</summary>
    public static string Address(ReadOnlySpan<byte> secret, string userName) =>
        $"otpauth://totp/{Uri.EscapeDataString("ProcessEngine:" + userName)}?secret={Base32(secret)}&issuer=ProcessEngine"
            + $"&algorithm=SHA1&digits={Digits}&period={SecondsPerStep}";
}

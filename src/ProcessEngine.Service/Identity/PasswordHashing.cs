using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ProcessEngine.Service.Identity;

/// <summary>How passwords are kept: PBKDF2 with HMAC-SHA-512, as the framework writes it down.</summary>
/// <param name="rounds">Fewer only where nothing is at stake, as in tests.</param>
public sealed class PasswordHashing(int rounds = PasswordHashing.Recommended)
{
    /// <summary>As OWASP recommends (as strong as 600,000 with HMAC-SHA-256).</summary>
    public const int Recommended = 210_000;

    readonly PasswordHasher<object> hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = rounds }));
    string? nobodys;

    public int Rounds => rounds;

    /// <summary>What a name that nobody has is compared with, so that it takes as long as one that somebody has.</summary>
    public string NobodysHash => nobodys ??= HashOf(Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)));

    public string HashOf(string password) => hasher.HashPassword(new object(), password);

    /// <summary>Takes as long for a hash of fewer rounds, which is not told apart from a name that nobody has.</summary>
    public PasswordVerificationResult Verify(string hash, string password)
    {
        ArgumentNullException.ThrowIfNull(password);
        if (password.Length > Passwords.Longest)
            return PasswordVerificationResult.Failed;
        var result = hasher.VerifyHashedPassword(new object(), hash, password);
        if (result == PasswordVerificationResult.Failed && rounds - RoundsOf(hash) is > 0 and var missing)
            _ = Rfc2898DeriveBytes.Pbkdf2(password, stackalloc byte[16], missing, HashAlgorithmName.SHA512, 32);
        return result;
    }

    /// <summary>As the framework writes them down: a mark, the hash function, the rounds.</summary>
    static int RoundsOf(string hash) =>
        Convert.FromBase64String(hash) is [1, _, _, _, _, ..] bytes ? BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(5)) : 0;
}

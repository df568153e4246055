using System.Security.Cryptography;

namespace UeFarm.Farm.Live;

/// <summary>Strong entity tags (RFC 9110 section 8.8.3) by what they stand for.</summary>
internal static class EntityTag
{
    public static string Of(ReadOnlySpan<byte> body) => $"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 8))}\"";
}

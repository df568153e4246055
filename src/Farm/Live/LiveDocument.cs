using System.Security.Cryptography;

namespace UeFarm.Farm.Live;

/// <summary>The live page's document as it is sent, and the entity tag that it goes by (RFC 9110 section 8.8.3).</summary>
internal sealed record LiveDocument(ReadOnlyMemory<byte> Body, string Tag)
{
    public static LiveDocument Of(LiveState state) => Of(LiveJson.Serialize(state));

    public static LiveDocument Of(byte[] body) => new(body, $"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 8))}\"");
}

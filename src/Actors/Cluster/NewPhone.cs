using System.Buffers.Binary;
using System.Security.Cryptography;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Cluster;

/// <summary>
/// The flash of a phone that has done nothing yet. What a phone makes up for itself comes from its own secret, so that one that moves still knows the reports on what it
/// sent, and has its senders in the same parts of its replay cache.
/// </summary>
internal static class NewPhone
{
    public static UeDurableState FlashOf(UeProfile phone, ReplayCacheSettings cache) => new()
    {
        ReportKey = Derive(phone, "uefarm report key"u8),
        ReplayCache = cache.Policy != ReplayPolicy.PerSender ? null
            : ReplayCaches.Create(cache, new SeededRandomSource(BinaryPrimitives.ReadUInt64BigEndian(Derive(phone, "uefarm replay cache key"u8)))),
    };

    private static byte[] Derive(UeProfile phone, ReadOnlySpan<byte> use) => HMACSHA256.HashData(phone.Psk.Span, use);
}

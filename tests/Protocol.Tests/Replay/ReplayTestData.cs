using System.Security.Cryptography;
using UeFarm.Protocol.Replay;

namespace UeFarm.Protocol.Tests.Replay;

internal static class ReplayTestData
{
    /// <summary>A digest that is one number; neighbours differ only in the last byte.</summary>
    public static ReplayDigest Digest(ulong number) => new(0, number >> 32, (uint)number);

    public static ReplayDigest RandomDigest(SeededRandomSource random) => new(random.NextUInt64(), random.NextUInt64(), (uint)random.NextUInt64());

    public static ReplayEntry Entry(ulong time, ulong digest) => new(time, Digest(digest));

    public static int Below(this SeededRandomSource random, int bound) => (int)(random.NextUInt64() % (ulong)bound);

    public static ModifiedReplayCache Cache(int capacity, int timestampBytes = 8, TimeSpan? futureBound = null) =>
        new(new ReplayCacheSettings { CapacityEntries = capacity, TimestampBytes = timestampBytes, FutureBound = futureBound });

    public static byte[] Snapshot(ModifiedReplayCache cache)
    {
        var bytes = new byte[cache.SnapshotLength];
        if (cache.WriteSnapshot(bytes) != bytes.Length)
        {
            throw new InvalidOperationException("The snapshot has another length than announced.");
        }

        return bytes;
    }

    public static byte[] Snapshot(PerSenderReplayCache cache)
    {
        var bytes = new byte[cache.SnapshotLength];
        if (cache.WriteSnapshot(bytes) != bytes.Length)
        {
            throw new InvalidOperationException("The snapshot has another length than announced.");
        }

        return bytes;
    }

    /// <summary>Makes the checksum fit after the contents were changed.</summary>
    public static void Sign(byte[] snapshot) =>
        SHA256.HashData(snapshot.AsSpan(0, snapshot.Length - 16)).AsSpan(0, 16).CopyTo(snapshot.AsSpan(snapshot.Length - 16));

    /// <summary>The entries of a snapshot, in its order.</summary>
    public static List<(ulong Key, ReplayDigest Digest)> Entries(byte[] snapshot)
    {
        int keyBytes = snapshot[1];
        var result = new List<(ulong, ReplayDigest)>();
        for (var at = 32; at < snapshot.Length - 16; at += keyBytes + ReplayDigest.Length)
        {
            var key = 0UL;
            foreach (var value in snapshot.AsSpan(at, keyBytes))
            {
                key = (key << 8) | value;
            }

            result.Add((key, ReplayDigest.Read(snapshot.AsSpan(at + keyBytes))));
        }

        return result;
    }
}

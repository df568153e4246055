using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace UeFarm.Protocol.Replay;

/// <summary>What survives a restart: besides the entries, who owns which partition and the key that says where everybody else belongs.</summary>
public sealed partial class PerSenderReplayCache
{
    private const byte SnapshotVersion = 2;
    private const int SnapshotHeaderBytes = 20 + SenderTable.KeyBytes;
    private const int LengthBytes = 4;

    /// <summary>Length of a snapshot of the present state in bytes.</summary>
    public int SnapshotLength => SnapshotHeaderBytes + (Owners * (SenderTable.HashBytes + LengthBytes))
        + Owned.Sum(static partition => partition.SnapshotLength) + SnapshotChecksum.Length;

    /// <summary>
    /// Writes everything: version (2; that of the other policy is 1), timestamp bytes, flags, reserved byte, partitions, owners, floor, key; the hashes of the
    /// owners in the order of their partitions; each partition's own snapshot behind its length; the first 16 bytes of the SHA-256 of all that.
    /// </summary>
    /// <returns><see cref="SnapshotLength"/>.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public int WriteSnapshot(Span<byte> destination)
    {
        var length = SnapshotLength;
        if (destination.Length < length)
        {
            throw new ArgumentException("Too short for the snapshot.", nameof(destination));
        }

        destination = destination[..length];
        destination[0] = SnapshotVersion;
        destination[1] = (byte)_settings.TimestampBytes;
        destination[2] = _hasFloor ? (byte)1 : (byte)0;
        destination[3] = 0;
        BinaryPrimitives.WriteInt32BigEndian(destination[4..], Partitions);
        BinaryPrimitives.WriteInt32BigEndian(destination[8..], Owners);
        BinaryPrimitives.WriteUInt64BigEndian(destination[12..], _floor);
        WriteKey(destination[20..]);
        var at = SnapshotHeaderBytes;
        var hashes = new ulong[Owners];
        _owners?.CopyTo(hashes);
        foreach (var hash in hashes)
        {
            BinaryPrimitives.WriteUInt64BigEndian(destination[at..], hash);
            at += SenderTable.HashBytes;
        }

        foreach (var partition in Owned)
        {
            BinaryPrimitives.WriteInt32BigEndian(destination[at..], partition.SnapshotLength);
            at += LengthBytes;
            at += partition.WriteSnapshot(destination[at..]);
        }

        SnapshotChecksum.Write(destination);
        return length;
    }

    /// <summary>
    /// Restores a cache. False for a snapshot that is torn, altered, of another version, timestamp length or number of partitions than the settings ask for:
    /// then the state is doubtful, and an empty cache, or senders in other partitions, would accept replays. A different capacity in the settings is applied
    /// like <see cref="Resize"/>.
    /// </summary>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public static bool TryReadSnapshot(ReadOnlySpan<byte> snapshot, ReplayCacheSettings settings, [NotNullWhen(true)] out PerSenderReplayCache? cache)
    {
        ArgumentNullException.ThrowIfNull(settings);
        cache = null;
        if (snapshot.Length < SnapshotHeaderBytes + SnapshotChecksum.Length || snapshot[0] != SnapshotVersion || snapshot[1] != settings.TimestampBytes
            || snapshot[2] > 1 || !SnapshotChecksum.Matches(snapshot))
        {
            return false;
        }

        var key = snapshot[20..];
        var restored = new PerSenderReplayCache(settings, BinaryPrimitives.ReadUInt64BigEndian(key), BinaryPrimitives.ReadUInt64BigEndian(key[8..]))
        {
            _hasFloor = snapshot[2] == 1,
            _floor = BinaryPrimitives.ReadUInt64BigEndian(snapshot[12..]),
        };
        var owners = BinaryPrimitives.ReadInt32BigEndian(snapshot[8..]);
        if (BinaryPrimitives.ReadInt32BigEndian(snapshot[4..]) != restored.Partitions || owners < 0 || owners > restored.Partitions
            || !restored.TryReadPartitions(snapshot[SnapshotHeaderBytes..^SnapshotChecksum.Length], owners))
        {
            return false;
        }

        cache = restored;
        return true;
    }

    private bool TryReadPartitions(ReadOnlySpan<byte> content, int owners)
    {
        if (content.Length < owners * SenderTable.HashBytes)
        {
            return false;
        }

        var hashes = content[..(owners * SenderTable.HashBytes)];
        content = content[hashes.Length..];
        _owners = owners > 0 ? NewTable() : null;
        for (var number = 0; number < owners; number++)
        {
            var length = content.Length < LengthBytes ? -1 : BinaryPrimitives.ReadInt32BigEndian(content);
            if (length < 0 || length > content.Length - LengthBytes
                || !ModifiedReplayCache.TryReadSnapshot(content.Slice(LengthBytes, length), SettingsOf(number), out var partition)
                || !Adopt(BinaryPrimitives.ReadUInt64BigEndian(hashes[(number * SenderTable.HashBytes)..]), partition))
            {
                return false;
            }

            if (_hasFloor)
            {
                partition.RaiseFloor(_floor);
            }

            content = content[(LengthBytes + length)..];
        }

        return content.IsEmpty;
    }

    private SenderTable NewTable()
    {
        Span<byte> key = stackalloc byte[SenderTable.KeyBytes];
        WriteKey(key);
        return new SenderTable(key, Partitions);
    }

    private void WriteKey(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _keyHigh);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _keyLow);
    }
}

using UeFarm.Protocol;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Sizing;

/// <summary>One message of the schedule: 24 bytes.</summary>
internal struct SizingMessage
{
    public NtpTimestamp Timestamp;
    public int Sender;
    public int Recipient;
    public ushort Bytes;
    public SizingMessageState State;
    public byte Server;
    public bool HasArrived;

    /// <summary>A bit for each compared cache that has accepted it.</summary>
    public byte AcceptedBy;

    /// <summary>The identity of a message by its number: 160 bits that differ as those of real messages do.</summary>
    public static ReplayDigest DigestOf(int number)
    {
        var bits = new SeededRandomSource((ulong)number);
        return new ReplayDigest(bits.NextUInt64(), bits.NextUInt64(), (uint)number);
    }
}

namespace UeFarm.Protocol.Sip;

/// <summary>A row of a message's header table; offsets count from the first byte of the start line.</summary>
internal readonly struct SipHeaderEntry(SipHeaderId id, int nameOffset, int nameLength, int valueOffset, int valueLength)
{
    public readonly int NameOffset = nameOffset;
    public readonly int ValueOffset = valueOffset;
    public readonly int ValueLength = valueLength;
    public readonly ushort NameLength = (ushort)nameLength;
    public readonly SipHeaderId Id = id;
}

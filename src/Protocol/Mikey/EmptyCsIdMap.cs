using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey;

/// <summary>The map without any bytes (RFC 4563 section 5).</summary>
internal sealed class EmptyCsIdMap(byte sessionCount) : CsIdMap
{
    public static readonly EmptyCsIdMap Instance = new(0);

    public override CsIdMapType Type => CsIdMapType.Empty;

    public override byte SessionCount { get; } = sessionCount;

    public override int EncodedLength => 0;

    public override void Write(ref WireWriter writer)
    {
        // This map consists of its type alone.
    }
}

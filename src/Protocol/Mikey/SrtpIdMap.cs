using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey;

/// <summary>SRTP-ID (RFC 3830 section 6.1.1): for reading old messages; must not be used in the Ticket Transfer exchange.</summary>
internal sealed class SrtpIdMap(IReadOnlyList<SrtpIdSession> sessions) : CsIdMap
{
    private const int SessionBytes = 9;

    public IReadOnlyList<SrtpIdSession> Sessions { get; } = sessions;

    public override CsIdMapType Type => CsIdMapType.SrtpId;

    public override byte SessionCount => checked((byte)Sessions.Count);

    public override int EncodedLength => SessionBytes * Sessions.Count;

    public static bool TryRead(ref MikeyReader reader, int count, out CsIdMap? map)
    {
        map = null;
        var sessions = new SrtpIdSession[count];
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadByte("HDR.map Policy_no", out var policy)
                || !reader.TryReadUInt32("HDR.map SSRC", out var ssrc)
                || !reader.TryReadUInt32("HDR.map ROC", out var roc))
            {
                return false;
            }

            sessions[i] = new SrtpIdSession(policy, ssrc, roc);
        }

        map = new SrtpIdMap(sessions);
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        for (var i = 0; i < Sessions.Count; i++)
        {
            writer.WriteByte(Sessions[i].PolicyNumber);
            writer.WriteUInt32(Sessions[i].Ssrc);
            writer.WriteUInt32(Sessions[i].RolloverCounter);
        }
    }
}

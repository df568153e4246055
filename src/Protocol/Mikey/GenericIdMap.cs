using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey;

/// <summary>GENERIC-ID (RFC 6043 section 6.1.1).</summary>
internal sealed class GenericIdMap(IReadOnlyList<GenericIdSession> sessions) : CsIdMap
{
    public IReadOnlyList<GenericIdSession> Sessions { get; } = sessions;

    public override CsIdMapType Type => CsIdMapType.GenericId;

    public override byte SessionCount => checked((byte)Sessions.Count);

    public override int EncodedLength
    {
        get
        {
            var length = 0;
            for (var i = 0; i < Sessions.Count; i++)
            {
                length += Sessions[i].EncodedLength;
            }

            return length;
        }
    }

    public static bool TryRead(ref MikeyReader reader, int count, out CsIdMap? map)
    {
        map = null;
        var sessions = new GenericIdSession[count];
        for (var i = 0; i < count; i++)
        {
            if (!GenericIdSession.TryRead(ref reader, out var session))
            {
                return false;
            }

            sessions[i] = session!;
        }

        map = new GenericIdMap(sessions);
        return true;
    }

    public override void Write(ref WireWriter writer)
    {
        for (var i = 0; i < Sessions.Count; i++)
        {
            Sessions[i].Write(ref writer);
        }
    }
}

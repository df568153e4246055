using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey;

/// <summary>CS ID map of the common header (RFC 3830 section 6.1.1, RFC 4563 section 5, RFC 6043 section 6.1.1).</summary>
internal abstract class CsIdMap
{
    public abstract CsIdMapType Type { get; }

    /// <summary>#CS.</summary>
    public abstract byte SessionCount { get; }

    public abstract int EncodedLength { get; }

    public abstract void Write(ref WireWriter writer);

    public static bool TryRead(ref MikeyReader reader, out CsIdMap? map)
    {
        map = null;
        var start = reader.Offset;
        if (!reader.TryReadByte("HDR.#CS", out var count) || !reader.TryReadByte("HDR.CS ID map type", out var type))
        {
            return false;
        }

        switch ((CsIdMapType)type)
        {
            case CsIdMapType.Empty:
                map = new EmptyCsIdMap(count);
                return true;
            case CsIdMapType.SrtpId or CsIdMapType.GenericId when count > reader.Limits.MaxCryptoSessions:
                return reader.Fail(MikeyFault.LimitExceeded, "HDR.#CS", start);
            case CsIdMapType.SrtpId:
                return SrtpIdMap.TryRead(ref reader, count, out map);
            case CsIdMapType.GenericId:
                return GenericIdMap.TryRead(ref reader, count, out map);
            default:
                return reader.Fail(MikeyFault.BadMap, "HDR.CS ID map type", start + 1);
        }
    }
}

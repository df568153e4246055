using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>
/// A payload of a MIKEY message. A decoded one borrows the bytes of the message it came from, which must not change while
/// the payload is in use.
/// </summary>
internal abstract class MikeyPayload
{
    public abstract MikeyPayloadType Type { get; }

    /// <summary>Bytes of everything behind the Next payload byte.</summary>
    public abstract int BodyLength { get; }

    /// <summary>SIGN alone has no Next payload byte: it is always the last (RFC 3830 section 6.5).</summary>
    public virtual bool HasNextPayload => true;

    /// <summary>Bytes of the whole payload.</summary>
    public int EncodedLength => BodyLength + (HasNextPayload ? 1 : 0);

    /// <summary>Where the payload began in the message it was decoded from; 0 for one that was made here.</summary>
    public int Offset { get; internal set; }

    public void Write(ref WireWriter writer, MikeyPayloadType next)
    {
        if (HasNextPayload)
        {
            writer.WriteByte((byte)next);
        }

        WriteBody(ref writer);
    }

    protected abstract void WriteBody(ref WireWriter writer);
}

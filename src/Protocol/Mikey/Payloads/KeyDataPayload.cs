using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>A Key data sub-payload (RFC 3830 section 6.13, RFC 6043 section 6.2.1). Holds a key in the clear; its text shows none of it.</summary>
internal sealed class KeyDataPayload : MikeyPayload
{
    /// <exception cref="ArgumentException">A salt is given for a type that has none.</exception>
    public KeyDataPayload(KeyDataType keyType, ReadOnlyMemory<byte> key, KeyValidity validity, ReadOnlyMemory<byte> salt = default)
    {
        if (!HasSalt(keyType) && salt.Length > 0)
        {
            throw new ArgumentException("This type of key carries no salt.", nameof(salt));
        }

        KeyType = keyType;
        Key = key;
        Validity = validity;
        Salt = salt;
    }

    public KeyDataType KeyType { get; }

    public ReadOnlyMemory<byte> Key { get; }

    public ReadOnlyMemory<byte> Salt { get; }

    public KeyValidity Validity { get; }

    public override MikeyPayloadType Type => MikeyPayloadType.KeyData;

    public override int BodyLength => 3 + Key.Length + (HasSalt(KeyType) ? 2 + Salt.Length : 0) + Validity.EncodedLength;

    public bool IsTgk => KeyType is KeyDataType.Tgk or KeyDataType.TgkWithSalt;

    public bool IsTek => KeyType is KeyDataType.Tek or KeyDataType.TekWithSalt;

    /// <summary>Reads the plaintext of a KEMAC: sub-payloads to the end, each linked to the next by the number of Key data.</summary>
    public static bool TryReadAll(ReadOnlyMemory<byte> plaintext, MikeyLimits limits, out KeyDataPayload[] keys, out MikeyFailure failure)
    {
        keys = [];
        failure = default;
        var reader = new MikeyReader(plaintext, limits);
        var list = new List<KeyDataPayload>(2);
        byte next;
        do
        {
            var start = reader.Offset;
            if (list.Count == limits.MaxKeys)
            {
                return MikeyFailure.Set(out failure, MikeyFault.LimitExceeded, "Key data", start);
            }

            if (!reader.TryReadByte("Key data.next payload", out next) || !TryReadBody(ref reader, out var key))
            {
                failure = reader.Failure;
                return false;
            }

            if (next is not ((byte)MikeyPayloadType.Last) and not ((byte)MikeyPayloadType.KeyData))
            {
                return MikeyFailure.Set(out failure, MikeyFault.MisplacedPayload, "Key data.next payload", start);
            }

            key!.Offset = start;
            list.Add(key);
        }
        while (next != (byte)MikeyPayloadType.Last);

        if (!reader.IsAtEnd)
        {
            return MikeyFailure.Set(out failure, MikeyFault.TrailingBytes, "Key data", reader.Offset);
        }

        keys = [.. list];
        return true;
    }

    public override string ToString() => $"{KeyType}, {Key.Length} bytes";

    protected override void WriteBody(ref WireWriter writer)
    {
        writer.WriteByte((byte)(((byte)KeyType << 4) | (byte)Validity.Type));
        writer.WriteBytesWithLength16(Key.Span);
        if (HasSalt(KeyType))
        {
            writer.WriteBytesWithLength16(Salt.Span);
        }

        Validity.Write(ref writer);
    }

    private static bool HasSalt(KeyDataType type) => type is KeyDataType.TgkWithSalt or KeyDataType.TekWithSalt or KeyDataType.GtgkWithSalt;

    private static bool TryReadBody(ref MikeyReader reader, out KeyDataPayload? payload)
    {
        payload = null;
        var typeOffset = reader.Offset;
        if (!reader.TryReadByte("Key data.Type", out var typeAndValidity))
        {
            return false;
        }

        var type = (KeyDataType)(typeAndValidity >> 4);
        if (type > KeyDataType.Mpk)
        {
            return reader.Fail(MikeyFault.BadKeyData, "Key data.Type", typeOffset);
        }

        var salt = ReadOnlyMemory<byte>.Empty;
        if (!reader.TryReadBytesWithLength16("Key data.Key data", out var key)
            || (HasSalt(type) && !reader.TryReadBytesWithLength16("Key data.Salt data", out salt))
            || !KeyValidity.TryRead(ref reader, (KeyValidityType)(typeAndValidity & 0x0F), typeOffset, out var validity))
        {
            return false;
        }

        payload = new KeyDataPayload(type, key, validity, salt);
        return true;
    }
}

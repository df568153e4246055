using System.Text;
using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>IDR: an identity with its role (RFC 6043 section 6.6).</summary>
internal sealed class IdRolePayload(IdRole role, IdType idType, ReadOnlyMemory<byte> data) : MikeyPayload
{
    public IdRole Role { get; } = role;

    public IdType IdType { get; } = idType;

    public ReadOnlyMemory<byte> Data { get; } = data;

    public override MikeyPayloadType Type => MikeyPayloadType.IdRole;

    public override int BodyLength => 4 + Data.Length;

    public static IdRolePayload Uri(IdRole role, string uri) => new(role, IdType.Uri, Encoding.UTF8.GetBytes(uri));

    public static bool TryRead(ref MikeyReader reader, out MikeyPayload? payload)
    {
        payload = null;
        if (!reader.TryReadByte("IDR.ID role", out var role)
            || !reader.TryReadByte("IDR.ID type", out var idType)
            || !IdPayload.TryReadData(ref reader, "IDR.ID data", out var data))
        {
            return false;
        }

        payload = new IdRolePayload((IdRole)role, (IdType)idType, data);
        return true;
    }

    /// <summary>Same type and same bytes; the role may differ.</summary>
    public bool NamesSame(IdRolePayload other) => IdType == other.IdType && Data.Span.SequenceEqual(other.Data.Span);

    protected override void WriteBody(ref WireWriter writer)
    {
        writer.WriteByte((byte)Role);
        writer.WriteByte((byte)IdType);
        writer.WriteBytesWithLength16(Data.Span);
    }
}

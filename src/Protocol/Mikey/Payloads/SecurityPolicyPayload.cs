using UeFarm.Protocol.Wire;

namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>SP (RFC 3830 section 6.10): a numbered policy as a list of type and value.</summary>
internal sealed class SecurityPolicyPayload(byte policyNumber, SecurityProtocol protocol, IReadOnlyList<SecurityPolicyParameter> parameters) : MikeyPayload
{
    public byte PolicyNumber { get; } = policyNumber;

    public SecurityProtocol Protocol { get; } = protocol;

    public IReadOnlyList<SecurityPolicyParameter> Parameters { get; } = parameters;

    public override MikeyPayloadType Type => MikeyPayloadType.SecurityPolicy;

    public override int BodyLength => 4 + ParametersLength;

    private int ParametersLength
    {
        get
        {
            var length = 0;
            for (var i = 0; i < Parameters.Count; i++)
            {
                length += 2 + Parameters[i].Value.Length;
            }

            return length;
        }
    }

    public static bool TryRead(ref MikeyReader reader, out MikeyPayload? payload)
    {
        payload = null;
        if (!reader.TryReadByte("SP.Policy no", out var number)
            || !reader.TryReadByte("SP.Prot type", out var protocol)
            || !reader.TryReadUInt16("SP.Policy param length", out var length)
            || !reader.TrySlice("SP.Policy param", length, out var inner))
        {
            return false;
        }

        if (!TryReadParameters(ref inner, out var parameters))
        {
            return reader.FailLike(inner);
        }

        payload = new SecurityPolicyPayload(number, (SecurityProtocol)protocol, parameters);
        return true;
    }

    protected override void WriteBody(ref WireWriter writer)
    {
        writer.WriteByte(PolicyNumber);
        writer.WriteByte((byte)Protocol);
        writer.WriteUInt16(checked((ushort)ParametersLength));
        for (var i = 0; i < Parameters.Count; i++)
        {
            writer.WriteByte(Parameters[i].Type);
            writer.WriteBytesWithLength8(Parameters[i].Value.Span);
        }
    }

    private static bool TryReadParameters(ref MikeyReader reader, out IReadOnlyList<SecurityPolicyParameter> parameters)
    {
        parameters = [];
        if (reader.IsAtEnd)
        {
            return true;
        }

        var list = new List<SecurityPolicyParameter>();
        while (!reader.IsAtEnd)
        {
            if (list.Count == reader.Limits.MaxPolicyParameters)
            {
                return reader.Fail(MikeyFault.LimitExceeded, "SP.Policy param", reader.Offset);
            }

            if (!reader.TryReadByte("SP.Policy param type", out var type)
                || !reader.TryReadBytesWithLength8("SP.Policy param value", out var value))
            {
                return false;
            }

            list.Add(new SecurityPolicyParameter(type, value));
        }

        parameters = list;
        return true;
    }
}

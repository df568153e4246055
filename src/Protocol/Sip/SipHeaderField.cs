namespace UeFarm.Protocol.Sip;

/// <summary>One header field as a view into its message: the name as received, the value trimmed and unfolded.</summary>
public readonly ref struct SipHeaderField
{
    internal SipHeaderField(SipHeaderId id, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Id = id;
        Name = name;
        Value = value;
    }

    public SipHeaderId Id { get; }

    public ReadOnlySpan<byte> Name { get; }

    public ReadOnlySpan<byte> Value { get; }
}

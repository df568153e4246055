namespace UeFarm.Farm.Scenarios;

/// <summary>One phone of a secrets file: a password, or K, OPc (16 bytes each) and AMF (2 bytes). Its text shows no secret.</summary>
internal sealed record SubscriberRecord(string Impu, string Impi, string? Password, ReadOnlyMemory<byte> K, ReadOnlyMemory<byte> Opc, ReadOnlyMemory<byte> Amf)
{
    public override string ToString() => Impi;
}

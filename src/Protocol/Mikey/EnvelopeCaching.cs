namespace UeFarm.Protocol.Mikey;

/// <summary>C of PKE, 2 bits (RFC 3830 section 6.3): what the receiver may do with the envelope key.</summary>
internal enum EnvelopeCaching : byte
{
    None = 0,
    Allowed = 1,
    ForThisCsb = 2,
}

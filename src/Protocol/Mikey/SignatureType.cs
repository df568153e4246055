namespace UeFarm.Protocol.Mikey;

/// <summary>S type of SIGN, 4 bits (RFC 3830 section 6.5).</summary>
internal enum SignatureType : byte
{
    RsaPkcs1 = 0,
    RsaPss = 1,
}

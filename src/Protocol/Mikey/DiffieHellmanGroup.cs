namespace UeFarm.Protocol.Mikey;

/// <summary>Group of the DH payload (RFC 3830 section 6.4).</summary>
internal enum DiffieHellmanGroup : byte
{
    Oakley5 = 0,
    Oakley1 = 1,
    Oakley2 = 2,
}

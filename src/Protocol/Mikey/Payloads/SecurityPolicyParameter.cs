namespace UeFarm.Protocol.Mikey.Payloads;

/// <summary>One parameter of a security policy; the numbers depend on the protocol (for SRTP: RFC 3830 table 6.10.1.a).</summary>
internal readonly record struct SecurityPolicyParameter(byte Type, ReadOnlyMemory<byte> Value);

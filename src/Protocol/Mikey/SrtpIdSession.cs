namespace UeFarm.Protocol.Mikey;

/// <summary>One block of an SRTP-ID map; its CS ID is its 1-based place.</summary>
internal readonly record struct SrtpIdSession(byte PolicyNumber, uint Ssrc, uint RolloverCounter);

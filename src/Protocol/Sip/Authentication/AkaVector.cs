using System.Buffers.Binary;
using System.Security.Cryptography;

namespace UeFarm.Protocol.Sip.Authentication;

/// <summary>
/// The AKA procedures both sides share (TS 33.102 clause 6.3, RFC 3310 section 3): the challenge RAND||AUTN, its check, and the
/// resynchronisation token AUTS. SQN is 48 bits in the low end of a <see cref="ulong"/>.
/// </summary>
public static class AkaVector
{
    public const int RandLength = 16;
    public const int AutnLength = 16;
    public const int ChallengeLength = RandLength + AutnLength;
    public const int AutsLength = 14;
    public const ulong MaxSqn = (1UL << 48) - 1;

    // TS 33.102 clause 6.3.3: AMF is all zero in the MAC of a resynchronisation.
    private static ReadOnlySpan<byte> ResynchronisationAmf => [0, 0];

    /// <summary>Writes RAND || AUTN, 32 bytes, and XRES, 8 bytes; AUTN = (SQN xor AK) || AMF || MAC-A.</summary>
    public static void WriteChallenge(SubscriberCredentials credentials, ReadOnlySpan<byte> rand, ulong sqn, Span<byte> challenge, Span<byte> res)
    {
        var milenage = new Milenage(credentials.K.Span, credentials.Opc.Span);
        Span<byte> sqnBytes = stackalloc byte[Milenage.SqnLength];
        Span<byte> ak = stackalloc byte[Milenage.SqnLength];
        WriteSqn(sqn, sqnBytes);
        milenage.ComputeResponse(rand, res, ak);
        rand.CopyTo(challenge);
        var autn = challenge.Slice(RandLength, AutnLength);
        milenage.ComputeMacA(rand, sqnBytes, credentials.Amf.Span, autn[8..]);
        credentials.Amf.Span.CopyTo(autn[Milenage.SqnLength..]);
        WriteSqn(sqn ^ ReadSqn(ak), autn);
    }

    /// <summary>The phone's check of a challenge. False: MAC-A does not fit. RES is 8 bytes.</summary>
    public static bool TryOpenChallenge(SubscriberCredentials credentials, ReadOnlySpan<byte> challenge, Span<byte> res, out ulong sqn)
    {
        var milenage = new Milenage(credentials.K.Span, credentials.Opc.Span);
        var rand = challenge[..RandLength];
        var autn = challenge.Slice(RandLength, AutnLength);
        Span<byte> ak = stackalloc byte[Milenage.SqnLength];
        Span<byte> sqnBytes = stackalloc byte[Milenage.SqnLength];
        Span<byte> expected = stackalloc byte[Milenage.MacLength];
        milenage.ComputeResponse(rand, res, ak);
        sqn = ReadSqn(autn) ^ ReadSqn(ak);
        WriteSqn(sqn, sqnBytes);
        milenage.ComputeMacA(rand, sqnBytes, autn.Slice(Milenage.SqnLength, Milenage.AmfLength), expected);
        return CryptographicOperations.FixedTimeEquals(expected, autn[8..]);
    }

    /// <summary>XRES for a RAND, 8 bytes: the password of the digest.</summary>
    public static void WriteExpectedResponse(SubscriberCredentials credentials, ReadOnlySpan<byte> rand, Span<byte> res)
    {
        Span<byte> ak = stackalloc byte[Milenage.SqnLength];
        new Milenage(credentials.K.Span, credentials.Opc.Span).ComputeResponse(rand, res, ak);
    }

    /// <summary>AUTS = (SQN_MS xor AK*) || MAC-S, 14 bytes.</summary>
    public static void WriteAuts(SubscriberCredentials credentials, ReadOnlySpan<byte> rand, ulong sqnMs, Span<byte> auts)
    {
        var milenage = new Milenage(credentials.K.Span, credentials.Opc.Span);
        Span<byte> ak = stackalloc byte[Milenage.SqnLength];
        Span<byte> sqnBytes = stackalloc byte[Milenage.SqnLength];
        milenage.ComputeResynchronisationKey(rand, ak);
        WriteSqn(sqnMs, sqnBytes);
        milenage.ComputeMacS(rand, sqnBytes, ResynchronisationAmf, auts[Milenage.SqnLength..]);
        WriteSqn(sqnMs ^ ReadSqn(ak), auts);
    }

    /// <summary>The network's check of AUTS. False: MAC-S does not fit.</summary>
    public static bool TryOpenAuts(SubscriberCredentials credentials, ReadOnlySpan<byte> rand, ReadOnlySpan<byte> auts, out ulong sqnMs)
    {
        var milenage = new Milenage(credentials.K.Span, credentials.Opc.Span);
        Span<byte> ak = stackalloc byte[Milenage.SqnLength];
        Span<byte> sqnBytes = stackalloc byte[Milenage.SqnLength];
        Span<byte> expected = stackalloc byte[Milenage.MacLength];
        milenage.ComputeResynchronisationKey(rand, ak);
        sqnMs = ReadSqn(auts) ^ ReadSqn(ak);
        WriteSqn(sqnMs, sqnBytes);
        milenage.ComputeMacS(rand, sqnBytes, ResynchronisationAmf, expected);
        return CryptographicOperations.FixedTimeEquals(expected, auts[Milenage.SqnLength..AutsLength]);
    }

    internal static void WriteSqn(ulong sqn, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(sqn >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(destination[2..], (uint)sqn);
    }

    internal static ulong ReadSqn(ReadOnlySpan<byte> source) =>
        ((ulong)BinaryPrimitives.ReadUInt16BigEndian(source) << 32) | BinaryPrimitives.ReadUInt32BigEndian(source[2..]);
}

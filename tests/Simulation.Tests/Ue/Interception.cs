using System.Buffers.Binary;
using System.Globalization;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Smime;
using Xunit;

namespace UeFarm.Simulation.Tests.Ue;

/// <summary>What somebody on the path, without any key, can make of a protected MESSAGE.</summary>
internal static class Interception
{
    /// <summary>The same request under a new branch and Call-ID.</summary>
    public static byte[] InNewTransaction(SipRequest request, int number) => Rewrite(request, number, request.GetHeaderText(SipHeaderId.ContentType)!, request.Body.Span);

    /// <summary>Another body, under a new branch and Call-ID.</summary>
    public static byte[] WithBody(SipRequest request, int number, string contentType, ReadOnlySpan<byte> body) => Rewrite(request, number, contentType, body);

    public static byte[] With(SipRequest request, int number, ReadOnlySpan<byte> mikey, ReadOnlySpan<byte> cms)
    {
        var (contentType, body) = ProtectedBody.Compose(mikey, cms, new SeededRandomSource((ulong)number));
        return Rewrite(request, number, contentType, body);
    }

    public static (byte[] Mikey, byte[] Cms) Split(SipRequest request)
    {
        request.TryGetHeader(SipHeaderId.ContentType, out var contentType);
        Assert.True(ProtectedBody.TrySplit(contentType, request.Body, out var mikey, out var cms, out var problem), problem);
        return (mikey.ToArray(), cms.ToArray());
    }

    public static byte[] FlipLast(byte[] bytes)
    {
        var copy = (byte[])bytes.Clone();
        copy[^1] ^= 1;
        return copy;
    }

    /// <summary>Three bytes of Initiator Data, which the MAC does not cover. Its length field stands before V, which ends the message: 2 bytes, then 20 of MAC.</summary>
    public static byte[] InsertInitiatorData(byte[] transferInit)
    {
        var at = transferInit.Length - 20 - 2 - 2;
        Assert.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(transferInit.AsSpan(at)));
        return [.. transferInit[..at], 0, 3, 1, 2, 3, .. transferInit[(at + 2)..]];
    }

    public static byte[] Redate(byte[] transferInit, NtpTimestamp from, NtpTimestamp to)
    {
        Span<byte> old = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(old, from.Raw);
        var copy = (byte[])transferInit.Clone();
        var at = copy.AsSpan().IndexOf(old);
        Assert.True(at > 0);
        BinaryPrimitives.WriteUInt64BigEndian(copy.AsSpan(at), to.Raw);
        return copy;
    }

    private static byte[] Rewrite(SipRequest request, int number, string contentType, ReadOnlySpan<byte> body)
    {
        var id = number.ToString(CultureInfo.InvariantCulture);
        return SipWriter.Rent().Request(SipMethod.Message, System.Text.Encoding.ASCII.GetString(request.RequestUriText))
            .Via(SipTransportKind.Udp, "10.0.0.1:5060", "z9hG4bKattack" + id)
            .Header(SipHeaderId.MaxForwards, 60)
            .Header(SipHeaderId.From, $"<{request.From.Uri}>;tag=x{id}")
            .Header(SipHeaderId.To, $"<{request.To.Uri}>")
            .Header(SipHeaderId.CallId, "attack" + id)
            .CSeq(1, SipMethod.Message)
            .Header(SipHeaderId.ContentType, contentType)
            .Finish(body);
    }
}

using System.Globalization;
using System.Text;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>A subscriber as a test plays it by hand: registers over its connection and writes plain texts.</summary>
internal sealed class SipSubscriber(SipConnection connection, UeProfile profile, string domain)
{
    private readonly DigestClient _digest = new(profile.Credentials, SystemRandomSource.Instance);
    private readonly string _id = SystemRandomSource.Instance.NextUInt64().ToString("x16", CultureInfo.InvariantCulture);
    private uint _sequence;

    /// <summary>Registers and answers the challenges on the way; fails the test when that is not accepted.</summary>
    public async Task RegisterAsync(CancellationToken cancellation)
    {
        var status = 0;
        for (var attempt = 0; attempt < 3 && status != 200; attempt++)
        {
            Assert.True(await connection.TrySendAsync(CreateRegister(), cancellation));
            var response = Assert.IsType<SipResponse>(await connection.ReceiveAsync(cancellation));
            status = response.StatusCode;
            Assert.True(status == 200 || _digest.TryAccept(response, out _), $"answered {status}");
        }

        Assert.Equal(200, status);
    }

    /// <summary>A MESSAGE; its Call-ID is the key.</summary>
    public byte[] CreateMessage(string recipient, string key, string text) => Start(SipMethod.Message, recipient)
        .Header(SipHeaderId.From, $"<{profile.PublicIdentity}>;tag={_id}")
        .Header(SipHeaderId.To, $"<{recipient}>")
        .Header(SipHeaderId.CallId, key)
        .CSeq(++_sequence, SipMethod.Message)
        .Header(SipHeaderId.ContentType, "text/plain;charset=utf-8")
        .Finish(Encoding.UTF8.GetBytes(text));

    private byte[] CreateRegister()
    {
        var uri = "sip:" + domain;
        return Start(SipMethod.Register, uri)
            .Header(SipHeaderId.From, $"<{profile.PublicIdentity}>;tag={_id}")
            .Header(SipHeaderId.To, $"<{profile.PublicIdentity}>")
            .Header(SipHeaderId.CallId, $"r{_id}@{connection.LocalEndPoint}")
            .CSeq(++_sequence, SipMethod.Register)
            .Header(SipHeaderId.Contact, $"<sip:test@{connection.LocalEndPoint};transport=tcp>")
            .Header(SipHeaderId.Expires, 600)
            .Header(SipHeaderId.Authorization, _digest.CreateHeader(SipMethod.Register, uri, default) ?? _digest.CreateInitialHeader(domain, uri))
            .Finish();
    }

    private SipWriter Start(SipMethod method, string uri) => SipWriter.Rent().Request(method, uri)
        .Via(SipTransportKind.Tcp, connection.LocalEndPoint.ToString(), $"z9hG4bK{SystemRandomSource.Instance.NextUInt64():x16}")
        .Header(SipHeaderId.MaxForwards, 70);
}

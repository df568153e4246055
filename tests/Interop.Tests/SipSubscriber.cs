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
    public async Task RegisterAsync(CancellationToken cancellation, int expires = 600)
    {
        var status = 0;
        for (var attempt = 0; attempt < 3 && status != 200; attempt++)
        {
            Assert.True(await connection.TrySendAsync(CreateRegister(expires), cancellation));
            var response = Assert.IsType<SipResponse>(await connection.ReceiveAsync(cancellation));
            status = response.StatusCode;
            Assert.True(status == 200 || _digest.TryAccept(response, out _), $"answered {status}");
        }

        Assert.Equal(200, status);
    }

    /// <summary>A MESSAGE; its Call-ID is the key.</summary>
    public byte[] CreateMessage(string recipient, string key, string text)
    {
        var writer = Start(SipMethod.Message, recipient)
            .Header(SipHeaderId.From, $"<{profile.PublicIdentity}>;tag={_id}")
            .Header(SipHeaderId.To, $"<{recipient}>")
            .Header(SipHeaderId.CallId, key)
            .CSeq(++_sequence, SipMethod.Message)
            .Header(SipHeaderId.ContentType, "text/plain;charset=utf-8");
        if (_digest.HeaderId == SipHeaderId.ProxyAuthorization && _digest.CreateHeader(SipMethod.Message, recipient, default) is { } credentials)
        {
            writer.Header(SipHeaderId.ProxyAuthorization, credentials);
        }

        return writer.Finish(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Writes a message and waits for its final answer, with the challenge of a proxy on the way. One at a time.</summary>
    public async Task<int> WriteAsync(string recipient, string key, string text, CancellationToken cancellation)
    {
        for (var isChallenged = false; ; isChallenged = true)
        {
            Assert.True(await connection.TrySendAsync(CreateMessage(recipient, key, text), cancellation));
            SipResponse response;
            do
            {
                response = Assert.IsType<SipResponse>(await connection.ReceiveAsync(cancellation));
            }
            while (response.StatusCode < 200 || Encoding.ASCII.GetString(response.CallId) != key);
            if (response.StatusCode != 407 || isChallenged)
            {
                return response.StatusCode;
            }

            Assert.True(_digest.TryAccept(response, out var fault), fault.ToString());
        }
    }

    /// <summary>Takes every message and answers 200, after calling back with its text, until the connection is gone.</summary>
    public async Task ReceiveAsync(Func<string, Task> onMessage, CancellationToken cancellation)
    {
        var core = new SipHop(SipTransportKind.Tcp, connection.RemoteEndPoint, 0);
        while (await connection.ReceiveAsync(cancellation) is { } message)
        {
            if (message is SipRequest request)
            {
                await onMessage(Encoding.UTF8.GetString(request.Body.Span));
                var answer = SipForwarding.Respond(request, 200, _id, core);
                if (!await connection.TrySendAsync(answer, cancellation))
                {
                    return;
                }
            }
        }
    }

    private byte[] CreateRegister(int expires)
    {
        var uri = "sip:" + domain;
        return Start(SipMethod.Register, uri)
            .Header(SipHeaderId.From, $"<{profile.PublicIdentity}>;tag={_id}")
            .Header(SipHeaderId.To, $"<{profile.PublicIdentity}>")
            .Header(SipHeaderId.CallId, $"r{_id}@{connection.LocalEndPoint}")
            .CSeq(++_sequence, SipMethod.Register)
            .Header(SipHeaderId.Contact, $"<sip:test@{connection.LocalEndPoint};transport=tcp>")
            .Header(SipHeaderId.Expires, expires)
            .Header(SipHeaderId.Authorization, _digest.CreateHeader(SipMethod.Register, uri, default) ?? _digest.CreateInitialHeader(domain, uri))
            .Finish();
    }

    private SipWriter Start(SipMethod method, string uri) => SipWriter.Rent().Request(method, uri)
        .Via(SipTransportKind.Tcp, connection.LocalEndPoint.ToString(), $"z9hG4bK{SystemRandomSource.Instance.NextUInt64():x16}")
        .Header(SipHeaderId.MaxForwards, 70);
}

using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using Xunit;

namespace UeFarm.Actors.Tests.Core;

/// <summary>Someone who speaks SIP to a core over a transport of its own: any number of phones, or an application server.</summary>
internal sealed class CorePeer : ISipReceiver, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<SipResponse>> _waiting = new();
    private readonly Channel<(SipRequest Request, SipHop From)> _requests = Channel.CreateUnbounded<(SipRequest, SipHop)>();
    private int _count;

    public ISipTransport Transport { get; private set; } = null!;

    /// <summary>Requests that are answered at once, with the status given; null: kept for <see cref="ReceiveAsync"/>.</summary>
    public Func<SipRequest, int?> AnswerAtOnce { get; set; } = static _ => null;

    public static CorePeer Open(Func<ISipReceiver, ISipTransport> open)
    {
        var peer = new CorePeer();
        peer.Transport = open(peer);
        return peer;
    }

    public void OnMessage(SipMessage message, SipHop from)
    {
        if (message is SipRequest request)
        {
            if (AnswerAtOnce(request) is { } status)
            {
                Answer(request, from, status);
            }
            else
            {
                _requests.Writer.TryWrite((request, from));
            }
        }
        else if (message is SipResponse { StatusCode: >= 200 } response
            && _waiting.TryRemove(Encoding.ASCII.GetString(response.TopVia.Branch), out var waiting))
        {
            waiting.SetResult(response);
        }
    }

    public void OnFlowFailed(SipHop hop)
    {
    }

    public async Task<(SipRequest Request, SipHop From)> ReceiveAsync() =>
        await _requests.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);

    public void Answer(SipRequest request, SipHop from, int status) =>
        Assert.Equal(SipSendResult.Queued, Transport.Send(from, SipForwarding.Respond(request, status, "peer", from)));

    /// <summary>Sends a request; extra holds whole lines.</summary>
    public async Task<SipResponse> RequestAsync(
        SipHop to, string method, string requestUri, string from, string toUri, string callId, int cseq, string extra = "", string body = "")
    {
        var branch = $"z9hG4bK-peer-{Transport.LocalEndPoint.Port}-{Interlocked.Increment(ref _count)}";
        var transport = Transport.Kind == SipTransportKind.Tcp ? "TCP" : "UDP";
        var waiting = new TaskCompletionSource<SipResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[branch] = waiting;
        var text =
            $"{method} {requestUri} SIP/2.0\r\nVia: SIP/2.0/{transport} {Transport.LocalEndPoint};branch={branch};rport\r\nMax-Forwards: 70\r\n" +
            $"From: <{from}>;tag=p\r\nTo: <{toUri}>\r\nCall-ID: {callId}\r\nCSeq: {cseq} {method}\r\n{extra}Content-Length: {body.Length}\r\n\r\n{body}";
        Assert.Equal(SipSendResult.Queued, Transport.Send(to, Encoding.UTF8.GetBytes(text)));
        return await waiting.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    /// <summary>Registers a phone, answering challenges; returns the last status.</summary>
    public async Task<int> RegisterAsync(SipHop core, string name, DigestClient client, int cseq = 1, int expires = 3600)
    {
        var user = $"sip:{name}@ims.example";
        var status = 401;
        for (var attempt = 0; attempt < 4 && status == 401; attempt++)
        {
            var header = client.CreateHeader(SipMethod.Register, "sip:ims.example", default);
            var authorization = header is null ? string.Empty : $"Authorization: {header}\r\n";
            var contact = $"Contact: <sip:{name}@{Transport.LocalEndPoint}>\r\nExpires: {expires}\r\n";
            var response = await RequestAsync(core, "REGISTER", "sip:ims.example", user, user, $"r-{name}", cseq + attempt, contact + authorization);
            status = response.StatusCode;
            if (status == 401)
            {
                client.TryAccept(response, out _);
            }
        }

        return status;
    }

    public Task<SipResponse> MessageAsync(SipHop core, string from, string to, int number, string extra = "") => RequestAsync(
        core, "MESSAGE", $"sip:{to}@ims.example", $"sip:{from}@ims.example", $"sip:{to}@ims.example", $"m-{from}-{to}-{number}", 1,
        extra + "Content-Type: text/plain\r\n", "hello");

    public ValueTask DisposeAsync() => Transport.DisposeAsync();
}

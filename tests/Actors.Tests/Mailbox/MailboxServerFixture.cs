using System.Net;
using System.Text;
using System.Threading.Channels;
using Akka.Actor;
using Microsoft.Extensions.Time.Testing;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Sip;
using Xunit;

namespace UeFarm.Actors.Tests.Mailbox;

/// <summary>
/// A server on a network in memory, with this object as its core: it sends requests, sees what the server sends, and answers. Time is the
/// test's; it moves when it is told to, and while something is awaited, then no faster than the real one: on a busy machine nothing times out early.
/// </summary>
internal sealed class MailboxServerFixture : ISipReceiver, IMailboxObserver, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly InMemorySipNetwork _network = new();
    private readonly Channel<SipMessage> _received = Channel.CreateUnbounded<SipMessage>();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("uefarm-as-");
    private readonly ActorSystem _system = FarmActorSystem.Create("mailbox-tests", "akka.loglevel = OFF");
    private readonly ISipTransport _core;
    private int _numbers;

    /// <summary>Sockets: TCP on loopback instead of the network in memory.</summary>
    public MailboxServerFixture(bool sockets = false)
    {
        Clock = new FakeTimeProvider(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero));
        Wheel = new WakeUpWheel(Clock, TimeSpan.FromMilliseconds(5));
        _core = sockets
            ? SipTransports.StartTcp(new SipTransportSettings(), this)
            : _network.Open(new IPEndPoint(IPAddress.Loopback, 5060), this, SipLimits.Default);
        Settings = new ApplicationServerSettings
        {
            Domain = "ims.example",
            Core = new SipHop(_core.Kind, _core.LocalEndPoint, 0),
            DatabasePath = DatabasePath,
            Behavior = new ApplicationServerOptions { DrainDelay = TimeSpan.FromMilliseconds(50), HoldTime = TimeSpan.FromSeconds(20) },
            BackOffBase = TimeSpan.FromMilliseconds(200),
            IdleTime = TimeSpan.FromMilliseconds(200),
            Random = SystemRandomSource.Instance,
            Observer = this,
            OpenTransports = sockets ? null : receiver => [_network.Open(new IPEndPoint(IPAddress.Loopback, 5070), receiver, SipLimits.Default)],
        };
    }

    public FakeTimeProvider Clock { get; }

    public WakeUpWheel Wheel { get; }

    public string DatabasePath => Path.Combine(_folder.FullName, "mailboxes.db");

    public ApplicationServerSettings Settings { get; set; }

    public ApplicationServer Server { get; private set; } = null!;

    /// <summary>For a server that is started later.</summary>
    public void Change(Func<ApplicationServerOptions, ApplicationServerOptions> change) => Settings = Settings with { Behavior = change(Settings.Behavior) };

    public List<string> Dropped { get; } = [];

    public bool ObserverFails { get; set; }

    public async Task StartAsync() => Server = await ApplicationServer.StartAsync(_system, Settings, Wheel);

    public void OnMessage(SipMessage message, SipHop from) => _received.Writer.TryWrite(message);

    public void OnFlowFailed(SipHop hop)
    {
        // the server is the only peer; its end is part of some tests
    }

    public void OnDropped(ReadOnlyMemory<byte> body, string contentType, string reason)
    {
        lock (Dropped)
        {
            Dropped.Add($"{reason} {contentType} {Encoding.UTF8.GetString(body.Span)}");
        }

        if (ObserverFails)
        {
            ObserverFails = false;
            throw new InvalidOperationException("the observer failed");
        }
    }

    /// <summary>The next message of the server; meanwhile time passes in small steps.</summary>
    public async Task<SipMessage> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (_received.Reader.TryRead(out var message))
            {
                return message;
            }

            using var moment = CancellationTokenSource.CreateLinkedTokenSource(patience.Token);
            moment.CancelAfter(Step);
            try
            {
                await _received.Reader.WaitToReadAsync(moment.Token);
            }
            catch (OperationCanceledException)
            {
                patience.Token.ThrowIfCancellationRequested();
                Clock.Advance(Step);
            }
        }
    }

    /// <summary>The next message that is not a provisional response.</summary>
    public async Task<string> NextLineAsync()
    {
        while (true)
        {
            switch (await NextAsync())
            {
                case SipRequest { Method: SipMethod.Message } report when ImdnReportOf(report) is { } imdn:
                    Last = report;
                    return $"{imdn.Status} {imdn.MessageId} to {report.RequestUri.User}";
                case SipResponse { StatusCode: >= 200 } response:
                    return $"{response.StatusCode} {Encoding.ASCII.GetString(response.CallId)}";
                case SipRequest request:
                    Last = request;
                    return $"{request.Method} {Encoding.UTF8.GetString(request.Body.Span)}";
            }
        }
    }

    private static ImdnReport? ImdnReportOf(SipRequest request) =>
        request.GetHeaderText(SipHeaderId.ContentType) == CpimMessage.MediaType && CpimReader.TryRead(request.Body, out var cpim, out _)
        && ImdnXml.TryRead(cpim!.Content, out var report, out _) ? report : null;

    /// <summary>The latest request of the server.</summary>
    public SipRequest? Last { get; private set; }

    public async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            await Task.Delay(Step, patience.Token);
            Clock.Advance(Step);
        }
    }

    public void Register(string user, int expires) =>
        Send("REGISTER", "sip:as.ims.example", $"sip:{user}@ims.example", $"Contact: <sip:scscf.ims.example>\r\nExpires: {expires}\r\n", string.Empty);

    public async Task<string> RegisterAsync(string user, int expires = 600000)
    {
        Register(user, expires);
        return await NextLineAsync();
    }

    /// <summary>Sends a text of alice that asks for reports, in a wrapper, and returns its Call-ID.</summary>
    public string MessageAsking(string user, string id, string requests, int expires = 3600) => Send(
        "MESSAGE",
        $"sip:{user}@ims.example",
        $"sip:{user}@ims.example",
        $"P-Asserted-Identity: <sip:alice@ims.example>\r\nExpires: {expires}\r\nContent-Type: message/cpim\r\n",
        $"From: <sip:alice@ims.example>\r\nTo: <sip:{user}@ims.example>\r\nDateTime: 2026-07-01T12:00:00Z\r\nNS: imdn <urn:ietf:params:imdn>\r\n"
        + $"imdn.Message-ID: {id}\r\nimdn.Disposition-Notification: {requests}\r\n\r\nContent-Type: text/plain\r\n\r\ntext {id}");

    /// <summary>Sends a text message and returns its Call-ID.</summary>
    public string Message(string user, string text, string headers = "") =>
        Send("MESSAGE", $"sip:{user}@ims.example", $"sip:{user}@ims.example", headers + "Content-Type: text/plain\r\n", text);

    public string Send(string method, string requestUri, string to, string headers, string body)
    {
        var number = ++_numbers;
        var text = $"{method} {requestUri} SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bKt{number}\r\nMax-Forwards: 70\r\n"
            + $"From: <sip:alice@ims.example>;tag=t\r\nTo: <{to}>\r\nCall-ID: c{number}\r\nCSeq: 1 {method}\r\n{headers}"
            + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";
        Assert.Equal(SipSendResult.Queued, _core.Send(new SipHop(_core.Kind, Server.EndPoint, 0), Encoding.UTF8.GetBytes(text)));
        return $"c{number}";
    }

    /// <summary>Answers the latest request of the server.</summary>
    public void Respond(int status, string headers = "") => RespondTo(Last!, status, headers);

    public void RespondTo(SipRequest request, int status, string headers = "")
    {
        var text = $"SIP/2.0 {status} Status\r\nVia: {request.GetHeaderText(SipHeaderId.Via)}\r\nFrom: {request.GetHeaderText(SipHeaderId.From)}\r\n"
            + $"To: {request.GetHeaderText(SipHeaderId.To)};tag=b\r\nCall-ID: {Encoding.ASCII.GetString(request.CallId)}\r\nCSeq: 1 MESSAGE\r\n"
            + $"{headers}Content-Length: 0\r\n\r\n";
        _core.Send(new SipHop(_core.Kind, Server.EndPoint, 0), Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Nobody listens at the core's address any more.</summary>
    public ValueTask CloseCoreAsync() => _core.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }

        await _core.DisposeAsync();
        await _system.Terminate();
        await Wheel.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

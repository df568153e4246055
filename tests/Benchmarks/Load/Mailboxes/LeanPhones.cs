using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>
/// As many phones as wanted behind one SIP address, with as little work as possible: they register, send MESSAGEs with protected bodies, answer 200 to
/// those that they get and write everything into a book. To a server they look like the next hop of an IMS core; the same for every server
/// under test. Requests go out over TCP.
/// </summary>
internal sealed class LeanPhones : ISipReceiver, IAsyncDisposable
{
    private const int PortAttempts = 20;

    private readonly ProtectedBodies _bodies = new();
    private readonly ISipTransport _tcp;
    private readonly ISipTransport? _udp;
    private readonly SlowAnswers? _slow;
    private readonly string _sentBy;
    private long _registrationsAnswered;
    private long _registrationsRefused;
    private long _calls;
    private long _lastArrival;

    /// <summary>
    /// Connections: TCP connections to the server, used in turn. AnswerTime null: phones get their messages over TCP and answer at once; else over UDP, and
    /// each answers one message after the other and needs that long for each.
    /// </summary>
    public LeanPhones(int phones, int connections, TimeSpan? answerTime = null)
    {
        Book = new DeliveryBook(phones);
        var settings = new SipTransportSettings { ConnectionsPerPeer = connections };
        (_tcp, _udp) = answerTime is null ? (SipTransports.StartTcp(settings, this), null) : StartBoth(settings);
        _slow = answerTime is { } time ? new SlowAnswers(phones, time, Answer) : null;
        _sentBy = _tcp.LocalEndPoint.ToString();
    }

    /// <summary>Where the phones are.</summary>
    public SipHop Hop => new(_udp is null ? SipTransportKind.Tcp : SipTransportKind.Udp, _tcp.LocalEndPoint, 0);

    public DeliveryBook Book { get; }

    /// <summary>Where requests go.</summary>
    public IPEndPoint? Server { get; set; }

    public int BodyBytes => _bodies.Length;

    public long RegistrationsAnswered => Interlocked.Read(ref _registrationsAnswered);

    /// <summary>REGISTERs answered otherwise than 2xx.</summary>
    public long RegistrationsRefused => Interlocked.Read(ref _registrationsRefused);

    /// <summary>Most messages that a slow phone had before itself at once.</summary>
    public int MostAtOnce => _slow?.MostAtOnce ?? 0;

    /// <summary>When a message arrived last that had not arrived before, in ticks of the stopwatch.</summary>
    public long LastArrival => Volatile.Read(ref _lastArrival);

    /// <summary>Told of every final answer to a MESSAGE, with the token that was given when it was sent.</summary>
    public Action<int>? OnAnswered { get; set; }

    /// <summary>Sends a MESSAGE to a phone.</summary>
    public void Send(int phone, NtpTimestamp timestamp, int token)
    {
        var number = Book.NoteSent(phone);
        var address = Subscribers.AddressOf(phone);
        var sender = Subscribers.AddressOf((phone + 1) % Book.Phones);
        var writer = SipWriter.Rent()
            .Request(SipMethod.Message, address)
            .Via(SipTransportKind.Tcp, _sentBy, string.Create(CultureInfo.InvariantCulture, $"z9hG4bKm{number:x}.{token:x}"))
            .Header(SipHeaderId.MaxForwards, 70)
            .Header(SipHeaderId.From, $"<{sender}>;tag=1")
            .Header(SipHeaderId.To, $"<{address}>")
            .Header(SipHeaderId.CallId, string.Create(CultureInfo.InvariantCulture, $"m{number:x}@{_sentBy}"))
            .CSeq(1, SipMethod.Message)
            .Date(TimeProvider.System.GetUtcNow())
            .Header(SipHeaderId.Expires, 604800)
            .Header(SipHeaderId.PAssertedIdentity, $"<{sender}>")
            .Header(SipHeaderId.ContentType, _bodies.ContentType);
        Transmit(writer.Finish(_bodies.Create(timestamp, number)));
    }

    /// <summary>
    /// A REGISTER that both a registrar understands (the contact, and that it takes MESSAGEs) and an application server as third-party registration
    /// (TS 24.229 section 5.4.1.7: To names the user).
    /// </summary>
    public void Register(int phone)
    {
        var address = Subscribers.AddressOf(phone);
        var call = Interlocked.Increment(ref _calls);
        var transport = _udp is null ? ";transport=tcp" : "";
        var writer = SipWriter.Rent()
            .Request(SipMethod.Register, "sip:" + Subscribers.Domain)
            .Via(SipTransportKind.Tcp, _sentBy, string.Create(CultureInfo.InvariantCulture, $"z9hG4bKr{call:x}"))
            .Header(SipHeaderId.MaxForwards, 70)
            .Header(SipHeaderId.From, $"<{address}>;tag=1")
            .Header(SipHeaderId.To, $"<{address}>")
            .Header(SipHeaderId.CallId, string.Create(CultureInfo.InvariantCulture, $"r{call:x}@{_sentBy}"))
            .CSeq(1, SipMethod.Register)
            .Header(SipHeaderId.Contact, $"<{address[..address.IndexOf('@')]}@{_sentBy}{transport}>;methods=\"MESSAGE\"")
            .Header(SipHeaderId.Allow, "MESSAGE")
            .Header(SipHeaderId.Expires, 7200);
        Transmit(writer.Finish());
    }

    public void OnMessage(SipMessage message, SipHop from)
    {
        if (message is SipResponse { StatusCode: >= 200 } response)
        {
            TakeAnswer(response);
        }
        else if (message is SipRequest request)
        {
            var status = Take(request, out var number, out var isFirst);
            if (_slow is null || status != 200)
            {
                Answer(request, from, status);
            }
            else
            {
                _slow.Add(DeliveryBook.PhoneOf(number), number, isFirst, request, from);
            }
        }
    }

    /// <summary>A server that was killed on purpose: what is not answered stays unanswered.</summary>
    public void OnFlowFailed(SipHop hop)
    {
    }

    public async ValueTask DisposeAsync()
    {
        await _tcp.DisposeAsync();
        if (_udp is not null)
        {
            await _udp.DisposeAsync();
        }
    }

    private (ISipTransport Tcp, ISipTransport Udp) StartBoth(SipTransportSettings settings)
    {
        for (var attempt = 1; ; attempt++)
        {
            var tcp = SipTransports.StartTcp(settings, this);
            try
            {
                return (tcp, SipTransports.StartUdp(settings with { Listen = tcp.LocalEndPoint }, this));
            }
            catch (SocketException) when (attempt < PortAttempts)
            {
                tcp.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }
    }

    private void Transmit(byte[] message)
    {
        var result = _tcp.Send(new SipHop(SipTransportKind.Tcp, Server!, 0), message);
        if (result != SipSendResult.Queued)
        {
            throw new IOException("a request could not be sent: " + result);
        }
    }

    private void Answer(SipRequest request, SipHop from, int status) =>
        (from.Transport == SipTransportKind.Udp ? _udp! : _tcp).Send(from, SipForwarding.Respond(request, status, "p", from));

    /// <summary>Writes a request into the book and gives the status to answer with.</summary>
    private int Take(SipRequest request, out long number, out bool isFirst)
    {
        (number, isFirst) = (0, false);
        if (request.Method != SipMethod.Message)
        {
            return 405;
        }

        if (!_bodies.TryRead(request.Body.Span, out var timestamp, out number) || DeliveryBook.PhoneOf(number) >= Book.Phones)
        {
            Book.NoteAltered();
            return 400;
        }

        if (!request.TryGetHeader(SipHeaderId.ContentType, out var contentType) || !System.Text.Ascii.Equals(contentType, _bodies.ContentType))
        {
            Book.NoteAltered();
        }

        isFirst = Book.NoteArrived(number, timestamp);
        if (isFirst)
        {
            Volatile.Write(ref _lastArrival, Stopwatch.GetTimestamp());
        }

        return 200;
    }

    private void TakeAnswer(SipResponse response)
    {
        var branch = response.TopVia.Branch["z9hG4bK".Length..];
        if (branch[0] == (byte)'r')
        {
            Interlocked.Add(ref _registrationsRefused, response.StatusCode < 300 ? 0 : 1);
            Interlocked.Increment(ref _registrationsAnswered);
        }
        else if (Utf8Parser.TryParse(branch[1..], out long number, out var used, 'x')
            && Utf8Parser.TryParse(branch[(used + 2)..], out int token, out _, 'x'))
        {
            Book.NoteAnswered(number, response.StatusCode);
            OnAnswered?.Invoke(token);
        }
    }
}

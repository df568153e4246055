using System.Buffers.Text;
using System.Globalization;
using System.Net;
using UeFarm.Actors.Transport;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>
/// As many phones as wanted behind one SIP address, with as little work as possible: they register, send MESSAGEs with protected bodies, answer 200 to those
/// that they get and write everything into a book. To a server they look like the next hop of an IMS core; the same for every server under test.
/// </summary>
internal sealed class LeanPhones : ISipReceiver, IAsyncDisposable
{
    private readonly ProtectedBodies _bodies = new();
    private readonly ISipTransport _tcp;
    private readonly string _sentBy;
    private long _registered;
    private long _registrationsRefused;
    private long _calls;

    /// <summary>Connections: TCP connections to the server, used in turn.</summary>
    public LeanPhones(int phones, int connections)
    {
        Book = new DeliveryBook(phones);
        _tcp = SipTransports.StartTcp(new SipTransportSettings { ConnectionsPerPeer = connections }, this);
        _sentBy = _tcp.LocalEndPoint.ToString();
    }

    public IPEndPoint EndPoint => _tcp.LocalEndPoint;

    public DeliveryBook Book { get; }

    /// <summary>Where requests go.</summary>
    public IPEndPoint? Server { get; set; }

    public int BodyBytes => _bodies.Length;

    /// <summary>REGISTERs answered 2xx.</summary>
    public long Registered => Interlocked.Read(ref _registered);

    public long RegistrationsRefused => Interlocked.Read(ref _registrationsRefused);

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
        var writer = SipWriter.Rent()
            .Request(SipMethod.Register, "sip:" + Subscribers.Domain)
            .Via(SipTransportKind.Tcp, _sentBy, string.Create(CultureInfo.InvariantCulture, $"z9hG4bKr{call:x}"))
            .Header(SipHeaderId.MaxForwards, 70)
            .Header(SipHeaderId.From, $"<{address}>;tag=1")
            .Header(SipHeaderId.To, $"<{address}>")
            .Header(SipHeaderId.CallId, string.Create(CultureInfo.InvariantCulture, $"r{call:x}@{_sentBy}"))
            .CSeq(1, SipMethod.Register)
            .Header(SipHeaderId.Contact, $"<{address[..address.IndexOf('@')]}@{_sentBy};transport=tcp>;methods=\"MESSAGE\"")
            .Header(SipHeaderId.Allow, "MESSAGE")
            .Header(SipHeaderId.Expires, 7200);
        Transmit(writer.Finish());
    }

    public void OnMessage(SipMessage message, SipHop from)
    {
        if (message is SipRequest request)
        {
            _tcp.Send(from, SipForwarding.Respond(request, Take(request), "p", from));
        }
        else if (message is SipResponse { StatusCode: >= 200 } response)
        {
            TakeAnswer(response);
        }
    }

    /// <summary>A server that was killed on purpose: what is not answered stays unanswered.</summary>
    public void OnFlowFailed(SipHop hop)
    {
    }

    public ValueTask DisposeAsync() => _tcp.DisposeAsync();

    private void Transmit(byte[] message)
    {
        var result = _tcp.Send(new SipHop(SipTransportKind.Tcp, Server!, 0), message);
        if (result != SipSendResult.Queued)
        {
            throw new IOException("a request could not be sent: " + result);
        }
    }

    /// <summary>Writes a request into the book and gives the status to answer with.</summary>
    private int Take(SipRequest request)
    {
        if (request.Method != SipMethod.Message)
        {
            return 405;
        }

        if (!_bodies.TryRead(request.Body.Span, out var timestamp, out var number) || DeliveryBook.PhoneOf(number) >= Book.Phones)
        {
            Book.NoteAltered();
            return 400;
        }

        if (!request.TryGetHeader(SipHeaderId.ContentType, out var contentType) || !System.Text.Ascii.Equals(contentType, _bodies.ContentType))
        {
            Book.NoteAltered();
        }

        Book.NoteArrived(number, timestamp);
        return 200;
    }

    private void TakeAnswer(SipResponse response)
    {
        var branch = response.TopVia.Branch["z9hG4bK".Length..];
        if (branch[0] == (byte)'r')
        {
            Interlocked.Increment(ref response.StatusCode < 300 ? ref _registered : ref _registrationsRefused);
        }
        else if (Utf8Parser.TryParse(branch[1..], out long number, out var used, 'x') && Utf8Parser.TryParse(branch[(used + 2)..], out int token, out _, 'x'))
        {
            Book.NoteAnswered(number, response.StatusCode);
            OnAnswered?.Invoke(token);
        }
    }
}

using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>A phone that speaks to a <see cref="CoreHarness"/> in plain text.</summary>
internal sealed class TestPhone
{
    private readonly CoreHarness _core;
    private int _branch;

    public TestPhone(CoreHarness core, string name, SubscriberCredentials credentials, SipHop hop)
    {
        _core = core;
        Name = name;
        Hop = hop;
        Client = new DigestClient(credentials, new SeededRandomSource(42));
        Contact = $"<sip:{name}@{hop.EndPoint}>";
        CallId = $"reg-{name}";
    }

    public string Name { get; }

    public SipHop Hop { get; set; }

    public DigestClient Client { get; set; }

    public string Contact { get; set; }

    public string CallId { get; set; }

    public int CSeq { get; set; }

    public string Via => $"SIP/2.0/{(Hop.Transport == SipTransportKind.Udp ? "UDP" : "TCP")} {Hop.EndPoint};branch=z9hG4bK-{Name}-{++_branch};rport";

    /// <summary>Registers, answering challenges; returns the last response.</summary>
    public SipResponse Register(string extra = "Expires: 3600\n")
    {
        SendRegister(extra);
        var response = _core.Take<SipResponse>();
        for (var attempt = 0; attempt < 3 && response.StatusCode == 401; attempt++)
        {
            Client.TryAccept(response, out _);
            SendRegister(extra);
            response = _core.Take<SipResponse>();
        }

        return response;
    }

    public void MustRegister(string extra = "Expires: 3600\n") => Assert.Equal(200, Register(extra).StatusCode);

    /// <summary>One REGISTER with what the phone knows; extra holds whole lines.</summary>
    public void SendRegister(string extra = "Expires: 3600\n", string requestUri = "sip:ims.example", string? to = null)
    {
        CSeq++;
        var header = Client.CreateHeader(SipMethod.Register, requestUri, default);
        var contact = Contact.Length == 0 ? string.Empty : $"Contact: {Contact}\n";
        var authorization = header is null ? string.Empty : $"Authorization: {header}\n";
        to ??= $"<sip:{Name}@ims.example>";
        _core.Deliver(
            $"REGISTER {requestUri} SIP/2.0\nVia: {Via}\nMax-Forwards: 70\nFrom: {to};tag=r1\nTo: {to}\nCall-ID: {CallId}\nCSeq: {CSeq} REGISTER\n" +
            $"{contact}{authorization}{extra}Content-Length: 0\n\n",
            Hop);
    }

    public string CreateMessage(string recipient, string extra = "", int maxForwards = 70, string? from = null, string method = "MESSAGE")
    {
        var requestUri = recipient.Contains(':', StringComparison.Ordinal) ? recipient : $"sip:{recipient}@ims.example";
        return $"{method} {requestUri} SIP/2.0\nVia: {Via}\nMax-Forwards: {maxForwards}\nFrom: {from ?? $"<sip:{Name}@ims.example>"};tag=m1\n" +
            $"To: <{requestUri}>\nCall-ID: m-{Name}-{_branch}\nCSeq: 1 {method}\n{extra}Content-Type: text/plain\nContent-Length: 5\n\nhello";
    }

    public void SendMessage(string recipient, string extra = "") => _core.Deliver(CreateMessage(recipient, extra), Hop);
}

using System.Net;
using BenchmarkDotNet.Attributes;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Benchmarks.Micro;

/// <summary>The SIP layers below the sockets, each on a MESSAGE of 1.4 kB as a protected one looks.</summary>
[MemoryDiagnoser]
public class SipParserBenchmarks
{
    private static readonly SipHop Hop = new(SipTransportKind.Tcp, new IPEndPoint(IPAddress.Loopback, 40001), 7);
    private readonly byte[] _body = new byte[867];
    private readonly SipTransactionLayer _layer = new(SipTimers.Default);
    private byte[] _message = [];
    private SipRequest? _request;
    private byte[] _answer = [];
    private SipResponse? _response;

    [GlobalSetup]
    public void Setup()
    {
        new SeededRandomSource(7).Fill(_body);
        _message = Write();
        _request = (SipRequest)Parse()!;
        _answer = Respond();
        SipParser.TryParse(_answer, SipLimits.Default, out var response, out _);
        _response = (SipResponse)response!;
    }

    [Benchmark(Baseline = true)]
    public SipMessage? Parse()
    {
        SipParser.TryParse(_message, SipLimits.Default, out var message, out _);
        return message;
    }

    [Benchmark]
    public int Frame()
    {
        SipStreamFramer.TryFrame(_message, SipLimits.Default, out _, out var length);
        return length;
    }

    [Benchmark]
    public byte[] Write() => SipWriter.Rent()
        .Request(SipMethod.Message, "sip:bob@example.com")
        .Via(SipTransportKind.Tcp, "192.0.2.10:5060", "z9hG4bK7f3a91c2d0e4")
        .Header(SipHeaderId.MaxForwards, 70)
        .Header(SipHeaderId.Route, "<sip:pcscf1.example.com;lr>, <sip:orig@scscf1.example.com;lr>")
        .Header(SipHeaderId.From, "<sip:alice@example.com>;tag=a73kszlfl")
        .Header(SipHeaderId.To, "<sip:bob@example.com>")
        .Header(SipHeaderId.CallId, "4Fde34wkd11wsGFDs3@192.0.2.10")
        .CSeq(1, SipMethod.Message)
        .Header(SipHeaderId.Date, "Fri, 17 May 2024 09:30:15 GMT")
        .Header(SipHeaderId.Expires, 604800)
        .Header(SipHeaderId.PPreferredIdentity, "<sip:alice@example.com>")
        .Header(SipHeaderId.ContentType, "multipart/mixed;boundary=mk7d1")
        .Finish(_body);

    [Benchmark]
    public byte[] Forward() => SipForwarding.ForwardRequest(
        _request!, Hop, "sip:bob@198.51.100.7:5060;transport=tcp", "core:5060", SipTransportKind.Tcp, "z9hG4bKabcdef", true, [SipHeaderId.PPreferredIdentity],
        (SipHeaderId.PAssertedIdentity, "<sip:alice@example.com>"));

    [Benchmark]
    public byte[] Respond() => SipForwarding.Respond(_request!, 200, "tag", Hop);

    [Benchmark]
    public string ReadIdentities() => ((SipRequest)Parse()!).From.Uri.ToAddressOfRecord();

    /// <summary>A client and a server transaction over TCP, without parsing.</summary>
    [Benchmark]
    public int Transactions()
    {
        _layer.SendRequest(1, "z9hG4bK7f3a91c2d0e4", SipMethod.Message, _message, Hop, default);
        _layer.HandleMessage(_request!, Hop, default);
        _layer.HandleMessage(_response!, Hop, default);
        var effects = 0;
        while (_layer.TryTakeEffect(out var effect))
        {
            effects++;
            if (effect.Kind == SipTransactionEffectKind.RequestReceived)
            {
                _layer.Respond(effect.ServerTransaction!, 200, _answer, default);
            }
        }

        return effects;
    }
}

using UeFarm.Protocol.Sip;
using Xunit;
using static UeFarm.Protocol.Tests.Sip.SipSamples;

namespace UeFarm.Protocol.Tests.Sip;

/// <summary>Bytes allocated per operation, on this thread, after warming up.</summary>
public sealed class SipAllocationTests
{
    private const int Rounds = 1000;

    [Fact]
    public void Parsing_a_protected_message_allocates_the_message_and_its_table_only()
    {
        var bytes = ProtectedMessage();
        var perMessage = Measure(() => SipParser.TryParse(bytes, SipLimits.Default, out _, out _));
        Assert.InRange(perMessage, 1, 440);
    }

    [Fact]
    public void Reading_what_a_proxy_reads_allocates_nothing()
    {
        var request = (SipRequest)Parse(ProtectedMessage());
        var sum = 0;
        Assert.Equal(0, Measure(() =>
        {
            sum += request.CallId.Length + request.TopVia.Branch.Length + request.MethodToken.Length + request.Body.Length;
            sum += request.TryGetHeader(SipHeaderId.Route, out var route) ? route.Length : 0;
            sum += SipStreamFramer.TryFrame(request.Bytes.Span, SipLimits.Default, out _, out var length) == SipFrameStatus.Complete ? length : 0;
        }));
        Assert.NotEqual(0, sum);
    }

    [Fact]
    public void Forwarding_and_answering_allocate_the_new_message_only()
    {
        var request = (SipRequest)Parse(ProtectedMessage());
        _ = request.To;
        var forwarded = SipForwarding.ForwardRequest(request, Source, null, "core:5060", SipTransportKind.Tcp, "z9hG4bKx", true, []);
        Assert.InRange(
            Measure(() => SipForwarding.ForwardRequest(request, Source, null, "core:5060", SipTransportKind.Tcp, "z9hG4bKx", true, [])),
            forwarded.Length, forwarded.Length + 32);
        var response = SipForwarding.Respond(request, 200, "tag", Source);
        Assert.InRange(Measure(() => SipForwarding.Respond(request, 200, "tag", Source)), response.Length, response.Length + 32);
    }

    [Fact]
    public void Writing_allocates_the_message_only()
    {
        var length = SipWriter.Rent().Response(200).Header(SipHeaderId.Expires, 5).Header(SipHeaderId.Subject, "x").Finish("body"u8).Length;
        Assert.InRange(
            Measure(() => SipWriter.Rent().Response(200).Header(SipHeaderId.Expires, 5).Header(SipHeaderId.Subject, "x").Finish("body"u8)),
            length, length + 32);
    }

    private static long Measure(Action action)
    {
        for (var round = 0; round < 50; round++)
        {
            action();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < Rounds; round++)
        {
            action();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
    }
}

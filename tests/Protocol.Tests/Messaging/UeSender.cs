using System.Text;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Smime;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>Makes protected messages for the phone of a harness, byte by byte where a test wants it.</summary>
internal sealed class UeSender(UeHarness harness, string identity = UeHarness.Peer, string recipient = UeHarness.Self)
{
    private int _count;

    public string Identity => identity;

    public GrantedTicket RequestTicket(bool reusable = true, MikeySuite suite = MikeySuite.Aes128Sha1, TimeSpan? lifetime = null, DateTimeOffset? at = null)
    {
        using var exchange = new TicketRequestExchange(
            identity, recipient, "sip:kms@ims.example", UeHarness.PskOf(identity, suite), suite, lifetime ?? TimeSpan.FromDays(28), reusable);
        var time = at ?? harness.Utc;
        var response = harness.Kms.Handle(exchange.CreateInit(time, harness.Random), time);
        Assert.True(exchange.TryComplete(response, out var ticket, out var failure), failure.ToString());
        return ticket!;
    }

    public BuiltTransferInit Build(GrantedTicket ticket, DateTimeOffset at) => TransferInit.Build(ticket, NtpTimestamp.FromUtc(at), harness.Random);

    public byte[] Seal(BuiltTransferInit built, string text = "hello", UeCertificate? signer = null) =>
        SealEntity(built, ProtectedBody.TextEntity("41", Encoding.UTF8.GetBytes(text)), signer);

    public byte[] SealEntity(BuiltTransferInit built, byte[] entity, UeCertificate? signer = null)
    {
        entity = signer is null ? entity : SmimeSealer.Sign(entity, signer, harness.Utc);
        return SmimeSealer.Seal(entity, built.Kek, ProtectedBody.KeyIdentifierOf(built.Bytes), SmimeCipher.Aes128Gcm, harness.Random);
    }

    /// <summary>A whole message: one ticket, T as given or now.</summary>
    public SipRequest Message(GrantedTicket? ticket = null, DateTimeOffset? at = null, string text = "hello", UeCertificate? signer = null)
    {
        var built = Build(ticket ?? RequestTicket(), at ?? harness.Utc);
        return Wrap(built.Bytes, Seal(built, text, signer));
    }

    public SipRequest Wrap(ReadOnlySpan<byte> mikey, ReadOnlySpan<byte> cms)
    {
        var (contentType, body) = ProtectedBody.Compose(mikey, cms, harness.Random);
        return Request(SipMethod.Message, contentType, body);
    }

    /// <summary>A new transaction around any body.</summary>
    public SipRequest Request(SipMethod method, string? contentType, ReadOnlySpan<byte> body, params ReadOnlySpan<(SipHeaderId, string)> extra)
    {
        var number = ++_count;
        var writer = SipWriter.Rent().Request(method, UeHarness.OwnContact)
            .Via(SipTransportKind.Tcp, "10.0.0.1:5060", $"z9hG4bK-core-{identity.Length}-{number}")
            .Header(SipHeaderId.MaxForwards, 69)
            .Header(SipHeaderId.From, $"<{identity}>;tag=f{number}")
            .Header(SipHeaderId.To, $"<{UeHarness.Self}>")
            .Header(SipHeaderId.CallId, $"call-{identity.Length}-{number}")
            .CSeq(1, method);
        foreach (var (id, value) in extra)
        {
            writer.Header(id, value);
        }

        if (contentType is not null)
        {
            writer.Header(SipHeaderId.ContentType, contentType);
        }

        return Assert.IsType<SipRequest>(UeHarness.Parse(writer.Finish(body)));
    }

    /// <summary>The same message again in a new transaction.</summary>
    public SipRequest Again(SipRequest request) => Request(SipMethod.Message, request.GetHeaderText(SipHeaderId.ContentType)!, request.Body.Span);
}

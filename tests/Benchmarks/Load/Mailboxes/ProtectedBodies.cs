using System.Buffers.Binary;
using System.Text;
using UeFarm.Protocol;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Smime;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>
/// Bodies of protected MESSAGEs in bulk: one is built and sealed by the encoders of the phones, the others are copies of it with a T and a number of
/// their own, which no store-and-forward server can tell from real ones, because it has no keys. The number stands in the last bytes of the CMS object.
/// </summary>
internal sealed class ProtectedBodies
{
    private const int WantedBytes = 1400;
    private const string Sender = "sip:ue000001@ims.example";
    private const string Recipient = "sip:ue000002@ims.example";

    private readonly byte[] _template;
    private readonly int _timestampOffset;
    private readonly int _numberOffset;

    public ProtectedBodies()
    {
        var now = TimeProvider.System.GetUtcNow();
        var timestamp = NtpTimestamp.FromUtc(now);
        var transfer = TransferInit.Build(Grant(now), timestamp, SystemRandomSource.Instance);
        var overhead = Seal(transfer, 0).Body.Length;
        (ContentType, _template) = Seal(transfer, WantedBytes - overhead);

        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, timestamp.Raw);
        _timestampOffset = _template.AsSpan().IndexOf(bytes);
        if (!ProtectedBody.TrySplit(Encoding.ASCII.GetBytes(ContentType), _template, out _, out var cms, out var problem))
        {
            throw new InvalidDataException(problem);
        }

        _numberOffset = _template.AsSpan().IndexOf(cms.Span) + cms.Length - sizeof(long);
        RequireReadable();
    }

    /// <summary>Content-Type with its boundary.</summary>
    public string ContentType { get; }

    public int Length => _template.Length;

    public byte[] Create(NtpTimestamp timestamp, long number)
    {
        var body = _template.AsSpan().ToArray();
        BinaryPrimitives.WriteUInt64BigEndian(body.AsSpan(_timestampOffset), timestamp.Raw);
        BinaryPrimitives.WriteInt64BigEndian(body.AsSpan(_numberOffset), number);
        return body;
    }

    /// <summary>False: not one of these bodies, or changed on its way.</summary>
    public bool TryRead(ReadOnlySpan<byte> body, out NtpTimestamp timestamp, out long number)
    {
        timestamp = default;
        number = 0;
        if (body.Length != _template.Length)
        {
            return false;
        }

        timestamp = new NtpTimestamp(BinaryPrimitives.ReadUInt64BigEndian(body[_timestampOffset..]));
        number = BinaryPrimitives.ReadInt64BigEndian(body[_numberOffset..]);
        var afterTimestamp = _timestampOffset + sizeof(ulong);
        return body[.._timestampOffset].SequenceEqual(_template.AsSpan(0, _timestampOffset))
            && body[afterTimestamp.._numberOffset].SequenceEqual(_template.AsSpan(afterTimestamp, _numberOffset - afterTimestamp))
            && body[(_numberOffset + sizeof(long))..].SequenceEqual(_template.AsSpan(_numberOffset + sizeof(long)));
    }

    private static GrantedTicket Grant(DateTimeOffset now)
    {
        var service = new KeyManagementService(BenchmarkRuns.Kms, SystemRandomSource.Instance);
        var psk = KeyManagementService.DerivePsk(Subscribers.MasterSecret, Sender, MikeySuite.Aes128Sha1);
        using var request = new TicketRequestExchange(
            Sender, Recipient, Subscribers.KmsIdentity, psk, MikeySuite.Aes128Sha1, TimeSpan.FromDays(1), true);
        return request.TryComplete(service.Handle(request.CreateInit(now, SystemRandomSource.Instance), now), out var granted, out var failure)
            ? granted!
            : throw new InvalidOperationException(failure.ToString());
    }

    private static (string ContentType, byte[] Body) Seal(BuiltTransferInit transfer, int textBytes)
    {
        var entity = ProtectedBody.TextEntity("<1@ims.example>", new byte[textBytes]);
        var identifier = ProtectedBody.KeyIdentifierOf(transfer.Bytes);
        var cms = SmimeSealer.Seal(entity, transfer.Kek, identifier, SmimeCipher.Aes128Gcm, SystemRandomSource.Instance);
        return ProtectedBody.Compose(transfer.Bytes, cms, SystemRandomSource.Instance);
    }

    /// <summary>A server must find the T that was put in, or the order that is measured would not be the order of T.</summary>
    private void RequireReadable()
    {
        var timestamp = new NtpTimestamp(0xEE00_0000_1234_5678);
        var body = Create(timestamp, 42);
        if (!ProtectedBody.TrySplit(Encoding.ASCII.GetBytes(ContentType), body, out var mikey, out _, out var problem)
            || !ReceivedTransferInit.TryParse(mikey, out var received, out _)
            || received!.Timestamp != timestamp
            || !TryRead(body, out _, out var number)
            || number != 42)
        {
            throw new InvalidDataException("the bodies cannot be read as the server reads them: " + problem);
        }
    }
}

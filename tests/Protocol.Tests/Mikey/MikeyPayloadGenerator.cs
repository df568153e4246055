using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Tests.Mikey;

/// <summary>Makes random valid messages with payloads of every kind.</summary>
internal sealed class MikeyPayloadGenerator(ulong seed)
{
    /// <summary>How many kinds <see cref="Payload"/> knows.</summary>
    public const int Kinds = 18;

    private readonly SeededRandomSource _random = new(seed);

    public MikeyHeader Header() =>
        new((MikeyDataType)Next(27), Next(2) == 1, (PrfFunction)Next(128), (uint)_random.NextUInt64(), Map());

    public List<MikeyPayload> Payloads(int max)
    {
        var payloads = new List<MikeyPayload>();
        var count = Next(max + 1);
        for (var i = 0; i < count; i++)
        {
            payloads.Add(Payload(Next(Kinds - 1)));
        }

        // SIGN has no Next payload byte: only the last one can be one.
        if (Next(3) == 0)
        {
            payloads.Add(Payload(Kinds - 1));
        }

        return payloads;
    }

    public MikeyPayload Payload(int kind) => kind switch
    {
        0 => new TimestampPayload(Timestamp()),
        1 => new TimestampRolePayload((TimestampRole)Next(256), Timestamp()),
        2 => new RandPayload(Bytes(255)),
        3 => new RandRolePayload((RandRole)Next(256), Bytes(255)),
        4 => new IdPayload((IdType)Next(256), Bytes(60)),
        5 => new IdRolePayload((IdRole)Next(256), (IdType)Next(256), Bytes(60)),
        6 => new CertificatePayload((CertificateType)Next(256), Bytes(400)),
        7 => Next(3) switch
        {
            0 => new CertificateHashPayload(HashFunction.Sha1, Exactly(20)),
            1 => new CertificateHashPayload(HashFunction.Md5, Exactly(16)),
            _ => new CertificateHashPayload(HashFunction.Sha256, Exactly(32)),
        },
        8 => Verification(),
        9 => new SecurityPolicyPayload((byte)Next(256), (SecurityProtocol)Next(256), [.. Enumerable.Range(0, Next(5)).Select(_ => Parameter())]),
        10 => new KemacPayload((EncryptionAlgorithm)Next(256), Bytes(200)),
        11 => new KemacPayload((EncryptionAlgorithm)Next(256), Bytes(200), MacAlgorithm.HmacSha1, Exactly(20)),
        12 => new PkePayload((EnvelopeCaching)Next(4), Bytes(300)),
        13 => new ErrorPayload((MikeyErrorNumber)Next(256), (ushort)Next(65536)),
        14 => new GeneralExtensionPayload((ExtensionType)Next(256), Bytes(100)),
        15 => Next(3) switch
        {
            0 => new DiffieHellmanPayload(DiffieHellmanGroup.Oakley1, Exactly(96), Validity()),
            1 => new DiffieHellmanPayload(DiffieHellmanGroup.Oakley2, Exactly(128), Validity()),
            _ => new DiffieHellmanPayload(DiffieHellmanGroup.Oakley5, Exactly(192), Validity()),
        },
        16 => Next(2) == 0 ? new TicketPolicyPayload(Policy()) : new TicketPayload(Policy(), Bytes(200), Bytes(60)),
        _ => new SignaturePayload((SignatureType)Next(16), Bytes(300)),
    };

    public KeyDataPayload KeyData()
    {
        var type = (KeyDataType)Next(7);
        var hasSalt = type is KeyDataType.TgkWithSalt or KeyDataType.TekWithSalt or KeyDataType.GtgkWithSalt;
        return new KeyDataPayload(type, Bytes(64), Validity(), hasSalt ? Bytes(20) : default);
    }

    public int Next(int bound) => (int)(_random.NextUInt64() % (uint)bound);

    public byte[] Bytes(int max) => Exactly(Next(max + 1));

    private byte[] Exactly(int length)
    {
        var bytes = new byte[length];
        _random.Fill(bytes);
        return bytes;
    }

    private MikeyTimestamp Timestamp()
    {
        var type = (TimestampType)Next(4);
        var value = _random.NextUInt64();
        return new MikeyTimestamp(type, type is TimestampType.NtpUtc or TimestampType.Ntp ? value : (uint)value);
    }

    private VerificationPayload Verification() => Next(3) switch
    {
        0 => new VerificationPayload(MacAlgorithm.Null, default),
        1 => new VerificationPayload(MacAlgorithm.HmacSha1, Exactly(20)),
        _ => new VerificationPayload(MacAlgorithm.HmacSha256, Exactly(32)),
    };

    private SecurityPolicyParameter Parameter() => new((byte)Next(256), Bytes(30));

    private KeyValidity Validity() => Next(3) switch
    {
        0 => default,
        1 => KeyValidity.Spi(Bytes(255)),
        _ => KeyValidity.Interval(Bytes(20), Bytes(20)),
    };

    private TicketPolicy Policy()
    {
        var payloads = new List<MikeyPayload>();
        for (var i = Next(6); i > 0; i--)
        {
            payloads.Add(Payload(Next(2) == 0 ? 5 : 1));
        }

        return TicketPolicy.Create(
            (ushort)Next(65536), (byte)Next(256), (byte)Next(256), (PrfFunction)Next(128), (TicketFlags)Next(1 << 17), payloads);
    }

    private CsIdMap Map() => Next(3) switch
    {
        0 => new EmptyCsIdMap((byte)Next(256)),
        1 => new SrtpIdMap([.. Enumerable.Range(0, Next(4)).Select(_ => SrtpSession())]),
        _ => new GenericIdMap([.. Enumerable.Range(0, Next(4)).Select(_ => Session())]),
    };

    private SrtpIdSession SrtpSession() => new((byte)Next(256), (uint)_random.NextUInt64(), (uint)_random.NextUInt64());

    private GenericIdSession Session() =>
        new((byte)Next(256), (SecurityProtocol)Next(256), Next(2) == 1, Bytes(127), Bytes(30), Bytes(255));
}

using BenchmarkDotNet.Attributes;
using UeFarm.Protocol;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Mikey;

namespace UeFarm.Benchmarks.Micro;

/// <summary>What MIKEY costs per message (build, parse and verify) and per ticket (issue, resolve).</summary>
[MemoryDiagnoser]
public class MikeyBenchmarks
{
    private const string Alice = "sip:ue000001@ims.example";
    private const string Bob = "sip:ue000002@ims.example";

    private static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] MasterSecret = new byte[32];

    private readonly KeyManagementService _service = new(new KmsSettings { MasterSecret = MasterSecret }, SystemRandomSource.Instance);
    private readonly NtpTimestamp _timestamp = NtpTimestamp.FromUtc(Noon);
    private GrantedTicket _granted = null!;
    private ResolvedTicket _resolved = null!;
    private byte[] _transferInit = [];
    private byte[] _requestInit = [];
    private byte[] _resolveInit = [];

    [Params(MikeySuite.Aes128Sha1, MikeySuite.Aes256Sha256)]
    public MikeySuite Suite { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var kms = new KmsSettings { MasterSecret = MasterSecret }.Identity;
        using var request = new TicketRequestExchange(Alice, Bob, kms, KeyManagementService.DerivePsk(MasterSecret, Alice, Suite), Suite,
            TimeSpan.FromDays(1), true);
        _requestInit = request.CreateInit(Noon, SystemRandomSource.Instance);
        if (!request.TryComplete(_service.Handle(_requestInit, Noon), out var granted, out var failure))
        {
            throw new InvalidOperationException(failure.ToString());
        }

        _granted = granted!;
        _transferInit = TransferInit.Build(_granted, _timestamp, SystemRandomSource.Instance).Bytes;
        if (!ReceivedTransferInit.TryParse(_transferInit, out var received, out failure))
        {
            throw new InvalidOperationException(failure.ToString());
        }

        using var resolve = new TicketResolveExchange(received!, Bob, kms, KeyManagementService.DerivePsk(MasterSecret, Bob, Suite));
        _resolveInit = resolve.CreateInit(Noon, SystemRandomSource.Instance);
        if (!resolve.TryComplete(_service.Handle(_resolveInit, Noon), out var resolved, out failure))
        {
            throw new InvalidOperationException(failure.ToString());
        }

        _resolved = resolved!;
    }

    [Benchmark]
    public BuiltTransferInit Build() => TransferInit.Build(_granted, _timestamp, SystemRandomSource.Instance);

    [Benchmark]
    public ReceivedTransferInit? Parse() => ReceivedTransferInit.TryParse(_transferInit, out var received, out _) ? received : null;

    [Benchmark]
    public byte[]? ParseCheckAndVerify() =>
        ReceivedTransferInit.TryParse(_transferInit, out var received, out _)
        && received!.TryCheckPolicy(Bob, out _)
        && received.TryVerify(_resolved, out var kek, out _)
            ? kek
            : null;

    [Benchmark]
    public byte[]? Issue() => _service.Handle(_requestInit, Noon);

    [Benchmark]
    public byte[]? Resolve() => _service.Handle(_resolveInit, Noon);
}

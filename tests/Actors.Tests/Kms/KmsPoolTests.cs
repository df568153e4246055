using Akka.Actor;
using UeFarm.Actors.Kms;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Mikey;
using Xunit;

namespace UeFarm.Actors.Tests.Kms;

public sealed class KmsPoolTests : IAsyncDisposable
{
    private const string Alice = "sip:alice@ims.example";
    private const string Bob = "sip:bob@ims.example";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly byte[] MasterSecret = new byte[32];

    private readonly ActorSystem _system = FarmActorSystem.Create("kms-tests", "akka.loglevel = OFF");
    private readonly KmsCounters _counters = new();
    private readonly KmsSettings _settings = new() { MasterSecret = MasterSecret };

    public async ValueTask DisposeAsync() => await _system.Terminate();

    [Fact]
    public async Task A_pool_issues_and_resolves_and_counts_by_result()
    {
        var service = new KeyManagementService(_settings, SystemRandomSource.Instance);
        var kms = _system.ActorOf(KmsPool.Props(service, _counters, TimeProvider.System, 3));
        using var request = new TicketRequestExchange(Alice, Bob, _settings.Identity, Psk(Alice), MikeySuite.Aes128Sha1, TimeSpan.FromDays(1), true);
        var now = TimeProvider.System.GetUtcNow();
        var answer = await Ask(kms, 1, request.CreateInit(now, SystemRandomSource.Instance));
        Assert.True(request.TryComplete(answer.Message!.Value, out var ticket, out var failure), failure.ToString());

        var built = TransferInit.Build(ticket!, NtpTimestamp.FromUtc(now), SystemRandomSource.Instance);
        Assert.True(ReceivedTransferInit.TryParse(built.Bytes, out var received, out failure), failure.ToString());
        using var resolve = new TicketResolveExchange(received!, Bob, _settings.Identity, Psk(Bob));
        answer = await Ask(kms, 2, resolve.CreateInit(now, SystemRandomSource.Instance));
        Assert.True(resolve.TryComplete(answer.Message!.Value, out var resolved, out failure), failure.ToString());
        Assert.True(received!.TryVerify(resolved!, out var kek, out failure), failure.ToString());
        Assert.Equal(built.Kek, kek);

        Assert.Null((await Ask(kms, 3, new byte[] { 1, 2, 3 })).Message);
        Assert.Equal((1, 1, 1, 0), (_counters.Of(KmsOutcome.Issued), _counters.Of(KmsOutcome.Resolved), _counters.Of(KmsOutcome.Malformed), _counters.Faults));
    }

    [Fact]
    public async Task A_fault_is_counted_answered_with_nothing_and_does_not_end_the_actor()
    {
        var random = new FailingOnceRandomSource();
        var service = new KeyManagementService(_settings, random);
        var kms = _system.ActorOf(KmsPool.Props(service, _counters, TimeProvider.System, 1));
        using var request = new TicketRequestExchange(Alice, Bob, _settings.Identity, Psk(Alice), MikeySuite.Aes128Sha1, TimeSpan.FromDays(1), true);
        var init = request.CreateInit(TimeProvider.System.GetUtcNow(), SystemRandomSource.Instance);
        Assert.Null((await Ask(kms, 7, init)).Message);
        Assert.Equal(1, _counters.Faults);
        Assert.NotNull((await Ask(kms, 8, init)).Message);
        Assert.Equal((1, 1), (_counters.Of(KmsOutcome.Issued), _counters.Faults));
    }

    [Fact]
    public void A_pool_has_at_least_one_actor()
    {
        var service = new KeyManagementService(_settings, SystemRandomSource.Instance);
        Assert.Throws<ArgumentOutOfRangeException>(() => KmsPool.Props(service, _counters, TimeProvider.System, 0));
    }

    private static byte[] Psk(string identity) => KeyManagementService.DerivePsk(MasterSecret, identity, MikeySuite.Aes128Sha1);

    private static async Task<KmsAnswer> Ask(IActorRef kms, long token, byte[] message)
    {
        var answer = await kms.Ask<KmsAnswer>(new KmsQuery(token, message), Patience, TestContext.Current.CancellationToken);
        Assert.Equal(token, answer.Token);
        return answer;
    }

    private sealed class FailingOnceRandomSource : IRandomSource
    {
        private bool _hasFailed;

        public void Fill(Span<byte> destination)
        {
            if (!_hasFailed)
            {
                _hasFailed = true;
                throw new InvalidOperationException("No randomness yet.");
            }

            SystemRandomSource.Instance.Fill(destination);
        }

        public ulong NextUInt64() => SystemRandomSource.Instance.NextUInt64();
    }
}

using System.Globalization;
using System.Net;
using UeFarm.Actors.Attack;
using UeFarm.Actors.Cluster;
using UeFarm.Actors.Journal;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Run;
using UeFarm.Actors.Stores;
using UeFarm.Actors.Traffic;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;
using UeFarm.Protocol.Sip.Authentication;
using UeFarm.Protocol.Smime;
using UeFarm.TestSupport;

namespace UeFarm.Actors.Tests.Cluster;

/// <summary>Runs of a few phones for nodes in this process: journal and register in memory, mailboxes in a file. The scenario's text is the number of phones.</summary>
internal sealed class TestRunFactory(string folder, IReadOnlyList<PhasePlan> phases, double rate) : IClusterRunFactory
{
    /// <summary>Whether messages are signed and ask for reports, and phones have a share of their replay cache for each of a few senders.</summary>
    public bool IsRich { get; init; }

    public PresenceSource Presence { get; init; }

    public AttackPlan Attacks { get; init; } = AttackPlan.None;

    public const int MailboxGroups = 2;

    public MemoryRunRegister Runs { get; } = new();

    /// <summary>Somebody else's core.</summary>
    public IPEndPoint? ExternalCore { get; init; }

    public MemoryRunJournal Journal { get; } = new(TimeProvider.System);

    public int RunsKept { get; init; } = 10;

    public IRunRegister Register => field ??= new SlowRunRegister(Runs);

    /// <summary>The books and the result of the last run that ended.</summary>
    public (ClusterBooks Books, FarmRunResult Result, IReadOnlyList<NodeTotals> Nodes)? Judged { get; private set; }

    public Task<FarmRunSettings> CreateSettingsAsync(string scenario, IReadOnlyList<string> settings, CancellationToken cancellation)
    {
        if (!int.TryParse(scenario, NumberStyles.None, CultureInfo.InvariantCulture, out var phones))
        {
            throw new InvalidDataException($"'{scenario}' is no number of phones: write one");
        }

        var subscribers = new Subscribers(DigestAlgorithm.Md5);
        return Task.FromResult(new FarmRunSettings
        {
            Domain = Subscribers.Domain,
            Phones = phones,
            Seed = 7,
            ProfileOf = subscribers.ProfileOf,
            AddressOf = Subscribers.AddressOf,
            Subscribers = subscribers,
            Ue = new UeSettings
            {
                Domain = Subscribers.Domain,
                Core = default,
                Transport = Protocol.Sip.SipTransportKind.Tcp,
                ContactHost = "",
                KmsIdentity = Subscribers.KmsIdentity,
                RegistrationRetryBase = TimeSpan.FromMilliseconds(100),
                Protection = IsRich ? BodyProtection.ProtectedAndSigned : BodyProtection.Protected,
                Reports = IsRich ? ReportRequests.All : ReportRequests.None,
                ReplayCache = IsRich ? new ReplayCacheSettings { Policy = ReplayPolicy.PerSender, SenderPartitions = 4 } : new ReplayCacheSettings(),
                Trust = IsRich ? UeCertificateAuthority.Derive("test CA", Subscribers.MasterSecret, TimeProvider.System.GetUtcNow()) : null,
            },
            ExternalCore = ExternalCore,
            MailboxGroups = MailboxGroups,
            Kms = new KmsSettings { Identity = Subscribers.KmsIdentity, MasterSecret = Subscribers.MasterSecret },
            Allow = AddressAllowList.Loopback,
            Traffic = new TrafficPlan { RatePerSecond = rate },
            Phases = phases,
            Attacks = Attacks,
            ApplicationServer = new ApplicationServerOptions { Presence = Presence },
            DatabasePath = Path.Combine(folder, "unused.db"),
        });
    }

    public Task<IRunJournal> OpenJournalAsync(string runId, CancellationToken cancellation) => Task.FromResult<IRunJournal>(Journal);

    public MailboxStoreSettings MailboxStoreOf(int group, bool isFirst) =>
        new SqliteMailboxStoreSettings { Path = Path.Combine(folder, $"mailboxes-{group}.db") };

    public ClusterVerdict Judge(ClusterRunRecord run, ClusterBooks books, FarmRunResult result, IReadOnlyList<NodeTotals> nodes)
    {
        Judged = (books, result, nodes);
        return new ClusterVerdict("{}", result.Invariants.All(static check => check.Holds) ? 0 : 98, "");
    }
}

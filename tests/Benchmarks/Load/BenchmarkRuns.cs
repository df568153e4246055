using System.Net;
using UeFarm.Actors.Run;
using UeFarm.Actors.Traffic;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using UeFarm.Protocol.Smime;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load;

/// <summary>The settings that the programs have in common.</summary>
internal static class BenchmarkRuns
{
    public static KmsSettings Kms { get; } = new() { Identity = Subscribers.KmsIdentity, MasterSecret = Subscribers.MasterSecret };

    public static UeSettings Ue(BodyProtection protection) => new()
    {
        Domain = Subscribers.Domain,
        Core = new SipHop(SipTransportKind.Tcp, new IPEndPoint(IPAddress.Loopback, 0), 0),
        Transport = SipTransportKind.Tcp,
        ContactHost = "",
        KmsIdentity = Subscribers.KmsIdentity,
        Protection = protection,
        Trust = protection == BodyProtection.ProtectedAndSigned ? UeCertificateAuthority.Create("benchmark CA", TimeProvider.System.GetUtcNow()) : null,
    };

    public static FarmRunSettings Settings(
        int phones, DigestAlgorithm algorithm, BodyProtection protection, double rate, IReadOnlyList<PhasePlan> phases, string folder)
    {
        var subscribers = new Subscribers(algorithm);
        return new FarmRunSettings
        {
            Domain = Subscribers.Domain,
            Phones = phones,
            Seed = 1,
            ProfileOf = subscribers.ProfileOf,
            AddressOf = Subscribers.AddressOf,
            Subscribers = subscribers,
            Ue = Ue(protection),
            Kms = Kms,
            Allow = AddressAllowList.Loopback,
            Traffic = new TrafficPlan { RatePerSecond = rate, Recipients = RecipientPick.Ring },
            Phases = phases,
            DatabasePath = Path.Combine(folder, "mailboxes.db"),
        };
    }

    /// <summary>Does something with a folder that is gone afterwards.</summary>
    public static async Task<T> WithFolderAsync<T>(Func<string, Task<T>> action)
    {
        var folder = Directory.CreateTempSubdirectory("uefarm-benchmark-").FullName;
        try
        {
            return await action(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

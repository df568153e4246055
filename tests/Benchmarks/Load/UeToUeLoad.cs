using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using UeFarm.Actors;
using UeFarm.Actors.Core;
using UeFarm.Actors.Kms;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Run;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Traffic;
using UeFarm.Actors.Transport;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load;

/// <summary>
/// P2, P3, P4: CPU of the whole process (phones, core, application server, KMS) for a message delivered phone to phone with warm tickets. In a closed loop as
/// the sink; with a rate as a whole run plays it (schedule and recorder included), where batches are small and waking up costs more than working.
/// </summary>
internal static class UeToUeLoad
{
    private const int Phones = 500;
    private const int ClosedLoopPhones = 200;

    /// <summary>The first mode of a process pays for compiling what all have in common.</summary>
    private static readonly TimeSpan FirstWarmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private const int WarmUpMessages = 40_000;
    private const double MostWarmUpSeconds = 20;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(6);

    public static async Task<int> RunAsync(string[] options)
    {
        BodyProtection[]? modes = options.FirstOrDefault("all") switch
        {
            "plain" => [BodyProtection.Plain],
            "protected" => [BodyProtection.Plain, BodyProtection.Protected],
            "signed" => [BodyProtection.ProtectedAndSigned],
            "all" => [BodyProtection.Plain, BodyProtection.Protected, BodyProtection.ProtectedAndSigned],
            _ => null,
        };
        var rate = 0.0;
        if (modes is null || (options.Length > 1 && !double.TryParse(options[1], NumberStyles.Float, CultureInfo.InvariantCulture, out rate)))
        {
            await Console.Error.WriteLineAsync("ue-to-ue [plain|protected|signed|all] [messages per second]");
            return 2;
        }

        var sink = modes.Contains(BodyProtection.Plain) ? await SinkLoad.RunAsync() : double.NaN;
        Table.Head("Phone to phone through core and AS", "us CPU", "per CPU-s", "delivered/s", "bytes alloc.", rate > 0 ? "late share" : "failed");
        var costs = new Dictionary<BodyProtection, double>();
        foreach (var mode in modes)
        {
            var warmUp = costs.Count == 0 ? FirstWarmUp : WarmUp;
            costs[mode] = await BenchmarkRuns.WithFolderAsync(
                folder => rate > 0 ? MeasureOpenLoopAsync(mode, rate, warmUp, folder) : MeasureClosedLoopAsync(mode, warmUp, folder));
        }

        Compare(costs, sink);
        return 0;
    }

    /// <summary>P2 alone: microseconds of CPU for a plain message, after the warm-up of a process that has done something else before.</summary>
    public static Task<double> MeasurePlainAsync() =>
        BenchmarkRuns.WithFolderAsync(folder => MeasureClosedLoopAsync(BodyProtection.Plain, FirstWarmUp, folder));

    private static void Compare(Dictionary<BodyProtection, double> costs, double sink)
    {
        if (costs.TryGetValue(BodyProtection.Plain, out var plain))
        {
            Table.Row("plain, in transactions of the sink", plain / sink);
            if (costs.TryGetValue(BodyProtection.Protected, out var isProtected))
            {
                Table.Row("protected / plain, as rates", double.NaN, plain / isProtected);
            }
        }

        if (costs.TryGetValue(BodyProtection.ProtectedAndSigned, out var isSigned))
        {
            var bare = BarePrimitives();
            Table.Row("bare sign + verify + seal + open", bare, 1e6 / bare);
            Table.Row("signed / bare, as rates", double.NaN, bare / isSigned);
        }
    }

    /// <summary>The parts as a run starts them, without schedule and recorder: every phone sends its next message when the one before is answered.</summary>
    private static async Task<double> MeasureClosedLoopAsync(BodyProtection mode, TimeSpan warmUp, string folder)
    {
        var system = FarmActorSystem.Create("phones");
        await using var wheel = new WakeUpWheel(TimeProvider.System, TimeSpan.FromMilliseconds(5));
        var subscribers = new Subscribers(DigestAlgorithm.Md5);
        var receiver = new DeferredReceiver();
        var socket = SipTransports.StartTcp(new SipTransportSettings(), receiver);
        await using var core = await CoreServer.StartAsync(system, new CoreSettings
        {
            Domain = Subscribers.Domain,
            Subscribers = subscribers,
            ApplicationServer = new SipHop(SipTransportKind.Tcp, socket.LocalEndPoint, 0),
            Random = SystemRandomSource.Instance,
        }, wheel);
        await using var applicationServer = await ApplicationServer.StartAsync(system, new ApplicationServerSettings
        {
            Domain = Subscribers.Domain,
            Core = new SipHop(SipTransportKind.Tcp, core.EndPoint, 0),
            DatabasePath = Path.Combine(folder, "mailboxes.db"),
            Random = SystemRandomSource.Instance,
            OpenTransports = actual =>
            {
                receiver.Target = actual;
                return [socket];
            },
        }, wheel);
        var service = new KeyManagementService(BenchmarkRuns.Kms, SystemRandomSource.Instance);
        var loop = new ClosedLoop(ClosedLoopPhones);
        await using var region = await UeRegion.StartAsync(system, new UeFarmSettings
        {
            Count = ClosedLoopPhones,
            Ue = BenchmarkRuns.Ue(mode) with { Core = new SipHop(SipTransportKind.Tcp, core.EndPoint, 0) },
            ProfileOf = subscribers.ProfileOf,
            Observer = loop,
            Kms = system.ActorOf(KmsPool.Props(service, new KmsCounters(), TimeProvider.System, Environment.ProcessorCount), "kms"),
            Transport = new SipTransportSettings(),
            Random = SystemRandomSource.Instance,
        }, wheel);
        await loop.StartAsync(region);
        var end = Stopwatch.GetTimestamp() + (long)(Math.Max(warmUp.TotalSeconds, MostWarmUpSeconds) * Stopwatch.Frequency);
        await Task.Delay(warmUp);
        while (loop.Received < WarmUpMessages && loop.Failed == 0 && Stopwatch.GetTimestamp() < end)
        {
            await Task.Delay(100);
        }

        var (start, count) = (Usage.Now(), loop.Received);
        await Task.Delay(Window);
        var used = Usage.Now() - start;
        var delivered = loop.Received - count;
        loop.Stop();
        await Task.Delay(500);
        var cost = used.MicrosecondsPer(delivered);
        Table.Row(mode.ToString(), cost, 1e6 / cost, delivered / used.Elapsed.TotalSeconds, (double)used.AllocatedBytes / delivered, loop.Failed);
        return cost;
    }

    private static async Task<double> MeasureOpenLoopAsync(BodyProtection mode, double rate, TimeSpan warmUp, string folder)
    {
        PhasePlan[] phases =
        [
            new() { Name = "warm-up", Duration = warmUp },
            new() { Name = "measured", Duration = Window + TimeSpan.FromSeconds(1) },
        ];
        await using var run = await FarmRun.StartAsync(BenchmarkRuns.Settings(Phones, DigestAlgorithm.Md5, mode, rate, phases, folder));
        var outcome = mode == BodyProtection.Plain ? ReceiveOutcome.PlainAccepted : ReceiveOutcome.Accepted;
        var playing = run.RunAsync(CancellationToken.None);
        while (run.Progress.Phase < 1 && !playing.IsCompleted)
        {
            await Task.Delay(20);
        }

        var (start, count) = (Usage.Now(), run.Recorder.Counters.Received(outcome));
        await Task.Delay(Window);
        var used = Usage.Now() - start;
        var delivered = run.Recorder.Counters.Received(outcome) - count;
        var result = await playing;
        var cost = used.MicrosecondsPer(delivered);
        Table.Row(mode.ToString(), cost, 1e6 / cost, delivered / used.Elapsed.TotalSeconds, (double)used.AllocatedBytes / delivered, result.LateShare);
        foreach (var broken in result.Invariants.Where(static check => !check.Holds))
        {
            Console.WriteLine($"  invariant {broken.Number} does not hold: {broken.Evidence}");
        }

        if (result.Totals.Failed > 0)
        {
            Console.WriteLine($"  {result.Totals.Failed} of {result.Totals.Sent} messages failed");
        }

        return cost;
    }

    /// <summary>Microseconds for what any implementation must do: two ECDSA operations, one AES-GCM each way. One thread, median of five.</summary>
    private static double BarePrimitives()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var gcm = new AesGcm(new byte[16], 16);
        var (digest, nonce, tag, text, sealedText) = (new byte[32], new byte[12], new byte[16], new byte[1024], new byte[1024]);
        const int Rounds = 1000;
        var times = new double[6];
        for (var round = 0; round < times.Length; round++)
        {
            var start = Usage.Now();
            for (var i = 0; i < Rounds; i++)
            {
                var signature = key.SignHash(digest);
                gcm.Encrypt(nonce, text, sealedText, tag);
                gcm.Decrypt(nonce, sealedText, tag, text);
                if (!key.VerifyHash(digest, signature))
                {
                    throw new CryptographicException("the signature does not verify");
                }
            }

            times[round] = (Usage.Now() - start).MicrosecondsPer(Rounds);
        }

        return Table.Median(times[1..]);
    }
}

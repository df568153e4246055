using System.Net;
using Akka.Actor;
using UeFarm.Actors;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load;

/// <summary>P1: phones send plain MESSAGEs to a sink in a closed loop; SIPp's client does the same to the same sink in the same run.</summary>
internal static class SinkLoad
{
    private const int AtATime = 200;
    private const int SippMessages = 100_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(6);

    /// <summary>Returns the farm's microseconds of CPU per transaction; not a number where SIPp is missing.</summary>
    public static async Task<double> RunAsync()
    {
        if (!SippProgram.IsInstalled)
        {
            Console.WriteLine("sink: skipped, SIPp is not installed (Debian package sip-tester)");
            return double.NaN;
        }

        using var sipp = new SippProgram();
        var sink = await sipp.StartSinkAsync();
        var before = sipp.SinkCpu;
        var (clientCpu, clientTime) = await sipp.SendAsync(sink, SippMessages, AtATime);
        var clientCost = clientCpu.TotalMicroseconds / SippMessages;
        var sinkCost = (sipp.SinkCpu - before).TotalMicroseconds / SippMessages;
        var (farm, transactions, farmSinkCost) = await MeasureFarmAsync(sink, sipp);
        var farmCost = farm.MicrosecondsPer(transactions);
        Table.Head("Plain MESSAGE to a sink over TCP", "us CPU", "per CPU-s", "per second", "sink us CPU", "bytes alloc.");
        Table.Row("SIPp client", clientCost, 1e6 / clientCost, SippMessages / clientTime.TotalSeconds, sinkCost, double.NaN);
        Table.Row("farm", farmCost, 1e6 / farmCost, transactions / farm.Elapsed.TotalSeconds, farmSinkCost, (double)farm.AllocatedBytes / transactions);
        Table.Row("farm / SIPp (floor 0.33, aim 1.0)", double.NaN, clientCost / farmCost);
        Console.WriteLine($"user share {farm.User / farm.Cpu:P0}, {farm.Collections} collections");
        return farmCost;
    }

    private static async Task<(Usage Used, long Transactions, double SinkCost)> MeasureFarmAsync(IPEndPoint sink, SippProgram sipp)
    {
        var system = FarmActorSystem.Create("sink");
        await using var wheel = new WakeUpWheel(TimeProvider.System, TimeSpan.FromMilliseconds(5));
        var loop = new ClosedLoop(AtATime);
        var subscribers = new Subscribers(DigestAlgorithm.Md5);
        await using var region = await UeRegion.StartAsync(system, new UeFarmSettings
        {
            Count = AtATime,
            Ue = BenchmarkRuns.Ue(BodyProtection.Plain) with { Core = new SipHop(SipTransportKind.Tcp, sink, 0) },
            ProfileOf = subscribers.ProfileOf,
            Observer = loop,
            Kms = ActorRefs.Nobody,
            Transport = new SipTransportSettings(),
            Random = SystemRandomSource.Instance,
        }, wheel);
        await loop.StartAsync(region);
        await Task.Delay(WarmUp);
        var (start, sinkStart, count) = (Usage.Now(), sipp.SinkCpu, loop.Answered);
        await Task.Delay(Window);
        var used = Usage.Now() - start;
        var transactions = loop.Answered - count;
        var sinkCost = (sipp.SinkCpu - sinkStart).TotalMicroseconds / transactions;
        loop.Stop();
        if (loop.Failed > 0)
        {
            Console.WriteLine($"sink: {loop.Failed} messages or registrations failed");
        }

        await system.Terminate();
        return (used, transactions, sinkCost);
    }
}

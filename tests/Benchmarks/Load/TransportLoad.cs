using System.Diagnostics;
using System.Globalization;
using System.Net;
using Akka.Actor;
using UeFarm.Actors;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Sip;

namespace UeFarm.Benchmarks.Load;

/// <summary>
/// Round trips of a 600-byte MESSAGE and its 200 (about 350 bytes) over loopback, through the transports, the parser and, on the responder's side, the
/// writer: everything but transactions. Closed loop with a fixed number under way.
/// </summary>
public static class TransportLoad
{
    private const int RequestBytes = 600;

    /// <summary>Measures one setting.</summary>
    public static async Task<TransportLoadResult> RunAsync(TransportLoadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var responder = options.Server is null ? Responder.Start(options.Udp) : null;
        try
        {
            var server = options.Server ?? responder!.LocalEndPoint;
            var settings = new SipTransportSettings { ConnectionsPerPeer = options.ConnectionsPerPeer };
            var client = new Client(options, new SipHop(options.Udp ? SipTransportKind.Udp : SipTransportKind.Tcp, server, 0));
            await using var transport = options.Udp ? SipTransports.StartUdp(settings, client) : SipTransports.StartTcp(settings, client);
            var system = options.Actors > 0 ? FarmActorSystem.Create("load") : null;
            client.Attach(transport, system);
            await client.RunAsync(Math.Max(options.InFlight, options.RoundTrips / 10)).ConfigureAwait(false);

            using var process = Process.GetCurrentProcess();
            var cpu = process.TotalProcessorTime;
            var allocated = GC.GetTotalAllocatedBytes();
            var received = transport.Counters.BytesReceived;
            var started = Stopwatch.GetTimestamp();
            await client.RunAsync(options.RoundTrips).ConfigureAwait(false);
            var elapsed = Stopwatch.GetElapsedTime(started);
            process.Refresh();
            var result = new TransportLoadResult(
                options.RoundTrips,
                elapsed,
                (process.TotalProcessorTime - cpu).TotalMicroseconds / options.RoundTrips,
                (GC.GetTotalAllocatedBytes() - allocated) / (double)options.RoundTrips,
                RequestBytes,
                (transport.Counters.BytesReceived - received) / (double)options.RoundTrips);
            if (system is not null)
            {
                await system.Terminate().ConfigureAwait(false);
            }

            return result;
        }
        finally
        {
            if (responder is not null)
            {
                await responder.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>The responder alone, for a measurement in two processes: writes its port as one line, serves until the input ends.</summary>
    public static async Task ServeAsync(bool udp, TextReader input, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        var transport = Responder.Start(udp);
        await using (transport.ConfigureAwait(false))
        {
            await output.WriteLineAsync(transport.LocalEndPoint.Port.ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false);
            await output.FlushAsync().ConfigureAwait(false);
            while (await input.ReadLineAsync().ConfigureAwait(false) is not null)
            {
            }
        }
    }

    /// <summary>
    /// Measures with the responder in a second process: starts this program again with the given arguments, which must lead to <see cref="ServeAsync"/> on its
    /// standard streams. Tells the responder's CPU per round trip too, in microseconds.
    /// </summary>
    public static async Task<(TransportLoadResult Client, double ServerCpuMicroseconds)> RunInTwoProcessesAsync(
        TransportLoadOptions options, params string[] serveArguments)
    {
        ArgumentNullException.ThrowIfNull(options);
        var start = new ProcessStartInfo(Environment.ProcessPath!, serveArguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var child = Process.Start(start)!;
        try
        {
            var line = await child.StandardOutput.ReadLineAsync().ConfigureAwait(false)
                ?? throw new InvalidOperationException("The responder did not start.");
            var server = new IPEndPoint(IPAddress.Loopback, int.Parse(line, CultureInfo.InvariantCulture));

            // The responder compiles its code during a run of its own, which does not count.
            await RunAsync(options with { Server = server }).ConfigureAwait(false);
            child.Refresh();
            var cpu = child.TotalProcessorTime;
            var result = await RunAsync(options with { Server = server }).ConfigureAwait(false);
            child.Refresh();
            var served = options.RoundTrips + Math.Max(options.InFlight, options.RoundTrips / 10);
            return (result, (child.TotalProcessorTime - cpu).TotalMicroseconds / served);
        }
        finally
        {
            child.StandardInput.Close();
            await child.WaitForExitAsync().ConfigureAwait(false);
        }
    }

    private static byte[] CreateRequest(IPEndPoint server)
    {
        var empty = Write(server, 0).Length;
        return Write(server, RequestBytes - empty - 2);
    }

    private static byte[] Write(IPEndPoint server, int bodyLength) => SipWriter.Rent()
        .Request(SipMethod.Message, "sip:ue000001@ims.example")
        .Via(SipTransportKind.Tcp, server.ToString(), "z9hG4bK776asdhds12345678")
        .Header(SipHeaderId.MaxForwards, 70)
        .Header(SipHeaderId.From, "<sip:ue000000@ims.example>;tag=49583a7bd2")
        .Header(SipHeaderId.To, "<sip:ue000001@ims.example>")
        .Header(SipHeaderId.CallId, "a84b4c76e66710f5b7c1@127.0.0.1")
        .Header(SipHeaderId.CSeq, "314159 MESSAGE")
        .Header(SipHeaderId.ContentType, "text/plain")
        .Finish(new byte[bodyLength]);

    private sealed class Responder : ISipReceiver
    {
        private ISipTransport? _transport;

        public static ISipTransport Start(bool udp)
        {
            var responder = new Responder();
            var settings = new SipTransportSettings();
            responder._transport = udp ? SipTransports.StartUdp(settings, responder) : SipTransports.StartTcp(settings, responder);
            return responder._transport;
        }

        public void OnMessage(SipMessage message, SipHop from)
        {
            if (message is SipRequest request)
            {
                _transport!.Send(from, SipForwarding.Respond(request, 200, "8f3c1d2a", from, (SipHeaderId.Server, "responder of the transport load measurement")));
            }
        }

        public void OnFlowFailed(SipHop hop)
        {
            // The client is done.
        }
    }

    private sealed class Client(TransportLoadOptions options, SipHop server) : ISipReceiver
    {
        private readonly byte[] _request = CreateRequest(server.EndPoint);
        private readonly IActorRef[] _actors = new IActorRef[options.Actors];
        private TaskCompletionSource _done = new();
        private ISipTransport? _transport;
        private int _unsent;
        private int _unanswered;
        private uint _turn;

        public void Attach(ISipTransport transport, ActorSystem? system)
        {
            _transport = transport;
            for (var index = 0; index < _actors.Length; index++)
            {
                _actors[index] = system!.ActorOf(Props.Create(() => new Sender(this)).WithLeanMailbox());
            }
        }

        public Task RunAsync(int roundTrips)
        {
            _done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _unsent = roundTrips;
            _unanswered = roundTrips;
            for (var count = 0; count < Math.Min(options.InFlight, roundTrips); count++)
            {
                SendNext();
            }

            return _done.Task;
        }

        public void OnMessage(SipMessage message, SipHop from)
        {
            if (_actors.Length == 0)
            {
                OnResponse();
            }
            else
            {
                _actors[_turn++ % (uint)_actors.Length].Tell(message, ActorRefs.NoSender);
            }
        }

        public void OnFlowFailed(SipHop hop) => _done.TrySetException(new InvalidOperationException("The connection failed."));

        public void OnResponse()
        {
            if (Interlocked.Decrement(ref _unanswered) == 0)
            {
                _done.TrySetResult();
            }
            else
            {
                SendNext();
            }
        }

        private void SendNext()
        {
            if (Interlocked.Decrement(ref _unsent) >= 0 && _transport!.Send(server, _request) is var result and not SipSendResult.Queued)
            {
                _done.TrySetException(new InvalidOperationException("Sending failed: " + result));
            }
        }
    }

    private sealed class Sender(Client client) : UntypedActor
    {
        protected override void OnReceive(object message) => client.OnResponse();
    }
}

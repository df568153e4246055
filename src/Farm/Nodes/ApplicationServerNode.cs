using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using UeFarm.Actors;
using UeFarm.Actors.Mailbox;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Farm.Cli;
using UeFarm.Farm.Guards;
using UeFarm.Farm.Hosting;
using UeFarm.Farm.Scenarios;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;

namespace UeFarm.Farm.Nodes;

/// <summary>
/// An application server as a process of its own: admin endpoint, store, mailboxes, transports, started in this order and stopped in the opposite one. The
/// admin endpoint comes first so that a large store that takes its time to open can be told from a process that hangs.
/// </summary>
internal sealed class ApplicationServerNode : IAsyncDisposable
{
    /// <summary>Deliveries under way may take this long to end; with everything else a stop stays within 10 s.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(4);

    private readonly ActorSystem _system = FarmActorSystem.Create("uefarm-as");
    private readonly WakeUpWheel _wheel = new(TimeProvider.System, TimeSpan.FromMilliseconds(5));
    private AdminEndpoint? _admin;
    private ApplicationServer? _server;
    private volatile NodeState _state = NodeState.Starting;
    private bool _isDisposed;

    private readonly NodeHealth _health;

    private ApplicationServerNode(NodeOptions options)
    {
        Options = options;
        _health = new NodeHealth(this);
    }

    /// <summary>The server runs; raised once.</summary>
    public event Action<ApplicationServer>? Started;

    public NodeOptions Options { get; }

    public DateTimeOffset StartedAt { get; } = TimeProvider.System.GetUtcNow();

    public NodeState State => _state;

    /// <summary>Null while the node starts.</summary>
    public ApplicationServer? Server => Volatile.Read(ref _server);

    /// <summary>Where the admin endpoint is served; null: it is not.</summary>
    public string? AdminAddress => _admin?.Address;

    /// <summary>What an operator should read once: addresses, store, what was found in it.</summary>
    public string Greeting
    {
        get
        {
            var server = Server ?? throw new InvalidOperationException("the node has not started");
            var listening = string.Join(", ", server.Transports.Select(static transport => $"{Label(transport.Kind)} {transport.LocalEndPoint}"));
            var backlog = server.Recovery.Backlogs.Values.Sum(static inventory => (long)inventory.Count);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"as: listening on {listening}; core {Options.Core}; store {Options.Store} with {backlog} messages for {server.Recovery.Backlogs.Count} recipients, "
                + $"{server.Recovery.Online.Count} online; admin {AdminAddress ?? "off"}");
        }
    }

    /// <summary>Either the node, running, or the reason why there is none.</summary>
    public static async Task<(ApplicationServerNode? Node, NodeStartFault? Fault)> StartAsync(NodeOptions options, Action<Exception> onFault)
    {
        var node = new ApplicationServerNode(options);
        var fault = await node.StartPartsAsync(onFault).ConfigureAwait(false);
        if (fault is null)
        {
            node._state = NodeState.Running;
            return (node, null);
        }

        await node.DisposeAsync().ConfigureAwait(false);
        return (null, fault);
    }

    /// <summary>
    /// Comes to rest in order: not ready any more, no new messages, deliveries under way end, everything reaches the disk. False: some deliveries did not end
    /// in time; they are tried again after the next start.
    /// </summary>
    public async Task<bool> StopAsync()
    {
        _state = NodeState.Stopping;
        var hasRested = _server is null || await _server.ComeToRestAsync(LongestRest).ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
        return hasRested;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _state = NodeState.Stopping;
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }

        if (_admin is not null)
        {
            await _admin.DisposeAsync().ConfigureAwait(false);
        }

        _health.Dispose();
        await _system.Terminate().ConfigureAwait(false);
        await _wheel.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<NodeStartFault?> StartPartsAsync(Action<Exception> onFault)
    {
        if (Options.AdminListen is { } listen)
        {
            try
            {
                _admin = await ApplicationServerAdmin.StartAsync(this, _health, listen).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or SocketException)
            {
                return new NodeStartFault(
                    "admin.listen", listen.ToString(), ListenFault.Explain(exception), ListenFault.Remedy + " with --admin");
            }
        }

        var (core, fault) = await ResolveCoreAsync().ConfigureAwait(false);
        return fault ?? await StartServerAsync(core!, onFault).ConfigureAwait(false);
    }

    /// <summary>The transport checks every address again when it sends; here the operator learns of a mistake before anybody waits for a message.</summary>
    private async Task<(IPEndPoint? Core, NodeStartFault? Fault)> ResolveCoreAsync()
    {
        IPEndPoint core;
        try
        {
            core = await RunSettingsMapper.ResolveAsync(Options.Core, CancellationToken.None).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return (null, new NodeStartFault("core", Options.Core.ToString(), "has no address", "check the name and the resolver, or write an address"));
        }

        return SafetyGuards.IsAllowed(Options.Allow, core.Address)
            ? (core, null)
            : (null, new NodeStartFault(
                "core", Options.Core.ToString(), $"is at {core.Address}, which is not in allow", $"add {core.Address} to allow if you may send there")
            {
                ExitCode = ExitCode.Refused,
            });
    }

    private async Task<NodeStartFault?> StartServerAsync(IPEndPoint core, Action<Exception> onFault)
    {
        var allow = RunSettingsMapper.AllowListOf(Options.Allow);
        var transport = Options.Core.Transport == SipTransportChoice.Udp ? SipTransportKind.Udp : SipTransportKind.Tcp;
        var settings = new ApplicationServerSettings
        {
            Behavior = RunSettingsMapper.ApplicationServerOf(Options.Behavior, isScratch: false),
            Domain = Options.Domain,
            Core = new SipHop(transport, core, 0),
            DatabasePath = Options.StoreFile,
            Timers = RunSettingsMapper.TimersOf(Options.Sip),
            Transport = new SipTransportSettings { Listen = Options.Listen, Source = SourceFor(core), Allow = allow, AcceptFrom = allow, OnFault = onFault },
            Udp = Options.Udp,
            SentBy = Options.SentBy,
            Random = SystemRandomSource.Instance,
        };
        try
        {
            var server = await ApplicationServer.StartAsync(_system, settings, _wheel).ConfigureAwait(false);
            Volatile.Write(ref _server, server);
            Started?.Invoke(server);
            return null;
        }
        catch (InvalidDataException exception)
        {
            return Options.Behavior.Store.Postgres is null
                ? new NodeStartFault(
                    "store", Options.Store, $"cannot be used: {exception.Message}",
                    "stop the other node, repair or remove the file, or give another one with --store")
                : new NodeStartFault(
                    "applicationServer.store", Options.Store, $"cannot be used: {exception.Message}",
                    "stop the other node, see to the database and its password, or name another schema with Search Path=");
        }
        catch (SocketException exception)
        {
            return new NodeStartFault(
                "listen", Options.Listen.ToString(), ListenFault.Explain(exception), ListenFault.Remedy + " with --listen");
        }
    }

    /// <summary>A core that knows its servers by their addresses must see the one that it was given.</summary>
    private IPAddress? SourceFor(IPEndPoint core) =>
        Options.Listen.AddressFamily == core.AddressFamily && !Options.Listen.Address.Equals(IPAddress.Any) && !Options.Listen.Address.Equals(IPAddress.IPv6Any)
            ? Options.Listen.Address
            : null;

    private static string Label(SipTransportKind kind) => kind == SipTransportKind.Udp ? "udp" : "tcp";
}

using System.Net;
using Akka.Actor;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Ue;

/// <summary>The phones of a process: transport, demultiplexing, one parent actor per <see cref="UeFarmSettings.PhonesPerParent"/> phones, one actor per phone.</summary>
public sealed class UeRegion : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly UeRegionContext _context;
    private readonly IActorRef[] _parents;

    private UeRegion(UeRegionContext context, ISipTransport transport, IActorRef[] parents)
    {
        _context = context;
        Transport = transport;
        _parents = parents;
    }

    public ISipTransport Transport { get; }

    public UeRegionCounters Counters => _context.Counters;

    /// <summary>A pass over one number for each phone; no phone is asked.</summary>
    public ReplayCacheTotals ReplayCaches => _context.SumReplayCaches();

    /// <summary>Opens the transport and makes the parents; phones come with their first command. The system is one of <see cref="FarmActorSystem"/>; it, the
    /// wheel and the KMS stay the caller's.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public static Task<UeRegion> StartAsync(ActorSystem system, UeFarmSettings settings, WakeUpWheel wheel)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(wheel);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Count, 1, nameof(settings));
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.PhonesPerParent, 1, nameof(settings));
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.MaxWaitingMessages, 1, nameof(settings));
        var context = new UeRegionContext(settings, wheel);
        var transport = settings.OpenTransport is { } open ? open(context)
            : settings.Ue.Transport == SipTransportKind.Udp ? SipTransports.StartUdp(settings.Transport, context)
            : SipTransports.StartTcp(settings.Transport, context);
        transport = settings.Decorate?.Invoke(transport) ?? transport;
        var listening = transport.LocalEndPoint;
        var parents = new IActorRef[settings.IsSplit ? 0 : context.Parents];
        for (var parent = 0; parent < parents.Length; parent++)
        {
            parents[parent] = StartBlock(context, system, parent, UeBlockStart.Fresh).Parent;
        }

        context.Open(transport, new IPEndPoint(settings.AdvertisedAddress ?? listening.Address, listening.Port).ToString());
        return Task.FromResult(new UeRegion(context, transport, parents));
    }

    /// <summary>
    /// From any thread; creates the phone at first use. One sender's commands to one phone arrive in order; those to a phone of a block that is not here are
    /// dropped.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such phone.</exception>
    public void Tell(IUeCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)command.Ue.Index, (uint)_context.Settings.Count, nameof(command));
        _context.PhonesOf(command.Ue)?.Tell(command.Ue, command);
    }

    /// <summary>Starts the phones of one block under an owner, where the region is split: from then on they are reached here.</summary>
    public UeBlock StartBlock(IActorRefFactory owner, int block, UeBlockStart start)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)block, (uint)_context.Parents, nameof(block));
        return StartBlock(_context, owner, block, start);
    }

    /// <summary>The core is somewhere else now: the phones that are on register there. Messages that had not ended fail.</summary>
    public void MoveCore(SipHop core)
    {
        _context.MoveCore(core);
        _context.TellBlocks(UeInputs.CoreMoved.Instance);
    }

    private static UeBlock StartBlock(UeRegionContext context, IActorRefFactory owner, int block, UeBlockStart start)
    {
        var phones = context.CreateBlock(block, start);
        var parent = owner.ActorOf(UeParent.Props(phones));
        phones.Open(parent);
        context.Show(block, phones);
        return new UeBlock(parent, () => context.Hide(block, phones));
    }

    /// <summary>Stops the phones without a farewell to the registrar, then the transport.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Array.ConvertAll(_parents, parent => parent.GracefulStop(StopTimeout))).ConfigureAwait(false);
        await Transport.DisposeAsync().ConfigureAwait(false);
    }
}

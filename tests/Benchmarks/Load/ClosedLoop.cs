using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.TestSupport;

namespace UeFarm.Benchmarks.Load;

/// <summary>Every phone sends its next message when the one before is answered.</summary>
internal sealed class ClosedLoop(int phones) : IUeObserver
{
    private readonly byte[] _text = [.. Enumerable.Repeat((byte)'x', 160)];
    private readonly string[] _recipients = [.. Enumerable.Range(0, phones).Select(index => Subscribers.AddressOf((index + 1) % phones))];
    private UeRegion? _region;
    private long _answered;
    private long _registered;
    private long _received;
    private long _failed;
    private long _lastId;
    private volatile bool _isStopped;

    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Messages that a phone accepted.</summary>
    public long Received => Interlocked.Read(ref _received);

    public long Registered => Interlocked.Read(ref _registered);

    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Brings the phones online and, when all are registered, lets each send its first message.</summary>
    public async Task StartAsync(UeRegion region)
    {
        _region = region;
        for (var phone = 0; phone < phones; phone++)
        {
            region.Tell(new UeCommands.GoOnline(new UeId(phone)));
        }

        while (Registered < phones && Failed == 0)
        {
            await Task.Delay(10);
        }

        for (var phone = 0; phone < phones; phone++)
        {
            SendNext(new UeId(phone));
        }
    }

    public void Stop() => _isStopped = true;

    public void OnUeFact(UeId ue, in UeEffect fact, Instant now)
    {
        switch (fact.Kind)
        {
            case UeEffectKind.Registered:
                Interlocked.Increment(ref _registered);
                break;
            case UeEffectKind.MessageReceived when fact.Outcome is ReceiveOutcome.Accepted or ReceiveOutcome.PlainAccepted:
                Interlocked.Increment(ref _received);
                break;
            case UeEffectKind.MessageAnswered when fact.Status is 200 or 202:
                Interlocked.Increment(ref _answered);
                SendNext(ue);
                break;
            case UeEffectKind.MessageAnswered or UeEffectKind.MessageFailed or UeEffectKind.RegistrationFailed or UeEffectKind.MessageReceived when !_isStopped:
                Interlocked.Increment(ref _failed);
                break;
            default:
                break;
        }
    }

    public void OnUeRestarted(UeId ue, Exception cause) => Interlocked.Increment(ref _failed);

    private void SendNext(UeId ue)
    {
        if (!_isStopped)
        {
            _region!.Tell(new UeCommands.SendText(ue, Interlocked.Increment(ref _lastId), _recipients[ue.Index], _text));
        }
    }
}

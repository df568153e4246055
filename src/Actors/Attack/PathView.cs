using System.Collections.Concurrent;
using UeFarm.Actors.Transport;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Attack;

/// <summary>
/// What somebody on the path between the network and the phones of a process sees: which of them are registered, what they take, and, where phones are elsewhere too, what
/// those take from phones here. Thread-safe.
/// </summary>
/// <param name="books">Hears everything first.</param>
/// <param name="addressOf">A phone's public identity.</param>
/// <param name="seesOthers">There are phones elsewhere, and what they take is of use.</param>
public sealed class PathView(IUeObserver books, Func<int, string> addressOf, bool seesOthers = false) : IUeObserver
{
    private const int CapturesKept = 1024;

    /// <summary>Most phones that were elsewhere still are.</summary>
    private const int MostDraws = 8;

    private readonly CaptureRing _taken = new(CapturesKept);
    private readonly ConcurrentDictionary<string, int> _registered = new(StringComparer.Ordinal);
    private readonly SentElsewhere? _elsewhere = seesOthers ? new SentElsewhere(CapturesKept) : null;

    /// <summary>Whether everything that phones send is to be shown.</summary>
    internal bool WatchesSends => _elsewhere is not null;

    public void OnUeFact(UeId ue, in UeEffect fact, Instant now)
    {
        books.OnUeFact(ue, fact, now);
        switch (fact.Kind)
        {
            case UeEffectKind.Registered:
                _registered[addressOf(ue.Index)] = ue.Index;
                break;
            case UeEffectKind.WentOffline:
                _registered.TryRemove(addressOf(ue.Index), out _);
                break;
            case UeEffectKind.MessageReceived when fact is { Outcome: ReceiveOutcome.Accepted, Request: not null }:
                _taken.Add(new CapturedMessage(fact.Request, fact.Timestamp, ue.Index));
                break;
            default:
                break;
        }
    }

    public void OnUeRestarted(UeId ue, Exception cause)
    {
        books.OnUeRestarted(ue, cause);
        _registered.TryRemove(addressOf(ue.Index), out _);
    }

    /// <summary>Also hears the answers that the phones get, for what phones elsewhere take.</summary>
    public ISipReceiver Listen(ISipReceiver phones) => _elsewhere is null ? phones : new ListeningReceiver(phones, _elsewhere);

    /// <summary>A MESSAGE of a phone here to a public identity.</summary>
    internal void OnSending(SipRequest request, string recipient, NtpTimestamp timestamp)
    {
        if (!_registered.ContainsKey(recipient))
        {
            _elsewhere?.Add(new CapturedMessage(request, timestamp, -1, recipient));
        }
    }

    /// <summary>The registered phone of a public identity.</summary>
    internal bool TryFind(string recipient, out int phone) => _registered.TryGetValue(recipient, out phone);

    /// <summary>A random message that a phone here has taken, now or when it was elsewhere; null: none was drawn. Phone: the one that took it.</summary>
    internal CapturedMessage? Draw(IRandomSource random)
    {
        var isFromElsewhere = _elsewhere is not null && (random.NextUInt64() & 1) == 0;
        for (var draw = 0; isFromElsewhere && draw < MostDraws && _elsewhere!.Taken.Draw(random) is { } other; draw++)
        {
            if (TryFind(other.Recipient, out var phone))
            {
                return other with { Phone = phone };
            }
        }

        return _taken.Draw(random);
    }

    /// <summary>Passes everything on.</summary>
    private sealed class ListeningReceiver(ISipReceiver phones, SentElsewhere elsewhere) : ISipReceiver
    {
        public void OnMessage(SipMessage message, SipHop from)
        {
            if (message is SipResponse response)
            {
                elsewhere.OnAnswer(response);
            }

            phones.OnMessage(message, from);
        }

        public void OnFlowFailed(SipHop hop) => phones.OnFlowFailed(hop);
    }
}

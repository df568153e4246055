using System.Text;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Attack;

/// <summary>Messages to phones that are not here: those without an answer by their Call-ID, and of those that were answered 200 the most recent. Thread-safe.</summary>
internal sealed class SentElsewhere(int kept)
{
    private readonly Dictionary<string, CapturedMessage> _unanswered = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private readonly Lock _gate = new();

    /// <summary>What the phones elsewhere took themselves: a 202 says that a server did.</summary>
    public CaptureRing Taken { get; } = new(kept);

    /// <summary>It is on its way, for the first time or again. Beyond the number kept, the oldest are forgotten.</summary>
    public void Add(CapturedMessage message)
    {
        var callId = Encoding.ASCII.GetString(message.Request.CallId);
        lock (_gate)
        {
            _unanswered[callId] = message;
            _order.Enqueue(callId);
            if (_order.Count > kept)
            {
                _unanswered.Remove(_order.Dequeue());
            }
        }
    }

    public void OnAnswer(SipResponse response)
    {
        if (response.StatusCode < 200)
        {
            return;
        }

        var callId = Encoding.ASCII.GetString(response.CallId);
        CapturedMessage? message;
        lock (_gate)
        {
            _unanswered.Remove(callId, out message);
        }

        if (message is not null && response.StatusCode == 200)
        {
            Taken.Add(message);
        }
    }
}

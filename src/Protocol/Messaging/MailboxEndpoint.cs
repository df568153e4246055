using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Protocol.Messaging;

/// <summary>What all mailboxes of a server need to speak SIP (immutable, one object).</summary>
/// <param name="Core">Where deliveries go.</param>
/// <param name="SentBy">host:port of the server in Via and Call-ID.</param>
/// <param name="Timers">T1, T2 and T4 of its transactions.</param>
public sealed record MailboxEndpoint(SipHop Core, string SentBy, SipTimers Timers)
{
    /// <summary>Who the server is where it speaks for itself: From of its delivery reports.</summary>
    public string Identity { get; } = $"sip:{SentBy}";
}

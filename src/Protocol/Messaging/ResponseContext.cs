using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Protocol.Messaging;

/// <summary>
/// A request on its way through the proxy, and what its branches answered (RFC 3261 section 16.7). Sender: the identity to assert, null when the application
/// server sent it.
/// </summary>
internal sealed class ResponseContext(SipServerTransaction transaction, string recipient, string? sender, ulong mark)
{
    /// <summary>Among 4xx, those that tell the sender how to change its request go first (RFC 3261 section 16.7 step 6).</summary>
    private static ReadOnlySpan<short> Preferred => [401, 407, 415, 420, 484];

    public SipServerTransaction Transaction { get; } = transaction;

    public string Recipient { get; } = recipient;

    public string? Sender { get; } = sender;

    public ulong Mark { get; } = mark;

    /// <summary>Branches that were sent and have no end.</summary>
    public int OpenBranches { get; set; }

    public bool IsAnswered { get; set; }

    /// <summary>Of the best end so far; 0: no branch has answered.</summary>
    public int BestStatus { get; private set; }

    /// <summary>Null: the best status is our own, or there is none.</summary>
    public SipResponse? BestResponse { get; private set; }

    /// <summary>A branch ended with a final answer: the phone's, or our own in its place. Of two equally good ones the first stays.</summary>
    public void Offer(int status, SipResponse? response)
    {
        if (BestStatus == 0 || RankOf(status) < RankOf(BestStatus))
        {
            BestStatus = status;
            BestResponse = response;
        }
    }

    /// <summary>
    /// Lower is better. Interpretation: a 2xx before a 6xx, where the text puts 6xx first: with MESSAGE a 2xx means that a device has it.
    /// </summary>
    private static int RankOf(int status) => status switch
    {
        >= 200 and < 300 => 0,
        >= 600 => 1,
        _ => (2 * (status / 100)) + (Preferred.Contains((short)status) ? 0 : 1),
    };
}

using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

// Answers from downstream, and which of them goes back (RFC 3261 section 16.7).
public sealed partial class ProxyBehavior
{
    private void HandleResponse(long token, SipResponse response, Instant now)
    {
        if (response.StatusCode == 408)
        {
            HandleNoAnswer(token, now);   // RFC 4320 section 4.2: not to be passed on
        }
        else if (_branches.Remove(token, out var branch))
        {
            EndBranch(branch, response.StatusCode, response, now);
        }
    }

    private void HandleNoAnswer(long token, Instant now)
    {
        Count(CoreFact.TimedOut);
        if (_branches.Remove(token, out var branch))
        {
            EndBranch(branch, 0, null, now);
        }
    }

    /// <summary>Interpretation: RFC 3261 section 16.9 counts a dead hop as a 503 from it. A contact that is gone is a user who cannot be reached
    /// now (480, which makes the application server store the message); a dead application server is our failure (500).</summary>
    private void HandleDeadHop(long token, Instant now)
    {
        if (_branches.Remove(token, out var branch))
        {
            EndBranch(branch, branch.Contact is null ? 500 : 480, null, now);
        }
    }

    /// <summary>
    /// Interpretation: nothing is sent again to a contact that was registered anew or replaced. The life of the phone that it was sent to is over, and this one gets
    /// what it missed in order from the application server, which is told 480 as for any user who cannot be reached.
    /// </summary>
    private void EndBranchesTo(string recipient, string contact, Instant now)
    {
        foreach (var token in _branches.FindAllTo(recipient, contact) ?? [])
        {
            if (_transactions.Abandon(token) && _branches.Remove(token, out var branch))
            {
                Count(CoreFact.ForwardOutdated);
                EndBranch(branch, 480, null, now);
            }
        }
    }

    /// <summary>
    /// Status 0: no answer, which is not passed on either. The first 2xx goes back at once: a non-INVITE sender cannot wait for slow branches (RFC 4320
    /// section 3); anything else waits for the other branches, the best of them counts. Interpretation: it waits not to their end but for as long as the
    /// sender can be told; else a contact that is gone without a word would turn every refusal of another one into silence.
    /// </summary>
    private void EndBranch(ProxyBranch branch, int status, SipResponse? response, Instant now)
    {
        var forward = branch.Context;
        if (status != 0)
        {
            forward.Offer(status, response);
        }

        if (!forward.IsAnswered && forward.BestStatus != 0 && (forward.OpenBranches == 0 || status is >= 200 and < 300))
        {
            PassOn(forward, now);
        }
    }

    private void PassOn(ResponseContext forward, Instant now)
    {
        forward.IsAnswered = true;
        _extraCount = 0;
        if (forward.BestResponse is not { } response)
        {
            Refuse(forward.Transaction, forward.BestStatus, now);
        }
        else if (response.StatusCode == 503)
        {
            // RFC 3261 section 16.7 step 6: 503 is about the next hop, not about us.
            if (response.GetHeaderText(SipHeaderId.RetryAfter) is { } retryAfter)
            {
                Add(SipHeaderId.RetryAfter, retryAfter);
            }

            Answer(forward.Transaction, 500, now);
        }
        else if (SipForwarding.TryForwardResponse(response, out var bytes))
        {
            _transactions.Respond(forward.Transaction, response.StatusCode, bytes, now);
        }
    }
}

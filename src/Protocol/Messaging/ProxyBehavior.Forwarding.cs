using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

// The way on: the application server, or all contacts of the recipient (RFC 3261 section 16.6).
public sealed partial class ProxyBehavior
{
    private void Locate(ResponseContext forward, Instant now)
    {
        var token = ++_lastToken;
        _branches.Add(token, forward);
        _questions.Enqueue((now + (LocateTimeoutInT1 * _settings.Timers.T1), token));
        _effects.Enqueue(new CoreEffect(CoreEffectKind.Locate, Token: token, AddressOfRecord: forward.Recipient));
    }

    private void SendToApplicationServer(ResponseContext forward, SipHop server, Instant now)
    {
        _extraCount = 0;
        Add(SipHeaderId.PAssertedIdentity, $"<{forward.Sender}>");
        Send(_branches.Add(++_lastToken, forward), server, null, RemovedFromPhone, now);
    }

    /// <summary>All contacts at once (RFC 3261 section 16.6). The question after them becomes the branch to the first one.</summary>
    private void Fork(ProxyBranch question, in LocationTarget first, LocationTarget[]? others, Instant now)
    {
        SendToContact(question, first, now);
        if (others is not null)
        {
            _forks.Enqueue((now + (ForkPatienceInT1 * _settings.Timers.T1), question.Context));
        }

        foreach (var target in others ?? [])
        {
            SendToContact(_branches.Add(++_lastToken, question.Context), target, now);
        }
    }

    private void SendToContact(ProxyBranch branch, in LocationTarget target, Instant now)
    {
        var forward = branch.Context;
        _extraCount = 0;
        if (forward.Sender is not null)
        {
            Add(SipHeaderId.PAssertedIdentity, $"<{forward.Sender}>");
        }

        Add(SipHeaderId.PCalledPartyId, $"<{forward.Recipient}>");
        if (target.Path is not null)
        {
            Add(SipHeaderId.Route, target.Path);
        }

        Send(branch, target.Hop, target.Contact, forward.Sender is null ? RemovedFromServer : RemovedFromPhone, now);
    }

    /// <summary>Contact: the new Request-URI; null: it stays as it is.</summary>
    private void Send(ProxyBranch branch, SipHop hop, string? contact, SipHeaderId[] remove, Instant now)
    {
        _branches.Send(branch, hop, contact);
        var forward = branch.Context;
        var name = _branchNames.Next(forward.Mark);
        var bytes = SipForwarding.ForwardRequest(
            forward.Transaction.Request, forward.Transaction.From, contact, _identity.SentBy, hop.Transport, name, removeTopRoute: false, remove,
            _extra.AsSpan(0, _extraCount));
        _transactions.SendRequest(branch.Token, name, SipMethod.Message, bytes, hop, now);
        Count(CoreFact.MessageRouted);
    }
}

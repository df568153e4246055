using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Protocol.Messaging;

// What the application server asked for or is told, and its answers.
public sealed partial class RegistrarBehavior
{
    private void HandleResponse(long token, SipResponse response, Instant now)
    {
        if (_notifier?.HandleResponse(token, response.StatusCode, now) == true)
        {
            Count(response.StatusCode < 300 ? CoreFact.NotificationAccepted : CoreFact.NotificationFailed);
        }
        else if (_thirdParty?.HandleResponse(token, response, now) == true)
        {
            Count(response.StatusCode < 300 ? CoreFact.ApplicationServerNotified : CoreFact.ApplicationServerRefused);
        }
    }

    private void HandleNoAnswer(long token, Instant now)
    {
        if (_notifier?.HandleResponse(token, 0, now) == true)
        {
            Count(CoreFact.NotificationFailed);
        }
        else
        {
            _thirdParty?.HandleFailure(token, now);
        }
    }

    /// <summary>Interpretation: only the application server may watch registrations here; a phone that asks for its own is refused like anybody else.</summary>
    private void HandleSubscribe(SipServerTransaction transaction, Instant now)
    {
        var request = transaction.Request;
        _extraCount = 0;
        var status = 200;
        if (_notifier is null || !_identity.IsFromApplicationServer(request, transaction.From))
        {
            status = 403;
        }
        else if (CoreRules.FindUnsupported(request, SipHeaderId.Require, default) is { } required)
        {
            Add(SipHeaderId.Unsupported, required);
            status = 420;
        }
        else if (!_identity.TryGetAddressOfRecord(request.To.Uri, out var user) || !_subscribers.TryGetByPublicIdentity(user, out _))
        {
            status = 404;
        }
        else if (_identity.ApplicationServerOf(_identity.MailboxGroupOf(user)) is not { } watcher)
        {
            status = 403;
        }
        else
        {
            Count(_notifier.HandleSubscribe(transaction, user, watcher, now) < 300 ? CoreFact.SubscriptionAccepted : CoreFact.SubscriptionRefused);
            return;
        }

        Count(CoreFact.SubscriptionRefused);
        Answer(transaction, status, now);
    }
}

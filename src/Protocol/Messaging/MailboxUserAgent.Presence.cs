using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

// The subscription through which a mailbox learns of its phone, where it is not told.
public sealed partial class MailboxUserAgent
{
    /// <summary>True: something came of it.</summary>
    private bool WatchPresence(Instant now, DateTimeOffset utcNow)
    {
        if (_presence is null)
        {
            return false;
        }

        _presence.Update(_behavior.StoredCount > 0, now);
        var isNews = _presence.TryTakePresence(out var online);
        if (isNews)
        {
            _behavior.HandleRegistration(online, now, utcNow);
        }

        if (!_presence.TryTakeRequest(out var request))
        {
            return isNews;
        }

        var branch = new MailboxBranch(_number, 0, ++_subscribes, _nonce).ToString();
        var bytes = request.Write(_recipient, _endpoint, branch);
        _transactions.SendRequest(-_subscribes, branch, SipMethod.Subscribe, bytes, _endpoint.Core, now);
        return true;
    }

    /// <summary>Of a SUBSCRIBE that a notification has overtaken nobody wants to hear any more.</summary>
    private void TakeSubscribeResult(long token, SipResponse? response, Instant now)
    {
        if (token == -_subscribes)
        {
            _presence!.HandleResponse(response, now);
        }
    }
}

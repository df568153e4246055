using System.Globalization;
using Akka.Actor;
using UeFarm.Protocol;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Actors.Mailbox;

// Third-party REGISTER (TS 24.229 section 5.4.1.7). Interpretation: its 200 means that the server will remember the user's presence, whatever happens to
// the process. A core that got a 200 never says it again, and a server that forgot would keep the user's messages until the next registration.
internal sealed partial class MailboxPartition
{
    private List<SipServerTransaction> _unflushed = [];
    private List<SipServerTransaction> _flushing = [];

    /// <summary>The store still owes what was refused: the same word again is no news, but not remembered either.</summary>
    private bool _isPresenceInDoubt;

    /// <summary>Answers at once when nothing has changed; else when the change is durable, many registrations with one flush.</summary>
    private void TakeRegistration(SipServerTransaction transaction, string recipient, MailboxServerContext server, Instant now)
    {
        var hasChanged = !server.MailboxSettings.SubscribesToPresence && SetOnline(recipient, GrantsRegistration(transaction.Request), server);
        if (!hasChanged && _unflushed.Count == 0 && _flushing.Count == 0 && !_isPresenceInDoubt)
        {
            RespondToRegistration(transaction, 200, server, now);
            return;
        }

        _unflushed.Add(transaction);
        if (_flushing.Count == 0)
        {
            BeginFlush(server);
        }
    }

    private void BeginFlush(MailboxServerContext server)
    {
        (_flushing, _unflushed) = (_unflushed, _flushing);
        server.Store.FlushAsync().PipeTo(
            Self, ActorRefs.NoSender, static () => new MailboxInputs.Flushed(true), static _ => new MailboxInputs.Flushed(false));
    }

    private void EndFlush(bool durable, MailboxServerContext server)
    {
        _isPresenceInDoubt = !durable;
        foreach (var transaction in _flushing)
        {
            // Not durable: the core asks again, as of a server that cannot be reached.
            RespondToRegistration(transaction, durable ? 200 : 503, server, server.Wheel.Now);
        }

        _flushing.Clear();
        if (_unflushed.Count > 0)
        {
            BeginFlush(server);
        }

        Answer(string.Empty, server);
    }

    private void RespondToRegistration(SipServerTransaction transaction, int status, MailboxServerContext server, Instant now)
    {
        var request = transaction.Request;
        var contact = request.GetHeaderText(SipHeaderId.Contact);
        var expires = request.GetHeaderText(SipHeaderId.Expires);
        var response = (status, contact, expires) switch
        {
            (200, not null, not null) =>
                SipForwarding.Respond(request, 200, _tag, transaction.From, (SipHeaderId.Contact, contact), (SipHeaderId.Expires, expires)),
            (200, not null, null) => SipForwarding.Respond(request, 200, _tag, transaction.From, (SipHeaderId.Contact, contact)),
            (200, null, not null) => SipForwarding.Respond(request, 200, _tag, transaction.From, (SipHeaderId.Expires, expires)),
            (200, null, null) => SipForwarding.Respond(request, 200, _tag, transaction.From),
            _ => SipForwarding.Respond(request, status, _tag, transaction.From, (SipHeaderId.RetryAfter, RetryAfterOf(server))),
        };
        _transactions!.Respond(transaction, status, response, now);
    }

    private static string RetryAfterOf(MailboxServerContext server) =>
        ((long)server.MailboxSettings.RefusalRetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    /// <summary>False: Expires says 0, in the header or at the contact. Without either the registrar's default applies, which is not 0.</summary>
    private static bool GrantsRegistration(SipRequest request)
    {
        var expires = request.GetHeaderText(SipHeaderId.Expires);
        if (expires is null
            && request.TryGetHeader(SipHeaderId.Contact, out var contact)
            && SipNameAddress.TryParse(contact, out var address)
            && address!.TryGetParameter("expires", out var ofContact))
        {
            expires = ofContact;
        }

        return !uint.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > 0;
    }

    /// <summary>True: the store has been told something new.</summary>
    private bool SetOnline(string recipient, bool online, MailboxServerContext server)
    {
        if (!online && !_slots.ContainsKey(recipient))
        {
            return false;
        }

        var slot = FindOrAdd(recipient);
        var hasChanged = slot.IsOnline != online;
        if (hasChanged)
        {
            slot.IsOnline = online;
            server.Store.SetPresence(recipient, online);
            server.Counters.AddUsersOnline(online ? 1 : -1);
        }

        // A mailbox that is not there has nothing to deliver; it will be told when it starts.
        if (slot.Child is not null)
        {
            slot.Tell(online ? MailboxInputs.Registration.Back : MailboxInputs.Registration.Gone);
        }
        else if (!online)
        {
            _slots.Remove(recipient);
        }

        return hasChanged;
    }
}

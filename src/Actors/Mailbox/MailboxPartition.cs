using System.Globalization;
using System.Text;
using Akka.Actor;
using UeFarm.Actors.Timing;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Actors.Mailbox;

/// <summary>
/// Parent of a share of the mailboxes: starts them when there is something for them, stops them when they have nothing left, and remembers
/// which phones are registered. Answers third-party REGISTER (TS 24.229 section 5.4.1.7), OPTIONS and everything that no mailbox handles.
/// </summary>
internal sealed class MailboxPartition(int index, Action<int> acceptFailures) : UntypedActor
{
    private const string Allowed = "MESSAGE, REGISTER, OPTIONS";
    private const int MaxEarly = 100_000;

    private readonly Dictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Slot> _mailboxes = [];
    private readonly Queue<object> _early = new();
    private readonly WakeUpSlot _wake = new(Context.Self, MailboxInputs.Wake.Instance);
    private MailboxServerContext? _server;
    private SipTransactionLayer? _transactions;
    private MailboxInputs.CoreBusy? _coreBusy;
    private string _tag = string.Empty;
    private long _started;

    public static Props Props(int index, Action<int> acceptFailures) => Akka.Actor.Props.Create<MailboxPartition>(index, acceptFailures);

    protected override void PostStop() => _server?.Wheel.Cancel(_wake);

    protected override void OnReceive(object message)
    {
        if (_server is not null)
        {
            Handle(message, _server);
        }
        else if (message is MailboxInputs.Begin begin)
        {
            Begin(begin.Server);
        }
        else if (_early.Count < MaxEarly)
        {
            _early.Enqueue(message); // the transports open a moment before work begins
        }
    }

    private void Handle(object message, MailboxServerContext server)
    {
        switch (message)
        {
            case MailboxInputs.Sip { Message: SipResponse } response:
                if (_mailboxes.TryGetValue(response.Mailbox, out var asker))
                {
                    asker.Tell(response);
                }
                else
                {
                    server.Counters.CountStrayResponse();
                }

                break;
            case MailboxInputs.Sip { Message: SipRequest request } sip:
                if (request.Method == SipMethod.Message && Refusal(request, sip.Recipient!, server) == 0)
                {
                    Mailbox(sip.Recipient!, server).Tell(sip);
                }
                else if (request.Method != SipMethod.Ack)
                {
                    _transactions!.HandleMessage(request, sip.From, server.Wheel.Now);
                    Answer(sip.Recipient!, server);
                }

                break;
            case MailboxInputs.Passivate idle:
                Passivate(idle);
                break;
            case MailboxInputs.Restarted restarted:
                if (_mailboxes.TryGetValue(restarted.Mailbox, out var failed) && failed.IsOnline)
                {
                    failed.Tell(MailboxInputs.Registration.Back);
                }

                break;
            case MailboxInputs.CoreFlowFailed:
                acceptFailures(index);
                foreach (var mailbox in _mailboxes.Values)
                {
                    mailbox.Tell(message);
                }

                break;
            case MailboxInputs.Report report:
                Pass(report, server);
                break;
            case MailboxInputs.CoreBusy busy:
                _coreBusy = busy;
                foreach (var mailbox in _mailboxes.Values)
                {
                    mailbox.Tell(busy);
                }

                break;
            case MailboxInputs.Wake:
                _transactions!.HandleTimeout(server.Wheel.Now);
                Answer(string.Empty, server);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Begin(MailboxServerContext server)
    {
        _server = server;
        _transactions = new SipTransactionLayer(server.Settings.Timers);
        _tag = string.Create(CultureInfo.InvariantCulture, $"mp{(uint)server.Settings.Random.NextUInt64():x}");
        foreach (var recipient in server.Store.Recovery.Online)
        {
            if (IsMine(recipient, server))
            {
                _slots.Add(recipient, new Slot(recipient) { IsOnline = true });
                server.Counters.AddUsersOnline(1);
            }
        }

        foreach (var (recipient, inventory) in server.Store.Recovery.Backlogs)
        {
            if (IsMine(recipient, server))
            {
                server.Counters.Totals.AddRecovered(inventory);
                StartMailbox(FindOrAdd(recipient), inventory, server);
            }
        }

        while (_early.TryDequeue(out var message))
        {
            Handle(message, server);
        }
    }

    /// <summary>A report for somebody of another domain has nowhere to go: the one served here is where senders are known.</summary>
    private void Pass(MailboxInputs.Report report, MailboxServerContext server)
    {
        var recipient = report.Record.Recipient;
        if (SipUri.TryParse(Encoding.UTF8.GetBytes(recipient), out var uri) && Refusal(uri, recipient, server) is var refusal && refusal == 0)
        {
            Mailbox(recipient, server).Tell(report);
        }
        else
        {
            report.Origin.Mailbox.Tell(new MailboxInputs.Reported(report.Origin.Arrival, 404), ActorRefs.NoSender);
        }
    }

    private bool IsMine(string recipient, MailboxServerContext server) =>
        MailboxReceiver.PartitionOf(recipient, server.Settings.Partitions) == index;

    /// <summary>0: none. The recipient has to be a user of the domain.</summary>
    private int Refusal(SipRequest request, string recipient, MailboxServerContext server) =>
        Refusal(request.Method == SipMethod.Message ? request.RequestUri : request.To.Uri, recipient, server);

    private int Refusal(SipUri uri, string recipient, MailboxServerContext server)
    {
        if (uri.User is null || !string.Equals(uri.Host, server.Settings.Domain, StringComparison.OrdinalIgnoreCase))
        {
            return 404;
        }

        return _slots.Count >= server.Settings.MaxRecipients / server.Settings.Partitions && !_slots.ContainsKey(recipient) ? 503 : 0;
    }

    /// <summary>Takes what the partition's own transactions have to say. Recipient: that of the request that was just put in.</summary>
    private void Answer(string recipient, MailboxServerContext server)
    {
        var now = server.Wheel.Now;
        while (_transactions!.TryTakeEffect(out var effect))
        {
            switch (effect.Kind)
            {
                case SipTransactionEffectKind.Transmit:
                    _ = server.Send(effect.Hop, effect.Bytes.Span); // what cannot leave is counted by the transport
                    break;
                case SipTransactionEffectKind.RequestReceived:
                    var transaction = effect.ServerTransaction!;
                    var (status, response) = Respond(transaction.Request, transaction.From, recipient, server);
                    _transactions.Respond(transaction, status, response, now);
                    break;
            }
        }

        if (_transactions.NextDeadline < Instant.Never)
        {
            server.Wheel.Arm(_wake, _transactions.NextDeadline);
        }
    }

    private (int Status, byte[] Response) Respond(SipRequest request, SipHop from, string recipient, MailboxServerContext server)
    {
        if (request.Method == SipMethod.Options)
        {
            return (200, SipForwarding.Respond(request, 200, _tag, from, (SipHeaderId.Allow, Allowed)));
        }

        if (request.Method is not (SipMethod.Register or SipMethod.Message))
        {
            return (405, SipForwarding.Respond(request, 405, _tag, from, (SipHeaderId.Allow, Allowed)));
        }

        var refusal = Refusal(request, recipient, server);
        if (refusal != 0)
        {
            return (refusal, SipForwarding.Respond(request, refusal, _tag, from));
        }

        var expires = request.GetHeaderText(SipHeaderId.Expires);
        SetOnline(recipient, GrantsRegistration(request, expires), server);
        var contact = request.GetHeaderText(SipHeaderId.Contact);
        return (200, (contact, expires) switch
        {
            (not null, not null) => SipForwarding.Respond(request, 200, _tag, from, (SipHeaderId.Contact, contact), (SipHeaderId.Expires, expires)),
            (not null, null) => SipForwarding.Respond(request, 200, _tag, from, (SipHeaderId.Contact, contact)),
            (null, not null) => SipForwarding.Respond(request, 200, _tag, from, (SipHeaderId.Expires, expires)),
            _ => SipForwarding.Respond(request, 200, _tag, from),
        });
    }

    /// <summary>False: Expires says 0, in the header or at the contact. Without either the registrar's default applies, which is not 0.</summary>
    private static bool GrantsRegistration(SipRequest request, string? expires)
    {
        if (expires is null
            && request.TryGetHeader(SipHeaderId.Contact, out var contact)
            && SipNameAddress.TryParse(contact, out var address)
            && address!.TryGetParameter("expires", out var ofContact))
        {
            expires = ofContact;
        }

        return !uint.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > 0;
    }

    private void SetOnline(string recipient, bool online, MailboxServerContext server)
    {
        if (!online && !_slots.ContainsKey(recipient))
        {
            return;
        }

        var slot = FindOrAdd(recipient);
        if (slot.IsOnline != online)
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
    }

    private Slot Mailbox(string recipient, MailboxServerContext server)
    {
        var slot = FindOrAdd(recipient);
        if (slot.Child is null)
        {
            StartMailbox(slot, MailboxInventory.Empty, server);
        }

        return slot;
    }

    private Slot FindOrAdd(string recipient)
    {
        if (!_slots.TryGetValue(recipient, out var slot))
        {
            slot = new Slot(recipient);
            _slots.Add(recipient, slot);
        }

        return slot;
    }

    private void StartMailbox(Slot slot, MailboxInventory inventory, MailboxServerContext server)
    {
        slot.Number = (++_started * server.Settings.Partitions) + index;
        slot.Reset();
        slot.Child = Context.ActorOf(MailboxActor.Props(server, new MailboxStart(slot.Recipient, slot.Number, inventory, slot.IsOnline)));
        _mailboxes.Add(slot.Number, slot);
        if (_coreBusy is { } busy && busy.Until > server.Wheel.Now)
        {
            slot.Tell(busy);
        }
    }

    /// <summary>Stops an idle mailbox unless something is on its way to it: then it will ask again.</summary>
    private void Passivate(MailboxInputs.Passivate idle)
    {
        if (!_mailboxes.TryGetValue(idle.Mailbox, out var slot) || slot.Sent != idle.Received)
        {
            return;
        }

        Context.Stop(slot.Child);
        slot.Child = null;
        _mailboxes.Remove(idle.Mailbox);
        if (!slot.IsOnline)
        {
            _slots.Remove(slot.Recipient);
        }
    }

    /// <summary>A recipient that is registered or has a mailbox.</summary>
    private sealed class Slot(string recipient)
    {
        public string Recipient { get; } = recipient;

        public bool IsOnline { get; set; }

        public IActorRef? Child { get; set; }

        public long Number { get; set; }

        /// <summary>Inputs sent to the child.</summary>
        public int Sent { get; private set; }

        public void Reset() => Sent = 0;

        public void Tell(object input)
        {
            Sent++;
            Child!.Tell(input, ActorRefs.NoSender);
        }
    }
}

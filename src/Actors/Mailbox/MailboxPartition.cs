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
internal sealed partial class MailboxPartition(int index, Action<int> acceptFailures) : UntypedActor
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
                else if (request.Method == SipMethod.Notify && _slots.GetValueOrDefault(sip.Recipient!) is { Child: not null } watcher)
                {
                    watcher.Tell(sip);
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
            case MailboxInputs.Flushed flushed:
                EndFlush(flushed.Durable, server);
                break;
            case MailboxInputs.Purge or MailboxInputs.List or MailboxInputs.Find or MailboxInputs.Stop:
                HandleOperator(message);
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
            if (IsMine(recipient, server) && !server.MailboxSettings.SubscribesToPresence)
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
    private int Refusal(SipRequest request, string recipient, MailboxServerContext server)
    {
        var isMessage = request.Method == SipMethod.Message;
        var refusal = Refusal(isMessage ? request.RequestUri : request.To.Uri, recipient, server);
        if (refusal == 404 || !isMessage || _stop is null)
        {
            return refusal;
        }

        // A mailbox that is there knows whether it has the message already; it refuses new ones itself.
        return _slots.TryGetValue(recipient, out var slot) && slot.Child is not null ? 0 : 503;
    }

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
                    if (transaction.Request.Method == SipMethod.Register && Refusal(transaction.Request, recipient, server) == 0)
                    {
                        TakeRegistration(transaction, recipient, server, now);
                    }
                    else
                    {
                        var (status, response) = Respond(transaction.Request, transaction.From, recipient, server);
                        _transactions.Respond(transaction, status, response, now);
                    }

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

        if (request.Method == SipMethod.Notify)
        {
            // RFC 6665 section 4.1.3: nobody here subscribed, or has forgotten it.
            return (481, SipForwarding.Respond(request, 481, _tag, from));
        }

        if (request.Method is not (SipMethod.Register or SipMethod.Message))
        {
            return (405, SipForwarding.Respond(request, 405, _tag, from, (SipHeaderId.Allow, Allowed)));
        }

        var refusal = Refusal(request, recipient, server);
        var isStopping = _stop is not null && refusal == 503 && request.Method == SipMethod.Message;
        if (isStopping)
        {
            server.Counters.Count(MailboxFact.Received);
            server.Counters.Count(MailboxFact.RefusedStopping);
        }

        return (refusal, isStopping
            ? SipForwarding.Respond(request, refusal, _tag, from, (SipHeaderId.RetryAfter, RetryAfterOf(server)))
            : SipForwarding.Respond(request, refusal, _tag, from));
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
        var start = new MailboxStart(slot.Recipient, slot.Number, inventory, slot.IsOnline);
        start.Content.Set(inventory.Count, inventory.BodyBytes);
        slot.Content = start.Content;
        slot.Child = Context.ActorOf(MailboxActor.Props(server, start));
        _mailboxes.Add(slot.Number, slot);
        if (_coreBusy is { } busy && busy.Until > server.Wheel.Now)
        {
            slot.Tell(busy);
        }

        if (_stop is { } stop)
        {
            // For a delivery report, which somebody else's rest waits for.
            stop.Rest.Await(1);
            slot.Tell(stop);
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
        slot.Content = null;
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

        /// <summary>Of the child; null without one.</summary>
        public MailboxContent? Content { get; set; }

        /// <summary>Inputs sent to the child.</summary>
        public int Sent { get; private set; }

        public void Reset() => Sent = 0;

        public MailboxSummary Summarize() => new(Recipient, Content?.Messages ?? 0, Content?.Bytes ?? 0, IsOnline);

        public void Tell(object input)
        {
            Sent++;
            Child!.Tell(input, ActorRefs.NoSender);
        }
    }
}

using System.Net;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>
/// A core with bob's mailbox behind it, in virtual time, on a network without delay: what the core tells the application server by third-party REGISTER or NOTIFY
/// reaches the mailbox, the mailbox's deliveries and subscriptions reach the core. What goes to phones stays in <see cref="AtPhones"/> until the test answers it.
/// </summary>
internal sealed class ServerBehindCore
{
    private readonly Queue<Action> _storeWork = new();
    private readonly MailboxSettings _settings;
    private MailboxUserAgent _mailbox;
    private int _lives = 1;
    private long _arrival;

    public ServerBehindCore(MailboxSettings settings)
    {
        var identity = new CoreIdentity(CoreHarness.Domain, CoreHarness.Listen, CoreHarness.Server);
        Core = new CoreHarness(CoreHarness.Server, new RegistrarSettings { Identity = identity, SendsThirdPartyRegistrations = !settings.SubscribesToPresence });
        _settings = settings;
        _mailbox = CreateMailbox(MailboxInventory.Empty, _lives);
        _mailbox.HandleStart(false, Core.Now, Core.Utc);
    }

    public CoreHarness Core { get; }

    /// <summary>Requests at the phones that wait for an answer, with the address of the phone.</summary>
    public List<(SipRequest Request, IPEndPoint Phone)> AtPhones { get; } = [];

    /// <summary>Answers that reached senders.</summary>
    public List<int> AtSenders { get; } = [];

    public Dictionary<MailboxFact, int> Facts { get; } = [];

    public bool IsOnline => _mailbox.IsOnline;

    public int StoredCount => _mailbox.StoredCount;

    public bool IsIdle => _mailbox.IsIdle(Core.Now);

    public bool IsSubscribed => _mailbox.IsSubscribed;

    /// <summary>The mailbox and all that it knew are lost; the store is not.</summary>
    public void RestartServer()
    {
        _mailbox = CreateMailbox(MailboxHarness.InventoryOf(_stored.Values), ++_lives);
        _mailbox.HandleStart(false, Core.Now, Core.Utc);
        Run(TimeSpan.Zero);
    }

    public TestPhone AddPhone(string name, string address) => new(Core, name, Core.Directory.AddPassword(name), Core.NextHop(address));

    /// <summary>Registers, and lets the news reach the server.</summary>
    public void Register(TestPhone phone, string extra = "Expires: 3600\n")
    {
        phone.MustRegister(extra);
        Run(TimeSpan.Zero);
    }

    public void Send(TestPhone from, string to)
    {
        from.SendMessage(to);
        Run(TimeSpan.Zero);
    }

    public void Answer(int index, int status)
    {
        var (request, phone) = AtPhones[index];
        AtPhones.RemoveAt(index);
        Core.Answer(request, status, new SipHop(SipTransportKind.Tcp, phone, 0));
        Run(TimeSpan.Zero);
    }

    public void Run(TimeSpan time)
    {
        var end = Core.Now + time;
        Carry();
        while (Instant.Min(_mailbox.NextDeadline, Instant.Min(Core.Registrar.NextDeadline, Core.Proxy.NextDeadline)) is var next && next <= end)
        {
            Core.Advance(next > Core.Now ? next - Core.Now : TimeSpan.Zero);
            _mailbox.HandleTimeout(Core.Now, Core.Utc);
            Carry();
        }

        Core.Advance(end - Core.Now);
        Carry();
    }

    private MailboxUserAgent CreateMailbox(MailboxInventory inventory, int life)
    {
        var endpoint = new MailboxEndpoint(new SipHop(SipTransportKind.Tcp, CoreHarness.Listen, 0), "10.0.0.9:5090", SipTimers.Default);
        return new MailboxUserAgent("sip:bob@ims.example", life, _settings, endpoint, new SeededRandomSource((ulong)life), inventory);
    }

    private void Carry()
    {
        bool moved;
        do
        {
            moved = Core.Sent.Count > 0;
            if (moved)
            {
                var (message, hop, _) = Core.Sent.Dequeue();
                FromCore(message, hop);
            }

            while (_mailbox.TryTakeEffect(out var effect))
            {
                moved = true;
                Perform(effect);
            }

            while (_storeWork.TryDequeue(out var work))
            {
                moved = true;
                work();
            }
        }
        while (moved);
    }

    private void FromCore(SipMessage message, SipHop hop)
    {
        if (!hop.EndPoint.Equals(CoreHarness.Server.EndPoint))
        {
            if (message is SipRequest request)
            {
                AtPhones.Add((request, hop.EndPoint!));
            }
            else
            {
                AtSenders.Add(((SipResponse)message).StatusCode);
            }
        }
        else if (message is SipRequest { Method: SipMethod.Register } news)
        {
            Core.Answer(news, 200, CoreHarness.Server);
            _mailbox.HandleRegistration(news.GetHeaderText(SipHeaderId.Expires) != "0", Core.Now, Core.Utc);
        }
        else
        {
            _mailbox.HandleMessage(message, new SipHop(SipTransportKind.Tcp, CoreHarness.Listen, 1), ++_arrival, Core.Now, Core.Utc);
        }
    }

    private void Perform(MailboxEffect effect)
    {
        switch (effect.Kind)
        {
            case MailboxEffectKind.Transmit:
                Assert.True(SipParser.TryParse(effect.Bytes, SipLimits.Default, out var message, out _));
                Core.Deliver(message!, CoreHarness.Server);
                break;
            case MailboxEffectKind.Store:
                _storeWork.Enqueue(() => _mailbox.HandleStored(effect.Record!.Arrival, true, Core.Now, Core.Utc));
                break;
            case MailboxEffectKind.Read:
                // Nothing is ever evicted for longer than this store keeps it: the tests stay within a page.
                _storeWork.Enqueue(() => _mailbox.HandleRead(
                    new MailboxReadResult(effect.Read.Kind, true, Page(effect.Read), MailboxInventory.Empty), Core.Now, Core.Utc));
                break;
            case MailboxEffectKind.Fact:
                Facts[effect.Fact] = Facts.GetValueOrDefault(effect.Fact) + 1;
                break;
            default:
                break;
        }

        Remember(effect);
    }

    private readonly SortedList<MailboxPosition, MailboxRecord> _stored = [];

    private void Remember(MailboxEffect effect)
    {
        if (effect.Kind == MailboxEffectKind.Store)
        {
            _stored.Add(effect.Record!.Position, effect.Record);
        }
        else if (effect.Kind == MailboxEffectKind.Remove)
        {
            _stored.Remove(_stored.Values.First(record => record.Arrival == effect.Arrival).Position);
        }
    }

    private List<MailboxRecord> Page(MailboxRead read) => [.. _stored.Values.Where(record => record.Position > read.After).Take(read.Limit)];
}

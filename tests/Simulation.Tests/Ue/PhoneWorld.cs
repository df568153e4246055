using System.Globalization;
using System.Net;
using System.Text;
using UeFarm.Protocol;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using Xunit;

namespace UeFarm.Simulation.Tests.Ue;

/// <summary>Phones, a stateless core and the real KMS in virtual time, joined by a seeded datagram network that loses, repeats and reorders.</summary>
internal sealed class PhoneWorld
{
    private static readonly SipHop Core = new(SipTransportKind.Udp, IPEndPoint.Parse("10.0.0.1:5060"), 0);
    private static readonly byte[] MasterSecret = Encoding.ASCII.GetBytes("a secret of thirty-two bytes....");

    private readonly PriorityQueue<Action, (long Due, long Number)> _events = new();
    private readonly SeededRandomSource _random;
    private readonly StatelessCore _core = new(Core);
    private readonly KeyManagementService _kms;
    private long _number;

    public PhoneWorld(ulong seed, int phones, Func<UeSettings, UeSettings>? change = null)
    {
        _random = new SeededRandomSource(seed);
        _kms = new KeyManagementService(new KmsSettings { MasterSecret = MasterSecret }, _random);
        for (var index = 0; index < phones; index++)
        {
            var settings = new UeSettings { Domain = "ims.example", Core = Core, Transport = SipTransportKind.Udp, ContactHost = HopOf(index).EndPoint.ToString() };
            Settings.Add(change is null ? settings : change(settings));
            Durable.Add(new UeDurableState());
            Phones.Add(CreatePhone(index));
        }
    }

    /// <summary>0 to 1, for every message on every hop.</summary>
    public double Loss { get; set; }

    public double Duplication { get; set; }

    /// <summary>Even between 1 ms and this: reorders whatever is closer together.</summary>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Sees each MESSAGE that is about to reach a phone; true takes it away.</summary>
    public Func<int, SipRequest, bool>? Interceptor { get; set; }

    public List<UeBehavior> Phones { get; } = [];

    public List<UeSettings> Settings { get; } = [];

    public List<UeDurableState> Durable { get; } = [];

    public List<(int Phone, UeEffect Fact)> Facts { get; } = [];

    public Instant Now { get; private set; } = new(TimeSpan.TicksPerDay);

    public DateTimeOffset Utc => new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero) + (Now - new Instant(0));

    public static string AddressOf(int index) => string.Create(CultureInfo.InvariantCulture, $"sip:ue{index}@ims.example");

    public IEnumerable<UeEffect> Received(int phone) =>
        Facts.Where(each => each.Phone == phone && each.Fact.Kind == UeEffectKind.MessageReceived).Select(each => each.Fact);

    public int Count(int phone, ReceiveOutcome outcome) => Received(phone).Count(fact => fact.Outcome == outcome);

    public void RegisterAll()
    {
        for (var index = 0; index < Phones.Count; index++)
        {
            Phones[index].GoOnline(Now, Utc);
            Drain(index);
        }

        Run(TimeSpan.FromMinutes(2));
        Assert.All(Phones, phone => Assert.Equal(UeRegistrationState.Registered, phone.State));
    }

    public void At(TimeSpan delay, Action action) => _events.Enqueue(action, ((Now + delay).Ticks, _number++));

    public void Send(int from, long id, int to, string text)
    {
        Phones[from].SendMessage(id, AddressOf(to), Encoding.UTF8.GetBytes(text), Now, Utc);
        Drain(from);
    }

    /// <summary>Past the network, as somebody on the path does it.</summary>
    public void Inject(int phone, ReadOnlyMemory<byte> bytes) => Receive(phone, Parse(bytes), Core);

    /// <summary>The machine is lost; the flash memory is not.</summary>
    public void Crash(int phone)
    {
        Phones[phone].Abandon();
        while (Phones[phone].TryTakeEffect(out var effect))
        {
            if (effect.Kind is not (UeEffectKind.Transmit or UeEffectKind.QueryKms))
            {
                Facts.Add((phone, effect));
            }
        }

        Phones[phone] = CreatePhone(phone);
        Phones[phone].GoOnline(Now, Utc);
        Drain(phone);
    }

    /// <summary>From event to event and deadline to deadline.</summary>
    public void Run(TimeSpan time)
    {
        var end = Now + time;
        while (true)
        {
            var next = _events.TryPeek(out _, out var priority) ? new Instant(priority.Due) : Instant.Never;
            foreach (var phone in Phones)
            {
                next = Instant.Min(next, phone.NextDeadline);
            }

            if (next > end)
            {
                break;
            }

            Now = next > Now ? next : Now;
            if (_events.TryPeek(out var action, out priority) && priority.Due <= Now.Ticks)
            {
                _events.Dequeue();
                action();
                continue;
            }

            for (var index = 0; index < Phones.Count; index++)
            {
                if (Phones[index].NextDeadline <= Now)
                {
                    Phones[index].HandleTimeout(Now, Utc);
                    Drain(index);
                }
            }
        }

        Now = end;
    }

    private static SipHop HopOf(int index) => new(SipTransportKind.Udp, new IPEndPoint(new IPAddress([10, 1, 0, (byte)index]), 5070), 0);

    private static SipMessage Parse(ReadOnlyMemory<byte> bytes)
    {
        Assert.True(SipParser.TryParse(bytes, SipLimits.Default, out var message, out var failure), failure.ToString());
        return message!;
    }

    private UeBehavior CreatePhone(int index)
    {
        var identity = AddressOf(index);
        var credentials = new SubscriberCredentials($"ue{index}_private", DigestAlgorithm.Md5, "sesame", default, default, default);
        var profile = new UeProfile(index, identity, credentials, KeyManagementService.DerivePsk(MasterSecret, identity, MikeySuite.Aes128Sha1));
        return new UeBehavior(profile, Settings[index], Durable[index], _random);
    }

    private void Drain(int index)
    {
        while (Phones[index].TryTakeEffect(out var effect))
        {
            switch (effect.Kind)
            {
                case UeEffectKind.Transmit:
                    Transmit(HopOf(index), effect.Hop, effect.Bytes);
                    break;
                case UeEffectKind.QueryKms:
                    var phone = Phones[index];
                    At(Delay(), () => AnswerQuery(index, phone, effect));
                    break;
                default:
                    Facts.Add((index, effect));
                    break;
            }
        }
    }

    private void AnswerQuery(int index, UeBehavior phone, UeEffect query)
    {
        var answer = _kms.Handle(query.Bytes, Utc);
        if (ReferenceEquals(phone, Phones[index]))
        {
            phone.HandleKmsResponse(query.Token, answer is null ? null : new ReadOnlyMemory<byte>(answer), Now, Utc);
            Drain(index);
        }
    }

    private void Transmit(SipHop from, SipHop to, ReadOnlyMemory<byte> bytes)
    {
        var copies = Fraction() < Loss ? 0 : Fraction() < Duplication ? 2 : 1;
        for (; copies > 0; copies--)
        {
            At(Delay(), () => Arrive(from, to, bytes));
        }
    }

    private void Arrive(SipHop from, SipHop to, ReadOnlyMemory<byte> bytes)
    {
        var message = Parse(bytes);
        if (to == Core)
        {
            if (_core.Handle(message, from) is var (onward, forwarded))
            {
                Transmit(Core, onward, forwarded);
            }

            return;
        }

        Receive(to.EndPoint.Address.GetAddressBytes()[3], message, from);
    }

    private void Receive(int phone, SipMessage message, SipHop from)
    {
        if (message is SipRequest { Method: SipMethod.Message } request && Interceptor?.Invoke(phone, request) == true)
        {
            return;
        }

        Phones[phone].HandleMessage(message, from, Now, Utc);
        Drain(phone);
    }

    private TimeSpan Delay() => TimeSpan.FromMilliseconds(1) + ((LongestDelay - TimeSpan.FromMilliseconds(1)) * Fraction());

    private double Fraction() => (_random.NextUInt64() >> 11) * (1.0 / (1UL << 53));
}

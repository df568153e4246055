using System.Net;
using System.Text;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>Registrar and proxy of one partition under virtual time; what they send is parsed and kept.</summary>
internal sealed class CoreHarness
{
    public const string Domain = "ims.example";

    public static readonly IPEndPoint Listen = IPEndPoint.Parse("10.0.0.1:5060");
    public static readonly SipHop Server = new(SipTransportKind.Tcp, IPEndPoint.Parse("10.0.0.9:5090"), 0);

    private long _lastFlow = 100;

    public CoreHarness(SipHop? applicationServer = null, RegistrarSettings? template = null, ulong seed = 1, int mailboxGroups = 1)
    {
        var random = new SeededRandomSource(seed);
        Identity = new CoreIdentity(Domain, Listen, applicationServer, mailboxGroups);
        var digest = new DigestServer(new DigestServerSettings { Realm = Domain, NonceSlots = 1024 }, random);
        var settings = template is null ? new RegistrarSettings { Identity = Identity, Partition = 3 } : template with { Identity = Identity, Partition = 3 };
        Registrar = new RegistrarBehavior(settings, Directory, digest, random);
        var proxySettings = new ProxySettings { Identity = Identity, Partition = 3, ExpectsApplicationServer = settings.ExpectsApplicationServer };
        Proxy = new ProxyBehavior(proxySettings, Registrar, Directory, digest, random);
    }

    public CoreIdentity Identity { get; }

    public TestDirectory Directory { get; } = new();

    public RegistrarBehavior Registrar { get; }

    public ProxyBehavior Proxy { get; }

    public Instant Now { get; private set; } = new(TimeSpan.TicksPerHour);

    public DateTimeOffset Utc => new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero) + (Now - new Instant(TimeSpan.TicksPerHour));

    public Queue<(SipMessage Message, SipHop Hop, long Token)> Sent { get; } = new();

    public Dictionary<CoreFact, int> Facts { get; } = [];

    /// <summary>Locate effects wait here instead of being answered at once, as for another partition's subscriber.</summary>
    public Queue<CoreEffect>? Held { get; set; }

    public SipHop NextHop(string address = "10.1.0.1:40000", SipTransportKind transport = SipTransportKind.Tcp) =>
        new(transport, IPEndPoint.Parse(address), ++_lastFlow);

    public int CountOf(CoreFact fact) => Facts.GetValueOrDefault(fact);

    public static SipMessage Parse(string text)
    {
        return ParseBytes(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")));
    }

    public void Deliver(SipMessage message, SipHop from)
    {
        var isRegistrar = message is SipRequest request
            ? RegistrarBehavior.Handles(request.Method)
            : BranchSource.TryParse(message.TopVia.Branch, out var kind, out _) && kind == BranchSource.RegistrarKind;
        if (isRegistrar)
        {
            Registrar.HandleMessage(message, from, Now, Utc);
        }
        else
        {
            Proxy.HandleMessage(message, from, Now, Utc);
        }

        Drain();
    }

    public void Deliver(string text, SipHop from) => Deliver(Parse(text), from);

    /// <summary>Takes the oldest message sent.</summary>
    public T Take<T>(out SipHop hop)
        where T : SipMessage
    {
        Assert.NotEmpty(Sent);
        var (message, to, _) = Sent.Dequeue();
        hop = to;
        return Assert.IsType<T>(message);
    }

    public T Take<T>()
        where T : SipMessage => Take<T>(out _);

    /// <summary>Answers a request that the core sent.</summary>
    public void Answer(SipRequest request, int status, SipHop from, params ReadOnlySpan<(SipHeaderId, string)> extra) =>
        Deliver(ParseBytes(SipForwarding.Respond(request, status, "far", new SipHop(from.Transport, Listen, 1), extra)), from);

    /// <summary>Steps to each deadline on the way, never past one.</summary>
    public void Advance(TimeSpan time)
    {
        var end = Now + time;
        while (true)
        {
            var next = Instant.Min(Registrar.NextDeadline, Proxy.NextDeadline);
            if (next > end)
            {
                break;
            }

            Now = next > Now ? next : Now;
            Registrar.HandleTimeout(Now, Utc);
            Proxy.HandleTimeout(Now, Utc);
            Drain();
            Assert.True(Instant.Min(Registrar.NextDeadline, Proxy.NextDeadline) > Now, "a deadline stays in the past");
        }

        Now = end;
    }

    public void MoveServer(SipHop server, int mailboxGroup = 0)
    {
        Identity.MoveApplicationServer(server, mailboxGroup);
        Registrar.HandleApplicationServerMoved(mailboxGroup, Now, Utc);
        Drain();
    }

    public void FailFlow(SipHop hop)
    {
        Registrar.HandleTransportFailure(hop, Now, Utc);
        Proxy.HandleTransportFailure(hop, Now, Utc);
        Drain();
    }

    public void Drain()
    {
        while (Registrar.TryTakeEffect(out var effect) || Proxy.TryTakeEffect(out effect))
        {
            switch (effect.Kind)
            {
                case CoreEffectKind.Transmit:
                    Sent.Enqueue((ParseBytes(effect.Bytes), effect.Hop, effect.Token));
                    break;
                case CoreEffectKind.Count:
                    Facts[effect.Fact] = CountOf(effect.Fact) + 1;
                    break;
                case CoreEffectKind.EndForwards:
                    Proxy.HandleNewBinding(effect.AddressOfRecord!, effect.Contact!, Now, Utc);
                    break;
                case CoreEffectKind.Locate when Held is not null:
                    Held.Enqueue(effect);
                    break;
                default:
                    Proxy.HandleLocation(effect.Token, Registrar.Locate(effect.AddressOfRecord!, Now), Now, Utc);
                    break;
            }
        }
    }

    private static SipMessage ParseBytes(ReadOnlyMemory<byte> bytes)
    {
        Assert.True(SipParser.TryParse(bytes, SipLimits.Default, out var message, out var failure), failure + "\n" + Encoding.UTF8.GetString(bytes.Span));
        return message!;
    }
}

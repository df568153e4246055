using System.Net;
using System.Text;
using UeFarm.Protocol.Kms;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

/// <summary>One phone under virtual time, with its network and its KMS in the test's hands.</summary>
internal sealed class UeHarness
{
    public const string Self = "sip:bob@ims.example";
    public const string Peer = "sip:alice@ims.example";
    public const string OwnContact = "sip:u7@10.0.0.2:5070";

    public static readonly SipHop Core = new(SipTransportKind.Tcp, IPEndPoint.Parse("10.0.0.1:5060"), 0);
    public static readonly SipHop CoreFlow = Core with { Flow = 9 };

    private static readonly byte[] MasterSecret = Enumerable.Range(1, 32).Select(value => (byte)value).ToArray();

    public UeHarness(Func<UeSettings, UeSettings>? change = null, SubscriberCredentials? credentials = null, UeDurableState? durable = null, ulong seed = 1)
    {
        var settings = new UeSettings
        {
            Domain = "ims.example",
            Core = Core,
            Transport = SipTransportKind.Tcp,
            ContactHost = "10.0.0.2:5070",
        };
        Settings = change is null ? settings : change(settings);
        Durable = durable ?? new UeDurableState();
        Random = new SeededRandomSource(seed);
        credentials ??= new SubscriberCredentials("bob_private", DigestAlgorithm.Md5, "sesame", default, default, default);
        var psk = KeyManagementService.DerivePsk(MasterSecret, Self, Settings.Suite);
        Phone = new UeBehavior(new UeProfile(7, Self, credentials, psk), Settings, Durable, Random);
        Kms = new KeyManagementService(new KmsSettings { MasterSecret = MasterSecret }, Random);
    }

    public UeSettings Settings { get; }

    public UeDurableState Durable { get; }

    public SeededRandomSource Random { get; }

    public UeBehavior Phone { get; }

    public KeyManagementService Kms { get; }

    public Instant Now { get; private set; } = new(TimeSpan.TicksPerHour);

    public DateTimeOffset Utc => new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero) + (Now - new Instant(TimeSpan.TicksPerHour));

    public Queue<(SipMessage Message, SipHop Hop, long Token)> Sent { get; } = new();

    public Queue<UeEffect> Queries { get; } = new();

    public Queue<UeEffect> Facts { get; } = new();

    /// <summary>Queries are answered at once by the real KMS.</summary>
    public bool HasKms { get; set; } = true;

    public int QueriesMade { get; private set; }

    public static byte[] PskOf(string identity, MikeySuite suite = MikeySuite.Aes128Sha1) => KeyManagementService.DerivePsk(MasterSecret, identity, suite);

    public static SipMessage Parse(ReadOnlyMemory<byte> bytes)
    {
        Assert.True(SipParser.TryParse(bytes, SipLimits.Default, out var message, out var failure), failure + "\n" + Encoding.UTF8.GetString(bytes.Span));
        return message!;
    }

    public void GoOnline() => Do(() => Phone.GoOnline(Now, Utc));

    public void GoOffline(OfflineKind kind) => Do(() => Phone.GoOffline(kind, Now, Utc));

    public void Send(long id, string recipient = Peer, string text = "hello") =>
        Do(() => Phone.SendMessage(id, recipient, Encoding.UTF8.GetBytes(text), Now, Utc));

    public void Deliver(SipMessage message, SipHop? from = null) => Do(() => Phone.HandleMessage(message, from ?? CoreFlow, Now, Utc));

    public void FailFlow() => Do(() => Phone.HandleTransportFailure(Core, Now, Utc));

    public void AnswerQuery(UeEffect query) => AnswerQuery(query.Token, Kms.Handle(query.Bytes, Utc));

    public void AnswerQuery(long token, byte[]? answer) =>
        Do(() => Phone.HandleKmsResponse(token, answer is null ? null : new ReadOnlyMemory<byte>(answer), Now, Utc));

    /// <summary>Answers a request of the phone.</summary>
    public void Answer(SipRequest request, int status, params ReadOnlySpan<(SipHeaderId, string)> extra) =>
        Deliver(Parse(SipForwarding.Respond(request, status, "far", new SipHop(SipTransportKind.Tcp, IPEndPoint.Parse("10.0.0.2:5070"), 1), extra)));

    public T Take<T>(out long token)
        where T : SipMessage
    {
        Assert.NotEmpty(Sent);
        (var message, _, token) = Sent.Dequeue();
        return Assert.IsType<T>(message);
    }

    public T Take<T>()
        where T : SipMessage => Take<T>(out _);

    public UeEffect TakeFact(UeEffectKind kind)
    {
        Assert.NotEmpty(Facts);
        var fact = Facts.Dequeue();
        Assert.Equal(kind, fact.Kind);
        return fact;
    }

    public void AssertQuiet()
    {
        Assert.Empty(Sent);
        Assert.Empty(Facts);
        Assert.Empty(Queries);
    }

    /// <summary>Registers without a challenge and forgets the traces of it.</summary>
    public void Register(string expires = "3600", params ReadOnlySpan<(SipHeaderId, string)> extra)
    {
        GoOnline();
        (SipHeaderId, string)[] all = [(SipHeaderId.Contact, $"<{OwnContact};transport=tcp>;expires={expires}"), .. extra];
        Answer(Take<SipRequest>(), 200, all);
        TakeFact(UeEffectKind.Registered);
        Assert.Equal(UeRegistrationState.Registered, Phone.State);
    }

    /// <summary>Steps to each deadline on the way, never past one.</summary>
    public void Advance(TimeSpan time)
    {
        var end = Now + time;
        while (Phone.NextDeadline <= end)
        {
            Now = Phone.NextDeadline > Now ? Phone.NextDeadline : Now;
            Do(() => Phone.HandleTimeout(Now, Utc));
            Assert.True(Phone.NextDeadline > Now, "a deadline stays in the past");
        }

        Now = end;
    }

    public void Do(Action action)
    {
        action();
        while (Phone.TryTakeEffect(out var effect))
        {
            switch (effect.Kind)
            {
                case UeEffectKind.Transmit:
                    Sent.Enqueue((Parse(effect.Bytes), effect.Hop, effect.Token));
                    break;
                case UeEffectKind.QueryKms:
                    QueriesMade++;
                    if (HasKms)
                    {
                        var answer = Kms.Handle(effect.Bytes, Utc);
                        Phone.HandleKmsResponse(effect.Token, answer is null ? null : new ReadOnlyMemory<byte>(answer), Now, Utc);
                    }
                    else
                    {
                        Queries.Enqueue(effect);
                    }

                    break;
                default:
                    Facts.Enqueue(effect);
                    break;
            }
        }
    }
}

using System.Security.Cryptography;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Kms;

/// <summary>The secrets of a base ticket: RAND, MPK and session keys. Disposing it clears them.</summary>
internal sealed class TicketMaterial : IDisposable
{
    private readonly byte[] _secrets;

    private TicketMaterial(ReadOnlyMemory<byte> rand, IReadOnlyList<KeyDataPayload> keyData, byte[] secrets)
    {
        _secrets = secrets;
        Rand = rand;
        TicketKeyData = keyData;
    }

    public ReadOnlyMemory<byte> Rand { get; }

    /// <summary>MPK, then the session keys, as they stand in the ticket.</summary>
    public IReadOnlyList<KeyDataPayload> TicketKeyData { get; }

    private KeyDataPayload Mpk => TicketKeyData[0];

    /// <summary>Fresh keys in the place of the zeros of <paramref name="wanted"/>.</summary>
    public static TicketMaterial Create(KeyDataPayload[] wanted, MikeySuite suite, IRandomSource random)
    {
        var length = suite.KeyBytes();
        var secrets = new byte[(wanted.Length + 1) * length];
        random.Fill(secrets);
        var randAndSpi = new byte[length + TransferProfile.SpiBytes];
        random.Fill(randAndSpi);
        var keyData = new List<KeyDataPayload>(wanted.Length + 1)
        {
            new(KeyDataType.Mpk, secrets.AsMemory(0, length), KeyValidity.Spi(randAndSpi.AsMemory(length))),
        };
        for (var i = 0; i < wanted.Length; i++)
        {
            keyData.Add(new KeyDataPayload(wanted[i].KeyType, secrets.AsMemory((i + 1) * length, length), wanted[i].Validity));
        }

        return new TicketMaterial(randAndSpi.AsMemory(0, length), keyData, secrets);
    }

    /// <summary>From an opened ticket; takes over the plaintext that the keys lie in.</summary>
    public static TicketMaterial Take(ReadOnlyMemory<byte> rand, IReadOnlyList<KeyDataPayload> keyData, byte[] plaintext) => new(rand, keyData, plaintext);

    public KeyMaterial DeriveMpkR(PrfFunction prf) => TicketKeys.DeriveProtectionKey(prf, LabelConstant.MpkR, Mpk.Key.Span, Rand.Span);

    /// <summary>For the Initiator always, and for the Responder of a ticket without forking: MPKi, MPKr if keys will be forked, session keys.</summary>
    public HandedOutKeys Unforked(PrfFunction prf, TicketFlags flags)
    {
        var keys = new HandedOutKeys(TicketKeyData.Count + 1);
        keys.Add(KeyDataType.Mpk, TicketKeys.DeriveProtectionKey(prf, LabelConstant.MpkI, Mpk.Key.Span, Rand.Span), Mpk.Validity);
        if (flags.Has(TicketFlags.Forking))
        {
            keys.Add(KeyDataType.Mpk, DeriveMpkR(prf), MpkRValidity());
        }

        for (var i = 1; i < TicketKeyData.Count; i++)
        {
            var key = TicketKeyData[i];
            keys.Add(key.KeyType, new KeyMaterial(key.Key.Span), key.Validity);
        }

        return keys;
    }

    /// <summary>For the Responder of a ticket with forking: MPKi, MPKr', each TGK forked; TEK and GTGK are never forked (RFC 6043 section 5.1.1).</summary>
    public HandedOutKeys Forked(PrfFunction prf, ReadOnlySpan<byte> responder, ReadOnlySpan<byte> randKms)
    {
        var keys = new HandedOutKeys(TicketKeyData.Count + 1);
        keys.Add(KeyDataType.Mpk, TicketKeys.DeriveProtectionKey(prf, LabelConstant.MpkI, Mpk.Key.Span, Rand.Span), Mpk.Validity);
        using (var mpkR = DeriveMpkR(prf))
        {
            keys.Add(KeyDataType.Mpk, TicketKeys.Fork(prf, LabelConstant.ForkedMpkR, mpkR.Span, responder, randKms), MpkRValidity());
        }

        for (var i = 1; i < TicketKeyData.Count; i++)
        {
            var key = TicketKeyData[i];
            var material = key.IsTgk
                ? TicketKeys.Fork(prf, LabelConstant.ForkedTgk, key.Key.Span, responder, randKms)
                : new KeyMaterial(key.Key.Span);
            keys.Add(key.KeyType, material, key.Validity);
        }

        return keys;
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_secrets);

    /// <summary>
    /// Interpretation: the RFC does not say how the SPIs of MPKi and MPKr follow from that of MPK. MPKi takes it over; in that of MPKr the last byte is one
    /// higher, so that the two can be told apart.
    /// </summary>
    private KeyValidity MpkRValidity()
    {
        var spi = Mpk.Validity.First.ToArray();
        spi[^1]++;
        return KeyValidity.Spi(spi);
    }
}

using System.Security.Cryptography;
using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey.Exchanges;

/// <summary>
/// The keys that a verified REQUEST_RESP or RESOLVE_RESP carries: MPKi, with key forking MPKr or MPKr', then session keys
/// (RFC 6043 sections 4.2.1.2 and 4.2.3.2). The keys are owned by whoever takes this object.
/// </summary>
internal sealed class ReceivedKeys : IDisposable
{
    private ReceivedKeys(KeyMaterial mpkI, KeyMaterial? mpkR, SessionKey[] sessionKeys)
    {
        MpkI = mpkI;
        MpkR = mpkR;
        SessionKeys = sessionKeys;
    }

    public KeyMaterial MpkI { get; }

    /// <summary>MPKr for the Initiator, MPKr' for the Responder; null without key forking.</summary>
    public KeyMaterial? MpkR { get; }

    public IReadOnlyList<SessionKey> SessionKeys { get; }

    public static bool TryOpen(
        MikeyMessage message, ProtectionKeys keys, bool isForked, out ReceivedKeys? received, out MikeyFailure failure)
    {
        received = null;
        if (!PayloadQueries.TryFindOne<TimestampPayload>(message.Payloads, "T", out var timestamp, out failure)
            || !PayloadQueries.TryFindOne<KemacPayload>(message.Payloads, "KEMAC", out var kemac, out failure))
        {
            return false;
        }

        // Interpretation: the T of the message that carries the KEMAC enters its IV (RFC 3830 section 4.2.3 speaks of the Initiator's).
        if (!KeyTransport.TryOpen(keys, message.Header.CsbId, timestamp!.Timestamp, kemac!, out var plaintext, out var keyData, out failure))
        {
            return false;
        }

        var isValid = TryTake(keyData, keys.Suite, isForked, kemac!.Offset, out received, out failure);
        CryptographicOperations.ZeroMemory(plaintext);
        return isValid;
    }

    /// <summary>The session key with this SPI; null if there is none.</summary>
    public static SessionKey? Find(IReadOnlyList<SessionKey> keys, ReadOnlySpan<byte> spi)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            if (keys[i].Spi.Span.SequenceEqual(spi))
            {
                return keys[i];
            }
        }

        return null;
    }

    public void Dispose()
    {
        MpkI.Dispose();
        MpkR?.Dispose();
        for (var i = 0; i < SessionKeys.Count; i++)
        {
            SessionKeys[i].Dispose();
        }
    }

    private static bool TryTake(KeyDataPayload[] keyData, MikeySuite suite, bool isForked, int offset, out ReceivedKeys? received, out MikeyFailure failure)
    {
        received = null;
        failure = default;
        var protectionKeys = isForked ? 2 : 1;
        for (var i = 0; i < keyData.Length; i++)
        {
            // Every key names its SPI (RFC 6043 section 6.2.1) and has the length of the suite (section 12.1).
            var isProtectionKey = keyData[i].KeyType == KeyDataType.Mpk;
            if (isProtectionKey != (i < protectionKeys)
                || keyData[i].Key.Length != suite.KeyBytes()
                || keyData[i].Validity.Type != KeyValidityType.Spi
                || keyData[i].Validity.First.IsEmpty)
            {
                return MikeyFailure.Set(out failure, MikeyFault.BadKeyData, "KEMAC.Key data", offset);
            }
        }

        if (keyData.Length < protectionKeys)
        {
            return MikeyFailure.Set(out failure, MikeyFault.BadKeyData, "KEMAC.Key data", offset);
        }

        var sessionKeys = new SessionKey[keyData.Length - protectionKeys];
        for (var i = 0; i < sessionKeys.Length; i++)
        {
            sessionKeys[i] = new SessionKey(keyData[protectionKeys + i]);
        }

        received = new ReceivedKeys(
            new KeyMaterial(keyData[0].Key.Span), isForked ? new KeyMaterial(keyData[1].Key.Span) : null, sessionKeys);
        return true;
    }
}

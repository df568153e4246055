using UeFarm.Protocol.Mikey.Keys;
using UeFarm.Protocol.Mikey.Payloads;

namespace UeFarm.Protocol.Mikey.Exchanges;

/// <summary>Makes and opens MIKEY base tickets (RFC 6043 appendix A).</summary>
internal static class BaseTicket
{
    /// <summary>MPK first, then the session keys, all unforked.</summary>
    public static TicketPayload Seal(
        TicketPolicy policy, MikeySuite suite, ReadOnlySpan<byte> tpk, IdRolePayload? keyName, MikeyTimestamp issued, ReadOnlyMemory<byte> rand,
        IReadOnlyList<KeyDataPayload> keyData)
    {
        using var keys = ProtectionKeys.OfTicket(suite, tpk, rand.Span);
        var verification = VerificationPayload.Empty(suite.Mac());
        var kemac = KeyTransport.Seal(keys, MikeyLabels.NoCsb, issued, keyData);
        var data = new BaseTicketData(default, issued, rand, kemac, keyName, verification).Encode();
        var unsigned = new TicketPayload(policy, data);
        var mac = data.AsSpan(data.Length - verification.Mac.Length);
        MikeyMac.Compute(suite.Mac(), keys.Authentication.Span, new MacInput(unsigned.Core.Span[..^mac.Length]), mac);
        return new TicketPayload(policy, data);
    }

    /// <summary>
    /// Verifies the MAC, which covers the policy too, and decrypts. The first key is the only MPK. The caller clears <paramref name="plaintext"/>.
    /// </summary>
    public static bool TryOpen(
        TicketPayload ticket, BaseTicketData data, MikeySuite suite, ReadOnlySpan<byte> tpk, out byte[] plaintext, out KeyDataPayload[] keyData,
        out MikeyFailure failure)
    {
        plaintext = [];
        keyData = [];
        if (data.Verification.Algorithm != suite.Mac() || ticket.Policy.Prf != suite.Prf() || data.Rand.Length < suite.KeyBytes())
        {
            return MikeyFailure.Set(out failure, MikeyFault.UnsupportedAlgorithm, "TICKET", ticket.Offset);
        }

        using var keys = ProtectionKeys.OfTicket(suite, tpk, data.Rand.Span);
        var mac = data.Verification.Mac.Span;
        if (!MikeyMac.Verify(suite.Mac(), keys.Authentication.Span, new MacInput(ticket.Core.Span[..^mac.Length]), mac))
        {
            return MikeyFailure.Set(out failure, MikeyFault.MacMismatch, "TICKET.Ticket Data.V", ticket.Offset);
        }

        if (!KeyTransport.TryOpen(keys, MikeyLabels.NoCsb, data.Issued, data.Keys, out plaintext, out keyData, out failure))
        {
            return false;
        }

        for (var i = 0; i < keyData.Length; i++)
        {
            if ((keyData[i].KeyType == KeyDataType.Mpk) != (i == 0))
            {
                return MikeyFailure.Set(out failure, MikeyFault.BadKeyData, "TICKET.Ticket Data.KEMAC", ticket.Offset);
            }
        }

        return true;
    }
}

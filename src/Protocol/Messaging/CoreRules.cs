using System.Text;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;

namespace UeFarm.Protocol.Messaging;

/// <summary>Checks of requests that registrar and proxy share.</summary>
internal static class CoreRules
{
    /// <summary>The option tags of a header that are not the one supported, for Unsupported (RFC 3261 section 8.2.2.3); null: none.</summary>
    public static string? FindUnsupported(SipRequest request, SipHeaderId id, ReadOnlySpan<byte> supported)
    {
        if (!request.TryGetHeader(id, out _))
        {
            return null;
        }

        StringBuilder? unsupported = null;
        foreach (var tag in request.GetValues(id))
        {
            if (!Ascii.EqualsIgnoreCase(tag.Span, supported))
            {
                unsupported ??= new StringBuilder();
                unsupported.Append(unsupported.Length == 0 ? string.Empty : ", ").Append(Encoding.UTF8.GetString(tag.Span));
            }
        }

        return unsupported?.ToString();
    }

    /// <summary>One of the header's values is this token.</summary>
    public static bool HasToken(SipRequest request, SipHeaderId id, ReadOnlySpan<byte> token)
    {
        for (var index = 0; index < request.HeaderCount; index++)
        {
            var header = request.GetHeader(index);
            if (header.Id != id)
            {
                continue;
            }

            foreach (var range in header.Value.Split((byte)','))
            {
                if (Ascii.EqualsIgnoreCase(header.Value[range].Trim(" \t"u8), token))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The credentials for our realm among a request's Authorization or Proxy-Authorization fields; those of other schemes
    /// and realms are none of ours (RFC 3261 section 22.3).</summary>
    public static bool TryFindCredentials(SipRequest request, SipHeaderId id, string realm, out DigestAuthorization authorization)
    {
        for (var index = 0; index < request.HeaderCount; index++)
        {
            var header = request.GetHeader(index);
            if (header.Id == id && DigestAuthorization.TryParse(header.Value, out authorization) && Ascii.Equals(authorization.Realm, realm))
            {
                return true;
            }
        }

        authorization = default;
        return false;
    }
}

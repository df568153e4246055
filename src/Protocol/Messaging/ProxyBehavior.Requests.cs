using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Protocol.Messaging;

// A request on its arrival: checked (RFC 3261 section 16.3), its sender authenticated, and where it goes from here.
public sealed partial class ProxyBehavior
{
    private void HandleRequest(SipServerTransaction transaction, Instant now, DateTimeOffset utcNow)
    {
        var request = transaction.Request;
        switch (request.Method)
        {
            case SipMethod.Message:
                HandleMessageRequest(transaction, now, utcNow);
                break;
            case SipMethod.Options:
                HandleOptions(transaction, now);
                break;
            case SipMethod.Cancel:
                Refuse(transaction, 481, now);   // only INVITE can be cancelled (RFC 3261 section 9.1)
                break;
            case SipMethod.Other:
                Refuse(transaction, 501, now);
                break;
            default:
                Add(SipHeaderId.Allow, AllowedMethods);
                Refuse(transaction, 405, now);
                break;
        }
    }

    /// <summary>RFC 3261 section 11.2: answered for the core itself, whoever is named, because phones use it as a ping.</summary>
    private void HandleOptions(SipServerTransaction transaction, Instant now)
    {
        var request = transaction.Request;
        var tags = CoreRules.FindUnsupported(request, SipHeaderId.Require, default)
            ?? CoreRules.FindUnsupported(request, SipHeaderId.ProxyRequire, default);
        if (tags is not null)
        {
            Add(SipHeaderId.Unsupported, tags);
            Refuse(transaction, 420, now);
            return;
        }

        Add(SipHeaderId.Allow, AllowedMethods);
        Add(SipHeaderId.Supported, "path");
        Answer(transaction, 200, now);
    }

    private void HandleMessageRequest(SipServerTransaction transaction, Instant now, DateTimeOffset utcNow)
    {
        var request = transaction.Request;
        var isFromServer = _identity.IsFromApplicationServer(request, transaction.From);
        var mark = LoopMarkOf(request, isFromServer);
        var status = Validate(request, mark, out var recipient);
        if (status != 200)
        {
            Refuse(transaction, status, now);
        }
        else if (isFromServer)
        {
            Locate(new ResponseContext(transaction, recipient!, null, mark), now);
        }
        else if (TryAuthorize(transaction, out var sender, now, utcNow))
        {
            var forward = new ResponseContext(transaction, recipient!, sender, mark);
            if (_identity.ApplicationServerOf(_identity.MailboxGroupOf(forward.Recipient)) is { } server)
            {
                SendToApplicationServer(forward, server, now);
            }
            else if (_settings.ExpectsApplicationServer)
            {
                // Past the server it would overtake what is stored.
                Add(SipHeaderId.RetryAfter, "1");
                Refuse(transaction, 503, now);
            }
            else
            {
                Locate(forward, now);
            }
        }
    }

    /// <summary>RFC 3261 section 16.3 in its order; 200: go on.</summary>
    private int Validate(SipRequest request, ulong mark, out string? recipient)
    {
        recipient = null;
        if (!CoreIdentity.IsSipScheme(request.RequestUri))
        {
            return IsEmergency(request.RequestUriText) ? 403 : 416;
        }

        if (request.MaxForwards == 0)
        {
            return 483;
        }

        if (IsLoop(request, mark))
        {
            return 482;
        }

        if (CoreRules.FindUnsupported(request, SipHeaderId.ProxyRequire, default) is { } tags)
        {
            Add(SipHeaderId.Unsupported, tags);
            return 420;
        }

        if (HasForeignRoute(request))
        {
            return 403;
        }

        return _identity.TryGetAddressOfRecord(request.RequestUri, out recipient) ? 200 : 404;
    }

    /// <summary>
    /// The sender is trusted when it registered from where the request comes from, else it has to answer a challenge. Interpretation:
    /// a phone's From must be its own identity in this domain; everything else is 403, also digest credentials of somebody else.
    /// </summary>
    private bool TryAuthorize(SipServerTransaction transaction, out string? sender, Instant now, DateTimeOffset utcNow)
    {
        var request = transaction.Request;
        if (!_identity.TryGetAddressOfRecord(request.From.Uri, out sender))
        {
            Refuse(transaction, 403, now);
            return false;
        }

        if (_registrar.IsRegisteredFrom(sender, transaction.From, now))
        {
            return true;
        }

        var result = _authenticator.Authenticate(request, sender, now, utcNow);
        switch (result.Outcome)
        {
            case CoreAuthenticationOutcome.Accepted:
                return true;
            case CoreAuthenticationOutcome.Challenged:
                Challenge(transaction, result, now);
                return false;
            default:
                Refuse(transaction, 403, now);
                return false;
        }
    }

    private void Challenge(SipServerTransaction transaction, in CoreAuthentication challenges, Instant now)
    {
        Add(SipHeaderId.ProxyAuthenticate, challenges.FirstChallenge!);
        if (challenges.SecondChallenge is { } second)
        {
            Add(SipHeaderId.ProxyAuthenticate, second);
        }

        if (challenges.IsResynchronised)
        {
            Count(CoreFact.Resynchronised);
        }

        Count(CoreFact.MessageChallenged);
        Answer(transaction, 407, now);
    }

    /// <summary>Everything on which routing depends (RFC 3261 section 16.6 step 8), so that a request that comes back unchanged is known, while one that
    /// passed through an application server that leaves it as it was is not taken for one.</summary>
    private static ulong LoopMarkOf(SipRequest request, bool isFromServer)
    {
        var hash = isFromServer ? 0x9E3779B97F4A7C15UL : 0xCBF29CE484222325UL;
        hash = Mix(hash, request.RequestUriText);
        hash = Mix(hash, request.From.Tag);
        hash = Mix(hash, request.CallId);
        return Mix(hash, MemoryMarshal.AsBytes([request.CSeqNumber]));
    }

    private static ulong Mix(ulong hash, ReadOnlySpan<byte> text)
    {
        foreach (var octet in text)
        {
            hash = (hash ^ octet) * 0x100000001B3UL;
        }

        return (hash ^ (uint)text.Length) * 0x100000001B3UL;
    }

    private static bool IsLoop(SipRequest request, ulong mark)
    {
        Span<byte> digits = stackalloc byte[16];
        mark.TryFormat(digits, out _, "x16", CultureInfo.InvariantCulture);
        for (var index = 0; index < request.HeaderCount; index++)
        {
            var header = request.GetHeader(index);
            if (header.Id == SipHeaderId.Via && header.Value.IndexOf(digits) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>RFC 3261 section 16.4: our own entries at the top of Route are used up here. Anything left names a hop beyond us.</summary>
    private bool HasForeignRoute(SipRequest request)
    {
        if (!request.TryGetHeader(SipHeaderId.Route, out _))
        {
            return false;
        }

        foreach (var value in request.GetValues(SipHeaderId.Route))
        {
            if (SipNameAddress.View(value) is not { } route || route.Uri is not { } uri || !_identity.IsOwnHost(uri))
            {
                return true;
            }
        }

        return false;
    }

    // RFC 5031: urn:service:sos and what is below it; schemes and the service's name are compared without case.
    private static bool IsEmergency(ReadOnlySpan<byte> requestUri)
    {
        var prefix = "urn:service:sos"u8;
        return requestUri.Length >= prefix.Length && Ascii.EqualsIgnoreCase(requestUri[..prefix.Length], prefix)
            && (requestUri.Length == prefix.Length || requestUri[prefix.Length] == (byte)'.');
    }
}

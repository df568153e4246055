using System.Globalization;
using System.Text;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Protocol.Messaging;

// A REGISTER from its arrival to its answer: checked, authenticated, its answer with the bindings there are.
public sealed partial class RegistrarBehavior
{
    private void HandleRegister(SipServerTransaction transaction, Instant now, DateTimeOffset utcNow)
    {
        var request = transaction.Request;
        _extraCount = 0;
        if (!CoreIdentity.IsSipScheme(request.RequestUri))
        {
            Refuse(transaction, 416, now);
        }
        else if (CoreRules.FindUnsupported(request, SipHeaderId.Require, "path"u8) is { } required)
        {
            Add(SipHeaderId.Unsupported, required);
            Refuse(transaction, 420, now);
        }
        else if (!CoreIdentity.IsSipScheme(request.To.Uri))
        {
            Refuse(transaction, 400, now);
        }
        else if (!_identity.IsOwnHost(request.RequestUri) || !_identity.TryGetAddressOfRecord(request.To.Uri, out var user))
        {
            Refuse(transaction, 404, now);
        }
        else if (TryAuthenticate(transaction, user, now, utcNow))
        {
            UpdateBindings(transaction, user, now, utcNow);
        }
    }

    /// <summary>
    /// RFC 3261 section 10.3 steps 3 and 4. Interpretation: a user that is not known gets 404, a known one with a wrong response
    /// or with somebody else's identity 403; both end the exchange.
    /// </summary>
    private bool TryAuthenticate(SipServerTransaction transaction, string user, Instant now, DateTimeOffset utcNow)
    {
        var result = _authenticator.Authenticate(transaction.Request, user, now, utcNow);
        switch (result.Outcome)
        {
            case CoreAuthenticationOutcome.Accepted:
                if (_settings.MutualAuthentication && DigestServer.CreateAuthenticationInfo(result.Authorization, result.Credentials!, default) is { } proof)
                {
                    Add(SipHeaderId.AuthenticationInfo, proof);
                }

                return true;
            case CoreAuthenticationOutcome.Challenged:
                Challenge(transaction, result, now);
                return false;
            default:
                Refuse(transaction, result.Outcome == CoreAuthenticationOutcome.UnknownUser ? 404 : 403, now);
                return false;
        }
    }

    private void Challenge(SipServerTransaction transaction, in CoreAuthentication challenges, Instant now)
    {
        Add(SipHeaderId.WwwAuthenticate, challenges.FirstChallenge!);
        if (challenges.SecondChallenge is { } second)
        {
            Add(SipHeaderId.WwwAuthenticate, second);
        }

        if (challenges.IsResynchronised)
        {
            Count(CoreFact.Resynchronised);
        }

        Count(CoreFact.RegisterChallenged);
        Answer(transaction, 401, now);
    }

    private void AddBindings(string user, SipRequest request, Instant now)
    {
        if (!_locations.TryGet(user, now, out var binding))
        {
            return;
        }

        var path = binding.Path;
        if (!path.IsEmpty)
        {
            Add(SipHeaderId.Path, Encoding.UTF8.GetString(path));
        }

        var text = new HeaderTextBuilder(stackalloc char[512]);
        for (var next = binding; next is not null; next = next.Older)
        {
            if (next.ExpiresAt > now)
            {
                text.Append(next == binding ? "<" : ", <");
                text.AppendUtf8(next.Contact);
                text.Append(">;expires=");
                text.Append(next.RemainingSeconds(now));
            }
        }

        Add(SipHeaderId.Contact, text.Finish());
        Add(SipHeaderId.ServiceRoute, _identity.ServiceRoute);
        Add(SipHeaderId.PAssociatedUri, $"<{user}>");
        if (CoreRules.HasToken(request, SipHeaderId.Supported, "path"u8))
        {
            _extra[_extraCount++] = SupportedPath;
        }
    }

    private void AddDate(DateTimeOffset utcNow)
    {
        var second = utcNow.UtcTicks / TimeSpan.TicksPerSecond;
        if (_dateSecond != second)
        {
            _dateSecond = second;
            _date = utcNow.UtcDateTime.ToString("R", CultureInfo.InvariantCulture);
        }

        Add(SipHeaderId.Date, _date);
    }
}

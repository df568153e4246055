using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>One way on which a request goes on (RFC 3261 section 16.6). It begins as a question after the recipient's contacts, or at the application server.</summary>
internal sealed class ProxyBranch(long token, ResponseContext context)
{
    public long Token { get; } = token;

    public ResponseContext Context { get; } = context;

    /// <summary>The recipient is being located: nothing has been sent.</summary>
    public bool IsQuestion => Hop is null;

    /// <summary>Where the request was sent to.</summary>
    public SipHop? Hop { get; set; }

    /// <summary>The contact of the recipient's binding; null: a question, or the application server.</summary>
    public string? Contact { get; set; }

    /// <summary>Neighbours among the branches to contacts of one recipient.</summary>
    internal ProxyBranch? Newer { get; set; }

    internal ProxyBranch? Older { get; set; }
}

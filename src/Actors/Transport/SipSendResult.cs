namespace UeFarm.Actors.Transport;

/// <summary>What became of a message handed to <see cref="ISipTransport.Send"/>. Only <see cref="Queued"/> means that it may arrive.</summary>
public enum SipSendResult : byte
{
    /// <summary>Copied to a send buffer (or given to the kernel, UDP).</summary>
    Queued,

    /// <summary>The remote address is not in the allow list; nothing was sent.</summary>
    RefusedByGuard,

    /// <summary>The send buffer or the table of connections is full; nothing was sent.</summary>
    Overflow,

    /// <summary>The transport or the flow is closed and there is no address to open a new connection to.</summary>
    Closed,

    /// <summary>Larger than the transport carries; nothing was sent.</summary>
    TooLarge,
}

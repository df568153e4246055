using UeFarm.Protocol.Mikey;

namespace UeFarm.Protocol.Messaging;

/// <summary>A ticket for sending and until when new messages are made with it.</summary>
internal sealed record CachedTicket(GrantedTicket Ticket, DateTimeOffset UseUntil) : IDisposable
{
    public void Dispose() => Ticket.Dispose();
}

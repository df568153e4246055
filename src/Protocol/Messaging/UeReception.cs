using UeFarm.Protocol.Cpim;
using UeFarm.Protocol.Mikey;
using UeFarm.Protocol.Replay;
using UeFarm.Protocol.Sip.Transactions;

namespace UeFarm.Protocol.Messaging;

/// <summary>A received message that waits for the KMS to resolve its ticket.</summary>
internal sealed record UeReception(
    SipServerTransaction Transaction, ReceivedTransferInit Received, ReplayEntry Entry, ReadOnlyMemory<byte> Cms, CpimMessage? Wrapper,
    TicketResolveExchange Exchange, long Token,
    Instant Deadline);

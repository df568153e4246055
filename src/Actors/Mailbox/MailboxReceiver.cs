using Akka.Actor;
using UeFarm.Actors.Timing;
using UeFarm.Actors.Transport;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Mailbox;

/// <summary>
/// Finds the partition of what arrives, on the transport's thread: requests by the recipient (Request-URI of a MESSAGE, From of a NOTIFY, To of the rest),
/// responses by the mailbox number in their branch.
/// </summary>
internal sealed class MailboxReceiver(
    IReadOnlyList<IActorRef> partitions, SipHop core, ApplicationServerCounters counters, CoreContact contact, WakeUpWheel wheel) : ISipReceiver
{
    private readonly bool[] _failurePending = new bool[partitions.Count];

    public static int PartitionOf(string recipient, int partitions) => (int)((uint)recipient.GetHashCode(StringComparison.Ordinal) % (uint)partitions);

    public void OnMessage(SipMessage message, SipHop from)
    {
        if (message is SipRequest request)
        {
            var uri = request.Method switch
            {
                SipMethod.Message => request.RequestUri,
                SipMethod.Notify => request.From.Uri,
                _ => request.To.Uri,
            };
            var recipient = uri.ToAddressOfRecord();
            var partition = partitions[PartitionOf(recipient, partitions.Count)];
            partition.Tell(new MailboxInputs.Sip(message, from, recipient, 0), ActorRefs.NoSender);
        }
        else if (MailboxBranch.TryParse(message.TopVia.Branch, out var branch))
        {
            contact.NoteAnswer(wheel.UtcNow);
            var partition = partitions[(int)(branch.Mailbox % partitions.Count)];
            partition.Tell(new MailboxInputs.Sip(message, from, null, branch.Mailbox), ActorRefs.NoSender);
        }
        else
        {
            counters.CountStrayResponse();
        }
    }

    /// <summary>
    /// Deliveries go to the core alone; a lost connection of anybody else concerns no mailbox. Failures that follow each other faster than a
    /// partition can tell its mailboxes become one.
    /// </summary>
    public void OnFlowFailed(SipHop hop)
    {
        if (hop.Transport != core.Transport || !hop.EndPoint.Equals(core.EndPoint))
        {
            return;
        }

        contact.NoteFailure(wheel.UtcNow);
        for (var i = 0; i < partitions.Count; i++)
        {
            if (!Interlocked.Exchange(ref _failurePending[i], true))
            {
                partitions[i].Tell(MailboxInputs.CoreFlowFailed.Instance, ActorRefs.NoSender);
            }
        }
    }

    /// <summary>By the partition, before it passes the news on.</summary>
    public void AcceptFailures(int partition) => Volatile.Write(ref _failurePending[partition], false);
}

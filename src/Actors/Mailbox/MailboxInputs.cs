using Akka.Actor;
using Akka.Event;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;

namespace UeFarm.Actors.Mailbox;

/// <summary>What partitions and mailboxes of one server tell each other; never leaves the process.</summary>
internal static class MailboxInputs
{
    /// <summary>From the transport. Recipient: address of record of a request; Mailbox: number of a response's mailbox.</summary>
    public sealed record Sip(SipMessage Message, SipHop From, string? Recipient, long Mailbox) : INoSerializationVerificationNeeded;

    /// <summary>The phone registered (again), or is gone.</summary>
    public sealed record Registration(bool Online) : INoSerializationVerificationNeeded
    {
        public static readonly Registration Back = new(true);
        public static readonly Registration Gone = new(false);
    }

    /// <summary>From the store, to the mailbox itself.</summary>
    public sealed record Stored(long Arrival, bool Durable) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    public sealed record ReadDone(MailboxReadResult Result) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>To the drain gate: a mailbox has a stored message ready.</summary>
    public sealed record AskTurn(long Mailbox, IActorRef Actor) : INoSerializationVerificationNeeded;

    /// <summary>To the drain gate: a turn that could not be used.</summary>
    public sealed class ReturnTurn : INoSerializationVerificationNeeded
    {
        public static readonly ReturnTurn Instance = new();
    }

    /// <summary>From the drain gate, to the mailbox itself, which is not stopped while it waits for this.</summary>
    public sealed class Turn : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Turn Instance = new();
    }

    /// <summary>To a partition: transports are open, work may begin.</summary>
    public sealed record Begin(MailboxServerContext Server) : INoSerializationVerificationNeeded;

    /// <summary>The connection to the core failed.</summary>
    public sealed class CoreFlowFailed : INoSerializationVerificationNeeded
    {
        public static readonly CoreFlowFailed Instance = new();
    }

    /// <summary>To the partition of a sender, and from there to its mailbox: a delivery report, whose fate the origin wants to hear of.</summary>
    public sealed record Report(MailboxRecord Record, ReportOrigin Origin) : INoSerializationVerificationNeeded;

    /// <summary>The mailbox whose message a report is about (nobody: nothing leaves with it), and the arrival of that message.</summary>
    public sealed record ReportOrigin(IActorRef Mailbox, long Arrival);

    /// <summary>Back to that mailbox: as a final status code says.</summary>
    public sealed record Reported(long Arrival, int Status) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>To partitions, and from them to their mailboxes: the core wants nothing until then.</summary>
    public sealed record CoreBusy(Instant Until) : INoSerializationVerificationNeeded;

    public sealed class Wake : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Wake Instance = new();
    }

    /// <summary>To a partition, and by it to the mailbox: an operator wants messages taken out.</summary>
    public sealed record Purge(string Recipient, MailboxPurge Request) : INoSerializationVerificationNeeded;

    /// <summary>To a partition: its mailboxes with messages whose recipient stands behind the given one, as many as asked for.</summary>
    public sealed record List(string After, int Limit, TaskCompletionSource<IReadOnlyList<MailboxSummary>> Answer) : INoSerializationVerificationNeeded;

    /// <summary>To a partition: one of its mailboxes; answered null when there is nothing of it.</summary>
    public sealed record Find(string Recipient, TaskCompletionSource<MailboxSummary?> Answer) : INoSerializationVerificationNeeded;

    /// <summary>To a partition, and by it to every mailbox: the server is about to stop.</summary>
    public sealed record Stop(MailboxRest Rest, TimeSpan Grace) : INoSerializationVerificationNeeded;

    /// <summary>From the store, to a partition: what was asked before the flush is durable, or not.</summary>
    public sealed record Flushed(bool Durable) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    /// <summary>From an idle mailbox: it may be stopped unless more has been sent to it than the given number of inputs.</summary>
    public sealed record Passivate(long Mailbox, int Received) : INoSerializationVerificationNeeded;

    /// <summary>From a mailbox that failed and starts again: it needs to be told whether the phone is online.</summary>
    public sealed record Restarted(long Mailbox) : INoSerializationVerificationNeeded;
}

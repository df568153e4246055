using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Mailbox;

/// <summary>
/// What a mailbox actor starts with, and what outlives its failures. Number: unique in the server; modulo the number of partitions it is the
/// index of its partition.
/// </summary>
internal sealed class MailboxStart(string recipient, long number, MailboxInventory inventory, bool online)
{
    public string Recipient { get; } = recipient;

    public long Number { get; } = number;

    public MailboxInventory Inventory { get; } = inventory;

    public bool Online { get; } = online;

    /// <summary>Stored messages and their bytes, for others to look at; kept up to date by the actor.</summary>
    public MailboxContent Content { get; } = new();

    /// <summary>Set when the server is about to stop. Touched by the actor alone.</summary>
    public MailboxInputs.Stop? Stop { get; set; }

    /// <summary>The server waits for the mailbox to come to rest. Touched by the actor alone.</summary>
    public bool IsRestAwaited { get; set; }

    /// <summary>Inputs that came from the parent. Touched by the actor alone.</summary>
    public int Received { get; set; }
}

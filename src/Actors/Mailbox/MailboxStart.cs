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

    /// <summary>Inputs that came from the parent. Touched by the actor alone.</summary>
    public int Received { get; set; }
}

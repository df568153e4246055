namespace UeFarm.Actors.Mailbox;

/// <summary>
/// Told about every message that left a mailbox without delivery after its sender had been told 202. Called on actor threads: cheap and
/// thread-safe. Reason: "expired", "permanent" or "purged".
/// </summary>
public interface IMailboxObserver
{
    void OnDropped(ReadOnlyMemory<byte> body, string contentType, string reason);
}

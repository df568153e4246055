namespace UeFarm.Actors.Mailbox;

/// <summary>What a mailbox holds, written by its actor and read by anybody: each number is right by itself.</summary>
internal sealed class MailboxContent
{
    private int _messages;
    private long _bytes;

    public int Messages => Volatile.Read(ref _messages);

    public long Bytes => Volatile.Read(ref _bytes);

    public void Set(int messages, long bytes)
    {
        Volatile.Write(ref _messages, messages);
        Volatile.Write(ref _bytes, bytes);
    }
}

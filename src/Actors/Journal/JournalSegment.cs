using System.Buffers;

namespace UeFarm.Actors.Journal;

/// <summary>Encoded facts of one stream that become one batch, and who waits for them. Not thread-safe.</summary>
internal sealed class JournalSegment
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly List<(IRunJournalClient Client, long Token)> _waiters = [];
    private long _ticksBefore;

    public JournalSegment() => RunFactCodec.WriteVersion(_bytes);

    public int Facts { get; private set; }

    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    public void Add(in RunFact fact, IRunJournalClient? client, long token)
    {
        RunFactCodec.Write(_bytes, fact, ref _ticksBefore);
        Facts++;
        if (client is not null)
        {
            _waiters.Add((client, token));
        }
    }

    public void TellDurable()
    {
        foreach (var (client, token) in _waiters)
        {
            client.OnDurable(token);
        }
    }

    public void TellFenced()
    {
        foreach (var (client, token) in _waiters)
        {
            client.OnFenced(token);
        }
    }
}

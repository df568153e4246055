using System.Collections.Concurrent;
using UeFarm.Actors.Journal;

namespace UeFarm.Actors.Tests.Journal;

/// <summary>Collects what a journal answers.</summary>
internal sealed class RecordingJournalClient : IRunJournalClient
{
    public ConcurrentQueue<long> Durable { get; } = new();

    public ConcurrentQueue<long> Fenced { get; } = new();

    public int Count => Durable.Count + Fenced.Count;

    public void OnDurable(long token) => Durable.Enqueue(token);

    public void OnFenced(long token) => Fenced.Enqueue(token);
}

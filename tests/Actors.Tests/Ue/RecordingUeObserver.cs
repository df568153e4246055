using System.Collections.Concurrent;
using System.Threading.Channels;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Actors.Tests.Ue;

/// <summary>Keeps all facts and lets a test wait for them in their order.</summary>
internal sealed class RecordingUeObserver : IUeObserver
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<(UeId Ue, UeEffect Fact)> _facts = Channel.CreateUnbounded<(UeId, UeEffect)>();

    public ConcurrentQueue<UeId> Restarted { get; } = new();

    /// <summary>Runs on the phone's thread before a fact is kept.</summary>
    public Action<UeId, UeEffect>? OnFact { get; set; }

    public void OnUeFact(UeId ue, in UeEffect fact, Instant now)
    {
        OnFact?.Invoke(ue, fact);
        _facts.Writer.TryWrite((ue, fact));
    }

    public void OnUeRestarted(UeId ue, Exception cause) => Restarted.Enqueue(ue);

    public async Task<(UeId Ue, UeEffect Fact)> NextAsync() =>
        await _facts.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);

    /// <summary>The next fact of the kind; others before it are dropped.</summary>
    public async Task<UeEffect> NextAsync(UeEffectKind kind, int phone)
    {
        while (true)
        {
            var (ue, fact) = await NextAsync();
            if (fact.Kind == kind && ue.Index == phone)
            {
                return fact;
            }
        }
    }
}

using UeFarm.Actors.Attack;
using UeFarm.Actors.Journal;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.TestSupport;

/// <summary>What phones made of replays of messages that they had taken before they moved, as a run's journal tells it.</summary>
public static class MovedReplays
{
    private const int PageBatches = 256;

    /// <summary>How often each outcome was, and how many replays of any message were injected at phones that had moved.</summary>
    public static async Task<(Dictionary<ReceiveOutcome, int> Outcomes, int SentToMoved)> CountAsync(IRunJournal journal, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(journal);
        var outcomes = new Dictionary<ReceiveOutcome, int>();
        var sent = 0;
        foreach (var state in await journal.ListAsync(cancellation).ConfigureAwait(false))
        {
            var epoch = 0;
            var taken = new Dictionary<(int Phone, ReplayDigest Message), int>();
            for (long position = 0; state.Stream >= 0;)
            {
                var page = await journal.ReadAsync(state.Stream, position, PageBatches, cancellation).ConfigureAwait(false);
                if (page.Count == 0)
                {
                    break;
                }

                position = page[^1].Number;
                foreach (var fact in page.SelectMany(static batch => batch.Facts))
                {
                    switch (fact)
                    {
                        case { Kind: RunFactKind.Claimed }:
                            epoch++;
                            break;
                        case { Kind: RunFactKind.AttackSent, Attack: AttackKind.Replay } when epoch > 1:
                            sent++;
                            break;
                        case { Kind: RunFactKind.MessageReceived, Attack: null, Outcome: ReceiveOutcome.Accepted }:
                            taken.TryAdd((fact.Phone, fact.Digest), epoch);
                            break;
                        case { Kind: RunFactKind.MessageReceived, Attack: AttackKind.Replay } when taken.TryGetValue((fact.Phone, fact.Digest), out var then) && then < epoch:
                            outcomes[fact.Outcome] = outcomes.GetValueOrDefault(fact.Outcome) + 1;
                            break;
                        default:
                            break;
                    }
                }
            }
        }

        return (outcomes, sent);
    }
}

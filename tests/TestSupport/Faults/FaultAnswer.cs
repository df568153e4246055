using UeFarm.Protocol;

namespace UeFarm.TestSupport.Faults;

/// <summary>What became of one sending, as its sender saw it. Status 0: no final answer.</summary>
public readonly record struct FaultAnswer(Instant SentAt, Instant AnsweredAt, int Status)
{
    public TimeSpan Wait => AnsweredAt - SentAt;
}

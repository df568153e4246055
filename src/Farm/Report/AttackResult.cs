namespace UeFarm.Farm.Report;

/// <summary>Hostile messages of a kind and what became of them; the outcomes are those of the phones under attack, by reason.</summary>
internal sealed record AttackResult(string Kind, long Sent, long Accepted, long Rejected, long Unanswered, IReadOnlyDictionary<string, long> Outcomes);

namespace UeFarm.Farm.Report;

/// <summary>One of the five promises after the run.</summary>
/// <remarks>
/// Number: 1 ledger, 2 durability, 3 at-most-once, 4 order, 5 authenticity-first.
/// Detail: What was counted, in a few words.
/// </remarks>
internal sealed record InvariantResult(int Number, string Name, bool Held, string Detail)
{
    /// <summary>The names, in order.</summary>
    public static IReadOnlyList<string> Names { get; } = ["ledger", "durability", "at-most-once", "order", "authenticity-first"];
}

namespace UeFarm.Actors.Traffic;

/// <summary>How the recipient of a message is chosen.</summary>
public enum RecipientPick : byte
{
    /// <summary>Every other phone with the same probability.</summary>
    Uniform,

    /// <summary>By Zipf's law: the k-th most popular phone with a weight of 1 / k^exponent.</summary>
    Zipf,

    /// <summary>The next phone by number; each phone then has one sender.</summary>
    Ring,
}

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>Phones that follow each other.</summary>
internal readonly record struct PhoneBlock(int First, int Count);

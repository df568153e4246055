namespace UeFarm.Benchmarks.Load;

/// <summary>Something that puts records on a disk; gets its turns in short slices, so that all contenders meet the same moods of machine and disk.</summary>
internal interface IStoreContender : IAsyncDisposable
{
    /// <summary>Works for about that long; returns the records that are durable.</summary>
    Task<long> WorkAsync(TimeSpan slice);
}

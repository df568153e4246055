namespace UeFarm.Farm.Live;

/// <summary>Where the live page's document comes from. For any number of callers at once; what they get is shared.</summary>
internal interface ILiveSource
{
    /// <exception cref="LiveSourceException">There is none now.</exception>
    ValueTask<LiveDocument> ReadAsync(CancellationToken cancellation);
}

using UeFarm.Protocol;

namespace UeFarm.Actors.Timing;

/// <summary>From the platform's clock to the machines' monotonic time.</summary>
public static class TimeProviderExtensions
{
    /// <summary>The monotonic clock in 100 ns ticks. The origin is the provider's own, so that all who share a provider agree.</summary>
    public static Instant GetInstant(this TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var timestamp = time.GetTimestamp();
        var frequency = time.TimestampFrequency;
        var perSecond = TimeSpan.TicksPerSecond;

        // Whole seconds and the rest apart: the product of the two would overflow after a few minutes of nanoseconds.
        return new Instant((timestamp / frequency * perSecond) + (timestamp % frequency * perSecond / frequency));
    }
}

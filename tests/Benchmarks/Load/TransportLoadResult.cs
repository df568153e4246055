namespace UeFarm.Benchmarks.Load;

/// <summary>What <see cref="TransportLoad"/> measured, of the measuring process alone; with the responder in the same process of both sides.</summary>
public sealed record TransportLoadResult(
    int RoundTrips, TimeSpan Elapsed, double CpuMicrosecondsPerRoundTrip, double AllocatedBytesPerRoundTrip, int RequestBytes, double ResponseBytes)
{
    public double RoundTripsPerSecond => RoundTrips / Elapsed.TotalSeconds;

    public override string ToString() => FormattableString.Invariant(
        $"{RoundTripsPerSecond:F0}/s, CPU {CpuMicrosecondsPerRoundTrip:F2} us, {AllocatedBytesPerRoundTrip:F0} bytes allocated ({RequestBytes} + {ResponseBytes:F0} on the wire)");
}

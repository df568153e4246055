using System.Diagnostics;
using Xunit;

namespace UeFarm.Actors.Tests.Transport;

/// <summary>Waits for what other threads bring about; the time limit only ends a test that has failed.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task IsTrueAsync(Func<bool> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, "Not reached: " + what);
            await Task.Delay(1);
        }
    }
}

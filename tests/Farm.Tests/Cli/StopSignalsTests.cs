using System.Diagnostics;
using System.Globalization;
using UeFarm.Farm.Cli;

namespace UeFarm.Farm.Tests.Cli;

public class StopSignalsTests
{
    [Fact]
    public void The_first_signal_asks_for_a_stop_and_leaves_the_process_alive()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sends itself a POSIX signal");
        using var signals = new StopSignals();
        Assert.False(signals.FirstSignal.IsCancellationRequested);

        using var kill = Process.Start("/bin/kill", ["-TERM", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);

        Assert.True(signals.FirstSignal.WaitHandle.WaitOne(TimeSpan.FromSeconds(30)), "no cancellation within 30 s");
    }

    [Fact]
    public void A_key_asks_for_the_same_and_pressed_again_for_nothing_more()
    {
        using var signals = new StopSignals();
        signals.StopInOrder();
        Assert.True(signals.FirstSignal.IsCancellationRequested);
        signals.StopInOrder();
    }
}

using System.Globalization;
using UeFarm.Farm.Report;
using Xunit;

namespace UeFarm.Interop.Tests;

[Collection(WholeProcesses.Name)]
public sealed class InterruptTests
{
    private const ulong InterruptBit = 1UL << (2 - 1);

    [Fact]
    public async Task Ctrl_C_during_a_storm_ends_in_order_with_balanced_books_and_leaves_nobody_behind()
    {
        var kill = Peer.Require("kill", "procps");
        using var folder = new TemporaryFolder();
        await using var farm = FarmProcess.Start(folder, """
            version: 1
            name: storm
            seed: 20120722
            target: { domain: ims.example, core: embedded, as: embedded, kms: embedded, allow: [127.0.0.0/8] }
            subscribers: { count: 500 }
            traffic: { rate: 100/s, arrivals: poisson, size: 160B-1400B, recipients: { pick: zipf, exponent: 1.1 } }
            phases:
              - { name: warm-up, for: 2s }
              - { name: outage, offline: 60%, cut: silent, for: 4s }
              - { name: storm, online: all, within: 20s, for: 120s }
            thresholds:
              - unaccounted == 0
            """);
        await farm.WaitForLineAsync("phase 3/3: storm", TimeSpan.FromSeconds(90));
        Assert.SkipWhen(IgnoresInterrupts(farm.Id), "the environment makes its processes ignore SIGINT");

        var (exitCode, output) = await Peer.RunAsync(
            kill, folder.FullPath, TimeSpan.FromSeconds(10), "-INT", farm.Id.ToString(CultureInfo.InvariantCulture));
        Assert.True(exitCode == 0, output);

        Assert.Equal(105, await farm.WaitForExitAsync(TimeSpan.FromSeconds(90)));
        var result = farm.Result;
        Assert.Equal(RunVerdict.Stopped, result.Verdict);
        Assert.Equal(105, result.ExitCode);
        Assert.True(result.Ledger.Sent > 0);
        Assert.Equal(0, result.Ledger.Unaccounted);
        Assert.All(result.Invariants, invariant => Assert.True(invariant.Held, invariant.Name));
        Assert.Empty(ProcessesNaming(folder.FullPath));
    }

    [Fact]
    public async Task Ctrl_C_during_a_month_of_virtual_time_ends_in_order_as_well()
    {
        var kill = Peer.Require("kill", "procps");
        using var folder = new TemporaryFolder();
        await using var farm = FarmProcess.Start(folder, """
            version: 1
            name: month
            clock: virtual
            subscribers: { count: 200 }
            traffic: { rate: 5/s, size: 160B }
            phases:
              - { name: acquaint, for: 10s }
              - { name: month, offline: 20%, for: 30d }
            """);
        await farm.WaitForLineAsync("phase 2/2: month", TimeSpan.FromSeconds(90));
        Assert.SkipWhen(IgnoresInterrupts(farm.Id), "the environment makes its processes ignore SIGINT");

        var (exitCode, output) = await Peer.RunAsync(
            kill, folder.FullPath, TimeSpan.FromSeconds(10), "-INT", farm.Id.ToString(CultureInfo.InvariantCulture));
        Assert.True(exitCode == 0, output);

        Assert.Equal(105, await farm.WaitForExitAsync(TimeSpan.FromSeconds(90)));
        Assert.Equal((RunVerdict.Stopped, "virtual"), (farm.Result.Verdict, farm.Result.Clock));
        Assert.Equal(0, farm.Result.Ledger.Unaccounted);
        Assert.True(farm.Result.EndedAt < farm.Result.StartedAt.AddDays(30));
    }

    /// <summary>What a process does with signals stands in its status; an ignored one is inherited from the parent.</summary>
    internal static bool IgnoresInterrupts(int id)
    {
        var ignored = File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        return (ulong.Parse(ignored["SigIgn:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & InterruptBit) != 0;
    }

    /// <summary>The processes whose command line names the folder.</summary>
    private static List<string> ProcessesNaming(string folder)
    {
        var found = new List<string>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            try
            {
                var command = File.ReadAllText(Path.Combine(directory, "cmdline"));
                if (command.Contains(folder, StringComparison.Ordinal))
                {
                    found.Add(command);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Not a process, or one that ended meanwhile.
                continue;
            }
        }

        return found;
    }
}

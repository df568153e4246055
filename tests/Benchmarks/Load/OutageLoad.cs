using System.Globalization;
using UeFarm.TestSupport;
using UeFarm.TestSupport.Faults;

namespace UeFarm.Benchmarks.Load;

/// <summary>The store of an application server away, slow or full for a while: what senders are told, memory, recovery, and whether anything is lost.</summary>
internal static class OutageLoad
{
    private const string Usage = "outage [down=60s] [latency=200ms] [rate=300/s]";
    private const string DiskSize = "64m";

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (!TryParse(arguments, out var down, out var latency, out var rate))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        var holds = true;
        if (PostgresCluster.Missing is { } missing)
        {
            Table.Note($"{missing}");
        }
        else
        {
            foreach (var kind in (OutageKind[])[OutageKind.DatabaseDown, OutageKind.DatabaseSlow])
            {
                holds &= await BenchmarkRuns.WithFolderAsync(folder => RunAsync(kind, folder, down, latency, rate));
            }
        }

        var (disk, problem) = await SmallDisk.TryMountAsync(DiskSize);
        if (disk is null)
        {
            Table.Note($"{problem}");
        }
        else
        {
            await using (disk)
            {
                holds &= await RunAsync(OutageKind.DiskFull, disk.FullPath, down, latency, rate);
            }
        }

        return holds ? 0 : 98;
    }

    private static async Task<bool> RunAsync(OutageKind kind, string folder, int down, int latency, int rate)
    {
        var result = await OutageRun.RunAsync(
            new OutageRunSettings
            {
                Kind = kind,
                Folder = folder,
                Outage = TimeSpan.FromSeconds(down),
                Latency = TimeSpan.FromMilliseconds(latency),
                MessagesPerSecond = rate,
                Log = Console.WriteLine,
            },
            CancellationToken.None);
        Table.Head($"{kind}, {down} s: answers by the time of sending", "messages", "ms, median", "ms, 99 %", "ms, most");
        foreach (var phase in result.Phases)
        {
            foreach (var answers in phase.Answers.GroupBy(static answer => answer.Status).OrderBy(static group => group.Key))
            {
                var waits = answers.Select(static answer => answer.Wait.TotalMilliseconds).Order().ToArray();
                var name = answers.Key == 0 ? "sender left before" : answers.Key.ToString(CultureInfo.InvariantCulture);
                Table.Row($"{phase.Name}: {name}", waits.Length, waits[waits.Length / 2], waits[(int)(waits.Length * 0.99)], waits[^1]);
            }
        }

        var peaks = string.Join(" / ", result.Phases.Select(static phase => phase.PeakResidentBytes >> 20));
        Table.Note(
            $"answered 503 by the server itself: {result.RefusedForStorage}; resident at most {peaks} MiB; after the end first 202 in {result.FirstStored.TotalSeconds:F1} s, ",
            $"last 5xx in {result.LastRefused.TotalSeconds:F1} s");
        Table.Note($"{(result.Books.Hold ? "holds" : "BROKEN")}: {result.Books}");
        return result.Books.Hold;
    }

    private static bool TryParse(string[] arguments, out int down, out int latency, out int rate)
    {
        (down, latency, rate) = (60, 200, 300);
        foreach (var argument in arguments)
        {
            var parts = argument.Split('=');
            var unit = parts[0] switch { "down" => "s", "latency" => "ms", "rate" => "/s", _ => null };
            if (unit is null || parts.Length != 2 || !parts[1].EndsWith(unit, StringComparison.Ordinal)
                || !int.TryParse(parts[1][..^unit.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            {
                return false;
            }

            (down, latency, rate) = parts[0] switch
            {
                "down" => (number, latency, rate),
                "latency" => (down, number, rate),
                _ => (down, latency, number),
            };
        }

        return true;
    }
}

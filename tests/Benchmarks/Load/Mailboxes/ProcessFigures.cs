using System.Globalization;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>What the kernel knows of a process and its children.</summary>
internal static class ProcessFigures
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on all Linux machines that .NET runs on

    /// <summary>User and system time of a process and all that it started, those that have ended included.</summary>
    public static TimeSpan CpuOfTree(int process) => TimeSpan.FromSeconds(TreeOf(process).Sum(static entry => entry.Value.Ticks) / TicksPerSecond);

    /// <summary>Bytes that a process and its living children had written to the disk so far, or will have.</summary>
    public static long BytesWrittenByTree(int process) => TreeOf(process).Sum(static entry => BytesWritten(entry.Key));

    /// <summary>A figure of /proc/PID/status in MiB: VmHWM is the largest resident size so far, VmRSS that of now.</summary>
    public static double MebibytesOf(int process, string figure) =>
        double.Parse(Line(process, "status", figure).Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture) / 1024;

    private static string Line(int process, string file, string figure) =>
        File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/{file}"))
            .First(line => line.StartsWith(figure + ":", StringComparison.Ordinal))[(figure.Length + 1)..].Trim();

    private static Dictionary<int, (int Parent, long Ticks)> TreeOf(int process)
    {
        var all = new Dictionary<int, (int Parent, long Ticks)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && TryReadStat(id, out var parent, out var ticks))
            {
                all[id] = (parent, ticks);
            }
        }

        return all.Where(entry => IsWithin(entry.Key, process, all)).ToDictionary();
    }

    private static long BytesWritten(int process)
    {
        try
        {
            return long.Parse(Line(process, "io", "write_bytes"), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // it ended meanwhile
        }
    }

    private static bool IsWithin(int process, int root, Dictionary<int, (int Parent, long Ticks)> parents)
    {
        while (process != root)
        {
            if (!parents.TryGetValue(process, out var entry))
            {
                return false;
            }

            process = entry.Parent;
        }

        return true;
    }

    /// <summary>The program's name, in parentheses, may have blanks: what counts comes after it. Fields 4 and 14 to 17 of proc(5).</summary>
    private static bool TryReadStat(int process, out int parent, out long ticks)
    {
        (parent, ticks) = (0, 0);
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            parent = int.Parse(fields[1], CultureInfo.InvariantCulture);
            ticks = fields[11..15].Sum(static field => long.Parse(field, CultureInfo.InvariantCulture));
            return true;
        }
        catch (IOException)
        {
            return false; // it ended meanwhile
        }
    }
}

using System.Globalization;
using UeFarm.Protocol;
using UeFarm.Protocol.Replay;

namespace UeFarm.Benchmarks;

/// <summary>
/// The tables of docs/sizing.md: traffic made by a seed, passed through rank tracker and curve. The same every time it is printed.
/// </summary>
internal static class SizingTables
{
    private const int Seeds = 200;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static void Print(TextWriter output)
    {
        PrintDrain(output);
        PrintTies(output);
        PrintTwoServers(output);
        PrintSkew(output);
    }

    /// <summary>One ordered deferred stream of a duration, overtaken by live messages: the last deferred one meets all of them.</summary>
    private static void PrintDrain(TextWriter output)
    {
        Head(output, "A", "live per second", "drain, s", "entries, median", "range", "99.9 % of drains");
        foreach (var (rate, seconds) in ((double, int)[])[(0.01, 3600), (0.1, 3600), (1, 600), (1, 3600), (10, 600), (5, 3600), (11.11, 3600), (12, 3600)])
        {
            var needs = Repeat(random =>
            {
                List<(double Arrival, double Time)> arrivals = [.. Poisson(random, rate, seconds).Select(static at => (at, 1e9 + at)), (seconds, 0)];
                return NeedOf(arrivals);
            });
            Row(output, rate, seconds, Median(needs), Range(needs), 1 + PoissonQuantile(rate * seconds, 0.999));
        }
    }

    /// <summary>Perfect order, but timestamps of whole seconds and one entry.</summary>
    private static void PrintTies(TextWriter output)
    {
        Head(output, "B", "messages per second", "refused by one entry", "1 - (1 - e^-r) / r");
        foreach (var rate in (double[])[0.1, 0.5, 1, 2, 5])
        {
            var curve = CurveOf(Poisson(new SeededRandomSource(1), rate, (int)(200_000 / rate)).Select(static at => (at, Math.Floor(at))));
            Row(output, rate, Percent((double)curve.RejectedAt(1) / curve.Messages), Percent(1 - ((1 - Math.Exp(-rate)) / rate)));
        }

        Head(output, "B, 20,000 deferred messages in perfect order", "sent within", "entries, 1 s stamps", "range", "entries, exact stamps");
        foreach (var (name, seconds) in ((string, int)[])[("a day", 86_400), ("an hour", 3600)])
        {
            var whole = Repeat(random => NeedOf(Uniform(random, 20_000, seconds).Select(static at => (at, Math.Floor(at)))));
            var exact = Repeat(random => NeedOf(Uniform(random, 20_000, seconds).Select(static at => (at, at))));
            Row(output, name, Median(whole), Range(whole), Median(exact));
        }
    }

    /// <summary>Two queues of messages sent within a day, each delivered oldest first, at given paces.</summary>
    private static void PrintTwoServers(TextWriter output)
    {
        Head(output, "C", "queues", "pace", "entries, median", "range");
        Two("5,000 and 5,000", "the same", 5000, 5000, 1, 1);
        Two("5,000 and 5,000", "first twice as fast", 5000, 5000, 2, 1);
        Two("5,000 and 5,000", "first completely, then the second", 5000, 5000, 1e9, 1);
        Two("9,000 and 1,000", "both finish together", 9000, 1000, 9, 1);
        Two("9,000 and 1,000", "the same", 9000, 1000, 1, 1);

        void Two(string queues, string pace, int first, int second, double firstPace, double secondPace)
        {
            var needs = Repeat(random => NeedOf(
                Uniform(random, first, (int)Day.TotalSeconds).Select((time, index) => ((index + 1) / firstPace, time))
                    .Concat(Uniform(random, second, (int)Day.TotalSeconds).Select((time, index) => ((index + 1) / secondPace, time)))));
            Row(output, queues, pace, Median(needs), Range(needs));
        }
    }

    /// <summary>Delivery in order of arrival, timestamps off by up to a spread either way; an hour, or 2,000 messages where that is longer.</summary>
    private static void PrintSkew(TextWriter output)
    {
        Head(output, "D", "messages per second", "clocks off by, s", "entries, median", "range", "1 + 2 s r");
        foreach (var (rate, spread) in ((double, int)[])[(0.1, 1), (0.1, 60), (1, 1), (1, 5), (1, 60), (10, 1), (10, 60)])
        {
            var needs = Repeat(random => NeedOf(
                Poisson(random, rate, (int)Math.Max(3600, 2000 / rate)).Select(at => (at, at + (spread * ((2 * Unit(random)) - 1))))), 50);
            Row(output, rate, spread, Median(needs), Range(needs), 1 + (2 * spread * rate));
        }
    }

    private static int NeedOf(IEnumerable<(double Arrival, double Time)> messages) => CurveOf(messages).MinCapacity;

    private static CapacityCurve CurveOf(IEnumerable<(double Arrival, double Time)> messages)
    {
        var tracker = new OvertakeRankTracker();
        var ranks = new RankHistogram();
        foreach (var (_, time) in messages.OrderBy(static message => message.Arrival))
        {
            ranks.Add(tracker.Observe((ulong)((time + 1000) * (1 << 24))));
        }

        return new CapacityCurve(ranks);
    }

    private static int[] Repeat(Func<SeededRandomSource, int> once, int seeds = Seeds)
    {
        var results = new int[seeds];
        for (var seed = 0; seed < seeds; seed++)
        {
            results[seed] = once(new SeededRandomSource((ulong)seed + 1));
        }

        Array.Sort(results);
        return results;
    }

    private static List<double> Poisson(SeededRandomSource random, double rate, int seconds)
    {
        var times = new List<double>();
        for (var at = -Math.Log(1 - Unit(random)) / rate; at < seconds; at -= Math.Log(1 - Unit(random)) / rate)
        {
            times.Add(at);
        }

        return times;
    }

    private static double[] Uniform(SeededRandomSource random, int count, int seconds)
    {
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            times[i] = Unit(random) * seconds;
        }

        Array.Sort(times);
        return times;
    }

    /// <summary>The smallest number that a Poisson variable does not exceed with this probability.</summary>
    private static int PoissonQuantile(double mean, double probability)
    {
        var number = 0;
        for (var sum = Math.Exp(-mean); mean < 700 && sum < probability; number++)
        {
            sum += Math.Exp(((number + 1) * Math.Log(mean)) - mean - LogFactorial(number + 1));
        }

        return mean < 700 ? number : (int)Math.Ceiling(mean + (3.0902 * Math.Sqrt(mean)));
    }

    private static double LogFactorial(int number)
    {
        var sum = 0.0;
        for (var factor = 2; factor <= number; factor++)
        {
            sum += Math.Log(factor);
        }

        return sum;
    }

    private static double Unit(SeededRandomSource random) => (random.NextUInt64() >> 11) * (1.0 / (1UL << 53));

    private static int Median(int[] sorted) => sorted[sorted.Length / 2];

    private static string Range(int[] sorted) => string.Create(CultureInfo.InvariantCulture, $"{sorted[0]:N0} to {sorted[^1]:N0}");

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");

    private static void Head(TextWriter output, string table, params string[] columns)
    {
        output.WriteLine($"\nTable {table}\n\n| {string.Join(" | ", columns)} |\n|{string.Concat(columns.Select(static _ => " --- |"))}");
    }

    private static void Row(TextWriter output, params object[] cells) =>
        output.WriteLine($"| {string.Join(" | ", cells.Select(Text))} |");

    private static object Text(object cell) => cell is IFormattable number ? number.ToString(cell is int ? "N0" : "0.##", CultureInfo.InvariantCulture) : cell;
}

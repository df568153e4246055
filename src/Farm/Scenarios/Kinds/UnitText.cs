using System.Globalization;

namespace UeFarm.Farm.Scenarios;

/// <summary>Writes quantities the way a scenario does, in the largest unit that needs no decimals where there is one.</summary>
internal static class UnitText
{
    public static string Duration(TimeSpan value)
    {
        (long Ticks, string Unit)[] units =
            [(TimeSpan.TicksPerDay, "d"), (TimeSpan.TicksPerHour, "h"), (TimeSpan.TicksPerMinute, "m"), (TimeSpan.TicksPerSecond, "s"),
                (TimeSpan.TicksPerMillisecond, "ms")];
        foreach (var (ticks, unit) in units)
        {
            if (value.Ticks != 0 && value.Ticks % ticks == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{value.Ticks / ticks}{unit}");
            }
        }

        return value.Ticks == 0 ? "0s" : value.TotalMilliseconds.ToString("0.####", CultureInfo.InvariantCulture) + "ms";
    }

    /// <summary>In decimal units (1 kB = 1000 B), with at most one decimal.</summary>
    public static string Bytes(double value)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        var index = 0;
        while (value >= 1000 && index < units.Length - 1)
        {
            value /= 1000;
            index++;
        }

        return value.ToString(index == 0 ? "0" : "0.#", CultureInfo.InvariantCulture) + " " + units[index];
    }

    /// <summary>With thousands separators, without decimals.</summary>
    public static string Count(double value) => value.ToString("#,##0", CultureInfo.InvariantCulture);

    /// <summary>A latency with three digits and its unit.</summary>
    public static string Latency(double seconds) => seconds switch
    {
        < 0.0000005 => "0 ms",
        < 0.001 => (seconds * 1e6).ToString("0.#", CultureInfo.InvariantCulture) + " us",
        < 0.01 => (seconds * 1e3).ToString("0.##", CultureInfo.InvariantCulture) + " ms",
        < 1 => (seconds * 1e3).ToString("0.#", CultureInfo.InvariantCulture) + " ms",
        < 100_000 => seconds.ToString("0.##", CultureInfo.InvariantCulture) + " s",
        _ => (seconds / 86_400).ToString("0.##", CultureInfo.InvariantCulture) + " d",
    };
}

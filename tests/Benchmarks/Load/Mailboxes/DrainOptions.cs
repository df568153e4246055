using System.Globalization;

namespace UeFarm.Benchmarks.Load.Mailboxes;

/// <summary>What <see cref="DrainLoad"/> is to do, from arguments such as messages=1000000 ues=10000 live=500/s within=10s.</summary>
internal sealed record DrainOptions
{
    public const string Usage = "drain [messages=1000000] [ues=10000] [live=500/s] [within=10s]";

    /// <summary>Stored before anybody comes back.</summary>
    public int Messages { get; init; } = 1_000_000;

    public int Phones { get; init; } = 10_000;

    /// <summary>New messages per second, for random phones, as long as the drain lasts.</summary>
    public int LivePerSecond { get; init; } = 500;

    /// <summary>All phones register within this time.</summary>
    public double WithinSeconds { get; init; } = 10;

    /// <summary>Null: an argument cannot be read.</summary>
    public static DrainOptions? TryParse(string[] arguments)
    {
        var options = new DrainOptions();
        foreach (var argument in arguments)
        {
            var parts = argument.Replace("/s", "", StringComparison.Ordinal).Split('=');
            if (parts.Length != 2 || !int.TryParse(parts[1].TrimEnd('s'), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            switch (parts[0])
            {
                case "messages" when number > 0:
                    options = options with { Messages = number };
                    break;
                case "ues" when number is > 0 and <= 1_000_000:
                    options = options with { Phones = number };
                    break;
                case "live" when number <= 10_000:
                    options = options with { LivePerSecond = number };
                    break;
                case "within" when number > 0:
                    options = options with { WithinSeconds = number };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}

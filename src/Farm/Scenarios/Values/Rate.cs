using System.Globalization;

namespace UeFarm.Farm.Scenarios;

/// <summary>Events per second; the scenario writes it per second, minute or hour.</summary>
internal readonly record struct Rate(double PerSecond)
{
    public static readonly Rate Zero = new(0);

    public override string ToString() => PerSecond.ToString("0.######", CultureInfo.InvariantCulture) + "/s";
}

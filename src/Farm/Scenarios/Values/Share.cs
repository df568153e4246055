using System.Globalization;

namespace UeFarm.Farm.Scenarios;

/// <summary>A part of a whole, 0 to 1; the scenario writes it in percent.</summary>
internal readonly record struct Share(double Fraction)
{
    public static readonly Share Zero = new(0);

    public override string ToString() => (Fraction * 100).ToString("0.####", CultureInfo.InvariantCulture) + "%";
}

using System.Globalization;

namespace UeFarm.Farm.Scenarios;

/// <summary>How many phones a phase moves: a share of a group, a number, or all of it.</summary>
internal readonly record struct PhoneAmount
{
    private PhoneAmount(double fraction, int? number)
    {
        Fraction = fraction;
        Number = number;
    }

    /// <summary>0 to 1; meaningless when <see cref="Number"/> is given.</summary>
    public double Fraction { get; }

    public int? Number { get; }

    public static PhoneAmount All { get; } = new(1, null);

    public static PhoneAmount OfShare(double fraction) => new(fraction, null);

    public static PhoneAmount OfNumber(int number) => new(0, number);

    /// <summary>The number of phones in a group of that size, rounded to the nearest; never more than the group has.</summary>
    public int CountOf(int group) => Math.Min(group, Number ?? (int)Math.Round(Fraction * group, MidpointRounding.AwayFromZero));

    public override string ToString() => Number is { } number
        ? number.ToString(CultureInfo.InvariantCulture)
        : Fraction == 1 ? "all" : new Share(Fraction).ToString();
}

using System.Globalization;

namespace UeFarm.Farm.Scenarios;

/// <summary>Sizes in bytes from <paramref name="Minimum"/> to <paramref name="Maximum"/>, both included; one size when they are equal.</summary>
internal readonly record struct ByteRange(int Minimum, int Maximum)
{
    public double Mean => (Minimum + (double)Maximum) / 2;

    public override string ToString() => Minimum == Maximum
        ? string.Create(CultureInfo.InvariantCulture, $"{Minimum}B")
        : string.Create(CultureInfo.InvariantCulture, $"{Minimum}B-{Maximum}B");
}

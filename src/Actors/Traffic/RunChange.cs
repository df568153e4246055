using System.Globalization;
using System.Text.Json.Serialization;

namespace UeFarm.Actors.Traffic;

/// <summary>An instruction that was put into a schedule while it was played. Phases go on as planned.</summary>
/// <param name="Kind">Which knob.</param>
/// <param name="At">From when on, since the start of the first phase: before all else that is due then.</param>
/// <param name="By">Who turned it, for people.</param>
/// <param name="Factor">Of <see cref="RunChangeKind.Rate"/>: on the rate of each phase from then on, in place of an earlier factor; 0: no messages.</param>
/// <param name="Phones">Of <see cref="RunChangeKind.Scale"/>: how many are to be online.</param>
/// <param name="Within">Of <see cref="RunChangeKind.Scale"/>: the phones come or go spread evenly at random over this time.</param>
public sealed record RunChange(RunChangeKind Kind, TimeSpan At, string By, double Factor = 1, int Phones = 0, TimeSpan Within = default)
{
    /// <summary>In a few words.</summary>
    [JsonIgnore]
    public string What => Kind switch
    {
        RunChangeKind.Rate when Factor == 0 => "messages paused",
        RunChangeKind.Rate => string.Create(CultureInfo.InvariantCulture, $"rate x{Factor:0.####}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Phones} phones online within {Within.TotalSeconds:0.###} s"),
    };
}

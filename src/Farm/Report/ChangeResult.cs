namespace UeFarm.Farm.Report;

/// <summary>A knob that was turned by hand while the run went on. At: seconds since the run's start, as in the series.</summary>
internal sealed record ChangeResult(double At, string What, string By);

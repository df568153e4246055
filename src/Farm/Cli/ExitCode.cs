namespace UeFarm.Farm.Cli;

/// <summary>What the process tells its caller. When several of the three verdicts apply: 98, then 97, then 99.</summary>
internal enum ExitCode
{
    /// <summary>Everything held.</summary>
    Success = 0,

    /// <summary>A fault of this program.</summary>
    InternalError = 1,

    /// <summary>Bad usage or scenario; nothing was sent.</summary>
    Usage = 2,

    /// <summary>A safety guard or the conductor of a cluster refused; nothing was sent.</summary>
    Refused = 3,

    /// <summary>This machine cannot run the scenario.</summary>
    MachineUnfit = 4,

    /// <summary>The measurement is not valid: the generator was the bottleneck, or nothing happened at all.</summary>
    InvalidMeasurement = 97,

    /// <summary>An invariant was broken.</summary>
    InvariantBroken = 98,

    /// <summary>A threshold failed or had no samples.</summary>
    ThresholdFailed = 99,

    /// <summary>Stopped by a signal, in order.</summary>
    Stopped = 105,
}

namespace UeFarm.Actors.Traffic;

/// <summary>Which knob of a run was turned.</summary>
public enum RunChangeKind : byte
{
    /// <summary>How many messages are sent, as a factor on what the phases say.</summary>
    Rate,

    /// <summary>How many phones are online.</summary>
    Scale,
}

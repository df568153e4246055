namespace UeFarm.Actors.Traffic;

/// <summary>When messages become due. Both are open models: a slow network does not slow the offered load.</summary>
public enum ArrivalProcess : byte
{
    /// <summary>Exponentially distributed gaps.</summary>
    Poisson,

    /// <summary>Equal gaps.</summary>
    Uniform,
}

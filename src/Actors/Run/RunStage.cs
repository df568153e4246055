namespace UeFarm.Actors.Run;

/// <summary>The stages of a run.</summary>
public enum RunStage : byte
{
    /// <summary>Phones register before the first phase.</summary>
    Registering,

    /// <summary>The schedule is played.</summary>
    Playing,

    /// <summary>The schedule has ended; what is under way settles.</summary>
    Settling,
}

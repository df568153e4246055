namespace UeFarm.Actors.Journal;

/// <summary>The streams of a run that are not blocks of phones.</summary>
public static class RunStreams
{
    public const int ApplicationServer = -1;

    public const int Conductor = -2;
}

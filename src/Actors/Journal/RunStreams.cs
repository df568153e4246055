namespace UeFarm.Actors.Journal;

/// <summary>The streams of a run that are not blocks of phones.</summary>
public static class RunStreams
{
    public const int Conductor = -1;

    private const int FirstApplicationServer = -2;

    /// <summary>Of the application server of a group of mailboxes.</summary>
    public static int ApplicationServerOf(int group) => FirstApplicationServer - group;

    /// <summary>False: the stream is not that of an application server.</summary>
    public static bool TryGetGroup(int stream, out int group)
    {
        group = FirstApplicationServer - stream;
        return stream <= FirstApplicationServer;
    }
}

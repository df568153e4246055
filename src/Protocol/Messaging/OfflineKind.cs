namespace UeFarm.Protocol.Messaging;

/// <summary>How a phone goes offline.</summary>
public enum OfflineKind : byte
{
    /// <summary>It takes its registration back first.</summary>
    Clean,

    /// <summary>Without a word: a dead battery, a tunnel. It neither hears nor sends anything from that moment on.</summary>
    Silent,
}

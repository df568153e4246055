using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Ue;

/// <summary>The commands to a phone.</summary>
public static class UeCommands
{
    /// <summary>The user switches the phone on; nothing happens when it is on.</summary>
    public sealed record GoOnline(UeId Ue) : IUeCommand;

    /// <summary>The user switches it off, or the world does.</summary>
    public sealed record GoOffline(UeId Ue, OfflineKind Kind) : IUeCommand;

    /// <summary>Ends with exactly one MessageAnswered or MessageFailed of this SendId at the observer.</summary>
    public sealed record SendText(UeId Ue, long SendId, string Recipient, ReadOnlyMemory<byte> Text) : IUeCommand;

    /// <summary>For tests and fault runs: the actor throws.</summary>
    public sealed record Crash(UeId Ue) : IUeCommand;
}

using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Run;

/// <summary>Whoever a schedule is played to. Called on the player's thread, one call at a time.</summary>
public interface IScheduleTarget
{
    void EnterPhase(int phase);

    void GoOnline(int phone);

    void GoOffline(int phone, OfflineKind cut);

    /// <summary>Number: the message's place among all of the schedule, from 0. The text is lent: it does not change.</summary>
    void Send(long number, int sender, int recipient, ReadOnlyMemory<byte> text, Instant due);
}

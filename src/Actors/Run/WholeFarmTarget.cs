using UeFarm.Actors.Timing;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using UeFarm.Protocol.Messaging;

namespace UeFarm.Actors.Run;

/// <summary>The schedule of a run whose phones and books are all in this process.</summary>
internal sealed class WholeFarmTarget(RunRecorder recorder, WakeUpWheel wheel, Action<IUeCommand> tell, Func<int, string> addressOf) : IScheduleTarget
{
    public void EnterPhase(int phase) => recorder.Ranks.EnterPhase(phase);

    public void GoOnline(int phone)
    {
        recorder.OnGoOnline(phone, wheel.Now);
        tell(new UeCommands.GoOnline(new UeId(phone)));
    }

    public void GoOffline(int phone, OfflineKind cut) => tell(new UeCommands.GoOffline(new UeId(phone), cut));

    public void Send(long number, int sender, int recipient, ReadOnlyMemory<byte> text, Instant due)
    {
        // The ledger numbers messages in the order in which they are opened, which is that of the schedule.
        var opened = recorder.OnDue(sender, recipient, due, wheel.Now);
        tell(new UeCommands.SendText(new UeId(sender), opened, addressOf(recipient), text));
    }
}

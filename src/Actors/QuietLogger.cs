using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace UeFarm.Actors;

/// <summary>
/// Akka's logger where nothing is to be printed. An actor system with no logger at all is handed out before its own actors have started, on threads that a virtual run
/// must not have any more.
/// </summary>
internal sealed class QuietLogger : UntypedActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    protected override void OnReceive(object message)
    {
        if (message is InitializeLogger)
        {
            Sender.Tell(new LoggerInitialized());
        }
    }
}

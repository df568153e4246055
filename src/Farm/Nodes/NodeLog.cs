using Akka.Actor;
using Akka.Event;

namespace UeFarm.Farm.Nodes;

/// <summary>
/// Says what the actors log in a line each: of the farm's own what is worth knowing, of all errors. Akka's warnings repeat what
/// <see cref="MemberNotices"/> says, once for each message that is lost on the way to a node that has gone.
/// </summary>
internal sealed class NodeLog : UntypedActor
{
    private readonly Action<string> _say;

    public NodeLog(Action<string> say)
    {
        _say = say;
        Context.System.EventStream.Subscribe(Self, typeof(LogEvent));
    }

    public static Props Props(Action<string> say) => Akka.Actor.Props.Create(() => new NodeLog(say));

    protected override void OnReceive(object message)
    {
        if (message is not LogEvent entry)
        {
            Unhandled(message);
            return;
        }

        var isOurs = entry.LogClass?.Namespace?.StartsWith("UeFarm.", StringComparison.Ordinal) == true;
        if (entry.LogLevel() >= (isOurs ? LogLevel.InfoLevel : LogLevel.ErrorLevel))
        {
            var cause = entry.Cause is { } exception ? $": {exception.GetBaseException().Message}" : "";
            var text = $"{Label(entry.LogLevel())}{entry.Message}{cause}";
            _say(text.ReplaceLineEndings(" "));
        }
    }

    private static string Label(LogLevel level) => level switch
    {
        LogLevel.ErrorLevel => "error: ",
        LogLevel.WarningLevel => "warning: ",
        _ => "",
    };
}

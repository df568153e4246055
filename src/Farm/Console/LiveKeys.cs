using UeFarm.Farm.Hosting;

namespace UeFarm.Farm.Console;

/// <summary>What keys do in the live view. For one thread at a time.</summary>
/// <param name="stop">Asks the run to stop, as Ctrl-C does.</param>
internal sealed class LiveKeys(Action stop)
{
    private double _resumed = 1;

    public LiveScreenKind Screen { get; private set; }

    /// <summary>Null: nothing can be turned (yet).</summary>
    public IRunKnobs? Knobs { get; set; }

    /// <summary>The factor that was asked for last.</summary>
    public double Factor { get; private set; } = 1;

    /// <summary>Returns what becomes of a knob that was turned, in a line; null: none was.</summary>
    public Task<string>? Press(ConsoleKeyInfo key)
    {
        switch (key.KeyChar)
        {
            case '1':
                Screen = LiveScreenKind.Overview;
                break;
            case '2':
                Screen = LiveScreenKind.Parts;
                break;
            case '3':
                Screen = LiveScreenKind.Rejections;
                break;
            case '\t':
                Screen = (LiveScreenKind)(((int)Screen + 1) % (int)LiveScreenKind.Help);
                break;
            case '?' or 'h':
                Screen = Screen == LiveScreenKind.Help ? LiveScreenKind.Overview : LiveScreenKind.Help;
                break;
            case 'p':
                return TurnAsync(Factor == 0 ? _resumed : 0);
            case '+' or '=':
                return TurnAsync(Factor == 0 ? _resumed : RateSteps.Above(Factor));
            case '-' when Factor > 0:
                return TurnAsync(RateSteps.Below(Factor));
            case 'q':
                stop();
                break;
            default:
                break;
        }

        return null;
    }

    private async Task<string> TurnAsync(double factor)
    {
        if (Knobs is null)
        {
            return "nothing to turn: the run has not begun, or is in virtual time";
        }

        var (isDone, line) = await Knobs.ChangeRateAsync(factor).ConfigureAwait(false);
        if (isDone)
        {
            _resumed = factor > 0 ? factor : Factor;
            Factor = factor;
        }

        return line;
    }
}

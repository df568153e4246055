using System.Globalization;
using UeFarm.Farm.Cli;
using UeFarm.Farm.Console;

namespace UeFarm.Farm.Sizing;

/// <summary>One line on a terminal's standard error that says how far a sizing is; nothing where there is no terminal.</summary>
internal sealed class SizingProgressLine(CliEnvironment environment) : IProgress<SizingProgress>, IDisposable
{
    private const int BarWidth = 24;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly long _started = environment.Time.GetTimestamp();
    private long _shown = long.MinValue;

    public void Report(SizingProgress value)
    {
        var now = environment.Time.GetTimestamp();
        if (environment.IsErrorRedirected || (_shown != long.MinValue && environment.Time.GetElapsedTime(_shown, now) < Pause))
        {
            return;
        }

        _shown = now;
        var elapsed = environment.Time.GetElapsedTime(_started, now);
        var filled = (int)(Math.Clamp(value.Share, 0, 1) * BarWidth);
        var bar = value.Share < 0 ? "" : $"[{new string('#', filled)}{new string('.', BarWidth - filled)}] {value.Share * 100:0} %  ";
        var rate = elapsed.TotalSeconds > 0 ? value.Messages / elapsed.TotalSeconds : 0;
        var text = string.Create(CultureInfo.InvariantCulture, $"{bar}{value.Messages:N0} messages, {rate:N0}/s  {value.Stage}");
        environment.Error.Write("\r" + TextLayout.Fit(text).PadRight(TextLayout.Columns - 1)[..(TextLayout.Columns - 1)]);
        environment.Error.Flush();
    }

    /// <summary>Removes the line.</summary>
    public void Clear()
    {
        if (_shown != long.MinValue && !environment.IsErrorRedirected)
        {
            environment.Error.Write("\r" + new string(' ', TextLayout.Columns - 1) + "\r");
            environment.Error.Flush();
            _shown = long.MinValue;
        }
    }

    public void Dispose() => Clear();
}

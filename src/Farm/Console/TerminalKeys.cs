namespace UeFarm.Farm.Console;

/// <summary>The keyboard of the terminal that the process has, if it may read it.</summary>
internal sealed class TerminalKeys : IKeySource
{
    private TerminalKeys()
    {
    }

    /// <summary>Null: the input is not a terminal, or belongs to somebody else: who reads it in the background is stopped.</summary>
    public static TerminalKeys? OfProcess() => System.Console.IsInputRedirected || !IsInForeground() ? null : new TerminalKeys();

    public ConsoleKeyInfo? Read()
    {
        try
        {
            return System.Console.ReadKey(intercept: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException)
        {
            return null;
        }
    }

    /// <summary>Where the system tells: the process group that the terminal belongs to is this one's.</summary>
    private static bool IsInForeground()
    {
        const string Self = "/proc/self/stat";
        if (!File.Exists(Self))
        {
            return true;
        }

        // "pid (name) state parent group session terminal foreground-group ...": the name may hold blanks and brackets.
        var stat = File.ReadAllText(Self);
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[2] == fields[5];
    }
}

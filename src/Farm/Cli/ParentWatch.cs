using System.Runtime.InteropServices;

namespace UeFarm.Farm.Cli;

/// <summary>
/// For a process that another one of this program has started: SIGTERM asks for a stop, and so does the end of standard input, which is the end of the
/// parent however it came. Ctrl-C is the parent's: the terminal sends it to both.
/// </summary>
internal sealed class ParentWatch : IStopSignals
{
    private readonly CancellationTokenSource _first = new();
    private readonly PosixSignalRegistration[] _registrations;

    public ParentWatch()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, static context => context.Cancel = true),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
            {
                context.Cancel = true;
                _first.Cancel();
            }),
        ];
        new Thread(Read) { IsBackground = true, Name = "parent watch" }.Start();
    }

    public CancellationToken FirstSignal => _first.Token;

    public void StopInOrder() => _first.Cancel();

    /// <summary>The thread stays with its read, and the source with it.</summary>
    public void Dispose() => Array.ForEach(_registrations, static registration => registration.Dispose());

    private void Read()
    {
        using var input = System.Console.OpenStandardInput();
        Span<byte> buffer = stackalloc byte[64];
        while (input.Read(buffer) > 0)
        {
        }

        _first.Cancel();
    }
}

using System.Diagnostics;
using System.Runtime.InteropServices;

namespace UeFarm.Farm.Cli;

/// <summary>Ctrl-C and SIGTERM: the first asks for an orderly stop, the second ends the process at once.</summary>
internal sealed class StopSignals : IStopSignals
{
    /// <summary>The live view hides the cursor; nobody else would bring it back.</summary>
    private const string ShowCursor = "\e[?25h";

    private readonly CancellationTokenSource _first = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _count;

    public StopSignals() =>
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal)];

    public CancellationToken FirstSignal => _first.Token;

    public void StopInOrder()
    {
        if (Interlocked.CompareExchange(ref _count, 1, 0) == 0)
        {
            _first.Cancel();
        }
    }

    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _first.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _count) == 1)
        {
            _first.Cancel();
            return;
        }

        if (!System.Console.IsOutputRedirected)
        {
            System.Console.Out.Write(ShowCursor);
            System.Console.Out.Flush();
        }

        // Environment.Exit would wait for shutdown hooks of the actor system; a second signal means: now.
        Process.GetCurrentProcess().Kill();
    }
}

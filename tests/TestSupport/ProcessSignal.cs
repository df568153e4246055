using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace UeFarm.TestSupport;

/// <summary>Signals to a process that the test itself started. The numbers are those of Linux.</summary>
public static class ProcessSignal
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>Nothing happens to a process that has ended.</summary>
    public static void Send(Process process, int signal)
    {
        ArgumentNullException.ThrowIfNull(process);
        if (!process.HasExited)
        {
            Send(process.Id, signal);
        }
    }

    /// <summary>To a process that a process of the test's own started.</summary>
    public static void Send(int process, int signal)
    {
        const int NoSuchProcess = 3;
        if (Native.Kill(process, signal) != 0 && Marshal.GetLastPInvokeError() != NoSuchProcess)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    private static class Native
    {
        [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Kill(int process, int signal);
    }
}

using System.Runtime;
using System.Runtime.InteropServices;

namespace UeFarm.Farm.Report;

/// <summary>What the run ran on; nothing in it identifies the machine.</summary>
internal sealed record MachineResult(string OperatingSystem, string Architecture, int Processors, long MemoryBytes, string GarbageCollector)
{
    public static MachineResult Current() => new(
        RuntimeInformation.OSDescription,
        RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        GCSettings.IsServerGC ? "server" : "workstation");
}

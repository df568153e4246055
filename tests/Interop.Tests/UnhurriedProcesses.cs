using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>Tests of whole processes that may be slow, because nothing in them depends on the machine's pace: one after the other, beside others.</summary>
[CollectionDefinition(Name)]
public sealed class UnhurriedProcesses
{
    public const string Name = "unhurried processes";
}

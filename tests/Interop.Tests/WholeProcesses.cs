using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>Tests that start whole processes run one after the other: each of them wants the machine for itself.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeProcesses
{
    public const string Name = "whole processes";
}

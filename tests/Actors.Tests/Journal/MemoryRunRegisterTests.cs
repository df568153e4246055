using UeFarm.Actors.Cluster;
using UeFarm.TestSupport;

namespace UeFarm.Actors.Tests.Journal;

public sealed class MemoryRunRegisterTests : RunRegisterContract
{
    private readonly MemoryRunRegister _register = new();

    protected override IRunRegister Register => _register;

    protected override IRunRegister Other => _register;
}

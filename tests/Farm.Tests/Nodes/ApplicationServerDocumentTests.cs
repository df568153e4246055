using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Nodes;

/// <summary>What the document about the application server shows is what is tested.</summary>
public sealed class ApplicationServerDocumentTests
{
    private const string Marker = "# ---- the application server: from here on is what docs/application-server.md shows ----\n";

    private static readonly string Document = File.ReadAllText(Repository.PathOf("docs", "application-server.md"));

    [Fact]
    public void The_Kamailio_configuration_is_the_one_of_the_tests()
    {
        var configuration = File.ReadAllText(Repository.PathOf("tests", "Interop.Tests", "Data", "kamailio-as.cfg"));
        Assert.Contains(Marker, configuration, StringComparison.Ordinal);
        Assert.Contains($"```\n{configuration[(configuration.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length)..]}```\n", Document, StringComparison.Ordinal);
    }
}

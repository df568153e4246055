using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Xunit;

namespace UeFarm.Protocol.Tests;

/// <summary>Farm over Actors over Protocol, and nothing with a clock or a socket in Protocol: read from what was compiled, not from what was meant.</summary>
public class ArchitectureTests
{
    private static readonly string[] ForeignToProtocol =
    [
        "Akka", "System.Net.Sockets", "Microsoft.Extensions.", "Microsoft.Data.", "Microsoft.AspNetCore", "Prometheus", "prometheus", "UeFarm.", "uefarm",
        "Spectre.", "YamlDotNet",
    ];

    private static readonly HashSet<string> ForbiddenMembers =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
        "System.TimeProvider.get_System", "System.Environment.get_TickCount", "System.Environment.get_TickCount64", "System.Random.get_Shared", "System.Guid.NewGuid",
        "System.Threading.Thread.Sleep", "System.Threading.Tasks.Task.Delay",
    ];

    private static readonly HashSet<string> ForbiddenTypes =
        ["System.Diagnostics.Stopwatch", "System.Threading.Timer", "System.Threading.PeriodicTimer", "System.Console", "System.IO.File", "System.IO.FileStream", "System.Net.Dns"];

    [Fact]
    public void Protocol_knows_no_actors_sockets_stores_logs_or_metrics()
    {
        using var assembly = new CompiledAssembly(ProtocolPath);

        Assert.NotEmpty(assembly.References);
        Assert.DoesNotContain(assembly.References, reference => Array.Exists(ForeignToProtocol, foreign => reference.StartsWith(foreign, StringComparison.Ordinal)));
    }

    [Fact]
    public void Protocol_reads_no_clock_sleeps_nowhere_and_touches_no_file()
    {
        using var assembly = new CompiledAssembly(ProtocolPath);

        // What is looked for would be found: these are used.
        Assert.Contains("System.DateTimeOffset.op_Addition", assembly.Members);
        Assert.Contains("System.Security.Cryptography.SHA256", assembly.Types);
        Assert.Empty(assembly.Members.Intersect(ForbiddenMembers));
        Assert.Empty(assembly.Types.Intersect(ForbiddenTypes));
    }

    [Fact]
    public void Actors_stands_on_Protocol_and_does_not_know_the_executable()
    {
        using var assembly = new CompiledAssembly(BuiltPath("Actors", "UeFarm.Actors.dll"));

        Assert.Contains("UeFarm.Protocol", assembly.References);
        Assert.DoesNotContain("uefarm", assembly.References);
        Assert.DoesNotContain(assembly.References, reference => reference.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
            || reference is "Spectre.Console" or "YamlDotNet" or "System.CommandLine");
    }

    [Fact]
    public void The_executable_stands_on_Actors()
    {
        using var assembly = new CompiledAssembly(BuiltPath("Farm", "uefarm.dll"));

        Assert.Contains("UeFarm.Actors", assembly.References);
    }

    private static string ProtocolPath => Path.Combine(AppContext.BaseDirectory, "UeFarm.Protocol.dll");

    /// <summary>What another project built in the same configuration as this one.</summary>
    private static string BuiltPath(string project, string file)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var path = Path.Combine(output.Parent!.Parent!.FullName, project, output.Name, file);
        Assert.SkipUnless(File.Exists(path), $"{file} has not been built");
        return path;
    }

    private sealed class CompiledAssembly : IDisposable
    {
        private readonly PEReader _file;

        public CompiledAssembly(string path)
        {
            _file = new PEReader(File.OpenRead(path));
            var metadata = _file.GetMetadataReader();
            References = [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
            Types = [.. metadata.TypeReferences.Select(handle => NameOf(metadata, handle))];
            Members =
            [
                .. metadata.MemberReferences.Select(metadata.GetMemberReference)
                    .Where(member => member.Parent.Kind == HandleKind.TypeReference)
                    .Select(member => $"{NameOf(metadata, (TypeReferenceHandle)member.Parent)}.{metadata.GetString(member.Name)}"),
            ];
        }

        public HashSet<string> References { get; }

        public HashSet<string> Types { get; }

        public HashSet<string> Members { get; }

        public void Dispose() => _file.Dispose();

        private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
        {
            var type = metadata.GetTypeReference(handle);
            return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
        }
    }
}

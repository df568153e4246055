using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>
/// Kamailio as registrar and stateful proxy with digest authentication on every request, on a loopback port of its own; by itself, or with an application
/// server behind it.
/// </summary>
internal sealed class Kamailio : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private Kamailio(Process process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    public IPEndPoint EndPoint => new(IPAddress.Loopback, Port);

    public static Task<Kamailio> StartAsync(string domain, string password) => StartAsync("kamailio.cfg", Peer.FreePort(), domain, password, null);

    /// <summary>The port is said beforehand, because server and core have to know each other's.</summary>
    public static Task<Kamailio> StartAsync(int port, string domain, string password, IPEndPoint applicationServer) =>
        StartAsync("kamailio-as.cfg", port, domain, password, applicationServer);

    private static async Task<Kamailio> StartAsync(string file, int port, string domain, string password, IPEndPoint? applicationServer)
    {
        var program = Peer.Require("kamailio", "kamailio");
        var folder = Directory.CreateTempSubdirectory("kamailio-").FullName;
        var config = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Data", file), TestContext.Current.CancellationToken);
        var path = Path.Combine(folder, "kamailio.cfg");
        await File.WriteAllTextAsync(
            path,
            config.Replace("DOMAIN", domain, StringComparison.Ordinal)
                .Replace("PASSWORD", password, StringComparison.Ordinal)
                .Replace("ASHOST", applicationServer?.Address.ToString(), StringComparison.Ordinal)
                .Replace("ASPORT", applicationServer?.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("PORT", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        var process = Peer.Start(program, folder, "-DD", "-E", "-f", path, "-m", "256", "-M", "16", "-Y", folder);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var kamailio = new Kamailio(process, folder, port);
        try
        {
            await Peer.WaitForPortAsync(port, TimeSpan.FromSeconds(20));
            return kamailio;
        }
        catch
        {
            await kamailio.DisposeAsync();
            throw;
        }
    }

    /// <summary>A secrets file of phones that it lets in: each has its password.</summary>
    public static string SubscribersOf(int phones, string domain, string password)
    {
        var text = new StringBuilder("impu,impi,password\n");
        for (var i = 0; i < phones; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"sip:ue{i:000000}@{domain},ue{i:000000}@{domain},{password}\n");
        }

        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

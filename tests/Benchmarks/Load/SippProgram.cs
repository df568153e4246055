using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace UeFarm.Benchmarks.Load;

/// <summary>SIPp as the yardstick: a sink that answers 200 to everything, and a client that sends the same plain MESSAGE in a closed loop.</summary>
internal sealed class SippProgram : IDisposable
{
    private const string Sink = """
        <?xml version="1.0" encoding="ISO-8859-1" ?>
        <scenario name="sink">
          <recv request="MESSAGE" optional="true" next="2"/>
          <recv request="REGISTER"/>
          <send><![CDATA[
        SIP/2.0 200 OK
        [last_Via:]
        [last_From:]
        [last_To:];tag=[call_number]
        [last_Call-ID:]
        [last_CSeq:]
        [last_Contact:]
        Expires: 600000
        Content-Length: 0

        ]]></send>
          <nop next="3"/>
          <label id="2"/>
          <send><![CDATA[
        SIP/2.0 200 OK
        [last_Via:]
        [last_From:]
        [last_To:];tag=[call_number]
        [last_Call-ID:]
        [last_CSeq:]
        Content-Length: 0

        ]]></send>
          <label id="3"/>
        </scenario>
        """;

    private const string Client = """
        <?xml version="1.0" encoding="ISO-8859-1" ?>
        <scenario name="client">
          <send><![CDATA[
        MESSAGE sip:ue000001@ims.example SIP/2.0
        Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
        Max-Forwards: 70
        From: <sip:ue000000@ims.example>;tag=[call_number]
        To: <sip:ue000001@ims.example>
        Call-ID: [call_id]
        CSeq: 1 MESSAGE
        Date: Mon, 04 May 2026 12:00:00 GMT
        Expires: 604800
        P-Preferred-Identity: <sip:ue000000@ims.example>
        Content-Type: text/plain;charset=utf-8
        Content-Length: [len]

        [call_number].0@ims.example
        TEXT
        ]]></send>
          <recv response="200"/>
        </scenario>
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("uefarm-sipp-");
    private Process? _sink;

    public SippProgram()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "sink.xml"), Sink);
        File.WriteAllText(Path.Combine(_folder.FullName, "client.xml"), Client.Replace("TEXT", new string('x', 160), StringComparison.Ordinal));
    }

    public static bool IsInstalled => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(static folder => File.Exists(Path.Combine(folder, "sipp")));

    /// <summary>CPU that the sink has used so far.</summary>
    public TimeSpan SinkCpu
    {
        get
        {
            _sink!.Refresh();
            return _sink.TotalProcessorTime;
        }
    }

    public async Task<IPEndPoint> StartSinkAsync()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var endPoint = (IPEndPoint)probe.LocalEndPoint!;
        probe.Close();
        _sink = Start("sipp", "-sf", "sink.xml", "-i", "127.0.0.1", "-p", Text(endPoint.Port), "-t", "t1", "-nostdin", "-deadcall_wait", "0", "-max_socket", "1000");
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var knock = new TcpClient();
                await knock.ConnectAsync(endPoint);
                return endPoint;
            }
            catch (SocketException) when (attempt < 100 && !_sink.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Sends that many MESSAGEs, so many at a time, and returns the CPU (user and system) and the time that the client took.</summary>
    public async Task<(TimeSpan Cpu, TimeSpan Elapsed)> SendAsync(IPEndPoint sink, int messages, int atATime)
    {
        // The shell's "times" gives what its children used, after their end.
        var command = string.Create(
            CultureInfo.InvariantCulture,
            $"sipp {sink} -sf client.xml -i 127.0.0.1 -t t1 -m {messages} -l {atATime} -r 1000000 -nostdin -deadcall_wait 0 >/dev/null 2>&1; times");
        var start = Stopwatch.GetTimestamp();
        using var client = new Process { StartInfo = StartInfo("sh", "-c", command) };
        client.Start();
        var output = await client.StandardOutput.ReadToEndAsync();
        await client.WaitForExitAsync();
        var children = output.Split('\n')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (ReadTime(children[0]) + ReadTime(children[1]), Stopwatch.GetElapsedTime(start));
    }

    public void Dispose()
    {
        if (_sink is { HasExited: false })
        {
            _sink.Kill();
            _sink.WaitForExit();
        }

        _sink?.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>As in 1m2.345s.</summary>
    private static TimeSpan ReadTime(string text)
    {
        var parts = text.TrimEnd('s').Split('m');
        return TimeSpan.FromMinutes(int.Parse(parts[0], CultureInfo.InvariantCulture))
            + TimeSpan.FromSeconds(double.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private ProcessStartInfo StartInfo(string program, params string[] arguments) => new(program, arguments)
    {
        WorkingDirectory = _folder.FullName,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        RedirectStandardInput = true,
    };

    /// <summary>What it prints is read and forgotten: a full pipe would stop it.</summary>
    private Process Start(string program, params string[] arguments)
    {
        var process = new Process { StartInfo = StartInfo(program, arguments) };
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}

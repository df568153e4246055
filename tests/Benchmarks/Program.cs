using BenchmarkDotNet.Running;
using UeFarm.Benchmarks;
using UeFarm.Benchmarks.Load;
using UeFarm.Benchmarks.Load.Mailboxes;

const string Usage = """
    Usage: Benchmarks micro [filter ...]      BenchmarkDotNet over the classes in Micro
           Benchmarks load NAME [argument]    one of:
             sink                             plain MESSAGEs of phones to SIPp, beside SIPp's own client
             ue-to-ue [plain|protected|signed|all] [messages per second]
             memory                           memory per idle registered phone
             tickets                          memory per phone with few tickets and with full caches, beside the estimate
             register                         registrations with MD5 and AKA
             cache                            replay cache beside a naive one
             store [sqlite|postgresql]        mailbox stores beside the disk and bare batched inserts
             store-start [messages]           a server that starts with so many stored messages (default 1,000,000)
             drain [messages=1000000] [ues=10000] [live=500/s] [within=10s]
                                              phones come back to full mailboxes of an application server
             msilo                            storing, draining and being killed, beside Kamailio with msilo
             faults KILLS [SEED [sqlite|postgresql]]
                                              the application server, and PostgreSQL, killed again and again: is anything lost?
             outage [down=60s] [latency=200ms] [rate=300/s]
                                              PostgreSQL away and slow, the disk full: answers, memory, recovery, losses
             sizing                           rank tracker, and messages per CPU-second of uefarm size
             observing [rate]                 what a picture, the live page and a scrape of /metrics cost beside a run
             virtual                          messages per CPU-second of whole runs in virtual time
             sharding                         messages through a local shard region, beside a direct Tell
             cluster [rate=200/s]             messages, phones and traffic between nodes of clusters of one to three processes
             removal                          how soon a cluster removes a node that was killed
           Benchmarks tables                  the tables of docs/sizing.md
    """;

switch (args)
{
    case ["micro", ..]:
        BenchmarkSwitcher.FromAssembly(typeof(SinkLoad).Assembly).Run(args.Length > 1 ? ["--filter", .. args.Skip(1).Select(static name => $"*{name}*")] : ["--filter", "*"]);
        return 0;
    case ["load", "sink"]:
        await SinkLoad.RunAsync();
        return 0;
    case ["load", "ue-to-ue", .. var options]:
        return await UeToUeLoad.RunAsync(options);
    case ["load", "memory"]:
        return await MemoryLoad.RunAsync();
    case ["load", "memory", var phones]:
        return await MemoryLoad.MeasureAsync(phones);
    case ["load", "tickets"]:
        await TicketLoad.RunAsync();
        return 0;
    case ["load", "register"]:
        await RegisterLoad.RunAsync();
        return 0;
    case ["load", "cache"]:
        CacheLoad.Run();
        return 0;
    case ["load", "store", .. var kinds]:
        await StoreLoad.RunAsync(kinds);
        return 0;
    case ["load", "store-start"]:
        await StoreStartLoad.RunAsync(1_000_000);
        return 0;
    case ["load", "store-start", var messages]:
        await StoreStartLoad.RunAsync(int.Parse(messages, System.Globalization.CultureInfo.InvariantCulture));
        return 0;
    case ["load", "drain", .. var options]:
        return await DrainLoad.RunAsync(options);
    case ["load", "msilo"]:
        return await MsiloLoad.RunAsync();
    case ["load", ServerHost.Verb, var database, var coreTransport, var corePort, var maxPerPhone]:
        return await ServerHost.RunAsync(database, coreTransport, corePort, maxPerPhone);
    case ["load", "faults", .. var options]:
        return await FaultLoad.RunAsync(options);
    case ["load", "outage", .. var options]:
        return await OutageLoad.RunAsync(options);
    case ["load", "sizing"]:
        SizingLoad.Run();
        return 0;
    case ["load", "observing", .. var options]:
        await ObservingLoad.RunAsync(options);
        return 0;
    case ["load", "virtual"]:
        await VirtualLoad.RunAsync();
        return 0;
    case ["load", "sharding"]:
        await ShardingLoad.RunAsync();
        return 0;
    case ["load", "cluster", .. var options]:
        return await ClusterLoad.RunAsync(options);
    case ["load", "removal"]:
        await RemovalLoad.RunAsync();
        return 0;
    case ["tables"]:
        SizingTables.Print(Console.Out);
        return 0;
    default:
        await Console.Error.WriteLineAsync(Usage);
        return 2;
}

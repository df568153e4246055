using UeFarm.Actors.Stores;
using UeFarm.StoreWriterHost;

// The victim of the durability tests: writes records into the store named by the first argument (the path of a file, or a connection string),
// with as many under way as the second says, and prints the arrival number of each one that was confirmed, until it is killed.
MailboxStoreSettings settings = args[0].Contains('=', StringComparison.Ordinal)
    ? new PostgresMailboxStoreSettings { ConnectionString = args[0] }
    : new SqliteMailboxStoreSettings { Path = args[0] };
if (!MailboxStore.TryOpen(settings, out var store, out var problem))
{
    Console.Error.WriteLine(problem);
    return 1;
}

new EndlessWriter(store!).Start(int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture));
Thread.Sleep(Timeout.Infinite);
return 0;

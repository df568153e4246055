using UeFarm.Actors.Stores;
using UeFarm.StoreWriterHost;

// The victim of the durability test: writes records into the store named by the first argument, with as many under way as the second
// says, and prints the arrival number of each one that was confirmed, until it is killed.
if (!SqliteMailboxStore.TryOpen(new SqliteMailboxStoreSettings { Path = args[0] }, out var store, out var problem))
{
    Console.Error.WriteLine(problem);
    return 1;
}

new EndlessWriter(store!).Start(int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture));
Thread.Sleep(Timeout.Infinite);
return 0;

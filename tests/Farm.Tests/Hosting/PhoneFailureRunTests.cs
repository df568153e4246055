using UeFarm.Actors.Ledger;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Hosting;

[Collection(WholeRuns.Name)]
public class PhoneFailureRunTests
{
    [Fact]
    public async Task A_phone_that_fails_in_the_middle_comes_back_registered_and_accepts_nothing_twice()
    {
        using var folder = new TemporaryFolder();
        var (run, _, _) = await PlayedRun.StartAsync(folder, """
            version: 1
            name: failing
            seed: 9
            subscribers: { count: 10, auth: { scheme: akav1-md5, secretsFrom: derived } }
            applicationServer: { holdTime: 500ms }
            traffic: { rate: 50/s, size: 40B }
            phases:
              - { name: steady, for: 3s }
              - { name: settle, traffic: off, for: 1s }
            """);
        await using var _ = run;
        var playing = run.RunAsync(TestContext.Current.CancellationToken);
        int[] phones = [0, 3, 3, 9];
        foreach (var phone in phones)
        {
            // Each fails only after a message was accepted since, so that there is something to accept twice.
            var before = run.Recorder.Delivery.Count;
            while (run.Recorder.Delivery.Count < before + 20 && !playing.IsCompleted)
            {
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }

            Assert.False(playing.IsCompleted);
            run.FailPhone(phone);
        }

        var result = await playing;

        Assert.Equal(phones.Length, run.Recorder.Counters.Restarts);
        Assert.Equal(["error inside the farm, in UeActor: The phone was told to crash. (4 times)"], run.Warnings);
        Assert.Equal(10, result.RegisteredAtEnd);
        Assert.Equal(0, result.Totals.AcceptedTwice);
        Assert.All(result.Invariants, check => Assert.True(check.Holds, $"{check.Name}: {check.Evidence}"));
        Assert.True(AcceptedFrom(run.Recorder.Ledger, phones) > 0);
    }

    private static int AcceptedFrom(RunLedger ledger, int[] phones) => Enumerable.Range(0, (int)ledger.Count)
        .Select(number => ledger.Read(number))
        .Count(entry => phones.Contains(entry.Sender) && entry.Outcome == MessageOutcome.Accepted);
}

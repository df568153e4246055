using Xunit;

namespace UeFarm.Interop.Tests;

[Collection(WholeProcesses.Name)]
public sealed class KamailioTests
{
    private const string Domain = "ims.example";
    private const string Password = "correct-horse-7";
    private const int Phones = 500;

    [Fact]
    public async Task Through_Kamailio_with_digest_on_every_request_all_phones_register_and_all_protected_messages_are_accepted()
    {
        await using var kamailio = await Kamailio.StartAsync(Domain, Password);
        using var folder = new TemporaryFolder();
        folder.Write("subscribers.csv", Kamailio.SubscribersOf(Phones, Domain, Password));
        await using var farm = FarmProcess.Start(folder, $$"""
            version: 1
            name: kamailio
            target: { domain: {{Domain}}, core: "sip:127.0.0.1:{{kamailio.Port}};transport=tcp", as: external, kms: embedded, allow: [127.0.0.0/8] }
            subscribers:
              count: {{Phones}}
              auth: { scheme: md5, secretsFrom: { file: subscribers.csv } }
            security: { body: smime, encrypt: aes-128-gcm }
            traffic: { rate: 500/s, arrivals: uniform, size: 160B, recipients: { pick: uniform } }
            phases:
              - { name: steady, for: 10s }
              - { name: settle, traffic: off, for: 2s }
            thresholds:
              - accepted.share == 100%
              - registered.share == 100%
            """);

        var result = await farm.WaitForHeldAsync(TimeSpan.FromSeconds(120));

        Assert.Equal(Phones, result.Registrations.RegisteredAtEnd);
        Assert.InRange(result.Ledger.Sent, 4_999, 5_001);
        Assert.Equal(result.Ledger.Sent, result.Ledger.Accepted);
        Assert.Equal((0L, 0L, 0L, 0L), (result.Ledger.Rejected, result.Ledger.Failed, result.Ledger.Expired, result.Ledger.Unaccounted));
        Assert.Empty(result.Failures);
        Assert.Empty(result.Rejections);
    }

    [Fact]
    public async Task With_a_wrong_password_Kamailio_lets_nobody_in_and_the_run_says_so()
    {
        await using var kamailio = await Kamailio.StartAsync(Domain, "another-password");
        using var folder = new TemporaryFolder();
        folder.Write("subscribers.csv", Kamailio.SubscribersOf(Phones, Domain, Password));
        await using var farm = FarmProcess.Start(folder, $$"""
            version: 1
            name: kamailio-refuses
            target: { domain: {{Domain}}, core: "sip:127.0.0.1:{{kamailio.Port}};transport=tcp", as: external, kms: embedded, allow: [127.0.0.0/8] }
            subscribers:
              count: 5
              auth: { scheme: md5, secretsFrom: { file: subscribers.csv } }
            phases:
              - { name: all, online: all, for: 3s }
            thresholds:
              - registered.share == 100%
            """);

        Assert.Equal(99, await farm.WaitForExitAsync(TimeSpan.FromSeconds(120)));
        Assert.Equal(0, farm.Result.Registrations.Succeeded);
        Assert.True(farm.Result.Registrations.Failed > 0);
    }
}

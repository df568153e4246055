using System.Security.Cryptography;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Scenarios;

public class SubscriberFileTests
{
    private const string Key = "465b5ce8b199b49faa5f0a2ee238a6bc";

    [Fact]
    public void Aka_subscribers_are_read_with_their_keys()
    {
        using var folder = new TemporaryFolder();
        folder.File("subs.csv", $"impu,impi,k,opc,amf\nsip:a@x,a@x,{Key},cd63cb71954a9f4e48a5994e37a02baf,b9b9\nsip:b@x,b@x,{Key},{Key},8000\n\n");

        var file = ReadFile(folder, "akav1-md5", "{ file: subs.csv }", 2);

        Assert.Equal(["sip:a@x", "sip:b@x"], file.Records.Select(record => record.Impu));
        Assert.Equal(Convert.FromHexString(Key), file.Records[0].K.ToArray());
        Assert.Equal([0xb9, 0xb9], file.Records[0].Amf.ToArray());
        Assert.DoesNotContain("46", file.Records[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Password_subscribers_are_read_up_to_the_count()
    {
        using var folder = new TemporaryFolder();
        folder.File("subs.csv", "impu,impi,password\nsip:a@x,a@x,secret\nsip:b@x,b@x,secret2\n");

        Assert.Equal("secret", Assert.Single(ReadFile(folder, "md5", "file:subs.csv", 1).Records).Password);
    }

    [Theory]
    [InlineData("impu,impi,password\nsip:a@x,a,s", "does not begin with the columns of this scheme")]
    [InlineData("", "does not begin with the columns of this scheme")]
    [InlineData($"impu,impi,k,opc,amf\nsip:a@x,a@x,{Key},{Key}", "is wrong in line 2: wrong number of columns")]
    [InlineData($"impu,impi,k,opc,amf\nsip:a@x,a@x,{Key}00,{Key},8000", "is wrong in line 2: k and opc need 32 hex digits, amf 4")]
    [InlineData($"impu,impi,k,opc,amf\nsip:a@x,a@x,{Key},{Key},80", "is wrong in line 2: k and opc need 32 hex digits, amf 4")]
    [InlineData($"impu,impi,k,opc,amf\ntel:1,a@x,{Key},{Key},8000", "is wrong in line 2: impu is not a SIP URI or impi is empty")]
    [InlineData($"impu,impi,k,opc,amf\nsip:a@x,,{Key},{Key},8000", "is wrong in line 2: impu is not a SIP URI or impi is empty")]
    [InlineData($"impu,impi,k,opc,amf\nsip:a@x,a,{Key},{Key},8000\nsip:a@x,b,{Key},{Key},8000", "is wrong in line 3: its impu occurred before")]
    [InlineData($"impu,impi,k,opc,amf\nsip:a@x,a,{Key},{Key},8000", "has 1 subscribers, the scenario wants 2")]
    public void Wrong_files_are_mistakes_of_the_scenario_that_show_no_secret(string content, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.File("subs.csv", content);

        var mistake = Assert.Single(Read(folder, "akav1-md5", "{ file: subs.csv }", 2).Errors);

        Assert.Equal(expected, mistake.Problem);
        Assert.DoesNotContain(Key, mistake.Format("x"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_known_by_its_hash_and_another_one_is_a_mistake()
    {
        const string Used = "impu,impi,password\nsip:a@x,a@x,s\n";
        using var folder = new TemporaryFolder();
        var path = folder.File("subs.csv", Used + "sip:b@x,b@x,not used\n");
        var hash = ReadFile(folder, "md5", "{ file: subs.csv }", 1).Sha256;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))), hash);
        Assert.True(Read(folder, "md5", $"{{ file: subs.csv }}, fileHash: {hash}", 1).IsValid);

        folder.File("subs.csv", Used + "sip:b@x,b@x,another one\n");
        var mistake = Assert.Single(Read(folder, "md5", $"{{ file: subs.csv }}, fileHash: {hash}", 1).Errors);
        Assert.Contains("which is not that of subscribers.auth.fileHash", mistake.Problem, StringComparison.Ordinal);

        mistake = Assert.Single(Read(folder, "md5", $"derived, fileHash: {hash}", 1).Errors);
        Assert.Contains("has no meaning with secretsFrom: derived", mistake.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_a_mistake()
    {
        using var folder = new TemporaryFolder();

        Assert.Equal("cannot be read", Assert.Single(Read(folder, "md5", "{ file: none.csv }", 1).Errors).Problem);
    }

    private static UeFarm.Farm.Scenarios.SubscriberFile ReadFile(TemporaryFolder folder, string scheme, string source, int count)
    {
        var result = Read(folder, scheme, source, count);
        Assert.True(result.IsValid, string.Join('\n', result.Errors.Select(error => error.Format("x"))));
        return result.Scenario.Subscribers.File!;
    }

    private static UeFarm.Farm.Scenarios.ScenarioReadResult Read(TemporaryFolder folder, string scheme, string source, int count) =>
        UeFarm.Farm.Scenarios.ScenarioReader.ReadFile(folder.File("s.yaml", Text($"{{ scheme: {scheme}, secretsFrom: {source} }}", count)), []);

    private static string Text(string authentication, int count) =>
        $"version: 1\nname: x\nsubscribers: {{ count: {count}, auth: {authentication} }}\nphases: [ {{ name: a, for: 1s }} ]";
}

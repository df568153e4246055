using UeFarm.Actors.Stores;
using Xunit;

namespace UeFarm.Actors.Tests.Stores;

public class PostgresConnectionTextTests
{
    [Theory]
    [InlineData("Host=127.0.0.1;Password=secret", "contains a password")]
    [InlineData("Host=127.0.0.1;pwd=secret", "contains a password")]
    [InlineData("Host=127.0.0.1;SSL Password=secret", "contains a password")]
    [InlineData("Host=127.0.0.1;Colour=red", "is not a connection string")]
    [InlineData("postgres://as:secret@db/uefarm", "is not a connection string")]
    [InlineData("Database=uefarm", "names no host")]
    [InlineData("Host=127.0.0.1;Search Path=a,public", "more or other than one schema")]
    public void A_connection_string_that_cannot_be_used_is_refused_without_being_repeated(string text, string expected)
    {
        Assert.False(PostgresConnectionText.TryCheck(text, out var problem, out var remedy));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.NotEmpty(remedy);
        Assert.False(MailboxStore.TryOpen(new PostgresMailboxStoreSettings { ConnectionString = text }, out _, out var opening));
        Assert.DoesNotContain("secret", problem + remedy + opening, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=db.lab;Database=uefarm;Username=as")]
    [InlineData("Host=/run/postgresql;Search Path=farm_2;Passfile=/etc/uefarm/pgpass")]
    [InlineData("Host=db1.lab,db2.lab;Target Session Attributes=primary;SSL Mode=VerifyFull;Timeout=3")]
    public void A_usable_one_is_accepted(string text) => Assert.True(PostgresConnectionText.TryCheck(text, out _, out _));

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1")]
    [InlineData("Host=no-such-host.invalid")]
    [InlineData("Host=/no/such/folder")]
    public void A_server_that_is_not_there_is_a_problem_and_no_fault(string text)
    {
        Assert.False(MailboxStore.TryOpen(new PostgresMailboxStoreSettings { ConnectionString = text }, out _, out var problem));
        Assert.StartsWith("no session with PostgreSQL at", problem, StringComparison.Ordinal);
    }
}

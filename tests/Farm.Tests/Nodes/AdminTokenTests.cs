using UeFarm.Farm.Nodes;
using UeFarm.Farm.Tests.Support;

namespace UeFarm.Farm.Tests.Nodes;

public sealed class AdminTokenTests : IDisposable
{
    private const string Secret = "0123456789abcdef-XYZ";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Bearer " + Secret, true)]
    [InlineData("bearer " + Secret, true)]
    [InlineData("Bearer " + Secret + "x", false)]
    [InlineData("Bearer 0123456789abcdef-xyz", false)]
    [InlineData("Bearer ", false)]
    [InlineData("Basic " + Secret, false)]
    [InlineData(Secret, false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Only_the_token_itself_lets_a_caller_in(string? authorization, bool isIn)
    {
        Assert.True(AdminToken.TryReadFile(_folder.File("token", Secret + "\n"), out var token, out _));
        Assert.Equal(isIn, token.IsIn(authorization));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("two words are not one")]
    [InlineData("a-token-with-\u00e4-in-it")]
    public void What_is_no_token_is_refused_without_being_shown(string content)
    {
        Assert.False(AdminToken.TryReadFile(_folder.File("token", content), out _, out var problem));
        Assert.Equal("does not hold a token", problem.Problem);
    }

    [Fact]
    public void A_file_that_is_too_long_or_not_there_is_refused()
    {
        Assert.False(AdminToken.TryReadFile(_folder.File("token", new string('a', 513)), out _, out var tooLong));
        Assert.Equal("does not hold a token", tooLong.Problem);
        Assert.False(AdminToken.TryReadFile(Path.Combine(_folder.Path, "none"), out _, out var missing));
        Assert.Equal("does not exist", missing.Problem);
    }
}

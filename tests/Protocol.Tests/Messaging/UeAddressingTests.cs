using System.Text;
using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

public class UeAddressingTests
{
    [Theory]
    [InlineData(0, "u0")]
    [InlineData(35, "uz")]
    [InlineData(36, "u10")]
    [InlineData(100, "u2s")]
    [InlineData(int.MaxValue, "uzik0zj")]
    public void An_index_is_found_again_in_contact_and_branch(int index, string user)
    {
        Assert.Equal(user, UeAddressing.ContactUserOf(index));
        Assert.True(UeAddressing.TryReadContact(Encoding.ASCII.GetBytes($"sip:{user}@127.0.0.1:5060;transport=tcp"), out var fromUri));
        Assert.Equal(index, fromUri);
        Assert.True(UeAddressing.TryReadBranch(Encoding.ASCII.GetBytes(UeAddressing.CreateBranch(index, new SeededRandomSource(5))), out var fromBranch));
        Assert.Equal(index, fromBranch);
        Assert.Equal($"z9hG4bK{user}.{new SeededRandomSource(5).NextUInt64():x16}", UeAddressing.CreateBranch(index, new SeededRandomSource(5)));
    }

    [Theory]
    [InlineData("sip:bob@h")]
    [InlineData("sip:u@h")]
    [InlineData("sip:u01@h")]
    [InlineData("sip:U1@h")]
    [InlineData("sip:u1A@h")]
    [InlineData("sip:uzik0zk@h")]
    [InlineData("sip:u1000000@h")]
    [InlineData("sip:u1")]
    [InlineData("u1@h")]
    [InlineData("")]
    public void Other_users_are_nobodys(string uri) => Assert.False(UeAddressing.TryReadContact(Encoding.ASCII.GetBytes(uri), out _));

    [Theory]
    [InlineData("z9hG4bKu1.0123456789abcde")]
    [InlineData("z9hG4bKu1.0123456789abcdeg")]
    [InlineData("z9hG4bKu1.0123456789abcdef0")]
    [InlineData("z9hG4bKu.0123456789abcdef")]
    [InlineData("z9hG4bKu10123456789abcdef")]
    [InlineData("z9hG4bKp1.0123456789abcdef")]
    [InlineData("")]
    public void Other_branches_are_nobodys(string branch) => Assert.False(UeAddressing.TryReadBranch(Encoding.ASCII.GetBytes(branch), out _));
}

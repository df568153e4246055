using System.Net;
using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Interop.Tests;

/// <summary>Several readers who are back, and what they got together.</summary>
internal sealed class ReaderSet(IReadOnlyDictionary<string, MailboxReader> readers) : IAsyncDisposable
{
    public int Received => readers.Values.Sum(reader => reader.Texts.Count);

    public static async Task<ReaderSet> RegisterAsync(
        IPEndPoint core, string domain, IEnumerable<string> users, Func<string, UeProfile> profileOf, TimeSpan answerAfter, CancellationToken cancellation)
    {
        var readers = new Dictionary<string, MailboxReader>();
        foreach (var user in users)
        {
            readers.Add(user, await MailboxReader.RegisterAsync(core, profileOf(user), domain, answerAfter, cancellation));
        }

        return new ReaderSet(readers);
    }

    /// <summary>Each reader got all that was promised to it, and, first copies only, in the order of writing.</summary>
    public void AssertReceived(IReadOnlyCollection<(string Recipient, string Text)> promised, bool exactlyOnce)
    {
        foreach (var (user, reader) in readers)
        {
            var texts = reader.Texts;
            var first = texts.Distinct().ToList();
            Assert.Equal(first.Order(StringComparer.Ordinal), first);
            Assert.Empty(promised.Where(message => message.Recipient == user).Select(message => message.Text).Except(first));
            Assert.True(!exactlyOnce || first.Count == texts.Count, $"{user} got {texts.Count - first.Count} copies");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var reader in readers.Values)
        {
            await reader.DisposeAsync();
        }
    }
}

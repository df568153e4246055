using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using UeFarm.Protocol.Sip;

namespace UeFarm.Protocol.Messaging;

/// <summary>The branches without an end: by token, and those to contacts by recipient as well, so that a new binding finds what is on its way to the old one.</summary>
internal sealed class ProxyBranchTable
{
    private readonly Dictionary<long, ProxyBranch> _byToken = [];
    private readonly Dictionary<string, ProxyBranch> _newestTo = new(StringComparer.Ordinal);

    public int Count => _byToken.Count;

    public ProxyBranch Add(long token, ResponseContext context)
    {
        var branch = new ProxyBranch(token, context);
        _byToken.Add(token, branch);
        return branch;
    }

    public bool TryGetQuestion(long token, [NotNullWhen(true)] out ProxyBranch? branch) => _byToken.TryGetValue(token, out branch) && branch.IsQuestion;

    /// <summary>The branch's request is about to be sent. Contact null: to the application server.</summary>
    public void Send(ProxyBranch branch, SipHop hop, string? contact)
    {
        branch.Hop = hop;
        branch.Contact = contact;
        branch.Context.OpenBranches++;
        if (contact is null)
        {
            return;
        }

        ref var newest = ref CollectionsMarshal.GetValueRefOrAddDefault(_newestTo, branch.Context.Recipient, out _);
        branch.Older = newest;
        if (newest is not null)
        {
            newest.Newer = branch;
        }

        newest = branch;
    }

    public bool Remove(long token, [NotNullWhen(true)] out ProxyBranch? branch)
    {
        if (!_byToken.Remove(token, out branch))
        {
            return false;
        }

        if (branch.Hop is not null)
        {
            branch.Context.OpenBranches--;
        }

        if (branch.Contact is not null)
        {
            Unlink(branch);
        }

        return true;
    }

    /// <summary>The tokens of all branches to a contact, the oldest first; null: none.</summary>
    public List<long>? FindAllTo(string recipient, string contact)
    {
        List<long>? tokens = null;
        for (var branch = _newestTo.GetValueOrDefault(recipient); branch is not null; branch = branch.Older)
        {
            if (branch.Contact == contact)
            {
                (tokens ??= []).Add(branch.Token);
            }
        }

        tokens?.Reverse();
        return tokens;
    }

    private void Unlink(ProxyBranch branch)
    {
        if (branch.Older is { } older)
        {
            older.Newer = branch.Newer;
        }

        if (branch.Newer is { } newer)
        {
            newer.Older = branch.Older;
        }
        else if (branch.Older is { } newest)
        {
            _newestTo[branch.Context.Recipient] = newest;
        }
        else
        {
            _newestTo.Remove(branch.Context.Recipient);
        }
    }
}

using System.Globalization;
using UeFarm.Protocol;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Sizing;

/// <summary>The end of a message's way: the phone's replay cache, those that are compared with it, and the ranks.</summary>
public sealed partial class SizingRun
{
    /// <summary>Offers a message to the caches of a phone. The answer is that of the phone's own. Until it is noted as arrived the message counts as new.</summary>
    private ReplayVerdict Ask(int number, SizingPhone phone, int messageNumber)
    {
        ref var message = ref _messages[messageNumber];
        var entry = new ReplayEntry(message.Timestamp.OrderKey, SizingMessage.DigestOf(messageNumber)) { Sender = SenderOf(message) };
        var clock = NtpTimestamp.FromUtc(Utc + (_settings.Clocks?.OffsetOf(number) ?? TimeSpan.Zero)).OrderKey;
        var cache = phone.Durable.ReplayCache ??= ReplayCaches.Create(_settings.ReplayCache, _cacheRandom);
        var verdict = cache.CheckAndInsert(entry, clock);
        RankWithinPartition(phone, _settings.ReplayCache, cache, message, entry, verdict);
        for (var i = 0; i < _compared.Length; i++)
        {
            phone.ComparedCaches ??= [.. _settings.ComparedCaches.Select(settings => ReplayCaches.Create(settings, _cacheRandom))];
            var other = phone.ComparedCaches[i].CheckAndInsert(entry, clock);
            RankWithinPartition(phone, _compared[i].Cache, phone.ComparedCaches[i], message, entry, other);
            Compare(i, ref message, other);
        }

        _onArrival?.Invoke(new SizingArrival(number, messageNumber, new TimeSpan(_now), message.Timestamp, entry.Digest, verdict));
        return verdict;
    }

    private void Compare(int cache, ref SizingMessage message, ReplayVerdict verdict)
    {
        var bit = (byte)(1 << cache);
        if (!message.HasArrived)
        {
            _compared[cache].CountFirst(verdict);
        }
        else if (verdict == ReplayVerdict.Accepted && (message.AcceptedBy & bit) != 0)
        {
            _compared[cache].CountTwice();
        }

        message.AcceptedBy |= verdict == ReplayVerdict.Accepted ? bit : (byte)0;
    }

    private void Rank(SizingPhone phone, ulong key)
    {
        phone.Tracker ??= new OvertakeRankTracker();
        phone.TrackerOfOtherFormat ??= new OvertakeRankTracker();
        _ranksByPhase[_phase].Add(phone.Tracker.Observe(_keepsSeconds ? key >> 32 : key));
        _ranksOfOtherFormat.Add(phone.TrackerOfOtherFormat.Observe(_keepsSeconds ? key : key >> 32));
    }

    /// <summary>In which partition a message is does not depend on the capacity: a sender's first message is accepted by any, unless it is from the future.</summary>
    private void RankWithinPartition(
        SizingPhone phone, ReplayCacheSettings settings, IReplayCache cache, in SizingMessage message, in ReplayEntry entry, ReplayVerdict verdict)
    {
        if (!ReferenceEquals(settings, _partitioned) || message.HasArrived || verdict == ReplayVerdict.Future
            || ((PerSenderReplayCache)cache).PartitionOf(entry.Sender!) is not { } number)
        {
            return;
        }

        var trackers = phone.TrackersOfPartitions ??= [];
        while (trackers.Count <= number)
        {
            trackers.Add(new OvertakeRankTracker());
        }

        _ranksWithinPartitions.Add(trackers[number].Observe(_keepsSeconds ? entry.OrderKey >> 32 : entry.OrderKey));
    }

    private string? SenderOf(in SizingMessage message) =>
        _senders.Length == 0 ? null : _senders[message.Sender] ??= message.Sender.ToString(CultureInfo.InvariantCulture);
}

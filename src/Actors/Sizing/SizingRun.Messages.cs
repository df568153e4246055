using UeFarm.Actors.Traffic;
using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Replay;

namespace UeFarm.Actors.Sizing;

/// <summary>The way of a message: from its sender to a mailbox, from there to the phone, and the answers back.</summary>
public sealed partial class SizingRun
{
    // What a protected MESSAGE carries beside its text; only quotas in bytes look at it.
    private const int ProtectionBytes = 1200;

    private static readonly IReadOnlyList<MailboxRecord> NoRecords = [];

    private void Send(in ScheduledAction action)
    {
        var number = _messages.Add(new SizingMessage
        {
            Sender = action.Phone,
            Recipient = action.Recipient,
            Bytes = (ushort)Math.Min(_body.Length - 1, action.TextBytes + ProtectionBytes),
            Server = PickServer(),
        });
        var sender = _phones[action.Phone];
        if (!sender.WantsOnline)
        {
            End(number, SizingMessageState.NotSent);
        }
        else if (!sender.IsRegistered)
        {
            (sender.Waiting ??= new Queue<int>()).Enqueue(number);
        }
        else
        {
            Begin(number);
        }
    }

    /// <summary>One MESSAGE at a time from a phone to a phone (RFC 3428 section 8): the next one waits for the answer to the one before.</summary>
    private void Begin(int number)
    {
        ref var message = ref _messages[number];
        if (_pairs.TryGetValue(PairOf(message), out var waiting))
        {
            waiting ??= new Queue<int>();
            waiting.Enqueue(number);
            _pairs[PairOf(message)] = waiting;
        }
        else
        {
            _pairs.Add(PairOf(message), null);
            Leave(number);
        }
    }

    private void Leave(int number)
    {
        ref var message = ref _messages[number];
        var offset = _settings.Clocks?.OffsetOf(message.Sender) ?? TimeSpan.Zero;
        message.Timestamp = _phones[message.Sender].Durable.NextTimestamp(Utc + offset);
        At(_now + (2 * _latency), new SizingEvent { Kind = SizingEventKind.AtServer, Message = number });
    }

    private void OnAnswered(int number, int status)
    {
        var pair = PairOf(_messages[number]);
        if (status >= 300 && !_messages[number].HasArrived)
        {
            End(number, SizingMessageState.RefusedByServer);
        }

        while (_pairs[pair] is { Count: > 0 } waiting)
        {
            var next = waiting.Dequeue();
            if (_phones[_messages[next].Sender].WantsOnline)
            {
                Leave(next);
                return;
            }

            End(next, SizingMessageState.NotSent);
        }

        _pairs.Remove(pair);
    }

    private void FailWaiting(SizingPhone phone)
    {
        while (phone.Waiting is { Count: > 0 } waiting)
        {
            End(waiting.Dequeue(), SizingMessageState.NotSent);
        }
    }

    private void OnAtServer(int number)
    {
        ref var message = ref _messages[number];
        _messageOfArrival.Add(number);
        var arrival = _messageOfArrival.Count;
        var mailbox = MailboxOf(message.Recipient, message.Server);
        mailbox.Behavior.HandleMessage(RecordOf(number, arrival, Utc), number, Now, Utc);
        Drain(message.Recipient, message.Server, mailbox);
    }

    private SizingMailbox MailboxOf(int number, int server)
    {
        var phone = _phones[number];
        if (phone.Mailboxes.Length == 0)
        {
            phone.Mailboxes = new SizingMailbox?[_settings.Servers];
        }

        if (phone.Mailboxes[server] is not { } mailbox)
        {
            mailbox = new SizingMailbox(_settings.Mailbox, _mailboxRandom, new SizingStore());
            phone.Mailboxes[server] = mailbox;
            mailbox.Behavior.HandleStart(phone.IsKnownOnline, Now, Utc);
        }

        return mailbox;
    }

    private void OnWake(int number, int server)
    {
        var mailbox = _phones[number].Mailboxes[server]!;
        mailbox.ArmedTicks = long.MaxValue;
        mailbox.Behavior.HandleTimeout(Now, Utc);
        Drain(number, server, mailbox);
    }

    /// <summary>The only place where a mailbox's effects meet this world.</summary>
    private void Drain(int number, int server, SizingMailbox mailbox)
    {
        while (mailbox.Behavior.TryTakeEffect(out var effect))
        {
            switch (effect.Kind)
            {
                case MailboxEffectKind.Store:
                    Store(effect.Record!, mailbox);
                    break;
                case MailboxEffectKind.Remove:
                    mailbox.Store.Remove(PositionOf(effect.Arrival));
                    break;
                case MailboxEffectKind.Read:
                    mailbox.Behavior.HandleRead(Read(effect.Read, mailbox.Store), Now, Utc);
                    break;
                case MailboxEffectKind.Deliver:
                    mailbox.NoteDelivery(effect.Record!.Arrival, effect.Attempt);
                    At(_now + (2 * _latency), new SizingEvent
                    {
                        Kind = SizingEventKind.AtPhone,
                        Phone = number,
                        Server = (byte)server,
                        Arrival = effect.Record.Arrival,
                        Attempt = effect.Attempt,
                    });
                    break;
                case MailboxEffectKind.Abandon:
                    mailbox.NoteAbandoned(effect.Record!.Arrival);
                    break;
                case MailboxEffectKind.AskTurn:
                    _limiters[server].Ask(number);
                    WaitForTurn(server);
                    break;
                case MailboxEffectKind.ReturnTurn:
                    _limiters[server].Return();
                    WaitForTurn(server);
                    break;
                case MailboxEffectKind.Answer:
                    At(_now + (2 * _latency), new SizingEvent { Kind = SizingEventKind.Answered, Message = (int)effect.Sender!, Status = (short)effect.Status });
                    break;
                case MailboxEffectKind.Dropped when effect.Reason == "expired":
                    End(_messageOfArrival[(int)effect.Record!.Arrival - 1], SizingMessageState.Expired);
                    break;
                default:
                    break; // facts, and what a phone refused: that end is known from the phone
            }
        }

        var deadline = mailbox.Behavior.NextDeadline.Ticks;
        if (deadline < mailbox.ArmedTicks)
        {
            mailbox.ArmedTicks = deadline;
            At(Math.Max(deadline, _now), new SizingEvent { Kind = SizingEventKind.MailboxWake, Phone = number, Server = (byte)server });
        }
    }

    /// <summary>Turns are given in an event of their own: a mailbox is in the middle of something when it asks.</summary>
    private void WaitForTurn(int server)
    {
        var ticks = Math.Max(_limiters[server].NextDeadline.Ticks, _now);
        if (ticks < _turnTicks[server])
        {
            _turnTicks[server] = ticks;
            At(ticks, new SizingEvent { Kind = SizingEventKind.DrainTurn, Server = (byte)server });
        }
    }

    private void GiveTurns(int server)
    {
        while (_limiters[server].TryTakeTurn(Now, out var number))
        {
            var mailbox = _phones[number].Mailboxes[server]!;
            mailbox.Behavior.HandleTurn(Now, Utc);
            Drain((int)number, server, mailbox);
        }

        WaitForTurn(server);
    }

    private void Store(MailboxRecord record, SizingMailbox mailbox)
    {
        mailbox.Store.Add(new SizingStore.Entry(record.Position, record.ExpiresAt.UtcTicks, _messageOfArrival[(int)record.Arrival - 1]));
        mailbox.Behavior.HandleStored(record.Arrival, durable: true, Now, Utc);
    }

    private MailboxReadResult Read(in MailboxRead question, SizingStore store)
    {
        switch (question.Kind)
        {
            case MailboxReadKind.Page:
                var page = store.Page(question.After, question.Limit);
                var records = new MailboxRecord[page.Length];
                for (var i = 0; i < records.Length; i++)
                {
                    records[i] = RecordOf(page[i]);
                }

                return new MailboxReadResult(MailboxReadKind.Page, true, records, MailboxInventory.Empty);
            case MailboxReadKind.Expired:
                _expired.Clear();
                var earliest = store.TakeExpired(question.ExpiredAt.UtcTicks, question.Limit, _expired);
                var left = new MailboxInventory(
                    store.Count - _expired.Count, 0, earliest == long.MaxValue ? DateTimeOffset.MaxValue : new DateTimeOffset(earliest, TimeSpan.Zero));
                return new MailboxReadResult(MailboxReadKind.Expired, true, [.. _expired.Select(RecordOf)], left);
            default:
                // A mailbox is made with what its store holds and lives as long as this run: it never has to ask.
                return new MailboxReadResult(MailboxReadKind.Inventory, false, NoRecords, MailboxInventory.Empty);
        }
    }

    private MailboxRecord RecordOf(SizingStore.Entry entry)
    {
        var expires = new DateTimeOffset(entry.ExpiresTicks, TimeSpan.Zero);
        return RecordOf(entry.Message, entry.Position.Arrival, expires - _settings.Mailbox.Expiry);
    }

    private MailboxRecord RecordOf(int number, long arrival, DateTimeOffset arrivedAt)
    {
        ref var message = ref _messages[number];
        return new MailboxRecord
        {
            Arrival = arrival,
            Recipient = string.Empty,
            Timestamp = message.Timestamp,
            Position = MailboxPosition.Of(message.Timestamp, arrival, _settings.Mailbox.OldestFirst),
            ArrivedAt = arrivedAt,
            ExpiresAt = arrivedAt + _settings.Mailbox.Expiry,
            FromUri = string.Empty,
            ToUri = string.Empty,
            ContentType = string.Empty,
            Body = _body.AsMemory(0, message.Bytes),
        };
    }

    private MailboxPosition PositionOf(long arrival) =>
        MailboxPosition.Of(_messages[_messageOfArrival[(int)arrival - 1]].Timestamp, arrival, _settings.Mailbox.OldestFirst);

    private void OnAtPhone(in SizingEvent delivery)
    {
        var phone = _phones[delivery.Phone];
        var answer = delivery;
        answer.Kind = SizingEventKind.DeliveryResult;
        if (_now - _latency >= phone.UnboundTicks)
        {
            // The core had no contact and said so: its answer is back as soon as the message would have been at the phone.
            answer.Status = 480;
            At(_now, answer);
        }
        else if (!phone.IsListening)
        {
            answer.Status = 0;
            At(_now - (2 * _latency) + _settings.AnswerTimeout.Ticks, answer);
        }
        else
        {
            var verdict = Offer(delivery.Phone, phone, _messageOfArrival[(int)delivery.Arrival - 1]);
            answer.Status = verdict is ReplayVerdict.Accepted or ReplayVerdict.Duplicate ? (short)200 : (short)400;
            At(_now + (2 * _latency), answer);
        }
    }

    private ReplayVerdict Offer(int number, SizingPhone phone, int messageNumber)
    {
        ref var message = ref _messages[messageNumber];
        var verdict = Ask(number, phone, messageNumber);
        if (message.HasArrived)
        {
            _redelivered++;
            _acceptedTwice += verdict == ReplayVerdict.Accepted ? 1 : 0;
            return verdict;
        }

        message.HasArrived = true;
        if (verdict != ReplayVerdict.Future)
        {
            // A message from the future never meets the rule of the cache: it neither has a rank nor overtakes.
            Rank(phone, message.Timestamp.OrderKey);
        }

        End(messageNumber, verdict switch
        {
            ReplayVerdict.Accepted => SizingMessageState.Accepted,
            ReplayVerdict.Tie => SizingMessageState.Tied,
            ReplayVerdict.Future => SizingMessageState.Future,
            _ => SizingMessageState.Stale,
        });
        return verdict;
    }

    private void PlanReplay()
    {
        if (_settings.ReplaysPerSecond > 0)
        {
            var gap = -Math.Log(1 - _replayPicks.NextUnit()) / _settings.ReplaysPerSecond;
            var ticks = _now + Math.Max(1, (long)(gap * TimeSpan.TicksPerSecond));
            if (ticks < _length)
            {
                At(ticks, new SizingEvent { Kind = SizingEventKind.Replay });
            }
        }
    }

    /// <summary>Any message that has arrived, at random, to a phone that listens: an attacker has kept everything.</summary>
    private void OnReplay()
    {
        PlanReplay();
        if (_messages.Count == 0)
        {
            return;
        }

        var number = _replayPicks.NextBelow(_messages.Count);
        var recipient = _messages[number].Recipient;
        if (_messages[number].HasArrived && _phones[recipient].IsListening)
        {
            _replays++;
            var wasAccepted = _messages[number].State == SizingMessageState.Accepted;
            var isAccepted = Ask(recipient, _phones[recipient], number) == ReplayVerdict.Accepted;
            _acceptedTwice += isAccepted && wasAccepted ? 1 : 0;
        }
    }

    private void End(int number, SizingMessageState state)
    {
        ref var message = ref _messages[number];
        if (message.State == SizingMessageState.UnderWay)
        {
            message.State = state;
            _ends[(int)state]++;
        }
    }

    private byte PickServer()
    {
        if (_settings.Servers == 1)
        {
            return 0;
        }

        return _settings.FirstShare is not { } share ? (byte)_serverPicks.NextBelow(_settings.Servers)
            : _serverPicks.NextUnit() < share ? (byte)0
            : (byte)(1 + _serverPicks.NextBelow(_settings.Servers - 1));
    }

    private long PairOf(in SizingMessage message) => ((long)message.Sender * _settings.Phones) + message.Recipient;
}

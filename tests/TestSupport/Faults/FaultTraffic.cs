using System.Text;
using UeFarm.Actors.Ue;
using UeFarm.Protocol.Messaging;

namespace UeFarm.TestSupport.Faults;

/// <summary>What the phones do while faults happen: they write to each other, and leave and come back, some without a word. Sends from one loop only.</summary>
internal sealed class FaultTraffic(FaultWorld world, FaultRunSettings settings)
{
    private const double TogglesPerSecond = 12;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly Random _random = new(settings.Seed ^ 0x5EED);
    private readonly Lock _gate = new();
    private readonly bool[] _isOnline = new bool[settings.Phones];

    public int Phones => settings.Phones;

    /// <summary>All phones on.</summary>
    public void Begin()
    {
        for (var phone = 0; phone < settings.Phones; phone++)
        {
            GoOnline(phone);
        }
    }

    public async Task PlayAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Tick);
        var started = TimeProvider.System.GetTimestamp();
        long sent = 0, toggled = 0;
        while (!stop.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
            for (; toggled < seconds * TogglesPerSecond; toggled++)
            {
                Toggle();
            }

            for (; sent < seconds * settings.MessagesPerSecond; sent++)
            {
                Write();
            }
        }
    }

    /// <summary>Everybody who is away comes back at once.</summary>
    public void Storm()
    {
        lock (_gate)
        {
            for (var phone = 0; phone < settings.Phones; phone++)
            {
                if (!_isOnline[phone])
                {
                    GoOnline(phone);
                }
            }
        }
    }

    /// <summary>Everybody leaves with a farewell.</summary>
    public void LeaveAll()
    {
        lock (_gate)
        {
            for (var phone = 0; phone < settings.Phones; phone++)
            {
                _isOnline[phone] = false;
                world.Phones.Tell(new UeCommands.GoOffline(new UeId(phone), OfflineKind.Clean));
            }
        }
    }

    private void Toggle()
    {
        lock (_gate)
        {
            var phone = _random.Next(settings.Phones);
            if (_isOnline[phone])
            {
                _isOnline[phone] = false;
                world.Phones.Tell(new UeCommands.GoOffline(new UeId(phone), _random.Next(2) == 0 ? OfflineKind.Clean : OfflineKind.Silent));
            }
            else if (_random.Next(2) == 0)
            {
                GoOnline(phone); // so that two thirds are away
            }
        }
    }

    private void GoOnline(int phone)
    {
        _isOnline[phone] = true;
        world.Recorder.OnGoOnline(phone, world.Wheel.Now);
        world.Phones.Tell(new UeCommands.GoOnline(new UeId(phone)));
    }

    private void Write()
    {
        int sender, recipient;
        lock (_gate)
        {
            sender = _random.Next(settings.Phones);
            recipient = (sender + 1 + _random.Next(settings.Phones - 1)) % settings.Phones;
            if (!_isOnline[sender])
            {
                return;
            }
        }

        var now = world.Wheel.Now;
        var number = world.Recorder.OnDue(sender, recipient, now, now);
        world.Phones.Tell(new UeCommands.SendText(new UeId(sender), number, Subscribers.AddressOf(recipient), Encoding.UTF8.GetBytes($"message {number}")));
    }
}

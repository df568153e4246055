using UeFarm.Protocol.Sip.Transactions;
using Xunit;

namespace UeFarm.Protocol.Tests.Sip.Transactions;

/// <summary>The two machines alone: RFC 3261 sections 17.1.2.2 and 17.2.2, RFC 4320.</summary>
public sealed class NonInviteTransactionTests
{
    private static readonly Instant Start = new(12345);

    [Fact]
    public void An_unanswered_request_goes_out_eleven_times_over_datagrams_and_fails_after_32_seconds()
    {
        var machine = new NonInviteClientTransaction(SipTimers.Default, reliable: false, Start);
        var times = Run(ref machine, out var timedOutAt);
        Assert.Equal([0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5], times);
        Assert.Equal(32, timedOutAt);
        Assert.Equal(SipClientState.Terminated, machine.State);
        Assert.Equal(Instant.Never, machine.NextDeadline);
    }

    [Fact]
    public void Other_base_timers_give_other_times()
    {
        var timers = new SipTimers { T1 = TimeSpan.FromSeconds(2), T2 = TimeSpan.FromSeconds(16), T4 = TimeSpan.FromSeconds(17) };
        var machine = new NonInviteClientTransaction(timers, reliable: false, Start);
        var times = Run(ref machine, out var timedOutAt);
        Assert.Equal([2, 6, 14, 30, 46, 62, 78, 94, 110, 126], times);
        Assert.Equal(128, timedOutAt);
        Assert.Equal(TimeSpan.FromSeconds(14), timers.TimeToSlowRetransmissions);
        Assert.Equal(TimeSpan.FromSeconds(3.5), SipTimers.Default.TimeToSlowRetransmissions);
    }

    [Fact]
    public void A_reliable_transport_sends_once_and_still_times_out()
    {
        var machine = new NonInviteClientTransaction(SipTimers.Default, reliable: true, Start);
        Assert.Empty(Run(ref machine, out var timedOutAt));
        Assert.Equal(32, timedOutAt);
    }

    [Fact]
    public void After_a_provisional_response_copies_come_every_T2()
    {
        var machine = new NonInviteClientTransaction(SipTimers.Default, reliable: false, Start);
        Assert.True(machine.HandleResponse(100, At(0.1)));
        Assert.Equal(SipClientState.Proceeding, machine.State);
        Assert.True(machine.HandleResponse(100, At(0.2)));
        Assert.Equal([0.5, 4.5, 8.5, 12.5, 16.5, 20.5, 24.5, 28.5], Run(ref machine, out var timedOutAt));
        Assert.Equal(32, timedOutAt);
    }

    [Fact]
    public void A_final_response_is_delivered_once_and_its_copies_are_absorbed_for_T4()
    {
        var machine = new NonInviteClientTransaction(SipTimers.Default, reliable: false, Start);
        Assert.True(machine.HandleResponse(200, At(1)));
        Assert.Equal(SipClientState.Completed, machine.State);
        Assert.False(machine.HandleResponse(200, At(2)));
        Assert.False(machine.HandleResponse(100, At(2)));
        Assert.Equal(At(6), machine.NextDeadline);
        Assert.Equal(SipClientStep.Nothing, machine.HandleTimeout(At(5.9)));
        Assert.Equal(SipClientState.Completed, machine.State);
        Assert.Equal(SipClientStep.Nothing, machine.HandleTimeout(At(6)));
        Assert.Equal(SipClientState.Terminated, machine.State);
    }

    [Fact]
    public void Over_a_reliable_transport_the_final_response_is_the_end()
    {
        var machine = new NonInviteClientTransaction(SipTimers.Default, reliable: true, Start);
        Assert.True(machine.HandleResponse(404, At(1)));
        Assert.Equal(SipClientState.Terminated, machine.State);
        Assert.Equal(Instant.Never, machine.NextDeadline);
        Assert.False(machine.HandleResponse(404, At(1)));
    }

    [Fact]
    public void Late_wake_ups_do_not_add_up_and_a_long_sleep_is_not_made_up_for()
    {
        var machine = new NonInviteClientTransaction(SipTimers.Default, reliable: false, Start);
        Assert.Equal(SipClientStep.Retransmit, machine.HandleTimeout(At(0.51)));
        Assert.Equal(At(1.5), machine.NextDeadline);
        Assert.Equal(SipClientStep.Retransmit, machine.HandleTimeout(At(20)));
        Assert.Equal(At(22), machine.NextDeadline);
        Assert.Equal(SipClientStep.Nothing, machine.HandleTimeout(At(21)));
        Assert.Equal(SipClientStep.ReportTimeout, machine.HandleTimeout(At(40)));
    }

    [Fact]
    public void A_transport_failure_ends_a_client_transaction()
    {
        var machine = new NonInviteClientTransaction(SipTimers.Default, reliable: true, Start);
        machine.HandleTransportFailure();
        Assert.Equal(SipClientState.Terminated, machine.State);
        Assert.Equal(SipClientStep.Nothing, machine.HandleTimeout(At(100)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_server_that_says_nothing_sends_100_after_three_and_a_half_seconds_and_forgets_at_32(bool reliable)
    {
        var machine = new NonInviteServerTransaction(SipTimers.Default, reliable, Start);
        Assert.False(machine.HandleRetransmission());
        Assert.Equal(At(3.5), machine.NextDeadline);
        Assert.Equal(SipServerStep.Nothing, machine.HandleTimeout(At(3.4)));
        Assert.Equal(SipServerStep.SendTrying, machine.HandleTimeout(At(3.5)));
        Assert.Equal(SipServerState.Proceeding, machine.State);
        Assert.True(machine.HandleRetransmission());
        Assert.Equal(At(32), machine.NextDeadline);
        Assert.Equal(SipServerStep.Nothing, machine.HandleTimeout(At(32)));
        Assert.Equal(SipServerState.Terminated, machine.State);
        Assert.False(machine.HandleRetransmission());
        Assert.False(machine.HandleResponse(200, At(33)));
    }

    [Fact]
    public void A_final_response_after_64_T1_is_not_sent_even_when_the_timer_has_not_been_served()
    {
        var machine = new NonInviteServerTransaction(SipTimers.Default, reliable: false, Start);
        Assert.False(machine.HandleResponse(200, At(32)));
        Assert.Equal(SipServerState.Terminated, machine.State);
    }

    [Fact]
    public void Provisional_responses_obey_RFC_4320()
    {
        var machine = new NonInviteServerTransaction(SipTimers.Default, reliable: false, Start);
        Assert.False(machine.HandleResponse(100, At(3.4)));
        Assert.False(machine.HandleResponse(183, At(3.6)));
        Assert.True(machine.HandleResponse(100, At(3.6)));
        Assert.Equal(SipServerState.Proceeding, machine.State);
        Assert.Equal(SipServerStep.Nothing, machine.HandleTimeout(At(5)));

        machine = new NonInviteServerTransaction(SipTimers.Default, reliable: true, Start);
        Assert.True(machine.HandleResponse(100, At(0)));
        Assert.False(machine.HandleResponse(180, At(10)));
    }

    [Fact]
    public void An_answered_request_is_answered_again_until_timer_J()
    {
        var machine = new NonInviteServerTransaction(SipTimers.Default, reliable: false, Start);
        Assert.True(machine.HandleResponse(200, At(2)));
        Assert.Equal(SipServerState.Completed, machine.State);
        Assert.True(machine.HandleRetransmission());
        Assert.False(machine.HandleResponse(500, At(3)));
        Assert.Equal(At(34), machine.NextDeadline);
        Assert.Equal(SipServerStep.Nothing, machine.HandleTimeout(At(33.9)));
        Assert.Equal(SipServerState.Completed, machine.State);
        Assert.Equal(SipServerStep.Nothing, machine.HandleTimeout(At(34)));
        Assert.Equal(SipServerState.Terminated, machine.State);
    }

    [Fact]
    public void Over_a_reliable_transport_the_answer_ends_the_server_transaction()
    {
        var machine = new NonInviteServerTransaction(SipTimers.Default, reliable: true, Start);
        Assert.True(machine.HandleResponse(200, At(0)));
        Assert.Equal(SipServerState.Terminated, machine.State);
        Assert.Equal(Instant.Never, machine.NextDeadline);
    }

    private static Instant At(double seconds) => Start + TimeSpan.FromSeconds(seconds);

    private static List<double> Run(ref NonInviteClientTransaction machine, out double timedOutAt)
    {
        var times = new List<double>();
        while (machine.NextDeadline < Instant.Never)
        {
            var now = machine.NextDeadline;
            if (machine.HandleTimeout(now) == SipClientStep.ReportTimeout)
            {
                timedOutAt = (now - Start).TotalSeconds;
                return times;
            }

            times.Add((now - Start).TotalSeconds);
        }

        timedOutAt = double.NaN;
        return times;
    }
}

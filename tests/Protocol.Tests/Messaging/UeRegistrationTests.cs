using UeFarm.Protocol.Messaging;
using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Authentication;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

public class UeRegistrationTests
{
    private readonly UeHarness _ue = new();

    [Fact]
    public void The_first_register_names_the_private_identity_and_asks_for_the_usual_time()
    {
        _ue.GoOnline();
        var request = _ue.Take<SipRequest>();
        Assert.Equal(SipMethod.Register, request.Method);
        Assert.True(request.RequestUriText.SequenceEqual("sip:ims.example"u8));
        Assert.True(request.From.UriText.SequenceEqual("sip:bob@ims.example"u8));
        Assert.True(request.To.UriText.SequenceEqual("sip:bob@ims.example"u8));
        Assert.Equal("<sip:u7@10.0.0.2:5070;transport=tcp>", request.GetHeaderText(SipHeaderId.Contact));
        Assert.Equal("600000", request.GetHeaderText(SipHeaderId.Expires));
        Assert.Equal("path", request.GetHeaderText(SipHeaderId.Supported));
        Assert.Equal(
            "Digest username=\"bob_private\",realm=\"ims.example\",nonce=\"\",uri=\"sip:ims.example\",response=\"\"",
            request.GetHeaderText(SipHeaderId.Authorization));
        Assert.Equal(70, request.MaxForwards);
        Assert.True(UeAddressing.TryReadBranch(request.TopVia.Branch, out var index));
        Assert.Equal(7, index);
        Assert.Equal(UeRegistrationState.Registering, _ue.Phone.State);
        _ue.AssertQuiet();
    }

    [Fact]
    public void A_challenge_is_answered_with_the_same_call_id_and_the_next_number()
    {
        _ue.GoOnline();
        var first = _ue.Take<SipRequest>();
        _ue.Answer(first, 401, (SipHeaderId.WwwAuthenticate, "Digest realm=\"ims.example\",nonce=\"abc\",qop=\"auth\",algorithm=MD5"));
        var second = _ue.Take<SipRequest>();
        Assert.True(second.CallId.SequenceEqual(first.CallId));
        Assert.Equal(first.CSeqNumber + 1, second.CSeqNumber);
        Assert.False(second.TopVia.Branch.SequenceEqual(first.TopVia.Branch));
        Assert.Contains("nonce=\"abc\"", second.GetHeaderText(SipHeaderId.Authorization), StringComparison.Ordinal);
        Assert.Contains("nc=00000001", second.GetHeaderText(SipHeaderId.Authorization), StringComparison.Ordinal);

        _ue.Answer(second, 200, (SipHeaderId.Contact, "<sip:u7@10.0.0.2:5070;transport=tcp>;expires=3600"));
        Assert.Equal(200, _ue.TakeFact(UeEffectKind.Registered).Status);
        Assert.Equal(UeRegistrationState.Registered, _ue.Phone.State);
        _ue.AssertQuiet();
    }

    [Fact]
    public void Aka_with_the_real_registrar_registers_resynchronises_and_keeps_the_sequence_number()
    {
        var core = new CoreHarness();
        var credentials = core.Directory.AddAka("bob");
        var durable = new UeDurableState { SqnMs = AkaVector.MaxSqn - 64_000 };
        var ue = new UeHarness(credentials: credentials, durable: durable);
        ue.GoOnline();
        for (var step = 0; step < 8 && ue.Phone.State != UeRegistrationState.Registered; step++)
        {
            core.Deliver(ue.Take<SipRequest>(), core.NextHop("10.0.0.2:5070"));
            ue.Deliver(core.Take<SipResponse>());
        }

        Assert.Equal(UeRegistrationState.Registered, ue.Phone.State);
        Assert.Equal(1, core.CountOf(CoreFact.Resynchronised));
        Assert.True(durable.SqnMs > AkaVector.MaxSqn - 64_000);
        ue.TakeFact(UeEffectKind.Registered);
        ue.AssertQuiet();

        // A successor of a crashed machine starts with the number, so that it needs no resynchronisation.
        var successor = new UeHarness(credentials: credentials, durable: durable, seed: 2);
        successor.GoOnline();
        for (var step = 0; step < 8 && successor.Phone.State != UeRegistrationState.Registered; step++)
        {
            core.Deliver(successor.Take<SipRequest>(), core.NextHop("10.0.0.2:5070"));
            successor.Deliver(core.Take<SipResponse>());
        }

        Assert.Equal(UeRegistrationState.Registered, successor.Phone.State);
        Assert.Equal(1, core.CountOf(CoreFact.Resynchronised));
    }

    [Fact]
    public void A_network_that_does_not_know_the_key_is_answered_with_an_empty_response_and_given_up_after_three_challenges()
    {
        var core = new CoreHarness();
        core.Directory.AddAka("bob");
        var wrong = new SubscriberCredentials("bob_private", DigestAlgorithm.AkaV1Md5, null, new byte[16], new byte[16], new byte[2]);
        var ue = new UeHarness(credentials: wrong);
        ue.GoOnline();
        var requests = 0;
        while (ue.Sent.Count > 0)
        {
            var request = ue.Take<SipRequest>();
            Assert.Contains("response=\"\"", request.GetHeaderText(SipHeaderId.Authorization), StringComparison.Ordinal);
            requests++;
            core.Deliver(request, core.NextHop("10.0.0.2:5070"));
            ue.Deliver(core.Take<SipResponse>());
        }

        Assert.InRange(requests, 2, 4);
        Assert.Equal(UeRegistrationState.Registering, ue.Phone.State);
        ue.TakeFact(UeEffectKind.RegistrationFailed);
        ue.AssertQuiet();
    }

    [Theory]
    [InlineData(600_000, 599_400)]
    [InlineData(1201, 601)]
    [InlineData(1200, 600)]
    [InlineData(60, 30)]
    public void The_refresh_comes_600_seconds_before_a_long_registration_ends_and_half_way_through_a_short_one(int granted, int refreshAfter)
    {
        _ue.Register(granted.ToString(System.Globalization.CultureInfo.InvariantCulture));
        _ue.Advance(TimeSpan.FromSeconds(refreshAfter) - TimeSpan.FromTicks(1));
        _ue.AssertQuiet();
        _ue.Advance(TimeSpan.FromTicks(1));
        var refresh = _ue.Take<SipRequest>();
        Assert.Equal(SipMethod.Register, refresh.Method);
        Assert.Equal(2U, refresh.CSeqNumber);
        Assert.Equal(UeRegistrationState.Registered, _ue.Phone.State);

        _ue.Answer(refresh, 200, (SipHeaderId.Expires, granted.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        _ue.AssertQuiet();
        _ue.Advance(TimeSpan.FromSeconds(refreshAfter));
        Assert.Equal(3U, _ue.Take<SipRequest>().CSeqNumber);
    }

    [Fact]
    public void A_refresh_repeats_the_credentials_of_the_last_challenge()
    {
        _ue.GoOnline();
        _ue.Answer(_ue.Take<SipRequest>(), 401, (SipHeaderId.WwwAuthenticate, "Digest realm=\"ims.example\",nonce=\"abc\",qop=\"auth\",algorithm=MD5"));
        _ue.Answer(_ue.Take<SipRequest>(), 200, (SipHeaderId.Expires, "100"));
        _ue.Advance(TimeSpan.FromSeconds(50));
        var refresh = _ue.Take<SipRequest>();
        Assert.Contains("nonce=\"abc\"", refresh.GetHeaderText(SipHeaderId.Authorization), StringComparison.Ordinal);
        Assert.Contains("nc=00000002", refresh.GetHeaderText(SipHeaderId.Authorization), StringComparison.Ordinal);
    }

    [Fact]
    public void The_expiry_is_that_of_the_phones_own_contact()
    {
        _ue.GoOnline();
        _ue.Answer(
            _ue.Take<SipRequest>(), 200,
            (SipHeaderId.Contact, "<sip:u7@10.9.9.9:5070;transport=tcp>;expires=5, <sip:u77@10.0.0.2:5070>;expires=6, <sip:u7@10.0.0.2:5070;transport=tcp>;expires=200"),
            (SipHeaderId.Expires, "9"));
        _ue.TakeFact(UeEffectKind.Registered);
        Assert.Equal(_ue.Now + TimeSpan.FromSeconds(100), _ue.Phone.NextDeadline);
    }

    [Fact]
    public void A_200_without_the_phones_contact_is_no_registration()
    {
        _ue.GoOnline();
        _ue.Answer(_ue.Take<SipRequest>(), 200, (SipHeaderId.Contact, "<sip:u7@10.9.9.9:5070>;expires=5"));
        Assert.Equal(200, _ue.TakeFact(UeEffectKind.RegistrationFailed).Status);
        Assert.Equal(UeRegistrationState.Registering, _ue.Phone.State);
    }

    [Fact]
    public void A_423_raises_what_is_asked_for_to_the_registrars_minimum()
    {
        var ue = new UeHarness(settings => settings with { RegistrationExpiry = TimeSpan.FromSeconds(30) });
        ue.GoOnline();
        ue.Answer(ue.Take<SipRequest>(), 423, (SipHeaderId.MinExpires, "90"));
        var second = ue.Take<SipRequest>();
        Assert.Equal("90", second.GetHeaderText(SipHeaderId.Expires));
        ue.Answer(second, 200, (SipHeaderId.Expires, "90"));
        ue.TakeFact(UeEffectKind.Registered);
        ue.AssertQuiet();
    }

    [Fact]
    public void A_registrar_that_raises_its_minimum_for_ever_is_given_up()
    {
        _ue.GoOnline();
        for (var minimum = 600_001; _ue.Sent.Count > 0; minimum++)
        {
            Assert.True(minimum < 600_010, "no end");
            _ue.Answer(_ue.Take<SipRequest>(), 423, (SipHeaderId.MinExpires, minimum.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        Assert.Equal(423, _ue.TakeFact(UeEffectKind.RegistrationFailed).Status);
    }

    [Theory]
    [InlineData(500, "unavailable")]
    [InlineData(503, "unavailable")]
    [InlineData(403, "refused")]
    [InlineData(604, "refused")]
    public void A_failed_registration_is_tried_again_with_a_growing_pause(int status, string reason)
    {
        _ue.GoOnline();
        var expected = 1.0;
        for (var failure = 1; failure <= 8; failure++)
        {
            _ue.Answer(_ue.Take<SipRequest>(), status);
            var fact = _ue.TakeFact(UeEffectKind.RegistrationFailed);
            Assert.Equal(status, fact.Status);
            Assert.Equal(reason, fact.Reason);
            var pause = (_ue.Phone.NextDeadline - _ue.Now).TotalSeconds;
            Assert.InRange(pause, expected / 2, expected);
            expected = Math.Min(expected * 2, 30);
            _ue.Advance(_ue.Phone.NextDeadline - _ue.Now);
        }

        _ue.Answer(_ue.Take<SipRequest>(), 200, (SipHeaderId.Expires, "3600"));
        _ue.TakeFact(UeEffectKind.Registered);
        _ue.AssertQuiet();
    }

    [Fact]
    public void A_register_without_an_answer_fails_after_32_seconds_and_is_repeated()
    {
        _ue.GoOnline();
        _ue.Take<SipRequest>();
        _ue.Advance(TimeSpan.FromSeconds(32) - TimeSpan.FromTicks(1));
        _ue.AssertQuiet();
        _ue.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("timeout", _ue.TakeFact(UeEffectKind.RegistrationFailed).Reason);
        _ue.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2U, _ue.Take<SipRequest>().CSeqNumber);
    }

    [Fact]
    public void A_failed_connection_fails_the_register_at_once()
    {
        _ue.GoOnline();
        _ue.Take<SipRequest>();
        _ue.FailFlow();
        Assert.Equal("transport", _ue.TakeFact(UeEffectKind.RegistrationFailed).Reason);
        _ue.Advance(TimeSpan.FromSeconds(1));
        _ue.Take<SipRequest>(out var token);
        _ue.Do(() => _ue.Phone.HandleSendFailure(token, _ue.Now, _ue.Utc));
        Assert.Equal("transport", _ue.TakeFact(UeEffectKind.RegistrationFailed).Reason);
        _ue.AssertQuiet();
    }

    [Fact]
    public void A_503_with_retry_after_silences_the_phone_for_that_long_and_up_to_a_fifth_longer()
    {
        _ue.GoOnline();
        _ue.Answer(_ue.Take<SipRequest>(), 503, (SipHeaderId.RetryAfter, "100 (later)"));
        _ue.TakeFact(UeEffectKind.RegistrationFailed);
        Assert.InRange((_ue.Phone.NextDeadline - _ue.Now).TotalSeconds, 100, 120);
        _ue.Advance(TimeSpan.FromSeconds(100) - TimeSpan.FromTicks(1));
        _ue.AssertQuiet();
        _ue.Advance(TimeSpan.FromSeconds(20));
        _ue.Take<SipRequest>();
    }

    [Fact]
    public void A_phone_told_not_to_honour_retry_after_comes_back_with_its_usual_pause()
    {
        var ue = new UeHarness(settings => settings with { HonoursRetryAfter = false });
        ue.GoOnline();
        ue.Answer(ue.Take<SipRequest>(), 503, (SipHeaderId.RetryAfter, "100"));
        Assert.InRange((ue.Phone.NextDeadline - ue.Now).TotalSeconds, 0.5, 1);
    }

    [Fact]
    public void A_binding_survives_failed_refreshes_until_it_runs_out()
    {
        _ue.Register("100");
        _ue.Advance(TimeSpan.FromSeconds(50));
        while (_ue.Phone.State == UeRegistrationState.Registered)
        {
            _ue.Answer(_ue.Take<SipRequest>(), 500);
            _ue.TakeFact(UeEffectKind.RegistrationFailed);
            _ue.Advance(_ue.Phone.NextDeadline - _ue.Now);
        }

        var fact = _ue.TakeFact(UeEffectKind.WentOffline);
        Assert.Equal("expired", fact.Reason);
        Assert.Equal(200, fact.Status);
        Assert.Equal(UeRegistrationState.Registering, _ue.Phone.State);
        _ue.Answer(_ue.Take<SipRequest>(), 200, (SipHeaderId.Expires, "100"));
        _ue.TakeFact(UeEffectKind.Registered);
        _ue.AssertQuiet();
    }

    [Fact]
    public void A_clean_leave_takes_the_binding_back_first()
    {
        _ue.Register();
        _ue.GoOffline(OfflineKind.Clean);
        var request = _ue.Take<SipRequest>();
        Assert.Equal("0", request.GetHeaderText(SipHeaderId.Expires));
        Assert.Equal(UeRegistrationState.Deregistering, _ue.Phone.State);
        _ue.AssertQuiet();
        _ue.Answer(request, 200);
        var fact = _ue.TakeFact(UeEffectKind.WentOffline);
        Assert.Equal("clean", fact.Reason);
        Assert.Equal(200, fact.Status);
        Assert.Equal(UeRegistrationState.Offline, _ue.Phone.State);
        Assert.Equal(Instant.Never, _ue.Phone.NextDeadline);
        _ue.AssertQuiet();
    }

    [Fact]
    public void A_silent_leave_stops_everything_at_once()
    {
        _ue.Register();
        _ue.GoOffline(OfflineKind.Silent);
        Assert.Equal("silent", _ue.TakeFact(UeEffectKind.WentOffline).Reason);
        _ue.AssertQuiet();
        Assert.Equal(Instant.Never, _ue.Phone.NextDeadline);
        _ue.Deliver(new UeSender(_ue).Request(SipMethod.Options, null, default));
        _ue.AssertQuiet();
    }

    [Fact]
    public void A_phone_that_leaves_while_its_register_is_in_flight_waits_for_the_answer_and_takes_the_binding_back()
    {
        _ue.GoOnline();
        var register = _ue.Take<SipRequest>();
        _ue.GoOffline(OfflineKind.Clean);
        _ue.AssertQuiet();
        _ue.Answer(register, 200, (SipHeaderId.Expires, "100"));
        var removal = _ue.Take<SipRequest>();
        Assert.Equal("0", removal.GetHeaderText(SipHeaderId.Expires));
        _ue.Answer(removal, 200);
        Assert.Equal(0, _ue.TakeFact(UeEffectKind.WentOffline).Status);
        Assert.Equal(UeRegistrationState.Offline, _ue.Phone.State);
        _ue.AssertQuiet();
    }

    [Fact]
    public void A_phone_that_leaves_while_its_first_register_is_challenged_has_nothing_to_take_back()
    {
        _ue.GoOnline();
        var register = _ue.Take<SipRequest>();
        _ue.GoOffline(OfflineKind.Clean);
        _ue.Answer(register, 401, (SipHeaderId.WwwAuthenticate, "Digest realm=\"ims.example\",nonce=\"abc\",qop=\"auth\",algorithm=MD5"));
        _ue.TakeFact(UeEffectKind.WentOffline);
        _ue.AssertQuiet();
    }

    [Fact]
    public void A_phone_that_is_wanted_back_while_it_leaves_registers_again_with_a_new_call_id()
    {
        _ue.Register();
        _ue.GoOffline(OfflineKind.Clean);
        var removal = _ue.Take<SipRequest>();
        _ue.GoOnline();
        _ue.AssertQuiet();
        _ue.Answer(removal, 200);
        _ue.TakeFact(UeEffectKind.WentOffline);
        var register = _ue.Take<SipRequest>();
        Assert.Equal(1U, register.CSeqNumber);
        Assert.False(register.CallId.SequenceEqual(removal.CallId));
        Assert.True(_ue.Durable.WantsOnline);
    }

    [Fact]
    public void A_removal_without_an_answer_ends_offline_after_32_seconds()
    {
        _ue.Register();
        _ue.GoOffline(OfflineKind.Clean);
        _ue.Take<SipRequest>();
        _ue.Advance(TimeSpan.FromSeconds(32));
        _ue.TakeFact(UeEffectKind.WentOffline);
        Assert.Equal(UeRegistrationState.Offline, _ue.Phone.State);
        _ue.AssertQuiet();
    }

    [Fact]
    public void Going_online_or_offline_twice_changes_nothing()
    {
        _ue.GoOffline(OfflineKind.Clean);
        _ue.GoOffline(OfflineKind.Silent);
        _ue.AssertQuiet();
        _ue.GoOnline();
        _ue.Take<SipRequest>();
        _ue.GoOnline();
        _ue.AssertQuiet();
    }

    [Fact]
    public void A_phone_waiting_to_try_again_leaves_without_a_word()
    {
        _ue.GoOnline();
        _ue.Answer(_ue.Take<SipRequest>(), 500);
        _ue.TakeFact(UeEffectKind.RegistrationFailed);
        _ue.GoOffline(OfflineKind.Clean);
        Assert.Equal(0, _ue.TakeFact(UeEffectKind.WentOffline).Status);
        Assert.Equal(Instant.Never, _ue.Phone.NextDeadline);
        _ue.AssertQuiet();
    }
}

using UeFarm.Protocol.Sip;
using UeFarm.Protocol.Sip.Transactions;
using Xunit;
using static UeFarm.Protocol.Tests.Sip.SipSamples;

namespace UeFarm.Protocol.Tests.Sip.Transactions;

/// <summary>Looks at the whole heap, so it runs alone.</summary>
[Collection(nameof(SipTransactionMemoryTests))]
public sealed class SipTransactionMemoryTests
{
    private const int Layers = 20_000;

    [Fact]
    public void An_idle_layer_keeps_less_than_200_bytes_also_after_it_was_used()
    {
        var layers = new SipTransactionLayer[Layers];
        var request = Request(PlainMessage);
        var response = SipForwarding.Respond(request, 200, "t", Source);
        var message = (SipResponse)Parse(response);
        Use(new SipTransactionLayer(SipTimers.Default), request, message, response);

        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var index = 0; index < Layers; index++)
        {
            layers[index] = new SipTransactionLayer(SipTimers.Default);
        }

        var unused = (GC.GetTotalMemory(forceFullCollection: true) - before) / Layers;
        foreach (var layer in layers)
        {
            Use(layer, request, message, response);
        }

        var used = (GC.GetTotalMemory(forceFullCollection: true) - before) / Layers;
        GC.KeepAlive(layers);
        Assert.InRange(unused, 1, 80);
        Assert.InRange(used, 1, 199);
    }

    [Fact]
    public void An_exchange_allocates_its_transactions_and_nothing_for_effects()
    {
        var layer = new SipTransactionLayer(SipTimers.Default);
        var request = Request(PlainMessage);
        var response = SipForwarding.Respond(request, 200, "t", Source);
        var message = (SipResponse)Parse(response);
        for (var round = 0; round < 100; round++)
        {
            Use(layer, request, message, response);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1000; round++)
        {
            Use(layer, request, message, response);
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 1, 360);
    }

    // One request each way over TCP, then idle again.
    private static void Use(SipTransactionLayer layer, SipRequest request, SipResponse response, byte[] responseBytes)
    {
        var hop = Source with { Transport = SipTransportKind.Tcp, Flow = 5 };
        layer.SendRequest(1, "z9hG4bK7f3a91c2d0e4", SipMethod.Message, responseBytes, hop, default);
        layer.HandleMessage(request, hop, default);
        layer.HandleMessage(response, hop, default);
        while (layer.TryTakeEffect(out var effect))
        {
            if (effect.Kind == SipTransactionEffectKind.RequestReceived)
            {
                layer.Respond(effect.ServerTransaction!, 200, responseBytes, default);
            }
        }

        // Not by Assert.Equal, which allocates.
        Assert.True(layer.NextDeadline == Instant.Never);
    }
}

/// <summary>Nothing else runs beside these tests.</summary>
[CollectionDefinition(nameof(SipTransactionMemoryTests), DisableParallelization = true)]
public sealed class SipTransactionMemoryGroup;

using System.Net;
using System.Runtime.Serialization;
using Akka.Actor;
using UeFarm.Actors.Cluster;
using UeFarm.Actors.Ue;
using UeFarm.Protocol;
using Xunit;

namespace UeFarm.Actors.Tests.Cluster;

/// <summary>Through the serialization of an actor system as a node has it.</summary>
public sealed class ClusterSerializerTests(ClusterSerializerTests.Node node) : IClassFixture<ClusterSerializerTests.Node>
{
    private const int MostAllocated = 100_000;

    private readonly ActorSystem _system = node.System;

    private sealed record Unmarked(string Text);

    private sealed record WithoutForm : IClusterMessage;

    public static TheoryData<Type> Types => [.. FilledMessages.Types];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_message_is_the_same_on_the_other_side(Type type)
    {
        var message = FilledMessages.Make(type);
        Assert.Equal(FilledMessages.Describe(message), FilledMessages.Describe(RoundTrip(message)));
    }

    [Fact]
    public void Absent_and_empty_stay_apart()
    {
        Assert.Null(Assert.IsType<KmsAnswer>(RoundTrip(new KmsAnswer(1, null))).Message);
        Assert.Equal(0, Assert.IsType<KmsAnswer>(RoundTrip(new KmsAnswer(1, ReadOnlyMemory<byte>.Empty))).Message!.Value.Length);
        Assert.Equal(FilledMessages.Describe(ClusterMessages.RunState.Idle), FilledMessages.Describe(RoundTrip(ClusterMessages.RunState.Idle)));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void What_a_later_version_adds_is_passed_over(Type type)
    {
        var message = FilledMessages.Make(type);
        var (bytes, manifest) = Serialize(message);
        Assert.Equal(FilledMessages.Describe(message), FilledMessages.Describe(Deserialize([.. bytes, 1, 2, 3], manifest)));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_message_that_was_cut_is_refused(Type type)
    {
        var (bytes, manifest) = Serialize(FilledMessages.Make(type));
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<SerializationException>(() => Deserialize(bytes[..length], manifest));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Any_bytes_are_a_message_or_refused_and_take_little_memory(Type type)
    {
        var (bytes, manifest) = Serialize(FilledMessages.Make(type));
        var random = new SeededRandomSource(11);
        var allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        for (var position = 1; position < bytes.Length; position++)
        {
            byte[] hostile = [.. bytes];
            hostile[position] = (byte)random.NextUInt64();
            Offer(hostile, manifest);

            // The longest length that four bytes can say, at every place where one might be.
            hostile.AsSpan(position, Math.Min(4, bytes.Length - position)).Fill(0x7F);
            Offer(hostile, manifest);
        }

        var each = (GC.GetAllocatedBytesForCurrentThread() - allocatedBefore) / (2 * bytes.Length);
        Assert.InRange(each, 0, MostAllocated);
    }

    [Fact]
    public void An_unknown_message_or_form_is_refused()
    {
        var (bytes, manifest) = Serialize(new ClusterMessages.Refused("no"));
        Assert.Contains("'no-such'", Assert.Throws<SerializationException>(() => Deserialize(bytes, "no-such")).Message);
        bytes[0] = 9;
        Assert.Contains("form 9", Assert.Throws<SerializationException>(() => Deserialize(bytes, manifest)).Message);
    }

    [Fact]
    public void What_has_no_form_does_not_fall_back_to_another_serializer()
    {
        Assert.Throws<SerializationException>(() => _system.Serialization.FindSerializerFor(new Unmarked("x")));
        Assert.Throws<SerializationException>(() => _system.Serialization.FindSerializerFor(new WithoutForm()).ToBinary(new WithoutForm()));
    }

    /// <summary>1: JSON, 3: deployment of an actor from afar, -5: Hyperion.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(-5)]
    public void Bytes_for_a_serializer_that_makes_any_object_are_refused(int identifier)
    {
        var bytes = """{"$type":"System.Exception, System.Private.CoreLib"}"""u8.ToArray();
        Assert.Throws<SerializationException>(() => _system.Serialization.Deserialize(bytes, identifier, typeof(Exception)));
        Assert.Throws<SerializationException>(() => _system.Serialization.Deserialize(bytes, identifier, typeof(Exception).AssemblyQualifiedName!));
    }

    private object RoundTrip(object message)
    {
        var (bytes, manifest) = Serialize(message);
        return Deserialize(bytes, manifest);
    }

    private (byte[] Bytes, string Manifest) Serialize(object message)
    {
        var serializer = Assert.IsType<ClusterSerializer>(_system.Serialization.FindSerializerFor(message));
        return (serializer.ToBinary(message), serializer.Manifest(message));
    }

    private object Deserialize(byte[] bytes, string manifest) => _system.Serialization.Deserialize(bytes, ClusterSerializer.Id, manifest);

    private void Offer(byte[] bytes, string manifest)
    {
        try
        {
            Assert.IsType<IClusterMessage>(Deserialize(bytes, manifest), exactMatch: false);
        }
        catch (SerializationException)
        {
            // Refused, as it should be.
        }
    }

    public sealed class Node : IAsyncDisposable
    {
        public ActorSystem System { get; } = ActorSystem.Create(ClusterProtocol.SystemName, ClusterConfiguration.Of(new ClusterNodeSettings
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Seeds = [],
            Roles = new HashSet<ClusterRole>(),
        }));

        public async ValueTask DisposeAsync() => await System.Terminate();
    }
}

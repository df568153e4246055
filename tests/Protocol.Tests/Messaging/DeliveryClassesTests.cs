using UeFarm.Protocol.Messaging;
using Xunit;

namespace UeFarm.Protocol.Tests.Messaging;

public class DeliveryClassesTests
{
    private static readonly int[] Permanent =
        [400, 403, 404, 410, 413, 415, 420, 488, 493, 402, 405, 406, 414, 416, 423, 481, 482, 483, 484, 485, 501, 505, 513, 600, 603, 604, 606, 699];

    private static readonly int[] Temporary =
        [0, 300, 301, 302, 305, 380, 401, 407, 408, 421, 429, 430, 480, 486, 487, 491, 494, 500, 502, 503, 504, 580, 599];

    [Fact]
    public void Every_2xx_is_done() => Assert.All(Enumerable.Range(200, 100), status => Assert.Equal(DeliveryClass.Done, DeliveryClasses.Of(status)));

    [Fact]
    public void What_says_that_the_message_is_the_problem_is_permanent() =>
        Assert.All(Permanent, status => Assert.Equal(DeliveryClass.Permanent, DeliveryClasses.Of(status)));

    [Fact]
    public void What_says_that_phone_network_or_set_up_is_the_problem_is_temporary() =>
        Assert.All(Temporary, status => Assert.Equal(DeliveryClass.Temporary, DeliveryClasses.Of(status)));
}

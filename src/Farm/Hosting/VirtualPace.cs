namespace UeFarm.Farm.Hosting;

/// <summary>How fast virtual time goes.</summary>
/// <remarks>
/// Wall: Real time since the start.
/// Speed: Virtual seconds in one real one, on the average so far.
/// Left: Real time until the last phase ends, at that speed.
/// </remarks>
internal readonly record struct VirtualPace(TimeSpan Wall, double Speed, TimeSpan Left)
{
    public static VirtualPace Of(TimeSpan wall, TimeSpan played, TimeSpan length)
    {
        var speed = wall > TimeSpan.Zero ? played / wall : 0;
        var left = length - played;
        return new VirtualPace(wall, speed, speed > 0 && left > TimeSpan.Zero ? left / speed : TimeSpan.Zero);
    }
}

namespace UeFarm.Farm.Console;

/// <summary>The factors that keys step through.</summary>
internal static class RateSteps
{
    private static readonly double[] Steps = [0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30, 50, 75, 100];

    public static double Above(double factor) => Array.Find(Steps, step => step > factor) is > 0 and var next ? next : Steps[^1];

    public static double Below(double factor) => Array.FindLast(Steps, step => step < factor) is > 0 and var next ? next : Steps[0];
}

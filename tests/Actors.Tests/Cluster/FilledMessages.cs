using System.Collections;
using System.Reflection;
using UeFarm.Actors.Cluster;

namespace UeFarm.Actors.Tests.Cluster;

/// <summary>One instance of every message that crosses nodes, with a value of its own in each field, found by reflection so that a new one is not forgotten.</summary>
internal static class FilledMessages
{
    public static IReadOnlyList<Type> Types { get; } =
        [.. typeof(IClusterMessage).Assembly.GetTypes().Where(static type => type.IsAssignableTo(typeof(IClusterMessage)) && !type.IsInterface)];

    public static object Make(Type type)
    {
        var next = 0;
        return Fill(type, ref next);
    }

    /// <summary>All public values of an object, lists and what is within included.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        ReadOnlyMemory<byte> bytes => Convert.ToHexString(bytes.Span),
        IEnumerable items => $"[{string.Join(", ", items.Cast<object>().Select(Describe))}]",
        _ when value.GetType().IsPrimitive || value.GetType().IsEnum => value.ToString()!,
        _ => $"{value.GetType().Name}({string.Join(", ", Properties(value.GetType()).Select(property => $"{property.Name}={Describe(property.GetValue(value))}"))})",
    };

    private static object Fill(Type type, ref int next)
    {
        next++;
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Fill(inner, ref next);
        }

        if (type.IsEnum)
        {
            return Enum.GetValues(type).Cast<object>().Last();
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var element = type.GetGenericArguments()[0];
            var items = Array.CreateInstance(element, 3);
            for (var i = 0; i < items.Length; i++)
            {
                items.SetValue(Fill(element, ref next), i);
            }

            return items;
        }

        return type switch
        {
            _ when type == typeof(string) => $"text {next} – ü",
            _ when type == typeof(bool) => true,
            _ when type == typeof(int) => int.MaxValue - next,
            _ when type == typeof(long) => long.MinValue + next,
            _ when type == typeof(ulong) => ulong.MaxValue - (ulong)next,
            _ when type == typeof(ReadOnlyMemory<byte>) => new ReadOnlyMemory<byte>([1, 2, (byte)next]),
            _ => FillObject(type, ref next),
        };
    }

    private static object FillObject(Type type, ref int next)
    {
        var constructor = type.GetConstructors().OrderByDescending(static candidate => candidate.GetParameters().Length).First();
        var arguments = new List<object>();
        foreach (var parameter in constructor.GetParameters())
        {
            arguments.Add(Fill(parameter.ParameterType, ref next));
        }

        var instance = constructor.Invoke([.. arguments]);
        foreach (var property in Properties(type).Where(property => arguments.Count == 0 && property.CanWrite))
        {
            property.SetValue(instance, Fill(property.PropertyType, ref next));
        }

        return instance;
    }

    private static PropertyInfo[] Properties(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance);
}

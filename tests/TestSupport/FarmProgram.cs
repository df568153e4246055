namespace UeFarm.TestSupport;

/// <summary>The built program, which lies beside the tests that refer to it.</summary>
public static class FarmProgram
{
    /// <summary>The command that starts the runtime this test runs on.</summary>
    public static string Runtime
    {
        get
        {
            // RUNTIME/shared/Microsoft.NETCore.App/VERSION/System.Private.CoreLib.dll
            var folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
            return Path.GetFullPath(Path.Combine(folder, "..", "..", "..", "dotnet"));
        }
    }

    public static string FullPath => Path.Combine(AppContext.BaseDirectory, "uefarm.dll");
}

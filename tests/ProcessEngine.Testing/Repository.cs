namespace ProcessEngine.Testing;

/// <summary>The folder of the solution, for tests that hold the docs and the source against the program.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>Text of a file, by its path from the root.</summary>
    public static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path]));

    static string Find()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(here.FullName, "ProcessEngine.sln")))
            here = here.Parent ?? throw new DirectoryNotFoundException("The tests run outside the repository.");
        return here.FullName;
    }
}

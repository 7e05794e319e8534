
namespace ProcessEngine.Service.Kernel;

/// <summary>Settings that several capabilities share. Section <c>ProcessEngine</c>; each capability has a section of its own below.</summary>
public sealed record ServiceOptions
{
    /// <summary>Where the database file and the demonstration keys lie. Default: <c>data</c> below the working directory.</summary>
    public string DataFolder { get; init; } = "data";

    /// <summary>Where the definitions lie. Default: <c>processes</c> beside the program.</summary>
    public string ProcessesFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "processes");

    /// <summary>Where Elsa Studio's npm package lies. Default: <c>studio</c> beside the program.</summary>
    public string StudioFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "studio");

    /// <summary>A folder for the keys that seal cookies, forms and second factors; all nodes share it. Default: they are in the database.</summary>
    public string? KeysFolder { get; init; }

    /// <summary>The browser that prints memos to PDF. Default: the host's Chromium where it has one; <c>none</c> for none.</summary>
    public string? Chromium { get; init; }

    /// <summary>How often an open page asks whether what it shows has changed. Default: 3 s.</summary>
    public TimeSpan LiveInterval { get; init; } = TimeSpan.FromSeconds(3);
}

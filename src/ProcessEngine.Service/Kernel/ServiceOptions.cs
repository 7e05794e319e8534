using System.ComponentModel.DataAnnotations;

namespace ProcessEngine.Service.Kernel;

/// <summary>Settings that several capabilities share. Section <c>ProcessEngine</c>; each capability has its own below.</summary>
public sealed record ServiceOptions : IValidatableObject
{
    /// <summary>Where the database file and the demonstration keys lie. Default: <c>data</c> below the working directory.</summary>
    [Required(ErrorMessage = "must not be empty")]
    public string DataFolder { get; init; } = "data";

    /// <summary>Where the definitions lie. Default: <c>processes</c> beside the program.</summary>
    public string ProcessesFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "processes");

    /// <summary>
    /// Where the definitions of requests from outside lie, which are no printed procedures. Default: <c>requests</c> beside the program;
    /// empty: none.
    /// </summary>
    public string? RequestsFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "requests");

    /// <summary>Where Elsa Studio's npm package lies. Default: <c>studio</c> beside the program. Without it its pages say so.</summary>
    [Required(ErrorMessage = "must not be empty")]
    public string StudioFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "studio");

    /// <summary>A folder, shared by all nodes, for the keys that seal cookies and second factors. Default: in the database.</summary>
    public string? KeysFolder { get; init; }

    /// <summary>The browser that prints memos to PDF. Default: the host's Chromium where it has one; <c>none</c> for none.</summary>
    public string? Chromium { get; init; }

    /// <summary>How often an open page asks whether what it shows has changed. 100 ms to 5 min; default 3 s.</summary>
    [Range(
        typeof(TimeSpan), "00:00:00.1000000", "00:05:00", ParseLimitsInInvariantCulture = true, ErrorMessage = "must be between {1} "
            + "and {2}")]
    public TimeSpan LiveInterval { get; init; } = TimeSpan.FromSeconds(3);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Directory.Exists(ProcessesFolder))
            yield return new ValidationResult("must be a folder", [nameof(ProcessesFolder)]);
        if (RequestsFolder is { Length: > 0 } && !Directory.Exists(RequestsFolder))
            yield return new ValidationResult("must be a folder, or empty", [nameof(RequestsFolder)]);
        if (Chromium is { Length: > 0 } and not "none" && !File.Exists(Chromium))
            yield return new ValidationResult("must be a program, or none", [nameof(Chromium)]);
    }
}

using System.ComponentModel.DataAnnotations;

namespace ProcessEngine.Service.Operations.Backups;

/// <summary>The copies that the service makes by itself. Section <c>ProcessEngine:Backup</c>.</summary>
public sealed record BackupOptions : IValidatableObject
{
    /// <summary>Where copies lie, on another disk if there is one; null: none is made but by the command.</summary>
    public string? Folder { get; init; }

    /// <summary>From when on the copy of a day is made, in Bangkok. 00:00 to 23:59; default 01:00.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "23:59:00", ParseLimitsInInvariantCulture = true, ErrorMessage = "must be between {1} and {2}")]
    public TimeSpan At { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How many are kept: 1 to 1,000; default 14. Older ones go when a newer one is whole.</summary>
    [Range(1, 1000, ErrorMessage = "must be between {1} and {2}")]
    public int Keep { get; init; } = 14;

    /// <summary>Whether each copy is tried: brought back beside the database, and its record verified.</summary>
    public bool Trial { get; init; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Folder is { Length: > 0 } && !Path.IsPathFullyQualified(Folder))
            yield return new ValidationResult("must be a whole path", [nameof(Folder)]);
    }
}
